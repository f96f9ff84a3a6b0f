"""The one walk over a plan, and what a format has to say at each step.

A plan goes in; the lines of the chosen view come out. Equal edits are folded into one group, so
300 signals that change their unit alike are one entry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Action
from syncer.plan.changes import AttributeChange, Change, Mover, Note, Plan, Release
from syncer.resources import Address

NO_CHANGES: Final = "No changes. Live state matches the manifests."
_NOTHING_TO_UNDO: Final = "No changes. Nothing is left to take back."
_TITLES: Final = {Action.CREATE: "Create", Action.RETIRE: "Retire", Action.ADOPT: "Adopt"}
# The sections of changes, in their order, and what is to be said of each.
_REMARKS: Final = {
    "Create": "A create cannot be undone and may be billed.",
    "Change of meaning": "Stored values are not converted.",
    "Conflict": "Changed in the manifests and in Clarify.",
    "Revert": "Somebody changed these in Clarify; the plan sets them back.",
    "Update": "",
    "Retire": "Hidden, because no manifest declares them any more.",
    "Adopt": "The ownership marker alone.",
}
_RELEASED: Final = "Written by syncer, and named by no manifest any more; the values stay."
_UNDECLARED: Final = "Owned by this project, and in no manifest; left as they are."
# What a mover adds to an edit; who moves without a word is Git.
MOVED: Final = {
    Mover.LIVE: "  (changed in Clarify)",
    Mover.BOTH: "  (changed in Clarify, too)",
}
SHOWN: Final = 10  # members of a long section that are listed without -v


@dataclass(frozen=True, slots=True)
class Group:
    """Changes or notes that are told as one: one alone, or several that edit alike."""

    symbol: str
    members: tuple[Address, ...]
    attributes: tuple[AttributeChange, ...]
    reason: str
    is_new: bool = False  # a create has no before

    @property
    def title(self) -> str:
        """The address, or `300 signals`."""
        if len(self.members) == 1:
            return str(self.members[0])
        kinds = {address.kind for address in self.members}
        return f"{len(self.members)} {kinds.pop() if len(kinds) == 1 else 'resources'}"


class View(Protocol):
    """One way to write a plan: each member returns whole lines, without the last line end."""

    def heading(self, plan: Plan, story: str) -> str:
        """The environment, its URL, and the whole story in one line."""

    def section(self, title: str, remark: str) -> str:
        """The start of a group of entries."""

    def entry(self, group: Group, *, lists_members: bool) -> str:
        """One group, with its attributes and, if asked, the addresses in it."""

    def more(self, count: int) -> str:
        """How many entries of the section are not shown."""

    def finding(self, finding: Diagnostic) -> str:
        """A refusal or a warning."""

    def summary(self, text: str) -> str:
        """The last line."""


def render(plan: Plan, view: View, *, verbose: bool = False) -> Iterator[str]:
    """Yield the plan in the view's words: refusals, creates, meaning, reverts, the rest, notes."""
    yield view.heading(plan, story(plan))
    yield from _findings(view, "Refused", plan.refusals)
    yield from _findings(view, "Allowed", _allowed(plan))
    sorted_out: dict[str, list[Change]] = {title: [] for title in _REMARKS}
    for change in plan.changes:
        sorted_out[_title(change)].append(change)
    for title, changes in sorted_out.items():
        groups = list(map(_single, changes)) if title == "Create" else _folded(changes)
        yield from _section(view, title, _REMARKS[title], groups, verbose=verbose)
    yield from _section(view, "Left alone", "", _noted(plan.notes, verbose), verbose=verbose)
    yield from _section(view, "Released", _RELEASED, _released(plan.released), verbose=verbose)
    hidden = {change.address for change in plan.changes}
    left = [address for address in plan.undeclared if address not in hidden]
    yield from _section(
        view, "Not declared", _UNDECLARED, _undeclared(left, verbose), verbose=verbose
    )
    yield from _findings(view, "Warnings", plan.warnings)
    yield view.summary(summary(plan))


def _allowed(plan: Plan) -> tuple[Diagnostic, ...]:
    """Return what the plan was allowed, for whoever reviews it."""
    flags = plan.allowances.flags
    if not flags:
        return ()
    told = f"beyond the guards, this plan is allowed: {', '.join(flags)}"
    return (Diagnostic("PLN-ALLOWED", told, severity=Severity.WARNING),)


