import pytest

from syncer.diagnostics import Location
from syncer.manifest.adding import Addition, add
from syncer.manifest.limits import Limits

LIMITS = Limits()
A = ("signals", "a")


def added(text: str, *additions: Addition) -> str:
    made = add("f.yaml", text, additions, LIMITS)
    assert made.refused == {}
    return made.text


def refusal(text: str, addition: Addition) -> tuple[str, Location | None]:
    made = add("f.yaml", text, [addition], LIMITS)
    assert made.text == text
    (finding,) = made.refused.values()
    return finding.code, finding.location


UNIT = Addition(A, ("engUnit",), "bar")
SITE = Addition(A, ("labels", "site"), ["Pier"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signals: {a: {}}", "signals: {a: {engUnit: bar}}"),
        ("signals:\n  a: {name: A}  # c\n", "signals:\n  a: {name: A, engUnit: bar}  # c\n"),
        ("signals: {a: {name: A,}}", "signals: {a: {name: A, engUnit: bar,}}"),
        ("signals:\n  a:\n    name: A  # c", "signals:\n  a:\n    name: A  # c\n    engUnit: bar"),
        (
            "signals:\n  a:\n    name: A  # c\n  # b's\n  b: {}\n",
            "signals:\n  a:\n    name: A  # c\n    engUnit: bar\n  # b's\n  b: {}\n",
        ),
        (
            "signals:\r\n  a:\r\n    name: A\r\n  b: {}\r\n",
            "signals:\r\n  a:\r\n    name: A\r\n    engUnit: bar\r\n  b: {}\r\n",
        ),
        (
            "signals:\n  a:\n    description: |\n      x\n\n      y\n\n  b: {}\n",
            "signals:\n  a:\n    description: |\n      x\n\n      y\n    engUnit: bar\n\n  b: {}\n",
        ),
        (
            "signals:\n  a:\n    labels:\n      site:\n        - Pier  # c\n  b: {}\n",
            "signals:\n  a:\n    labels:\n      site:\n        - Pier  # c\n"
            "    engUnit: bar\n  b: {}\n",
        ),
        (
            "signals:\n  a:\n    annotations:\n      x: |\n        y\n",
            "signals:\n  a:\n    annotations:\n      x: |\n        y\n    engUnit: bar\n",
        ),
        ("\ufeffsignals: {a: {}}", "\ufeffsignals: {a: {engUnit: bar}}"),
    ],
)
def test_a_field_comes_behind_the_others(text: str, expected: str) -> None:
    assert added(text, UNIT) == expected


def test_keys_of_one_field_are_added_together() -> None:
    area = Addition(A, ("labels", "area"), [])

    assert added("signals: {a: {}}", SITE, area) == (
        "signals: {a: {labels: {site: [Pier], area: []}}}"
    )
    assert added("signals: {a: {labels: {x: [y]}}}", SITE, area) == (
        "signals: {a: {labels: {x: [y], site: [Pier], area: []}}}"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        ("NO", '"NO"'),
        ("a, b", '"a, b"'),
        (["x", "1"], '[x, "1"]'),
        ({"0": "ok", "10": "on fire"}, "{0: ok, 10: on fire}"),
    ],
)
def test_values_are_written_so_that_every_reader_takes_them_for_what_they_are(
    value: object, written: str
) -> None:
    made = added("signals: {a: {name: A}}", Addition(A, ("f",), value))

    assert made == f"signals: {{a: {{name: A, f: {written}}}}}"


def test_resources_of_one_file_are_told_apart() -> None:
    text = "signals:\n  a: {name: A}\n  b:\n    name: B\n"

    made = added(text, UNIT, Addition(("signals", "b"), ("engUnit",), "kPa"))

    assert made == "signals:\n  a: {name: A, engUnit: bar}\n  b:\n    name: B\n    engUnit: kPa\n"


@pytest.mark.parametrize(
    ("text", "addition", "code", "line"),
    [
        ("signals:\n  b: &x {}\n  a: *x\n", UNIT, "PUL-SHARED", 3),
        ("signals:\n  a: &x {name: A}\n  b: *x\n", UNIT, "PUL-SHARED", 2),
        ("signals:\n  a: {labels: &x {}}\n  b: {labels: *x}\n", SITE, "PUL-SHARED", 2),
        ("signals:\n  a: {engUnit: kPa}\n", UNIT, "PUL-PLACE", 2),
        ("signals:\n  a: {labels: {site: {}}}\n", SITE, "PUL-PLACE", 2),
        ("signals:\n  a: {labels: [x]}\n", SITE, "PUL-PLACE", 2),
        (
            "signals: {x: &x {a: {}}, y: *x}\n",
            Addition(("signals", "y", "a"), ("f",), ""),
            "PUL-SHARED",
            1,
        ),
    ],
)
def test_what_is_repeated_or_said_already_is_left(
    text: str, addition: Addition, code: str, line: int
) -> None:
    found, place = refusal(text, addition)

    assert found == code
    assert place is not None
    assert place.line == line


def test_one_that_is_refused_does_not_keep_others() -> None:
    made = add("f.yaml", "signals: {a: {engUnit: kPa}, b: {}}", [UNIT, UNIT, SITE], LIMITS)

    assert made.text == "signals: {a: {engUnit: kPa, labels: {site: [Pier]}}, b: {}}"
    assert sorted(made.refused) == [0, 1]


@pytest.mark.parametrize("text", ["signals: [", "a: 1\na: 2\n"])
def test_a_file_that_cannot_be_read_is_left(text: str) -> None:
    assert refusal(text, UNIT) == ("PUL-PLACE", Location("f.yaml"))


def test_what_would_be_read_as_something_else_is_left() -> None:
    control = Addition(A, ("name",), "\x07")

    assert refusal("signals: {a: {}}", control) == ("PUL-PLACE", Location("f.yaml"))
