"""What the store keeps and gives back: resources, integrations, ledger entries.

In: nothing. Out: the nouns that the store, the views and the methods share.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

SqlValue: TypeAlias = "str | int | float | bytes | None"


class Kind(Enum):
    """A kind of resource, valued by its name in the API."""

    SIGNAL = "signals"
    ITEM = "items"


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of a resource; durations in nanoseconds, None when unset."""

    name: str
    description: str
    value_type: str
    source_type: str
    eng_unit: str
    sample_interval: int | None
    gap_detection: int | None
    labels: Mapping[str, tuple[str, ...]]
    enum_values: Mapping[str, str]
    visible: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A stored resource, its maps encoded once, when it is saved."""

    id: str
    integration: str
    """The owner of a signal; empty for items."""
    input: str | None
    """The input ID of a signal; None for items."""
    item: str | None
    """The item that a signal is linked to."""
    name: str
    attributes: str
    attributes_hash: str
    annotations: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource to store: its row, and what that was made of."""

    kind: Kind
    row: Row
    attributes: Attributes
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration with its credentials and the namespaces that it was granted."""

    id: str
    name: str
    client_id: str
    client_secret: str
    password: str
    grants: frozenset[str]


class Effect(Enum):
    """What a write did to one resource."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger: the effect of one write on one key."""

    time: str
    method: str
    integration: str
    key: str
    """Input ID, or signal ID for publishing."""
    resource: str
    """The ID of the signal or item, empty when refused."""
    effect: Effect
    before: str
    """The attributes hash before, empty when there was no resource."""
    after: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a signal; microseconds since 1970."""

    signal: str
    time: int
    value: float
    readable_at: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of SQL with the values of its parameters."""

    sql: str
    values: tuple[SqlValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows, in which order, and which part of them."""

    where: Clause
    order: str
    limit: int
    skip: int
