"""Resource queries, compiled to SQL.

In: the JSON of a filter and a sort list. Out: clauses whose values are all parameters, or
findings. Source: docs.clarify.io/api/1.1beta1/methods/filter-syntax.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import re2

from syncer.emulator.columns import COLUMNS, Column, Member, Type, find_field
from syncer.emulator.durations import parse_duration
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue
from syncer.emulator.problems import Problems
from syncer.emulator.records import Clause, Kind, Selection, SqlValue
from syncer.emulator.settings import DEFAULT_SETTINGS, Settings
from syncer.emulator.timestamps import parse_timestamp

DEFAULT_LIMIT = 20
HIGHEST_LIMIT = 1000
DEEPEST_FILTER = 10
MOST_VALUES = 30_000
LONGEST_PATTERN = 1000
MOST_PATTERNS = 50
_HIGHEST_SKIP = 2**62
# SQLite's parser stacks three entries per parenthesis and has room for 100; an expression may be
# 1000 operators deep.
_DEEPEST_SQL = 25
_WIDEST_SQL = 30
_ORDERED = {"$lt": "<", "$lte": "<=", "$gt": ">", "$gte": ">="}


@dataclass(frozen=True, slots=True)
class Page:
    """How many resources a query selects when it does not say, and at most."""

    usual: int
    most: int


RESOURCES = Page(DEFAULT_LIMIT, HIGHEST_LIMIT)


def read_query(
    fields: Fields, kind: Kind, settings: Settings = DEFAULT_SETTINGS, *, page: Page = RESOURCES
) -> Selection:
    """Return the selection in a resource query's members filter, sort, limit and skip."""
    where = read_filter(fields, kind, settings)
    order = _read_order(fields, kind)
    limit = fields.whole("limit", page.usual)
    if limit > page.most:
        fields.note("limit", f"must be at most {page.most}")
    # assumed: a negative limit asks for the maximum, as clarify-go documents.
    limit = page.most if limit < 0 else limit
    skip = min(max(fields.whole("skip", 0), 0), _HIGHEST_SKIP)
    return Selection(where, order, limit, skip)


def read_filter(fields: Fields, kind: Kind, settings: Settings) -> Clause:
    """Return the claim of the member filter; without one everything matches."""
    if not fields.has("filter"):
        return Clause("1")
    compiler = _Compiler(kind, fields.problems, settings)
    where = compiler.filter(fields.value("filter"), f"{fields.path}.filter", 0)
    compiler.check_size(f"{fields.path}.filter", where)
    return where


def matches(pattern: str, text: str) -> bool:
    """Tell whether the RE2 pattern is found anywhere in the text."""
    # assumed: RE2 (the service is written in Go), unanchored, case sensitive.
    return _compile_pattern(pattern).search(text) is not None


def _read_order(fields: Fields, kind: Kind) -> str:
    directions: dict[str, str] = {}
    for position, name in enumerate(fields.array("sort")):
        text = name if isinstance(name, str) else ""
        column = COLUMNS[kind].get(text.removeprefix("-"))
        if column is None:
            fields.note(f"sort.{position}", "unknown sort field")
        else:
            directions.setdefault(column.sql, "DESC" if text.startswith("-") else "ASC")
    # assumed: rows that are equal otherwise, and rows without a sort, come in order of creation.
    directions.setdefault("id", "ASC")
    # Nothing is sorted after the id, and SQLite sees only then that an index has the order.
    end = list(directions).index("id") + 1
    return ", ".join(f"{name} {way}" for name, way in list(directions.items())[:end])


