"""What `evaluate` calculates: items and groups put together by time, and formulas over them.

In: dataclasses, or mappings with the same names. Out: the API's JSON, checked.
docs.clarify.io/api/1.1/methods/clarify/evaluate.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias, TypeVar

from syncer.diagnostics import Diagnostic
from syncer.providers.clarify.dialects import Dialect
from syncer.providers.clarify.filters import Filter, read_filter
from syncer.providers.clarify.refusals import invalid, refuse
from syncer.providers.clarify.wire import Json
from syncer.sinks import quoted

MAX_ITEMS: Final = 50
MAX_CALCULATIONS: Final = 100
AGGREGATIONS: Final = (
    *("count", "min", "max", "sum", "avg", "first", "last"),
    *("state-seconds", "state-percent", "state-rate"),
    *("state-histogram-seconds", "state-histogram-percent", "state-histogram-rate"),  # older names
)
GROUP_AGGREGATIONS: Final = ("count", "min", "max", "sum", "avg")
_ALIAS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,27}", re.ASCII)
_MOST_SHIFT: Final = 1000
_MOST_STATE: Final = 9999
# Formulas that look beyond a bucket give another answer at the edge of a piece.
_FAR_SIGHTED: Final = re.compile(r"\bgapfill\s*\(")


@dataclass(frozen=True, slots=True)
class ItemAggregation:
    """One item's values put together in each bucket, under an alias.

    `aggregation`: count, min, max, sum, avg, first, last, or of one `state` (0 to 9999)
    state-seconds, state-percent, state-rate. `lead` and `lag` shift by up to 1000 buckets.
    `alias`: 1 to 28 of a-z A-Z 0-9 _, not beginning with a digit.
    """

    id: str
    aggregation: str
    alias: str
    state: int | None = None
    lead: int | None = None
    lag: int | None = None


@dataclass(frozen=True, slots=True)
class GroupAggregation:
    """The items that a filter means, put together in time and then with each other; API 1.2.

    `group_aggregation`: count, min, max, sum or avg; the rest is as of `ItemAggregation`.
    """

    filter: Filter | Json
    time_aggregation: str
    group_aggregation: str
    alias: str
    state: int | None = None
    lead: int | None = None
    lag: int | None = None


@dataclass(frozen=True, slots=True)
class Calculation:
    """A formula over aliases: `Calculation("a / bucket_seconds", alias="rate")`."""

    formula: str
    alias: str


Entry: TypeAlias = ItemAggregation | GroupAggregation | Calculation
EntryT = TypeVar("EntryT", ItemAggregation, GroupAggregation, Calculation)

_CAMEL: Final = {"timeAggregation": "time_aggregation", "groupAggregation": "group_aggregation"}


def read_entries(kind: type[EntryT], given: Iterable[EntryT | Json]) -> list[EntryT]:
    """Return dataclasses, made of mappings where those were given."""
    return [entry if isinstance(entry, kind) else _made(kind, entry) for entry in given]


def check_entries(
    items: Sequence[ItemAggregation],
    groups: Sequence[GroupAggregation],
    calculations: Sequence[Calculation],
) -> None:
    """Raise InvalidInput for what the API would refuse in all of them together."""
    entries: list[Entry] = [*items, *groups, *calculations]
    if not entries:
        raise invalid("LIB-SHAPE", "nothing is to be evaluated", hint="Give items or groups.")
    refuse([*_check_counts(items, calculations), *_check_aliases(entries)])
    refuse(finding for entry in entries for finding in _check(entry))


def items_json(items: Iterable[ItemAggregation]) -> list[Json]:
    """Return the parameter `items`."""
    return [{"id": entry.id, "aggregation": entry.aggregation, **_rest(entry)} for entry in items]


def groups_json(spoken: Dialect, groups: Iterable[GroupAggregation]) -> list[Json]:
    """Return the parameter `groups`; pre-releases of 1.2 take the filter inside a query."""
    made: list[Json] = []
    for group in groups:
        filter_ = read_filter(group.filter)
        meant = {"filter": filter_} if spoken.version == "1.2" else {"query": {"filter": filter_}}
        both = {
            "timeAggregation": group.time_aggregation,
            "groupAggregation": group.group_aggregation,
        }
        made.append({**meant, **both, **_rest(group)})
    return made


def calculations_json(calculations: Iterable[Calculation]) -> list[Json]:
    """Return the parameter `calculations`."""
    return [{"formula": entry.formula, "alias": entry.alias} for entry in calculations]


def sees_beyond_buckets(entries: Iterable[Entry]) -> bool:
    """Tell whether a value may depend on other buckets than its own."""
    return any(
        bool(_FAR_SIGHTED.search(entry.formula))
        if isinstance(entry, Calculation)
        else bool(entry.lead or entry.lag)
        for entry in entries
    )


def _made(kind: type[EntryT], given: object) -> EntryT:
    if not isinstance(given, Mapping):
        summary = f"{quoted(repr(given)[:60])} is no {kind.__name__}, and no mapping"
        raise invalid("LIB-SHAPE", summary)
    known = {field.name for field in fields(kind)}
    values: dict[str, Any] = {_CAMEL.get(str(name), str(name)): given[name] for name in given}
    # 1.2 calls an item's aggregation by the name that groups have for it.
    if kind is ItemAggregation and "time_aggregation" in values:
        values["aggregation"] = values.pop("time_aggregation")
    unknown = sorted(set(values) - known)
    try:
        return kind(**values)
    except TypeError as error:
        what = f"{kind.__name__} has no {quoted(unknown[0])}" if unknown else str(error)
        raise invalid("LIB-SHAPE", what, f"it has {', '.join(sorted(known))}") from None


def _rest(entry: ItemAggregation | GroupAggregation) -> Json:
    optional = {"state": entry.state, "lead": entry.lead, "lag": entry.lag}
    given = {name: value for name, value in optional.items() if value is not None}
    return {**given, "alias": entry.alias}


def _check_counts(
    items: Sequence[ItemAggregation], calculations: Sequence[Calculation]
) -> Iterator[Diagnostic]:
    ids = len({entry.id for entry in items})
    if ids > MAX_ITEMS:
        yield _finding(f"{ids} different items", f"one call takes {MAX_ITEMS}")
    if len(calculations) > MAX_CALCULATIONS:
        yield _finding(f"{len(calculations)} calculations", f"one call takes {MAX_CALCULATIONS}")


def _check_aliases(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for entry in entries:
        alias: object = entry.alias
        if not isinstance(alias, str) or _ALIAS.fullmatch(alias) is None:
            rule = "an alias is 1 to 28 of a-z A-Z 0-9 _, not beginning with a digit"
            yield _finding(f"alias {quoted(repr(alias)[:60])}", rule)
        elif alias in seen:
            yield _finding(f"alias {quoted(alias)} is used twice", "each is used once")
        else:
            seen.add(alias)


def _check(entry: Entry) -> Iterator[Diagnostic]:
    if isinstance(entry, Calculation):
        formula: object = entry.formula
        if not isinstance(formula, str) or not formula.strip():
            yield _finding(f"{entry.alias}: the formula is empty", "it is a text")
        return
    name = entry.aggregation if isinstance(entry, ItemAggregation) else entry.time_aggregation
    if name not in AGGREGATIONS:
        rule = f"aggregations are {', '.join(AGGREGATIONS[:10])}"
        yield _finding(f"{entry.alias}: {quoted(str(name))}", rule)
    elif name.startswith("state-") and entry.state is None:
        yield _finding(f"{entry.alias}: {name} without a state", "it counts one state")
    if isinstance(entry, GroupAggregation) and entry.group_aggregation not in GROUP_AGGREGATIONS:
        rule = f"group aggregations are {', '.join(GROUP_AGGREGATIONS)}"
        yield _finding(f"{entry.alias}: {quoted(str(entry.group_aggregation))}", rule)
    for field, least, most in (
        ("state", 0, _MOST_STATE),
        ("lead", -_MOST_SHIFT, _MOST_SHIFT),
        ("lag", -_MOST_SHIFT, _MOST_SHIFT),
    ):
        value = getattr(entry, field)
        if value is not None and (type(value) is not int or not least <= value <= most):
            rule = f"it is a whole number from {least} to {most}"
            yield _finding(f"{entry.alias}: {field} {value!r}", rule)


def _finding(summary: str, rule: str) -> Diagnostic:
    return Diagnostic("LIB-VALUE", summary, rule=rule)
