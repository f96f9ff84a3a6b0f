"""Field values in the words of every text format: typed, escaped, on one line."""

from collections.abc import Mapping

from syncer.plan.changes import AttributeChange
from syncer.plan.diff import Part, parts
from syncer.sinks import quoted, terminal


def shown(value: object) -> str:
    """Return the value as text that cannot act: `"bar"`, `[a, b]`, `unset`."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        pairs = (f"{terminal(str(key))}: {shown(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    return terminal(str(value))


def edit(attribute: AttributeChange, *, is_new: bool) -> str:
    """Return what happens to the attribute: `"kPa" -> "bar"`, or its parts for nested values."""
    if is_new:
        return shown(attribute.after)
    nested = parts(attribute)
    if nested:
        return ", ".join(map(_part, nested))
    is_key = len(attribute.path) > 1
    before, after = (
        "none" if is_key and not value else shown(value)
        for value in (attribute.before, attribute.after)
    )
    return f"{before} -> {after}"


def _part(part: Part) -> str:
    key = f"{terminal(part.key)}: " if part.key else ""
    if part.before is None:
        return f"+ {key}{shown(part.after)}"
    if part.after is None:
        return f"- {key}{shown(part.before)}"
    return f"{key}{shown(part.before)} -> {shown(part.after)}"
