"""Filters: built with nine operators, `&` and `|`; as the API's JSON; evaluated on local values.

In: fields and values, or the API's JSON (docs.clarify.io/api/1.1beta1/methods/filter-syntax).
Out: a checked `Filter`. What a filter means locally is said by `syncer.filters` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, TypeAlias, TypeGuard, runtime_checkable

from syncer import filters
from syncer.diagnostics import Diagnostic
from syncer.providers.clarify.moments import duration_text, moment_text, read_moment
from syncer.providers.clarify.refusals import invalid, refuse
from syncer.providers.clarify.wire import Json
from syncer.sinks import quoted

Scalar: TypeAlias = str | int | float | bool | datetime | timedelta | None
Value: TypeAlias = Scalar | Sequence[Scalar]

# How much syncer compares on this machine, which says nothing about what the API may.
_LOCAL_ONLY = frozenset({"FIL-LEAVES"})


@runtime_checkable
class Viewed(Protocol):
    """A selected signal or item: what it offers to filters."""

    def view(self) -> Json:
        """Return the fields that a filter may name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator and what it compares with; times and durations may be Python's own."""

    value: Value
    operator: ClassVar[str]

    def to_json(self) -> Json:
        """Return the operator as the API takes it: `{"$regex": "^A"}`."""
        return {self.operator: _plain(self.value)}

    def to_operand(self) -> object:
        """Return what stands beside the field when this is all that is asked of it."""
        return self.to_json()


class Equal(Comparison):
    """The field is the value; of a label, any of its values is."""

    operator = "$in"

    def to_json(self) -> Json:
        """Return the operator in the form that stands beside others."""
        return {self.operator: [_plain(self.value)]}

    def to_operand(self) -> object:
        """Return the value alone, which the API takes as equality."""
        return _plain(self.value)


class NotEqual(Comparison):
    """The field is not the value; of a label, none of its values is."""

    operator = "$ne"


class Regex(Comparison):
    """The expression (RE2) is found in the text; anchor it with ^ and $."""

    operator = "$regex"


class In(Comparison):
    """The field is one of the values."""

    operator = "$in"


class NotIn(Comparison):
    """The field is none of the values."""

    operator = "$nin"


class Less(Comparison):
    """The field is below the value; texts compare by character."""

    operator = "$lt"


class LessOrEqual(Comparison):
    """The field is at most the value."""

    operator = "$lte"


class Greater(Comparison):
    """The field is above the value."""

    operator = "$gt"


class GreaterOrEqual(Comparison):
    """The field is at least the value."""

    operator = "$gte"


class Filter:
    """Which signals or items are meant: every field must compare as said; none means all.

    >>> Filter({"labels.site": "Pier"}) & Filter({"name": Regex("^Pump")})

    `fields` maps a field to a value, which it must equal, or to a comparison, or to several that
    must all hold. Fields are id, input, name, description, engUnit, valueType, sourceType, visible,
    sampleInterval, gapDetection, createdAt, updatedAt, labels.<key> and annotations.<key>. Raises
    InvalidInput for other fields, and for operators that do not fit.
    """

    __slots__ = ("_json",)

    def __init__(
        self, fields: Mapping[str, Value | Comparison | Sequence[Comparison]] | None = None
    ) -> None:
        self._json: Json = {name: _operand(name, value) for name, value in (fields or {}).items()}
        _check(self._json)

    @classmethod
    def from_json(cls, value: Json) -> "Filter":
        """Return the filter that the API's JSON says; raises InvalidInput as the class does."""
        made = cls()
        _check(value)
        made._json = value
        return made

    def to_json(self) -> Json:
        """Return the filter as the API takes it."""
        return self._json

    def matches(self, resource: Viewed | Json) -> bool:
        """Tell whether a selected signal or item, or a mapping of its fields, is meant.

        A field that the mapping lacks is unset. Raises InvalidInput for more than 256 comparisons.
        """
        return self.to_predicate()(resource)

    def to_predicate(self) -> Callable[[Viewed | Json], bool]:
        """Return `matches` for many resources: the filter is prepared once."""
        try:
            test = filters.compile_filter(self._json)
        except ValueError as error:
            raise invalid("FIL-LEAVES", str(error)) from None
        return lambda each: test(each.view() if isinstance(each, Viewed) else each)

    def __and__(self, other: "Filter") -> "Filter":
        if not (self._json and other._json):
            return self if self._json else other
        return self._joined("$and", other)

    def __or__(self, other: "Filter") -> "Filter":
        if not (self._json and other._json):
            return Filter()
        return self._joined("$or", other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self._json == other._json

    def __hash__(self) -> int:
        return hash(repr(self._json))

    def __repr__(self) -> str:
        return f"Filter.from_json({self._json!r})"

    def _joined(self, operator: str, other: "Filter") -> "Filter":
        # A chain of one operator stays one list, so that it nests no deeper than it reads.
        parts: list[object] = []
        for value in (self._json, other._json):
            joined = value.get(operator) if len(value) == 1 else None
            parts += joined if isinstance(joined, list) else [value]
        return Filter.from_json({operator: parts})


def read_filter(given: Filter | Json | None) -> Json:
    """Return the JSON of a filter in any of its forms, checked; nothing means all."""
    if given is None:
        return {}
    return given.to_json() if isinstance(given, Filter) else Filter.from_json(given).to_json()


def _operand(name: str, value: object) -> object:
    if isinstance(value, Comparison):
        return value.to_operand()
    parts = value if _is_list(value) else ()
    comparisons = [part for part in parts if isinstance(part, Comparison)]
    if comparisons and len(comparisons) < len(parts):
        raise invalid("FIL-TYPE", f"{quoted(name)} is compared with values and comparisons mixed")
    if comparisons:
        merged: dict[str, object] = {}
        for part in comparisons:
            for operator, operand in part.to_json().items():
                if operator in merged:
                    summary = f"{quoted(name)} is compared twice with {operator}"
                    raise invalid("FIL-TYPE", summary, hint="Join two filters with &.")
                merged[operator] = operand
        return merged
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(read_moment(value, "filter"))
    if isinstance(value, timedelta):
        return duration_text(value)
    if _is_list(value):
        return [_plain(part) for part in value]
    return value


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _check(value: object) -> None:
    refuse(
        Diagnostic(problem.code, problem.summary, rule=problem.rule, hint=problem.hint)
        for problem in filters.check(value)
        if not problem.is_warning and problem.code not in _LOCAL_ONLY
    )
