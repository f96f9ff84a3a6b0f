"""The canonical form by example; tests/property/test_writing.py has its laws."""

from pathlib import Path

import pytest

from syncer.manifest.formatting import canonical

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n# only\n\n", "# only\n"),
        ("\ufeffa:   1\r\n", "a: 1\n"),
        (
            "a:\n- b\n-   - c\n    -   d: 1\n        e: x",
            "a:\n  - b\n  - - c\n    - d: 1\n      e: x\n",
        ),
        ("a:\n      b: c\n      d:\n        [e]\n", "a:\n  b: c\n  d:\n    [e]\n"),
        ("a: [ b , {c: d ,e: f}]\n", "a: [b, {c: d, e: f}]\n"),
        ("a: [  # b\n   c]   # d\n", "a: [  # b\n   c]   # d\n"),
        ("a:\n    - [b,\n       c]\n", "a:\n  - [b,\n     c]\n"),
        ("a: &x   {b: c}\nd:   *x\n", "a: &x {b: c}\nd: *x\n"),
        ("a: &x\n    - b\nc: &y [\n  1]\n", "a: &x\n  - b\nc: &y [\n  1]\n"),
        ("a:\n    &x\n    b: c\n", "a:\n  &x\n  b: c\n"),
        ("a: 1\n\n\n\nb: 2   \n\n\n", "a: 1\n\nb: 2\n"),
        ("---\n# a\nb:\n    c: 1\n...\n", "---\n# a\nb:\n  c: 1\n...\n"),
        ("[a,\n b]\n", "[a,\n b]\n"),
        ("? a\n:    b\n", "? a\n:    b\n"),
        ("{a: b,\n   c: d}\n", "{a: b,\n   c: d}\n"),
    ],
)
def test_layout(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: NO", 'a: "NO"'),
        ("a: 1_000", 'a: "1_000"'),
        ("a: 2024-01-01", 'a: "2024-01-01"'),
        ("a: 12:30", 'a: "12:30"'),
        ("a: 1.10", "a: 1.10"),
        ("a: 012", "a: 012"),
        ("a: ~", "a: ~"),
        ("a: true", "a: true"),
        ("NO: 4-20 mA", "NO: 4-20 mA"),
        ("a: 'NO'", 'a: "NO"'),
        ("a: 'it''s'", 'a: "it\'s"'),
        ("a: '\\d'", "a: '\\d'"),
        ("a: '\"'", "a: '\"'"),
        ('a: "b"', 'a: "b"'),
        ("a: '\u00a0'", "a: '\u00a0'"),
    ],
)
def test_quotes_are_added_where_readers_differ_and_never_removed(text: str, expected: str) -> None:
    assert canonical(text + "\n") == expected + "\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a:\n    b: |\n       c\n        d\n\n    e: 1\n",
            "a:\n  b: |\n    c\n     d\n\n  e: 1\n",
        ),
        ("a: |+\n   x\n\n\nb: |2\n     y\n", "a: |+\n  x\n\n\nb: |2\n     y\n"),
        ("a: |\n   x", "a: |-\n  x\n"),
        ("a: >1\n  x", "a: >1-\n  x\n"),
        ("a: |\n\n   \n", "a: |\n"),
        ("a: b\n      c\n\n      d\n", "a: b\n  c\n\n  d\n"),
        ('a: "b  \n      c \\ \n   d"\n', 'a: "b\n  c \\ \n  d"\n'),
        ("a: [b\n      c]\n", "a: [b\n      c]\n"),
    ],
)
def test_texts_of_several_lines_keep_their_value(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n    # b\n    c: 1\n    # d\n# e\nf: 1\n", "a:\n  # b\n  c: 1\n  # d\n# e\nf: 1\n"),
        ("a:\n    b: 1\n      # deeper\n", "a:\n  b: 1\n    # deeper\n"),
        ("a:\n    b: |\n      c\n     # below\n", "a:\n  b: |\n    c\n  # below\n"),
        ("a:\t# b  \n  c: 1\n", "a: # b\n  c: 1\n"),
        ("a:\n    # b: 1\nc: 1\n", "a:\n  # b: 1\nc: 1\n"),
        ("a:\n# b\n- c\n", "a:\n  # b\n  - c\n"),
        ("a:\n # b\n- c\n", "a:\n  # b\n  - c\n"),
        ("   # a\nb: 1\n", "# a\nb: 1\n"),
        ("a: 'b'   # c: 'd'\n", "a: \"b\"   # c: 'd'\n"),
    ],
)
def test_comments_stay_with_their_block(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.name)
def test_the_examples_are_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert canonical(text) == text