def _title(change: Change) -> str:
    """Return the section that tells of the change."""
    if change.action is not Action.UPDATE:
        return _TITLES[change.action]
    if change.has_meaning:
        return "Change of meaning"
    if Mover.BOTH in change.movers:
        return "Conflict"
    return "Revert" if Mover.LIVE in change.movers else "Update"


def story(plan: Plan) -> str:
    """Return what the plan comes to, in a few words: `2 to create, 1 refusal`."""
    counts = _counts(plan)
    if plan.refusals:
        counts.append(_plural(len(plan.refusals), "refusal"))
    return ", ".join(counts) or "no changes"


def summary(plan: Plan) -> str:
    """Return the closing line: `Plan: 2 to create, 1 to update.`"""
    counts = _counts(plan)
    if counts:
        return f"Plan: {', '.join(counts)}."
    return _NOTHING_TO_UNDO if plan.undoes else NO_CHANGES


def _counts(plan: Plan) -> list[str]:
    counted = ((plan.count(action), action.verb) for action in Action)
    return [f"{count} to {verb}" for count, verb in counted if count]


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _findings(view: View, title: str, findings: Sequence[Diagnostic]) -> Iterator[str]:
    if findings:
        yield view.section(title, "")
        yield from map(view.finding, findings)


def _section(
    view: View, title: str, remark: str, groups: Sequence[Group], *, verbose: bool
) -> Iterator[str]:
    if not groups:
        return
    yield view.section(title, remark)
    shown = groups if verbose else groups[:SHOWN]
    for group in shown:
        yield view.entry(group, lists_members=verbose and len(group.members) > 1)
    if len(shown) < len(groups):
        yield view.more(len(groups) - len(shown))


def _single(change: Change) -> Group:
    return Group(
        change.action.value, (change.address,), change.attributes, change.reason, is_new=True
    )


def _folded(changes: Iterable[Change]) -> list[Group]:
    """Return the updates, equal edits as one group, in the order of their first addresses."""
    alike: dict[str, list[Change]] = {}
    for change in changes:
        edits = [_edit(a) for a in change.attributes]
        key = repr((change.address.kind, edits or change.reason))
        alike.setdefault(key, []).append(change)
    return [
        Group(
            changes[0].action.value,
            tuple(change.address for change in changes),
            changes[0].attributes,
            changes[0].reason,
        )
        for changes in alike.values()
    ]


def _edit(attribute: AttributeChange) -> tuple[str, object, object, Mover]:
    return (
        attribute.name,
        _stable(attribute.before),
        _stable(attribute.after),
        attribute.mover,
    )


def _stable(value: object) -> object:
    """Return the value with its keys sorted, so that equal values have one `repr`."""
    return sorted(value.items()) if isinstance(value, Mapping) else value


def _released(releases: Iterable[Release]) -> list[Group]:
    """Return what was released, the same names of several resources as one group."""
    alike: dict[tuple[str, tuple[str, ...]], list[Address]] = {}
    for release in releases:
        alike.setdefault((release.address.kind, release.names), []).append(release.address)
    return [
        Group(" ", tuple(addresses), (), ", ".join(names))
        for (_, names), addresses in alike.items()
    ]


def _undeclared(addresses: Sequence[Address], verbose: bool) -> list[Group]:
    """Return one group for each kind and integration, or each resource alone."""
    if verbose:
        return [Group(" ", (address,), (), "") for address in addresses]
    runs = groupby(addresses, key=lambda address: (address.kind, address.integration))
    return [Group(" ", tuple(run), (), f"in {place}") for (_, place), run in runs]


def _noted(notes: Iterable[Note], verbose: bool) -> list[Group]:
    """Return the notes, one group for each reason, or each alone with what it leaves."""
    ranked = sorted(notes, key=lambda note: (note.kind.value, note.reason, note.address))
    runs = [[note] for note in ranked]
    if not verbose:
        alike = groupby(ranked, key=lambda note: (note.kind, note.reason))
        runs = [list(run) for _, run in alike]
    return [
        Group(
            run[0].kind.value,
            tuple(note.address for note in run),
            run[0].attributes if len(run) == 1 else (),
            run[0].reason,
        )
        for run in runs
    ]
