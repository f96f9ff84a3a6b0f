"""What a kind of resource is: its fields, how each compares, and what may be done to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from syncer.resources import Value


class Action(Enum):
    """What a change does; the value is its symbol on screen."""

    CREATE = "+"
    UPDATE = "~"
    RETIRE = "-"  # hide an item
    ADOPT = "="  # write the ownership marker alone

    @property
    def verb(self) -> str:
        """The word for it: `create`, `update`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Field:
    """One writable field of a kind."""

    name: str
    default: Value  # what the API sets when a save leaves the field out
    same: Callable[[Value, Value], bool]  # (wanted, live): equal as the API means it
    canonical: Callable[[Value], Value]  # one JSON value for all spellings of a value
    is_keyed: bool = False  # managed key by key: labels, annotations
    is_merged: bool = False  # a save merges it instead of replacing it: annotations
    has_meaning: bool = False  # a change gives stored values another meaning: unit, type


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource, as addresses, manifests and plans name it."""

    name: str  # "signals"
    type: str  # "clarify_signal"
    noun: str  # "signal"
    fields: Mapping[str, Field]
    source: str = ""  # the kind it is published from: items from signals
    owner: Callable[[Mapping[str, Value]], str] = lambda _: ""  # who a view says has marked it
