"""From manifests and live state to what changed outside (shell)."""

from collections.abc import Iterator, Mapping
from functools import cache

from syncer.engine import journal
from syncer.engine.records import Intent, IntentEntry, RunRecord
from syncer.engine.workflow import Planned, Session, Wishes, make_plan
from syncer.plan import drift
from syncer.plan.drift import Outside
from syncer.resources import Address, DesiredState, Value


def find_drift(desired: DesiredState, session: Session, wishes: Wishes) -> tuple[Outside, Planned]:
    """Return what changed outside, and the plan that tells; reads live state, writes nothing."""
    planned = make_plan(desired, session, wishes)

    @cache
    def written() -> Mapping[Address, tuple[IntentEntry, ...]]:
        return _written(session)

    def applied(address: Address) -> Iterator[Mapping[str, Value]]:
        # Only where both sides moved is it worth reading what earlier runs wrote.
        return (entry.after for entry in written().get(address, ()))

    kinds = session.reconciler.kinds
    return drift.find(planned.plan, planned.live, kinds, desired.project, applied), planned


def _written(session: Session) -> dict[Address, tuple[IntentEntry, ...]]:
    """Return what the runs remembered here were about to write, by address, newest first.

    Of any server: a value is only believed where it has the hash that live state carries.
    """
    found: dict[Address, tuple[IntentEntry, ...]] = {}
    for record in journal.history(session.memory.state):
        for step in record.steps if isinstance(record, RunRecord) else ():
            for entry in step.entries if isinstance(step, Intent) else ():
                found[entry.address] = (entry, *found.get(entry.address, ()))
    return found
