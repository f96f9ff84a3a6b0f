"""The API's filter language, checked and evaluated on local values.

A filter is JSON as docs.clarify.io/api/1.1/types/fields and its pages on filters describe it:
fields with values or operators, all of which must hold, and `$and` and `$or` over lists of filters.
Regular expressions run with RE2 alone, in linear time; they match anywhere in a text.

A field that the view lacks is unset: it equals null only, so `$ne` and `$nin` hold and the other
operators do not. A label matches when any of its values does; `$ne` and `$nin` negate that.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import re2

from syncer import durations
from syncer.sinks import quoted

View: TypeAlias = Mapping[str, object]
Predicate: TypeAlias = Callable[[View], bool]
Path: TypeAlias = tuple[str | int, ...]

MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 256
MAX_PATTERN: Final = 256

_JOINS: Final = ("$and", "$or")
_ORDERS: Final = ("$gt", "$gte", "$lt", "$lte")
_LISTS: Final = ("$in", "$nin")
OPERATORS: Final = (*_JOINS, *_LISTS, "$ne", *_ORDERS, "$regex")
_HOLDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "$gt": lambda order: order > 0,
    "$gte": lambda order: order >= 0,
    "$lt": lambda order: order < 0,
    "$lte": lambda order: order <= 0,
}
_TEXTS: Final = frozenset(
    {
        "id",
        "input",
        "name",
        "description",
        "engUnit",
        "valueType",
        "sourceType",
        "createdAt",
        "updatedAt",
    }
)
_DURATIONS: Final = frozenset({"sampleInterval", "gapDetection"})
_BOOLEANS: Final = frozenset({"visible"})
FIELDS: Final = (*sorted(_TEXTS | _DURATIONS | _BOOLEANS), "labels.<key>", "annotations.<key>")
_KEYED: Final = re.compile(r"(labels|annotations)\.([A-Za-z0-9_/-]{1,128})")
# A repeated group that ends in a repetition: other regular expression engines may take for ever.
_NESTED_REPEAT: Final = re.compile(r"[+*}]\)*\)[+*{]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong inside a filter; the path begins at the filter itself."""

    code: str
    path: Path
    summary: str
    rule: str
    hint: str = ""
    at_key: bool = False
    is_warning: bool = False


class Regex(Protocol):
    """A compiled regular expression that runs in linear time."""

    def search(self, text: str) -> object:
        """Return a truth value: whether the expression is found in the text."""


def compile_regex(pattern: str) -> Regex:
    """Return the expression as RE2 reads it. Raises ValueError in a user's words."""
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"a regular expression has at most {MAX_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        compiled: Regex = re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"RE2 refuses it: {text}") from None
    return compiled


def is_risky(pattern: str) -> bool:
    """Whether an engine with backtracking may take exponential time for the expression."""
    return _NESTED_REPEAT.search(pattern) is not None


def check(value: object) -> tuple[Problem, ...]:
    """Return what is wrong with a filter, in its own order."""
    problems = list(_check_filter(value, (), 0))
    leaves = _count_leaves(value, 0)
    if leaves > MAX_LEAVES:
        summary = f"the filter compares {leaves} times"
        rule = f"a filter compares at most {MAX_LEAVES} times"
        problems.append(Problem("FIL-LEAVES", (), summary, rule, "use $in for many values"))
    return tuple(problems)


def compile_filter(value: object) -> Predicate:
    """Return the filter as a function of a view. Raises ValueError when `check` finds an error.

    A view has the API's field names; labels map keys to lists, annotations keys to texts.
    """
    errors = [problem for problem in check(value) if not problem.is_warning]
    if errors:
        raise ValueError(errors[0].summary)
    return _compile(value)


# -- checking


def _check_filter(value: object, path: Path, depth: int) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("FIL-TYPE", path, "a filter is a mapping", "fields with values or operators")
        return
    for key, operand in value.items():
        here = (*path, key)
        if key in _JOINS:
            yield from _check_join(key, operand, here, depth + 1)
        elif key.startswith("$"):
            yield _unknown_operator(key, here)
        elif _kind(key) is None:
            yield _unknown_field(key, here)
        elif isinstance(operand, Mapping):
            yield from _check_operators(key, operand, here)
        else:
            yield from _check_value(key, operand, here)


def _check_join(key: str, operand: object, path: Path, depth: int) -> Iterator[Problem]:
    if depth > MAX_DEPTH:
        rule = f"$and and $or are nested at most {MAX_DEPTH} deep"
        yield Problem("FIL-DEPTH", path, f"{key} is nested {depth} deep", rule, at_key=True)
    elif not isinstance(operand, list) or not operand:
        rule = f"{key} takes a list of filters"
        yield Problem("FIL-TYPE", path, f"{key} has no list of filters", rule)
    else:
        for index, part in enumerate(operand):
            yield from _check_filter(part, (*path, index), depth)


def _check_operators(field: str, operators: View, path: Path) -> Iterator[Problem]:
    if not operators:
        yield Problem(
            "FIL-TYPE", path, f"{field} has no operator", "a field has a value or operators"
        )
    for operator, operand in operators.items():
        here = (*path, operator)
        if operator not in OPERATORS or operator in _JOINS:
            yield _unknown_operator(operator, here)
        elif operator in _LISTS:
            yield from _check_list(field, operator, operand, here)
        elif operator == "$regex":
            yield from _check_regex(field, operand, here)
        elif operator in _ORDERS and (_kind(field) == "boolean" or operand is None):
            rule = "texts and durations have an order"
            yield Problem("FIL-TYPE", here, f"{operator} does not apply to {field}", rule)
        else:
            yield from _check_value(field, operand, here)


