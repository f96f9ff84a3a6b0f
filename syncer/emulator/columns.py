"""The fields that filters look at, and where the store keeps them.

In: a kind of resource and a field's path. Out: a `Column` or a `Member`, which make SQL claims.
Source: docs.clarify.io/api/1.1/types/resources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from syncer.emulator import formats
from syncer.emulator.records import Clause, Kind


class Type(Enum):
    """What the values of a field are."""

    TEXT = "a string"
    DURATION = "a fixed RFC 3339 duration"
    TIME = "an RFC 3339 timestamp"
    FLAG = "a boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A field with one value, perhaps unset."""

    sql: str
    type: Type

    def holds(self, test: Clause) -> Clause:
        """Return the claim that the value is set and passes the test."""
        return Clause(f"({self.sql} IS NOT NULL AND {self.sql} {test.sql})", test.values)

    def absent(self) -> Clause:
        """Return the claim that the value is unset."""
        return Clause(f"{self.sql} IS NULL")


@dataclass(frozen=True, slots=True)
class Member:
    """The texts under one key of labels or annotations."""

    table: str
    key: str
    type: Type = Type.TEXT

    def holds(self, test: Clause) -> Clause:
        """Return the claim that any of the texts passes the test."""
        inner = f"SELECT resource FROM {self.table} WHERE key = ? AND value {test.sql}"  # noqa: S608 - table is one of two literals
        return Clause(f"id IN ({inner})", (self.key, *test.values))

    def absent(self) -> Clause:
        """Return the claim that the key is not there."""
        inner = f"SELECT resource FROM {self.table} WHERE key = ?"  # noqa: S608 - table is one of two literals
        return Clause(f"id NOT IN ({inner})", (self.key,))


_COMMON = {
    "id": Column("id", Type.TEXT),
    "name": Column("name", Type.TEXT),
    "description": Column("description", Type.TEXT),
    "sourceType": Column("source_type", Type.TEXT),
    "valueType": Column("value_type", Type.TEXT),
    "engUnit": Column("eng_unit", Type.TEXT),
    "sampleInterval": Column("sample_interval", Type.DURATION),
    "gapDetection": Column("gap_detection", Type.DURATION),
    "createdAt": Column("created_at", Type.TIME),
    "updatedAt": Column("updated_at", Type.TIME),
}
# assumed: every scalar field can be compared, ordered and sorted by; the public table that says
# which was not available.
COLUMNS: Mapping[Kind, Mapping[str, Column]] = {
    Kind.SIGNAL: _COMMON | {"input": Column("input", Type.TEXT)},
    Kind.ITEM: _COMMON | {"visible": Column("visible", Type.FLAG)},
}


def find_field(kind: Kind, path: str) -> Column | Member | None:
    """Return the field of a dotted path, None when there is none."""
    category, _, key = path.partition(".")
    if category in ("labels", "annotations") and formats.is_key(key):
        return Member(category, key)
    return COLUMNS[kind].get(path)