@lru_cache(maxsize=256)
def _compile_pattern(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


class _Compiler:
    """One filter's way to SQL."""

    def __init__(self, kind: Kind, problems: Problems, settings: Settings) -> None:
        self._kind = kind
        self._problems = problems
        self._settings = settings
        self._patterns = 0
        self._operators: Mapping[str, Callable[[Column | Member, JsonValue, str], Clause]] = {
            "$ne": lambda *given: self._negate(given[0], self._equal(*given)),
            "$in": self._within,
            "$nin": lambda *given: self._negate(given[0], self._within(*given)),
            "$regex": self._regex,
        }

    def check_size(self, path: str, clause: Clause) -> None:
        """Note a filter that is too much for one statement."""
        if len(clause.values) > MOST_VALUES:
            self._problems.note(path, f"must have at most {MOST_VALUES} values")
        elif self._patterns > MOST_PATTERNS:
            # Each is tried on every row.
            self._problems.note(path, f"must have at most {MOST_PATTERNS} regular expressions")
        elif _measure_depth(clause.sql) > _DEEPEST_SQL:
            self._problems.note(path, "must be nested less")

    def filter(self, value: JsonValue, path: str, depth: int) -> Clause:
        """Return the claim of a filter object: all its members hold."""
        if not isinstance(value, dict):
            return self._refuse(path, "must be an object")
        if depth > DEEPEST_FILTER:
            return self._refuse(path, f"must be nested at most {DEEPEST_FILTER} deep")
        claims = [self._member(key, value[key], f"{path}.{key}", depth) for key in value]
        return _join(claims, "AND")

    def _member(self, key: str, value: JsonValue, path: str, depth: int) -> Clause:
        if key in ("$and", "$or"):
            return self._branches(key[1:].upper(), value, path, depth)
        field = None if key.startswith("$") else find_field(self._kind, key)
        if field is None:
            kind = "operator" if key.startswith("$") else "field"
            return self._refuse(path, f"unknown filter {kind}")
        if not isinstance(value, dict):
            return self._equal(field, value, path)
        if not value:
            return self._refuse(path, "must have an operator")
        return _join([self._operate(field, name, value[name], path) for name in value], "AND")

    def _branches(self, word: str, value: JsonValue, path: str, depth: int) -> Clause:
        # clarify-go sends null for every $or (measured with v0.4.0); a filter that silently
        # matches everything would be worse than an error.
        if value is None and word == "OR" and self._settings.accepts_null_or:
            return Clause("1")
        if not isinstance(value, list) or not value:
            return self._refuse(path, "must be an array of filters")
        claims = [
            self.filter(branch, f"{path}.{position}", depth + 1)
            for position, branch in enumerate(value)
        ]
        return _join(claims, word)

    def _operate(self, field: Column | Member, name: str, value: JsonValue, path: str) -> Clause:
        path = f"{path}.{name}"
        if name in self._operators:
            return self._operators[name](field, value, path)
        if name not in _ORDERED or field.type is Type.FLAG:
            return self._refuse(path, "unknown filter operator")
        operand = self._operand(field, value, path)
        return field.holds(Clause(f"{_ORDERED[name]} ?", (operand,)))

    def _equal(self, field: Column | Member, value: JsonValue, path: str) -> Clause:
        # assumed: null equals a value that is not there, as in MongoDB.
        if value is None:
            return field.absent()
        return field.holds(Clause("= ?", (self._operand(field, value, path),)))

    def _within(self, field: Column | Member, value: JsonValue, path: str) -> Clause:
        if not isinstance(value, list):
            return self._refuse(path, "must be an array")
        operands = tuple(
            self._operand(field, element, f"{path}.{position}")
            for position, element in enumerate(value)
            if element is not None
        )
        claim = field.holds(Clause(f"IN ({', '.join('?' * len(operands))})", operands))
        return _join([claim, field.absent()], "OR") if None in value else claim

    def _regex(self, field: Column | Member, value: JsonValue, path: str) -> Clause:
        if field.type is not Type.TEXT:
            return self._refuse(path, "unknown filter operator")
        if not isinstance(value, str) or len(value) > LONGEST_PATTERN:
            return self._refuse(path, f"must be a string of at most {LONGEST_PATTERN} characters")
        self._patterns += 1
        try:
            _compile_pattern(value)
        except re2.error:
            return self._refuse(path, "must be a regular expression")
        return field.holds(Clause("REGEXP ?", (value,)))

    def _operand(self, field: Column | Member, value: JsonValue, path: str) -> SqlValue:
        operand = _read_operand(field.type, value)
        if operand is None:
            self._problems.note(path, f"must be {field.type.value}")
        return operand

    def _negate(self, field: Column | Member, claim: Clause) -> Clause:
        # assumed: a value that is not there differs from every other, as in MongoDB.
        negated = Clause(f"NOT {claim.sql}", claim.values)
        if self._settings.missing_differs:
            return negated
        absent = field.absent()
        present = Clause(f"NOT ({absent.sql})", absent.values)
        return _join([negated, present], "AND")

    def _refuse(self, path: str, message: str) -> Clause:
        self._problems.note(path, message)
        return Clause("0")


def _read_operand(type_: Type, value: JsonValue) -> SqlValue:
    if isinstance(value, bool):
        return value if type_ is Type.FLAG else None
    if not isinstance(value, str):
        return None
    match type_:
        case Type.TEXT:
            return value
        case Type.DURATION:
            return parse_duration(value)
        case Type.TIME:
            return parse_timestamp(value)
        case Type.FLAG:
            return None


def _join(claims: Sequence[Clause], word: str) -> Clause:
    """Return the claims as a tree of bounded width."""
    if len(claims) <= 1:
        return claims[0] if claims else Clause("1")
    groups = [claims[at : at + _WIDEST_SQL] for at in range(0, len(claims), _WIDEST_SQL)]
    if len(groups) > 1:
        return _join([_join(group, word) for group in groups], word)
    sql = f" {word} ".join(claim.sql for claim in claims)
    return Clause(f"({sql})", tuple(value for claim in claims for value in claim.values))


def _measure_depth(sql: str) -> int:
    steps = (1 if character == "(" else -1 for character in sql if character in "()")
    return max(accumulate(steps), default=0)
