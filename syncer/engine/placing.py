"""Where in the manifests a live value belongs: over the line that says it, or as a line of its own.

What somebody moved in Clarify goes in. Out come edits and additions by file, and a finding for each
value that has no place: one that follows a signal, or that no manifest may say.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from syncer.diagnostics import Diagnostic, Location
from syncer.kinds import Field, Kind
from syncer.manifest.adding import Addition
from syncer.manifest.admitting import refusal
from syncer.manifest.documents import Document, Path
from syncer.manifest.editing import Edit
from syncer.manifest.limits import Limits
from syncer.manifest.origins import Origin, Said
from syncer.plan.changes import AttributeChange
from syncer.resources import Address, Desired, DesiredState, FieldPath, Value

Moved: TypeAlias = tuple[Address, AttributeChange]
_Key: TypeAlias = tuple[Address, FieldPath]
_Default: TypeAlias = tuple[str, Path]  # a file, and where in it a default says a value


@dataclass(frozen=True, slots=True)
class Pull:
    """One live value on its way into the manifests."""

    address: Address
    change: AttributeChange
    value: Value  # as a manifest says it: an absent key is an empty one
    place: Location
    otherwise: Diagnostic | None = None  # what is told when it cannot be added

    @property
    def key(self) -> _Key:
        """What identifies it."""
        return self.address, self.change.path


@dataclass(slots=True)
class FilePlaces:
    """What is to change in one file; an edit of a default carries several values at once."""

    document: Document
    edits: list[tuple[Edit, tuple[Pull, ...]]] = field(default_factory=list)
    additions: list[tuple[Addition, Pull]] = field(default_factory=list)


@dataclass(slots=True)
class Places:
    """What is to change by file, and why some values are left."""

    files: dict[str, FilePlaces] = field(default_factory=dict)
    left: dict[_Key, Diagnostic] = field(default_factory=dict)

    def at(self, document: Document) -> FilePlaces:
        """Return what changes in the file of the document."""
        return self.files.setdefault(document.file, FilePlaces(document))


def place(
    moved: Collection[Moved], desired: DesiredState, kinds: Mapping[str, Kind], limits: Limits
) -> Places:
    """Return where each value goes."""
    places = Places()
    shared: dict[_Default, list[tuple[Pull, Said]]] = {}
    for address, change in moved:
        resource = desired.resources[address]
        kind_field = kinds[address.kind].fields[change.path[0]]
        value = _written(kind_field, change)
        said = _origin(resource).said(change.path)
        pull = Pull(address, change, value, said.place if said else resource.locate(()))
        refused = refusal(address.kind, change.path, value, limits)
        if refused is not None:
            places.left[pull.key] = _unsayable(pull, refused)
        elif said is not None and not said.is_own:
            shared.setdefault(_default(said), []).append((pull, said))
        elif said is not None:
            places.at(said.document).edits.append((Edit(said.place, value), (pull,)))
        elif _follows(resource, kind_field):
            places.left[pull.key] = _following(pull)
        else:
            _add(places, resource, pull)
    for default, members in shared.items():
        served = _served(desired, members[0][0].change.path, default)
        _place_shared(places, members, served, desired, kinds)
    return places


def _written(field: Field, change: AttributeChange) -> Value:
    """Return the live value as a manifest says it."""
    value = change.before
    if value is None and field.is_keyed:
        return "" if field.is_merged else []
    if field.canonical(value) is None:
        return None  # a duration that is unset, however the server writes that
    return field.default if value == "" else value


def _follows(resource: Desired, field: Field) -> bool:
    said = resource.fields.get(field.name)
    return field.name in resource.follow and (field.name not in resource.fields or bool(said))


def _add(places: Places, resource: Desired, pull: Pull) -> None:
    """Note the value as a line of the resource itself."""
    own = _origin(resource).own
    addition = Addition(own.path, pull.change.path, pull.value)
    places.at(own.document).additions.append((addition, pull))


def _origin(resource: Desired) -> Origin:
    if not isinstance(resource.locate, Origin):
        raise TypeError("only what manifests declare has a place in them")
    return resource.locate


# -- defaults


def _default(said: Said) -> _Default:
    return said.document.file, said.path


def _served(desired: DesiredState, path: FieldPath, default: _Default) -> list[Address]:
    """Return the resources that get the value at a path from this default."""
    return [
        address
        for address, resource in desired.resources.items()
        if (said := _origin(resource).said(path)) is not None and _default(said) == default
    ]


def _place_shared(
    places: Places,
    members: list[tuple[Pull, Said]],
    served: Collection[Address],
    desired: DesiredState,
    kinds: Mapping[str, Kind],
) -> None:
    """Note one edit of the default where it fits all that it serves, else a line for each."""
    pulls = [pull for pull, _ in members]
    first, said = members[0]
    if {pull.address for pull in pulls} == set(served) and _are_equal(pulls, kinds):
        places.at(said.document).edits.append((Edit(said.place, first.value), tuple(pulls)))
        return
    for pull in pulls:
        resource = desired.resources[pull.address]
        told = _serving(pull, len(served) - 1)
        _add(places, resource, replace(pull, place=resource.locate(()), otherwise=told))


def _are_equal(pulls: Collection[Pull], kinds: Mapping[str, Kind]) -> bool:
    forms: Iterator[Value] = (
        kinds[pull.address.kind].fields[pull.change.path[0]].canonical(pull.value) for pull in pulls
    )
    first = next(forms)
    return all(form == first for form in forms)


# -- what is left


def _following(pull: Pull) -> Diagnostic:
    signal = pull.address._replace(kind="signals")
    return Diagnostic(
        "PUL-FOLLOW",
        f"{pull.address}: {pull.change.name} follows its signal, so no line says it",
        pull.place,
        rule="a value that follows has no place of its own",
        hint=f"change {signal}, or say {pull.change.name} on the item",
    )


def _serving(pull: Pull, others: int) -> Diagnostic:
    return Diagnostic(
        "PUL-DEFAULT",
        f"{pull.address}: {pull.change.name} comes from a default that also serves {others} others",
        pull.place,
        rule="a default is changed only where all that it serves have the same live value",
        hint="change the default by hand, or write the value on the resource",
    )


def _unsayable(pull: Pull, refused: Diagnostic) -> Diagnostic:
    return Diagnostic(
        "PUL-VALUE",
        f"{pull.address}: the live value of {pull.change.name} cannot stand in a manifest: "
        f"{refused.code}, {refused.summary}",
        pull.place,
        rule=refused.rule,
        hint="correct it in Clarify, or `syncer apply` sets it back",
    )
