"""What became of a write that nobody answered for: the table that a later read decides by.

    the resource now                          create      any other action
    ----------------------------------------  ----------  ----------------
    bears the mark of the run                 done        done
    holds what was to be written              done        done
    is as it was before                       (absent)    resend
    does not exist                            resend      conflict
    is empty, as an insert makes it           resend      conflict
    is anything else                          conflict    conflict

In: what was about to be sent, and the resource as a fresh read has it. Out: a settlement. A
conflict is never overwritten.
"""

from collections.abc import Mapping
from enum import Enum

from syncer.engine.records import IntentEntry
from syncer.kinds import Action, Kind
from syncer.plan.changes import Change
from syncer.plan.diff import compare
from syncer.plan.planner import is_empty
from syncer.resources import OWNER_ANNOTATION, RUN_ANNOTATION, Live, Value, value_at


class Settlement(Enum):
    """What a read tells of a write whose outcome is unknown."""

    DONE = "done"  # it was executed, or somebody else wrote the same
    RESEND = "resend"  # it was not executed
    CONFLICT = "conflict"  # somebody else has written


def settle(entry: IntentEntry, run: str, live: Live | None, kind: Kind) -> Settlement:
    """Return what became of an entry that this run was about to send."""
    is_create = entry.action == Action.CREATE.verb
    if live is None:
        return Settlement.RESEND if is_create else Settlement.CONFLICT
    if mark(live.fields, RUN_ANNOTATION) == run or holds(entry, live, kind):
        return Settlement.DONE
    if is_create:
        return Settlement.RESEND if is_empty(live, kind) else Settlement.CONFLICT
    is_before = same_view(kind, entry.before or {}, live.fields)
    return Settlement.RESEND if is_before else Settlement.CONFLICT


def entry_of(change: Change) -> IntentEntry:
    """Return a change as the journal has it."""
    changed = tuple((a.name, a.before, a.after) for a in change.attributes)
    return IntentEntry(change.address, change.action.verb, change.before, change.after, changed)


def holds(entry: IntentEntry, live: Live, kind: Kind) -> bool:
    """Whether the resource holds everything that the entry would set, and has its owner."""
    owner = mark(entry.after, OWNER_ANNOTATION)
    return mark(live.fields, OWNER_ANNOTATION) == owner and all(
        kind.fields[path[0]].same(after, value_at(live.fields, path))
        for path, after in ((tuple(name.split(".", 1)), new) for name, _, new in entry.changed)
    )


def same_view(kind: Kind, before: Mapping[str, Value], live: Mapping[str, Value]) -> bool:
    """Whether nobody has written it since: its fields, its owner, and the run that wrote last."""
    marks = (RUN_ANNOTATION, OWNER_ANNOTATION)
    is_marked_alike = all(mark(before, key) == mark(live, key) for key in marks)
    return is_marked_alike and not compare(kind, live, before)


def mark(view: Mapping[str, Value], key: str) -> Value:
    """Return an annotation of syncer's own, or None."""
    annotations = view.get("annotations")
    return annotations.get(key) if isinstance(annotations, Mapping) else None
