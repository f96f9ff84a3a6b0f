import json

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.views.findings import as_json, block, counted, one_line

FOUND = Diagnostic(
    "MAN-X", 'unknown "nmae"', Location("a.yaml", 2, 5), rule="fields", hint="name", width=4
)


def test_a_finding_shows_its_line_with_a_caret() -> None:
    assert block(FOUND, {"a.yaml": "signals:\n    nmae: x\n"}).split("\n") == [
        'error[MAN-X]: unknown "nmae"',
        "  --> a.yaml:2:5",
        "   |",
        " 2 |     nmae: x",
        "   |     ^^^^",
        "  = why: fields",
        "  = help: name",
    ]


def test_without_a_text_or_a_line_there_is_no_snippet() -> None:
    assert "|" not in block(FOUND, {})
    assert "|" not in block(Diagnostic("X", "y", Location("a.yaml")), {"a.yaml": "x"})
    assert block(Diagnostic("X", "y"), {}) == "error[X]: y"


def test_the_caret_counts_escapes_and_stays_inside_the_line() -> None:
    found = Diagnostic("X", "y", Location("f", 1, 6), width=99)

    lines = block(found, {"f": "\tab: \x1b[2Kx"}).split("\n")

    assert lines[3:5] == [" 1 | \\tab: \\x1b[2Kx", "   |       ^^^^^^^^"]


def test_a_long_line_is_shown_around_the_caret() -> None:
    found = Diagnostic("X", "y", Location("f", 1, 5001))

    lines = block(found, {"f": "a" * 5000 + "!" + "b" * 5000}).split("\n")

    assert lines[3].index("!") == lines[4].index("^")
    assert len(lines[3]) < 150


def test_counts_are_in_words() -> None:
    warning = Diagnostic("Y", "z", severity=Severity.WARNING)

    assert counted([]) == "no findings"
    assert counted([FOUND, warning]) == "1 error, 1 warning"
    assert counted([FOUND, FOUND]) == "2 errors"


def test_one_line_and_json_say_the_same() -> None:
    assert one_line(FOUND) == 'error[MAN-X]: unknown "nmae" (a.yaml:2:5)'
    assert json.loads(as_json([FOUND, Diagnostic("Y", "z")])) == [
        {
            "code": "MAN-X",
            "severity": "error",
            "summary": 'unknown "nmae"',
            "rule": "fields",
            "hint": "name",
            "file": "a.yaml",
            "line": 2,
            "column": 5,
        },
        {
            "code": "Y",
            "severity": "error",
            "summary": "z",
            "rule": "",
            "hint": "",
            "file": None,
            "line": None,
            "column": None,
        },
    ]
