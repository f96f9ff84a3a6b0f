"""Before and after, told attribute by attribute.

Views go in; one `AttributeChange` per field that differs, or per key of a keyed field, comes out.
deepdiff only words what changed inside a nested value: it never decides that something changed,
and a plan without changes never loads it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.kinds import Field, Kind
from syncer.plan.changes import AttributeChange
from syncer.plan.merge import is_bookkeeping
from syncer.resources import FieldPath, Value


@dataclass(frozen=True, slots=True)
class Part:
    """A nested difference: the key inside the value, and what stood and will stand there."""

    key: str
    before: Value
    after: Value


def compare(
    kind: Kind, before: Mapping[str, Value], after: Mapping[str, Value]
) -> tuple[AttributeChange, ...]:
    """Return the attributes in which the views differ, in the kind's own order of fields."""
    return tuple(
        AttributeChange(path, old, new, field.has_meaning)
        for field in kind.fields.values()
        for path, old, new in _differences(field, before.get(field.name), after.get(field.name))
    )


def parts(change: AttributeChange) -> tuple[Part, ...]:
    """Return what changed inside the value; empty where the whole values tell it better."""
    before, after = change.before, change.after
    if not before or not after:
        return ()
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return tuple(
            Part(key, before.get(key), after.get(key)) for key in _changed_keys(before, after)
        )
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return tuple(_changed_members(before, after))
    return ()


def _differences(field: Field, old: Value, new: Value) -> Iterator[tuple[FieldPath, Value, Value]]:
    if old is new:
        return
    if not field.is_keyed:
        if not field.same(new, old):
            yield (field.name,), old, new
        return
    old_keys = old if isinstance(old, Mapping) else {}
    new_keys = new if isinstance(new, Mapping) else {}
    for key in sorted(old_keys.keys() | new_keys.keys()):
        current, value = old_keys.get(key), new_keys.get(key)
        if not is_bookkeeping(field, key) and not field.same(value, current):
            yield (field.name, key), current, value


def _changed_keys(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    from deepdiff import DeepDiff  # slow to import, and only wanted when something changed

    # Key by key, even where hardly a key is common; keys that begin with __ count too.
    found = DeepDiff(
        dict(before),
        dict(after),
        view="tree",
        threshold_to_diff_deeper=0,
        ignore_private_variables=False,
    )
    levels = (level for group in found.values() for level in group)
    return sorted({str(level.path(output_format="list")[0]) for level in levels})


def _changed_members(before: Sequence[Value], after: Sequence[Value]) -> Iterator[Part]:
    from deepdiff import DeepDiff  # as above

    # As sets: the order of a label's values means nothing, nor does a repeated one.
    found = DeepDiff(set(before), set(after), view="tree")
    for level in sorted(found.get("set_item_removed", ()), key=lambda level: str(level.t1)):
        yield Part("", level.t1, None)
    for level in sorted(found.get("set_item_added", ()), key=lambda level: str(level.t2)):
        yield Part("", None, level.t2)
