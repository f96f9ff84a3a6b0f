import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.manifest.documents import Document, Path
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from tests.manifest.strategies import yaml_texts

TEXT = """\
signals:
  a: &a
    name: 'Pump'
    labels: {site: [Pier, Yacht], 1: ~}
  b: *a
  c:
    - x
    - {y: 012}
"""


def _document(text: str) -> Document:
    document = scan("f.yaml", text.encode(), Limits()).document
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), "1:1", "1:1"),
        (("signals",), "1:1", "2:3"),
        (("signals", "a"), "2:3", "2:6"),
        (("signals", "a", "name"), "3:5", "3:11"),
        (("signals", "a", "labels", "site", 1), "4:27", "4:27"),
        (("signals", "a", "labels", "1"), "4:35", "4:38"),
        (("signals", "b"), "5:3", "5:6"),
        (("signals", "b", "name"), "3:5", "3:11"),
        (("signals", "c", 1, "y"), "8:8", "8:11"),
        (("signals", "function-wrap", "c", 0), "7:7", "7:7"),
    ],
)
def test_each_key_and_value_has_its_place(path: Path, key: str, value: str) -> None:
    document = _document(TEXT)

    assert str(document.locate(path, at_key=True)) == f"f.yaml:{key}"
    assert str(document.locate(path)) == f"f.yaml:{value}"


def test_places_hold_after_refused_keys() -> None:
    document = _document("a: 1\na: {x: [1, 2]}\n? [p, q]\n: {r: s}\n<<: {t: u}\nb: 2\n")

    assert document.value == {"a": 1, "b": 2}
    assert str(document.locate(("b",))) == "f.yaml:6:4"


def test_numbers_are_known_as_they_were_written() -> None:
    document = _document("a: 012\nb: &b 1.10\nc: *b\nd: text\n")

    assert [document.written((key,)) for key in "abcd"] == ["012", "1.10", "1.10", None]


def test_the_width_covers_the_value_with_its_quotes() -> None:
    document = _document("a: word\nb: 'word'\nc: 1.10\nd: [x]\n\"e\": ~\nf: >\n  folded\n")

    assert [document.width((key,)) for key in "abcdf"] == [4, 6, 4, 1, 1]
    assert document.width(("e",), at_key=True) == 3


def test_a_path_is_said_or_not() -> None:
    document = _document(TEXT)

    assert document.has(("signals", "a", "labels", "site", 0))
    assert not document.has(("signals", "a", "labels", "site", 2))
    assert not document.has(("signals", "a", "labels", "site", "x"))
    assert document.get(("signals", "a", "missing", "name")) == "Pump"


def test_an_empty_text_is_located_at_its_beginning() -> None:
    assert str(_document("").locate(("a",))) == "f.yaml:1:1"


def test_masking_keeps_the_lines() -> None:
    document = _document("a:\n  secret\n  more\nb: shown\n")

    assert document.mask([("a",)]) == "a:\n  ******\n  ****\nb: shown\n"
    assert document.mask([("b",)]).endswith("b: *****\n")
    assert document.mask([]) == document.text


def _paths(value: object, path: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        inner = [one for key, entry in value.items() for one in _paths(entry, (*path, key))]
    elif isinstance(value, list):
        inner = [one for index, entry in enumerate(value) for one in _paths(entry, (*path, index))]
    else:
        inner = []
    return [path, *inner[:50]]


@pytest.mark.property
@given(yaml_texts)
def test_places_lie_inside_the_file(text: str) -> None:
    """Whatever a document holds has a line of the file, and a column of that line."""
    document = scan("f.yaml", text.encode(), Limits()).document
    if document is None:
        return
    lines = document.text.split("\n")
    for path in _paths(document.value):
        for at_key in (False, True):
            place = document.locate(path, at_key=at_key)
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert document.width(path, at_key=at_key) >= 1


@pytest.mark.property
@given(
    st.dictionaries(st.text("abc", min_size=1), st.lists(st.text("xyz", min_size=1)), min_size=1)
)
def test_a_place_is_where_the_text_stands(value: dict[str, list[str]]) -> None:
    """The file's text at a scalar's place is that scalar."""
    text = "".join(f"{key}: [{', '.join(entries)}]\n" for key, entries in value.items())
    document = _document(text)
    lines = text.split("\n")

    for key, entries in value.items():
        for index, entry in enumerate(entries):
            place = document.locate((key, index))
            assert lines[place.line - 1][place.column - 1 :].startswith(entry)
