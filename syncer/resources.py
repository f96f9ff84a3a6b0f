"""Resources as manifests want them and as the API has them.

Field values are JSON values in the API's own spelling (`labels` map keys to lists, durations are
RFC 3339 texts or null); whether two of them are equal is for the kind to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from syncer.diagnostics import Location

Value: TypeAlias = object
FieldPath: TypeAlias = tuple[str, ...]  # ("engUnit",), ("labels", "site"); () is the resource

BOOKKEEPING_PREFIX = "syncer/"  # annotations that syncer writes for itself
OWNER_ANNOTATION = "syncer/project"  # whose the resource is
BASE_ANNOTATION = "syncer/base"  # what was last applied, as hashes
RUN_ANNOTATION = "syncer/run"  # the run that wrote last


class Address(NamedTuple):
    """What a resource is called: `signals/<integration>/<input id>`; totally ordered."""

    kind: str
    integration: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.integration}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return the address that `str` wrote; raises ValueError for any other text."""
        kind, integration, key = text.split("/", 2)
        return cls(kind, integration, key)


def value_at(view: Mapping[str, Value], path: FieldPath) -> Value:
    """Return what stands at a field, or at a key of a keyed field; None when it is absent."""
    name, *keys = path
    value = view.get(name)
    if not keys:
        return value
    return value.get(keys[0]) if isinstance(value, Mapping) else None


class Manage(Enum):
    """What a resource's manifest manages."""

    DECLARED = "declared"  # the fields it names
    FULL = "full"  # the rest too: it goes to the API's default
    OBSERVE = "observe"  # compared and reported, never written


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a resource is treated, beside its fields; paths are `engUnit` or `labels.site`."""

    manage: Manage = Manage.DECLARED
    ignore: frozenset[str] = frozenset()  # never compared, never changed
    exact: frozenset[str] = frozenset()  # fields whose undeclared keys are removed
    protected: bool = False
    create_only: bool = False


PLAIN = Lifecycle()


@dataclass(frozen=True, slots=True)
class Desired:
    """A resource as the manifests declare it, after defaults.

    `fields` holds what is managed and nothing else; a field left out is not managed. `locate`
    tells the file, line and column that a field's value came from.
    """

    address: Address
    fields: Mapping[str, Value]
    locate: Callable[[FieldPath], Location]
    lifecycle: Lifecycle = PLAIN
    follow: frozenset[str] = frozenset()  # items: fields that equal the signal's
    links: tuple[Address, ...] = ()  # items: further signals behind them


@dataclass(frozen=True, slots=True)
class Live:
    """A resource as the API has it: `fields` is its full writable view.

    `owner` names the project, or the other tool, that marked it; empty when nobody did. When it was
    updated, and by whom, is for people: nothing is decided by it, and it may be empty.
    """

    address: Address
    id: str
    fields: Mapping[str, Value]
    owner: str = ""
    updated: str = field(default="", compare=False)
    updated_by: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LiveState:
    """What was read. An item stands under the address of every signal it was published from."""

    resources: Mapping[Address, Live] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Everything the manifests declare, sorted by address, and the filters they name."""

    project: str
    resources: Mapping[Address, Desired] = field(default_factory=dict)
    filters: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
