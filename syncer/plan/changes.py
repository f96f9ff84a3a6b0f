"""The plan as data: what changes, what is only noted, and what came of applying it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from syncer.diagnostics import Diagnostic, Location
from syncer.kinds import Action
from syncer.resources import Address, FieldPath, Value


class Mover(Enum):
    """Who left the base that syncer last applied."""

    GIT = "git"  # the manifests: an update
    LIVE = "live"  # somebody in Clarify: the plan sets it back
    BOTH = "both"  # a conflict
    FIRST = "first"  # there is no base: syncer writes this field for the first time


class NoteKind(Enum):
    """Why a resource is named without being changed; the value is its symbol on screen."""

    SKIP = ">"
    WAITING = "?"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One field, or one key of a keyed field, before and after; None is a key that is absent."""

    path: FieldPath
    before: Value
    after: Value
    has_meaning: bool = False
    mover: Mover = Mover.FIRST
    location: Location | None = None  # where the manifests say the value

    @property
    def name(self) -> str:
        """The path as manifests and reports write it: `engUnit`, `labels.site`."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Change:
    """One resource's difference. `before` and `after` are full views: what a save replaces."""

    action: Action
    address: Address
    before: Mapping[str, Value] | None
    after: Mapping[str, Value]
    attributes: tuple[AttributeChange, ...]
    reason: str
    location: Location
    after_unknown: tuple[str, ...] = ()  # what only the API can tell: an item's `signal`

    @property
    def movers(self) -> frozenset[Mover]:
        """Who moved its fields."""
        return frozenset(attribute.mover for attribute in self.attributes)

    @property
    def has_meaning(self) -> bool:
        """Whether an update gives stored values another meaning."""
        return self.action is Action.UPDATE and any(a.has_meaning for a in self.attributes)


@dataclass(frozen=True, slots=True)
class Note:
    """A resource that the plan names and leaves alone, with the differences it leaves."""

    kind: NoteKind
    address: Address
    reason: str
    location: Location
    attributes: tuple[AttributeChange, ...] = ()
    owner: str = ""  # who else has marked the resource, when that is the reason


@dataclass(frozen=True, slots=True)
class Release:
    """Fields and keys of a resource that syncer wrote and that no manifest names any more."""

    address: Address
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allowances:
    """What a plan was allowed beyond its guards; patterns are address globs.

    A saved plan carries them, so that what was reviewed can be applied.
    """

    creates: int | None = None
    updates: int | None = None  # percent
    reverts: int | None = None
    retires: int | None = None
    new: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    overwrite: tuple[str, ...] = ()
    take_ownership: tuple[str, ...] = ()
    empty: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that say the same: `--allow-creates 40`, `--overwrite signals/*`."""
        numbers = {
            "--allow-creates": self.creates,
            "--allow-updates": self.updates,
            "--allow-reverts": self.reverts,
            "--allow-retires": self.retires,
        }
        globs = {
            "--allow-new": self.new,
            "--allow-protected": self.protected,
            "--overwrite": self.overwrite,
            "--take-ownership": self.take_ownership,
        }
        return (
            *(f"{flag} {number}" for flag, number in numbers.items() if number is not None),
            *(f"{flag} {glob}" for flag, given in globs.items() for glob in given),
            *(("--allow-empty",) if self.empty else ()),
        )

    def joined(self, other: "Allowances") -> "Allowances":
        """Return what both allow together."""
        return Allowances(
            creates=_larger(self.creates, other.creates),
            updates=_larger(self.updates, other.updates),
            reverts=_larger(self.reverts, other.reverts),
            retires=_larger(self.retires, other.retires),
            new=(*self.new, *other.new),
            protected=(*self.protected, *other.protected),
            overwrite=(*self.overwrite, *other.overwrite),
            take_ownership=(*self.take_ownership, *other.take_ownership),
            empty=self.empty or other.empty,
        )


def _larger(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)


NO_ALLOWANCES: Final = Allowances()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a plan applies: the environment's name, the API's origin, the integrations' IDs."""

    environment: str
    origin: str
    integrations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered changes of one environment. A plan of notes only is empty."""

    target: Target
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    released: tuple[Release, ...] = ()
    undeclared: tuple[Address, ...] = ()  # owned by the project, and in no manifest
    allowances: Allowances = NO_ALLOWANCES
    undoes: str = ""  # the run that this plan takes back, if it does

    def count(self, action: Action) -> int:
        """Return how many changes carry this action."""
        return sum(change.action is action for change in self.changes)


class Status(Enum):
    """What became of a change."""

    DONE = "done"  # written
    SKIPPED = "skipped"  # a create that met an existing resource: left as it is
    MOVED = "moved"  # somebody changed the resource meanwhile: left as it is
    FAILED = "failed"  # refused by the API
    UNKNOWN = "unknown"  # sent, and no answer that can be trusted
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one change; `id` is the resource's, where the API told it."""

    address: Address
    action: Action
    status: Status
    id: str = ""
    finding: Diagnostic | None = None
