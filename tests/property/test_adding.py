"""What adding promises: the resource says one thing more, and no other character is touched."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from syncer.manifest.adding import Addition, add
from syncer.manifest.editing import is_same
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.manifest.scan import MAPPING_START
from syncer.manifest.spans import read_spans
from tests.property.documents import documents, nasty_texts

pytestmark = pytest.mark.property
LIMITS = Limits()
values = nasty_texts | st.none() | st.booleans() | st.lists(nasty_texts, max_size=3)


def read(text: str) -> object:
    """The document of a text; a test that drew another text has nothing to say."""
    scanned = scan("x.yaml", text.encode(), LIMITS)
    assume(scanned.document is not None and not scanned.findings)
    assert scanned.document is not None
    return scanned.document.value


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), values, st.data())
def test_an_addition_adds_one_value_and_changes_no_other_character(
    text: str, value: object, data: st.DataObject
) -> None:
    """read(add(t, p, v)) = read(t) with v at p, and t without what was inserted is t."""
    before = read(text)
    root = read_spans(text)
    assume(root is not None)
    assert root is not None
    mappings = [path for path, node in root.walk() if node.kind is MAPPING_START]
    assume(mappings)
    resource = data.draw(st.sampled_from(mappings))
    keys = data.draw(st.sampled_from([("new",), ("labels", "new")]))

    made = add("x.yaml", text, [Addition(resource, keys, value)], LIMITS)

    if made.refused:
        assert made.text == text
        return
    target: Any = before
    for step in resource:
        target = target[step]
    for key in keys[:-1]:
        target = target.setdefault(key, {})
    target[keys[-1]] = value
    assert is_same(read(made.text), before)
    pairs = zip(text, made.text, strict=False)
    common = next((n for n, (old, new) in enumerate(pairs) if old != new), len(text))
    assert made.text.endswith(text[common:])
