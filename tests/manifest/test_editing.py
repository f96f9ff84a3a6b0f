"""Edits by example; tests/property/test_writing.py has their law."""

import pytest

from syncer.manifest.editing import Edit, Edited, edit
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.resources import Value


def change(text: str, *edits: tuple[str, Value]) -> Edited:
    """Edit the values at paths such as `a.b` or `a.0`."""
    document = scan("x.yaml", text.encode(), Limits()).document
    assert document is not None
    places = []
    for dotted, value in edits:
        path = [int(step) if step.isdigit() else step for step in dotted.split(".")]
        places.append(Edit(document.locate(path), value))
    return edit(text, places, Limits())


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a: b  # c\n", "a", "d", "a: d  # c\n"),
        ("a: b\n", "a", "NO", 'a: "NO"\n'),
        ('a: "b"\n', "a", "d", 'a: "d"\n'),
        ("a: 'b'\n", "a", "it's", "a: 'it''s'\n"),
        ("a: 'b'\n", "a", "\u00a0", 'a: "\\xa0"\n'),
        ("a: {b: c,   d: e}\n", "a.b", "x, y", 'a: {b: "x, y",   d: e}\n'),
        ("a: {b: c}\n", "a.b", "x: y", 'a: {b: "x: y"}\n'),
        ("a: PT1M\n", "a", None, "a: null\n"),
        ("a:\nb: 1\n", "a", "PT1M", "a: PT1M\nb: 1\n"),
        ("a: true # b\n", "a", False, "a: false # b\n"),
        ("a: |  # b\n    c\n    d\n\ne: 1\n", "a", "x\ny\n", "a: |  # b\n    x\n    y\n\ne: 1\n"),
        ("a: |\n  c\ne: 1\n", "a", " x\n y", "a: |2-\n   x\n   y\ne: 1\n"),
        ("a: |\n  c", "a", "x\n", "a: |\n  x\n"),
        ("a: |\n  c\nb: 1\n", "a", "", 'a: ""\nb: 1\n'),
        ("a: | # b\n  c\n", "a", "x\ty", 'a: "x\\ty" # b\n'),
        ("a: |+\n  c\n\nb: 1\n", "a", "x\n\n\n", "a: |+\n  x\n\n\nb: 1\n"),
        ("a: |\n  c\n", "a", "x\n\n", 'a: "x\\n\\n"\n'),
        ("a: >-\n  b\n  c\n", "a", "d", "a: >-\n  d\n"),
        ("a: >-\n  b\n  c\n", "a", "d\ne", "a: |-\n  d\n  e\n"),
        ("a: b\r\nc: |\r\n  d\r\n", "c", "x\ny\n", "a: b\r\nc: |\r\n  x\r\n  y\r\n"),
        ("\ufeffa: b\n", "a", "c", "\ufeffa: c\n"),
    ],
)
def test_a_scalar_keeps_its_style_where_the_text_allows_it(
    text: str, path: str, value: Value, expected: str
) -> None:
    assert change(text, (path, value)) == Edited(expected)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: [b, 'c']  # d\n", ["c"], "a: ['c']  # d\n"),
        ("a: [b,   'c']\n", ["x", "c"], "a: [x,   'c']\n"),
        ("a: [b]\n", ["b", "NO"], 'a: [b, "NO"]\n'),
        ("a: [b]\n", [], "a: []\n"),
        ("a: []\n", ["b", "c"], "a: [b, c]\n"),
        ("a:\n  - b  # 1\n  - c  # 2\n", ["c"], "a:\n  - c  # 2\n"),
        ("a:\n  - b  # 1\n", ["b", "c", "d"], "a:\n  - b  # 1\n  - c\n  - d\n"),
        ("a:\n- b", ["b", "c"], "a:\n- b\n- c"),
        ("a:\n  - c\n", ["b", "c"], "a:\n  - b\n  - c\n"),
        ("a:\n  - b  # 1\n  - c\n", ["x", "c"], "a:\n  - x  # 1\n  - c\n"),
        ("a:\n  - b\nc: 1\n", [], "a: []\nc: 1\n"),
        ("a: &x\n  - b\n", [], "a: &x\n  []\n"),
        ("a:\n  - |\n    b\n  - c\n", ["c"], "a:\n  - c\n"),
    ],
)
def test_entries_that_stay_keep_their_line(text: str, value: Value, expected: str) -> None:
    assert change(text, ("a", value)).text == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: {0: ok, 1: 'on'}\n", {"0": "ok", "1": "off"}, "a: {0: ok, 1: 'off'}\n"),
        ("a: {0: ok, 1: 'on'}\n", {"1": "on", "2": "x"}, "a: {1: 'on', 2: x}\n"),
        ("a: {0: ok, 1: b}\n", {"1": "c"}, "a: {1: c}\n"),
        ("a:\n  0: ok  # 1\n  1: b\n", {"0": "ok", "2": "NO"}, 'a:\n  0: ok  # 1\n  2: "NO"\n'),
        ("a:\n  0: ok\n", {}, "a: {}\n"),
        ("a:\n  0: ok # 1\n", {"0": "no"}, 'a:\n  0: "no" # 1\n'),
        ("a: {}\n", {"0": "ok"}, "a: {0: ok}\n"),
        ("a: ''\n", {"0": "ok"}, "a: {0: ok}\n"),
    ],
)
def test_pairs_that_stay_keep_their_spelling(text: str, value: Value, expected: str) -> None:
    assert change(text, ("a", value)) == Edited(expected)


