"""What changed outside: managed fields whose live value left the base that syncer last applied.

A plan of everything goes in, with the live state that it was made from. Out come the fields that
somebody moved in Clarify, and apart from them what Git has and live has not yet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.kinds import Field, Kind
from syncer.plan import base
from syncer.plan.base import Base
from syncer.plan.changes import AttributeChange, Change, Mover, Note, NoteKind, Plan, Target
from syncer.resources import Address, LiveState, Value, value_at

# Full views of a resource as they were once applied, newest first.
Applied = Callable[[Address], Iterable[Mapping[str, Value]]]
_MOVED: Final = (Mover.LIVE, Mover.BOTH)
_WORDS: Final = {NoteKind.SKIP: "skip", NoteKind.WAITING: "waiting"}
# What makes a plan say nothing of resources that it should speak of.
_UNTOLD: Final = ("PLN-AMBIGUOUS", "PLN-EMPTY-LIVE")


@dataclass(frozen=True, slots=True)
class Drifted:
    """One field or key that somebody moved; `change` has live before, and what Git wants after.

    Of the base a hash is kept. `base` is the value that has it, where one is known.
    """

    change: AttributeChange
    hash: str
    base: Value = None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """A resource with fields that moved; when and by whom it was updated, if the API says so."""

    address: Address
    fields: tuple[Drifted, ...]
    updated: str = ""
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A resource in which Git has what live has not yet; `word` is an action's, skip or waiting."""

    address: Address
    word: str
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Outside:
    """All drift of an environment, what is pending, and why some of it could not be told."""

    target: Target
    drifts: tuple[Drift, ...] = ()
    pending: tuple[Pending, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()


def moved(plan: Plan) -> Iterator[tuple[Address, AttributeChange]]:
    """Yield each field that somebody moved, those of resources that are left alone too."""
    for entry in _entries(plan):
        yield from ((entry.address, a) for a in entry.attributes if a.mover in _MOVED)


def untold(plan: Plan) -> tuple[Diagnostic, ...]:
    """Return why the plan says nothing of resources that it should speak of."""
    return tuple(finding for finding in plan.refusals if finding.code in _UNTOLD)


def find(
    plan: Plan, live: LiveState, kinds: Mapping[str, Kind], project: str, applied: Applied
) -> Outside:
    """Return what drifted and what is pending, both sorted by address."""
    drifts: list[Drift] = []
    pending: list[Pending] = []
    for entry in _entries(plan):
        fields = tuple(a for a in entry.attributes if a.mover in _MOVED)
        others = tuple(a.name for a in entry.attributes if a.mover not in _MOVED)
        if fields:
            kind = kinds[entry.address.kind]
            drifts.append(_drift(entry.address, fields, live, kind, project, applied))
        if others or not fields:
            pending.append(Pending(entry.address, _word(entry), others, _reason(entry)))
    return Outside(plan.target, tuple(drifts), tuple(pending), untold(plan))


def _entries(plan: Plan) -> list[Change | Note]:
    return sorted((*plan.changes, *plan.notes), key=lambda entry: entry.address)


def _word(entry: Change | Note) -> str:
    return entry.action.verb if isinstance(entry, Change) else _WORDS[entry.kind]


def _reason(entry: Change | Note) -> str:
    """Return why a resource is left alone; a change needs no reason."""
    return entry.reason if isinstance(entry, Note) else ""


def _drift(
    address: Address,
    fields: Iterable[AttributeChange],
    live: LiveState,
    kind: Kind,
    project: str,
    applied: Applied,
) -> Drift:
    found = live.resources[address]
    known = base.read(found.fields, project)
    drifted = tuple(
        _drifted(address, each, kind.fields[each.path[0]], known, applied) for each in fields
    )
    return Drift(address, drifted, found.updated, found.updated_by)


def _drifted(
    address: Address, change: AttributeChange, field: Field, known: Base, applied: Applied
) -> Drifted:
    hashed = base.hash_at(known, field, change.path) or ""
    for value in _candidates(address, change, field, applied):
        if base.digest(field, value) == hashed:
            return Drifted(change, hashed, value, is_known=True)
    return Drifted(change, hashed)


def _candidates(
    address: Address, change: AttributeChange, field: Field, applied: Applied
) -> Iterator[Value]:
    """Yield what may have been applied, the likeliest first; history is asked last."""
    yield change.after
    yield None if field.is_keyed else field.default
    yield from (value_at(view, change.path) for view in applied(address))