def _check_list(field: str, operator: str, operand: object, path: Path) -> Iterator[Problem]:
    if not isinstance(operand, list):
        rule = f"{operator} takes a list of values"
        yield Problem("FIL-TYPE", path, f"{operator} has no list", rule, "put it in brackets")
        return
    for index, value in enumerate(operand):
        yield from _check_value(field, value, (*path, index))


def _check_value(field: str, value: object, path: Path) -> Iterator[Problem]:
    kind = _kind(field)
    if kind == "duration":
        yield from _check_duration(field, value, path)
    elif kind == "boolean" and not isinstance(value, bool):
        yield Problem("FIL-TYPE", path, f"{field} is true or false", "compare with true or false")
    elif kind == "text" and not isinstance(value, str):
        hint = "put the value in quotes"
        yield Problem("FIL-TYPE", path, f"{field} is text", "it is compared with text", hint)


def _check_duration(field: str, value: object, path: Path) -> Iterator[Problem]:
    if value is None:
        return
    try:
        if isinstance(value, str):
            durations.parse(value)
            return
        reason = "a duration is written like PT15M"
    except ValueError as error:
        reason = str(error)
    yield Problem("FIL-TYPE", path, f"{field} is a fixed duration, or null for unset", reason)


def _check_regex(field: str, pattern: object, path: Path) -> Iterator[Problem]:
    if _kind(field) != "text" or not isinstance(pattern, str):
        rule = "$regex takes an expression and applies to texts"
        yield Problem("FIL-TYPE", path, f"$regex does not apply to {field} so", rule)
        return
    try:
        compile_regex(pattern)
    except ValueError as error:
        summary = "the regular expression cannot be used"
        yield Problem(
            "FIL-REGEX", path, summary, str(error), "see github.com/google/re2/wiki/Syntax"
        )
        return
    if is_risky(pattern):
        yield Problem(
            "FIL-REGEX-RISK",
            path,
            "the expression repeats a repetition",
            "other programs may take exponential time for it; syncer does not",
            "repeat the inner or the outer part, not both",
            is_warning=True,
        )


def _unknown_operator(operator: str, path: Path) -> Problem:
    rule = f"operators are {', '.join(OPERATORS)}"
    return Problem(
        "FIL-OP", path, f"{quoted(operator[:60])} is no operator here", rule, at_key=True
    )


def _unknown_field(field: str, path: Path) -> Problem:
    rule = f"fields are {', '.join(FIELDS)}"
    return Problem(
        "FIL-FIELD", path, f"{quoted(field[:60])} is no field of a filter", rule, at_key=True
    )


def _kind(field: str) -> str | None:
    if field in _TEXTS or _KEYED.fullmatch(field):
        return "text"
    if field in _DURATIONS:
        return "duration"
    return "boolean" if field in _BOOLEANS else None


def _count_leaves(value: object, depth: int) -> int:
    if not isinstance(value, Mapping) or depth > MAX_DEPTH:
        return 0
    leaves = 0
    for key, operand in value.items():
        if key in _JOINS and isinstance(operand, list):
            leaves += sum(_count_leaves(part, depth + 1) for part in operand)
        else:
            leaves += max(len(operand), 1) if isinstance(operand, Mapping) else 1
    return leaves


# -- evaluating


def _compile(value: object) -> Predicate:
    parts: list[Predicate] = []
    for key, operand in _items(value):
        if key in _JOINS and isinstance(operand, list):
            parts.append(_join(key, [_compile(part) for part in operand]))
        elif isinstance(operand, Mapping):
            parts += [_test(key, operator, wanted) for operator, wanted in operand.items()]
        else:
            parts.append(_test(key, "$in", [operand]))
    return _join("$and", parts)


def _items(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from value.items()


def _join(operator: str, parts: list[Predicate]) -> Predicate:
    if operator == "$or":
        return lambda view: any(part(view) for part in parts)
    return lambda view: all(part(view) for part in parts)


def _test(field: str, operator: str, operand: object) -> Predicate:
    if operator == "$regex":
        search = compile_regex(str(operand)).search
        return lambda view: any(
            isinstance(value, str) and bool(search(value)) for value in _values(view, field)
        )
    if operator in _ORDERS:
        return _order(field, operator, _comparable(field, operand))
    wanted = [_comparable(field, value) for value in _as_list(operand)]
    if operator in ("$ne", "$nin"):
        return lambda view: not any(value in wanted for value in _compared(view, field))
    return lambda view: any(value in wanted for value in _compared(view, field))


def _order(field: str, operator: str, wanted: object) -> Predicate:
    def holds(view: View) -> bool:
        return any(_is_ordered(value, operator, wanted) for value in _compared(view, field))

    return holds


def _is_ordered(value: object, operator: str, wanted: object) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return _HOLDS[operator]((value > wanted) - (value < wanted))
    if isinstance(value, int) and isinstance(wanted, int):
        return _HOLDS[operator](value - wanted)
    return False


def _as_list(operand: object) -> list[object]:
    return operand if isinstance(operand, list) else [operand]


def _compared(view: View, field: str) -> Iterator[object]:
    for value in _values(view, field):
        yield _comparable(field, value)


def _comparable(field: str, value: object) -> object:
    """Return what is compared: durations as nanoseconds, unset forms as None."""
    if field not in _DURATIONS:
        return value
    return durations.parse(value) if isinstance(value, str) and value else None


def _values(view: View, field: str) -> list[object]:
    """Return the values of a field, several for a label; unset is one None."""
    value = view.get(field)
    if value is None and "." in field:
        section, key = field.split(".", 1)
        keyed = view.get(section)
        value = keyed.get(key) if isinstance(keyed, Mapping) else None
    if isinstance(value, list | tuple):
        return list(value)
    return [value]