def test_an_alias_among_entries_is_replaced_by_a_text() -> None:
    edited = change("a: &x b\nc: [*x, d]\n", ("c", ["y1", "d"]))

    assert edited == Edited("a: &x b\nc: [y1, d]\n")


def test_several_edits_are_made_at_once() -> None:
    text = "a: {b: c, d: e}\nf:\n  - g\n"

    edited = change(text, ("f", ["g", "h"]), ("a.d", "x"), ("a.b", "z"))

    assert edited == Edited("a: {b: z, d: x}\nf:\n  - g\n  - h\n")


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("a: &x b\nc: *x\n", "a", "PUL-SHARED"),
        ("a: &x b\nc: *x\n", "c", "PUL-SHARED"),
        ("a: &x {b: c}\nd: *x\n", "a.b", "PUL-SHARED"),
        ("a: &x {b: c}\nd: *x\n", "d.b", "PUL-SHARED"),
        ("a: [&x b]\nd: *x\n", "a", "PUL-SHARED"),
        ("a:\n  - b # c\n  - d\n", "a", "PUL-PLACE"),
        ("a: [b, # c\n  d]\n", "a", "PUL-PLACE"),
        ("a: [b # c\n  ]\n", "a", "PUL-PLACE"),
    ],
)
def test_what_cannot_be_edited_alone_is_a_finding(text: str, path: str, code: str) -> None:
    edited = change(text, (path, []))

    assert edited.text == text
    assert [finding.code for finding in edited.findings] == [code]
    assert edited.findings[0].location is not None


def test_an_anchor_that_nothing_repeats_is_kept() -> None:
    assert change("a: &x b\n", ("a", "c")) == Edited("a: &x c\n")


def test_a_place_without_a_value_and_a_place_edited_twice_are_findings() -> None:
    text = "a: [b]\n"
    document = scan("x.yaml", text.encode(), Limits()).document
    assert document is not None
    place = document.locate(["a"])
    nowhere = Edit(place._replace(column=2), "x")

    edited = edit(
        text, [Edit(place, ["c"]), Edit(place._replace(column=5), "d"), nowhere], Limits()
    )

    assert edited.text == "a: [c]\n"
    assert [finding.code for finding in edited.findings] == ["PUL-PLACE", "PUL-PLACE"]


def test_an_entry_that_shares_its_line_cannot_go() -> None:
    edited = change("a:\n  - - b\n    - c\n", ("a.0", ["c"]))

    assert [finding.code for finding in edited.findings] == ["PUL-PLACE"]


def test_a_text_that_is_not_read_is_left_alone() -> None:
    edited = edit("a: [", [], Limits())

    assert edited.text == "a: ["
    assert [finding.code for finding in edited.findings] == ["YML-SYNTAX"]


def test_what_would_be_read_as_something_else_is_not_written() -> None:
    edited = change("a: b\n", ("a", "\x00"))

    assert edited.text == "a: b\n"
    assert [finding.code for finding in edited.findings] == ["PUL-PLACE"]


def test_a_text_without_values_has_no_place() -> None:
    assert edit("# a\n", [], Limits()) == Edited("# a\n")
