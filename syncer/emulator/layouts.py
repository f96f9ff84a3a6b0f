"""The parameters that shape an answer: format, include, and what API 1.2 added to saves.

In: the members of a call's parameters. Out: a `Format`, and how an answer repeats it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from syncer.emulator.fields import Fields
from syncer.emulator.versions import Version

NO_ENUM_VALUES = "no enum values registered"


@dataclass(frozen=True, slots=True)
class Format:
    """The parameter `format`."""

    data_as_array: bool = True
    group_included_by_type: bool = False
    flatten_resource_fields: bool = False
    include_resource_hash_fields: bool = True


def read_include(fields: Fields, allowed: Sequence[str] = ()) -> bool:
    """Tell whether anything is to be included."""
    # clarify-go sends null for an empty list (measured with v0.4.0).
    names = [] if fields.value("include") is None else fields.array("include")
    for position, name in enumerate(names):
        if name not in allowed:
            # assumed: the path; the message is the service's own.
            fields.note(f"include.{position}", NO_ENUM_VALUES)
    return bool(names)


def read_format(fields: Fields, version: Version, *, data_as_array: bool = True) -> Format:
    """Return the format, which 1.1beta2 had at the top; the caller says the method's default."""
    if version <= Version.V1_1_BETA2:
        return Format(group_included_by_type=fields.flag("groupIncludedByType"))
    inner = fields.inner("format")
    # assumed: 1.1 takes all four, as its answers show all four.
    layout = Format(
        data_as_array=inner.flag("dataAsArray", default=data_as_array),
        group_included_by_type=inner.flag("groupIncludedByType"),
        flatten_resource_fields=inner.flag("flattenResourceFields"),
        include_resource_hash_fields=inner.flag("includeResourceHashFields", default=True),
    )
    inner.close()
    return layout


def read_save_options(fields: Fields, version: Version) -> None:
    """Read what API 1.2 added to saves."""
    if version < Version.V1_2_BETA1:
        return
    # assumed: `result` names what is returned, and summaries are what it names by default; its
    # other values are not public.
    if fields.value("result") not in (None, "summary"):
        fields.note("result", NO_ENUM_VALUES)
    read_include(fields)
    read_format(fields, version)
