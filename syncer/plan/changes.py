"""The plan as data: what changes, what is only noted, and what came of applying it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from syncer.diagnostics import Diagnostic, Location
from syncer.kinds import Action
from syncer.resources import Address, FieldPath, Value


class Mover(Enum):
    """Who left the base that syncer last applied."""

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

    def count(self, action: Action) -> int:
        """Return how many changes carry this action."""
        return sum(change.action is action for change in self.changes)


class Status(Enum):
    """What became of a change."""

    DONE = "done"  # written
    SKIPPED = "skipped"  # a create that met an existing resource: left as it is
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
