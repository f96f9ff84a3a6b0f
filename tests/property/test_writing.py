"""What writing promises: the same meaning, once and for all, and one value at a time."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from syncer.manifest.editing import Edit, edit, is_same
from syncer.manifest.formatting import canonical
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.manifest.scan import SCALAR
from syncer.manifest.spans import Node, read_spans
from syncer.manifest.writer import write_manifest
from tests.property.documents import documents, nasty_texts

pytestmark = pytest.mark.property
MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
LIMITS = Limits()
mappings = st.dictionaries(st.sampled_from(("0", "7", "NO", "00123", "b/1")), nasty_texts)
values = nasty_texts | st.none() | st.booleans() | st.lists(nasty_texts, max_size=4) | mappings


def read(text: str) -> object:
    """The document of a text; a test that drew another text has nothing to say."""
    scanned = scan("x.yaml", text.encode(), LIMITS)
    assume(scanned.document is not None and not scanned.findings)
    assert scanned.document is not None
    return scanned.document.value


def comments(text: str) -> list[str]:
    """The comments of a text, in order."""
    root = read_spans(text)
    found, last = [], 0
    for leaf in root.leaves() if root is not None else ():
        found += gap_comments(text[last : leaf.content])
        header = text[leaf.content : leaf.end].partition("\n")[0] if leaf.style in "|>" else ""
        found += gap_comments(header) if leaf.style else []
        last = leaf.end
    return found + gap_comments(text[last:])


def gap_comments(gap: str) -> list[str]:
    return [line.partition("#")[2].rstrip() for line in gap.splitlines() if "#" in line]


@MANY
@given(documents())
def test_formatting_keeps_every_value_and_comment_and_is_done_once(text: str) -> None:
    """read(fmt(t)) = read(t), comments(fmt(t)) = comments(t), fmt(fmt(t)) = fmt(t)."""
    value = read(text)

    formatted = canonical(text)

    assert is_same(read(formatted), value)
    assert comments(formatted) == comments(text)
    assert canonical(formatted) == formatted
    assert "\r" not in formatted
    assert formatted.endswith("\n")


@settings(max_examples=300)
@given(
    st.recursive(nasty_texts, lambda inner: st.lists(inner) | st.dictionaries(nasty_texts, inner))
)
def test_what_is_written_is_read_back_and_is_canonical(value: object) -> None:
    """read(write(v)) = v, and fmt(write(v)) = write(v)."""
    text = write_manifest({"a": value, "b": {"c": {"d": value}}})

    assert is_same(read(text), {"a": value, "b": {"c": {"d": value}}})
    assert canonical(text) == text


@MANY
@given(documents(), st.data())
def test_an_edit_changes_one_value_and_no_other_character(text: str, data: st.DataObject) -> None:
    """read(edit(t, p, v)) = read(t) with v at p; what stands outside of the value stays."""
    value = read(text)
    root = read_spans(text)
    assert root is not None
    path, node = data.draw(st.sampled_from([pair for pair in root.walk() if pair[0]]))
    new = data.draw(values)
    scanned = scan("x.yaml", text.encode(), LIMITS).document
    assert scanned is not None

    edited = edit(text, [Edit(scanned.locate(path), new)], LIMITS)

    if edited.findings:
        assert edited.text == text
        assert {finding.code for finding in edited.findings} <= {"PUL-SHARED", "PUL-PLACE"}
        return
    assert_only_at(value, read(edited.text), path, new)
    if node.kind is SCALAR:
        assert edited.text.startswith(text[: node.content])
        assert edited.text.endswith(text[node.end :])
        assert_spelling(node, edited.text[node.content :], new)


def assert_only_at(before: object, after: object, path: tuple[object, ...], new: object) -> None:
    """Everything but what stands at the path is equal."""
    if not path:
        assert is_same(after, new)
        return
    assert type(before) is type(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        assert before.keys() == after.keys()
        pairs = [(key, before[key], after[key]) for key in before]
    else:
        assert isinstance(before, list)
        assert isinstance(after, list)
        assert len(before) == len(after)
        pairs = [(i, *both) for i, both in enumerate(zip(before, after, strict=True))]
    for step, old, now in pairs:
        if step == path[0]:
            assert_only_at(old, now, path[1:], new)
        else:
            assert is_same(now, old)


def assert_spelling(node: Node, written: str, new: object) -> None:
    """A text in double quotes stays in them; a plain one takes none that it does not need."""
    if isinstance(new, str) and node.style == '"':
        assert written.startswith('"')
    if new == "word" and not node.style:
        assert written.lstrip().startswith("word")
