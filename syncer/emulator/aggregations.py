"""The parameters of clarify.evaluate that say what is to be computed.

In: the members items, groups and calculations. Out: `Terms`, or findings. Source:
docs.clarify.io/api/1.1/methods/clarify/evaluate.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.emulator import formats
from syncer.emulator.aggregates import AGGREGATES, ROLLUPS
from syncer.emulator.calls import Call
from syncer.emulator.fields import Fields
from syncer.emulator.formulas import FormulaError, Program, parse_formula
from syncer.emulator.queries import Page, read_filter, read_query
from syncer.emulator.records import Clause, Kind
from syncer.emulator.states import HIGHEST_STATE
from syncer.emulator.versions import Version

MOST_ITEMS = 50
MOST_CALCULATIONS = 100
FARTHEST_SHIFT = 1000

# assumed: a group is limited like the items; no number is public.
MOST_GROUPS = 50

BUCKET_SECONDS = "bucket_seconds"
TIME_SECONDS = "time_seconds"

STATE_SECONDS, STATE_PERCENT, STATE_RATE = "state-seconds", "state-percent", "state-rate"
_OLD_METHODS: Mapping[str, str] = {
    "state-histogram-seconds": STATE_SECONDS,
    "state-histogram-percent": STATE_PERCENT,
    "state-histogram-rate": STATE_RATE,
}
_STATE_METHODS = frozenset(_OLD_METHODS.values())
_METHODS = (*AGGREGATES, *sorted(_STATE_METHODS))
_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,27}", re.ASCII)
_ALIAS_TEXT = "must match ^[A-Za-z_][A-Za-z0-9_]{0,27}$"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How the samples of a bucket become one number."""

    method: str
    state: int
    """What the state methods look at."""
    shift: int
    """How many buckets later the number is told."""

    @property
    def is_state(self) -> bool:
        """Tell whether states are measured, not values."""
        return self.method in _STATE_METHODS


@dataclass(frozen=True, slots=True)
class ItemTerm:
    """One item's numbers."""

    alias: str
    item: str
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """The numbers of all items that a filter matches, made one."""

    alias: str
    where: Clause
    aggregation: Aggregation
    method: str


@dataclass(frozen=True, slots=True)
class Calculation:
    """A formula over the aliases before it."""

    alias: str
    program: Program


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call of clarify.evaluate asks for."""

    items: Sequence[ItemTerm]
    groups: Sequence[GroupTerm]
    calculations: Sequence[Calculation]


def read_terms(fields: Fields, call: Call) -> Terms:
    """Return items, groups and calculations, whose aliases differ."""
    aliases: set[str] = set()
    items = [_read_item(entry, call, aliases) for entry in _entries(fields, "items")]
    if len({item.item for item in items}) > MOST_ITEMS:
        fields.note("items", f"must have at most {MOST_ITEMS} different items")
    groups: list[GroupTerm] = []
    # Older versions refuse groups, but clarify-go sends null when it has none.
    if call.version >= Version.V1_2_BETA1 or call.params.get("groups") is None:
        groups = [_read_group(entry, call, aliases) for entry in _entries(fields, "groups")]
    if len(groups) > MOST_GROUPS:
        fields.note("groups", f"must have at most {MOST_GROUPS} groups")
    calculations = [_read_calculation(entry, aliases) for entry in _entries(fields, "calculations")]
    if len(calculations) > MOST_CALCULATIONS:
        fields.note("calculations", f"must have at most {MOST_CALCULATIONS} calculations")
    return Terms(items, groups, calculations)


def _entries(fields: Fields, name: str) -> Iterator[Fields]:
    # clarify-go sends null for an empty list (measured with v0.4.0).
    entries = [] if fields.value(name) is None else fields.array(name)
    for position, value in enumerate(entries):
        yield Fields(value, f"{fields.path}.{name}.{position}", fields.problems)


def _read_item(entry: Fields, call: Call, aliases: set[str]) -> ItemTerm:
    item = entry.text("id") if entry.require("id") else ""
    if item and not formats.is_id(item):
        entry.note("id", "must match ^[a-v0-9]{20}$")
    term = ItemTerm(_read_alias(entry, aliases), item, _read_aggregation(entry, call.version))
    entry.close()
    return term


def _read_group(entry: Fields, call: Call, aliases: set[str]) -> GroupTerm:
    where = _read_group_filter(entry, call)
    aggregation = _read_aggregation(entry, call.version)
    method = _read_method(entry, "groupAggregation", tuple(ROLLUPS))
    term = GroupTerm(_read_alias(entry, aliases), where, aggregation, method)
    entry.close()
    return term


def _read_group_filter(entry: Fields, call: Call) -> Clause:
    # The pre-releases of 1.2 have a query, the release has a filter (the vendor's contract tests).
    if call.version >= Version.V1_2:
        entry.require("filter")
        return read_filter(entry, Kind.ITEM, call.settings)
    entry.require("query")
    query = entry.inner("query")
    # assumed: of the query only the filter counts, as pyclarify documents.
    selection = read_query(query, Kind.ITEM, call.settings, page=Page(MOST_ITEMS, MOST_ITEMS))
    query.flag("total")
    query.close()
    return selection.where


def _read_aggregation(entry: Fields, version: Version) -> Aggregation:
    names = ["aggregation"]
    if version >= Version.V1_2_BETA1:
        # assumed: the unit is for people who look at charts; no answer shows it.
        entry.text("engUnit", formats.LONGEST_UNIT)
        names.insert(0, "timeAggregation")
    given = [name for name in names if entry.has(name)]
    method = _read_method(entry, given[0] if given else names[0], _METHODS)
    if len(given) > 1:
        entry.value("aggregation")
        entry.note("aggregation", "must not be given beside timeAggregation")
    if method in _STATE_METHODS:
        entry.require("state")
    shift = _read_shift(entry, "lag") - _read_shift(entry, "lead")
    return Aggregation(method, _read_number(entry, "state", 0, HIGHEST_STATE), shift)


def _read_method(entry: Fields, name: str, allowed: Sequence[str]) -> str:
    text = entry.text(name) if entry.require(name) else allowed[0]
    method = _OLD_METHODS.get(text, text)
    if method not in allowed:
        entry.note(name, f"must be one of {', '.join(allowed)}")
    return method


def _read_shift(entry: Fields, name: str) -> int:
    return _read_number(entry, name, -FARTHEST_SHIFT, FARTHEST_SHIFT)


def _read_number(entry: Fields, name: str, least: int, most: int) -> int:
    number = 0 if entry.value(name) is None else entry.whole(name, 0)
    if not least <= number <= most:
        entry.note(name, f"must be from {least} to {most}")
    return number


def _read_alias(entry: Fields, aliases: set[str]) -> str:
    alias = entry.text("alias") if entry.require("alias") else ""
    if entry.has("alias") and not _ALIAS.fullmatch(alias):
        entry.note("alias", _ALIAS_TEXT)
    if alias and alias in aliases:
        entry.note("alias", "must be unique")
    aliases.add(alias)
    return alias


def _read_calculation(entry: Fields, aliases: set[str]) -> Calculation:
    names = frozenset(aliases) | {BUCKET_SECONDS, TIME_SECONDS}
    text = entry.text("formula") if entry.require("formula") else "0"
    program: Program = ()
    try:
        program = parse_formula(text, names)
    except FormulaError as error:
        entry.note("formula", str(error))
    calculation = Calculation(_read_alias(entry, aliases), program)
    entry.close()
    return calculation
