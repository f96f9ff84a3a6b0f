"""Doing a plan's changes: one batch after the other, an outcome for each change (shell).

Ordered changes go in, outcomes come out as they happen. The first request that fails as a whole
ends the run; what was not sent is said to be so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from syncer.diagnostics import Diagnostic
from syncer.engine.batches import batches, halve
from syncer.errors import SyncerError
from syncer.kinds import Action
from syncer.plan.changes import Change, Outcome, Status
from syncer.plan.order import groups
from syncer.plan.planner import is_empty
from syncer.providers.base import Reconciler
from syncer.resources import Address
from syncer.transport.failures import BatchTooLarge, OutcomeUnknown


class Run:
    """One apply: what was written so far, under which IDs, and what ended it early.

    A blind run reads nothing, so it cannot tell whether what it meets is empty.
    """

    def __init__(
        self, reconciler: Reconciler, ids: Mapping[Address, str], *, is_blind: bool = False
    ) -> None:
        self.reconciler = reconciler
        self.ids = dict(ids)
        self.is_blind = is_blind
        self.failure: SyncerError | None = None

    def outcomes(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        """Yield one outcome per change, in the order in which they are made."""
        # Cut before anything is sent, because a change that is too large refuses them all.
        for batch in [batch for group in groups(changes) for batch in self._cut(group)]:
            ready = [change for change in batch if self._is_ready(change)]
            written = {outcome.address: outcome for outcome in self._write(ready)}
            yield from (written.get(change.address) or _orphaned(change) for change in batch)

    def _cut(self, group: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
        limits = self.reconciler.limits
        return batches(
            group,
            self.reconciler.size,
            max_count=limits.max_count,
            max_bytes=limits.max_bytes,
            name=lambda change: str(change.address),
        )

    def _is_ready(self, change: Change) -> bool:
        """Whether what the change is published from is known to exist, or the run is over."""
        source = self.reconciler.kinds[change.address.kind].source
        known = not source or change.address._replace(kind=source) in self.ids
        return known or self.failure is not None

    def _write(self, batch: Sequence[Change]) -> Iterator[Outcome]:
        if self.failure is not None or not batch:
            yield from (_outcome(change, Status.UNSENT) for change in batch)
            return
        try:
            outcomes = self.reconciler.write(batch, self.ids)
        except BatchTooLarge as error:
            halves = halve(tuple(batch))
            for half in halves:
                yield from self._write(half)
            if not halves:
                self.failure = error
                yield from _failed(batch, error)
            return
        except SyncerError as error:
            self.failure = error
            yield from _failed(batch, error)
            return
        self.ids |= {outcome.address: outcome.id for outcome in outcomes if outcome.id}
        filled = self._fill_empty(batch, outcomes)
        yield from (filled.get(outcome.address, outcome) for outcome in outcomes)

    def _fill_empty(
        self, batch: Sequence[Change], outcomes: Sequence[Outcome]
    ) -> dict[Address, Outcome]:
        """Return what came of creates that met a signal still empty: they go on as updates."""
        met = {o.address: o.id for o in outcomes if o.status is Status.SKIPPED}
        if not met or self.is_blind:
            return {}
        try:
            found = self.reconciler.read_back(met).resources
        except SyncerError as error:
            self.failure = error
            return {}
        updates = {
            change.address: replace(change, action=Action.UPDATE, before=live.fields)
            for change in batch
            if (live := found.get(change.address)) is not None
            and is_empty(live, self.reconciler.kinds[change.address.kind])
        }
        return {
            written.address: _filled(written, updates[written.address])
            for written in self._write(list(updates.values()))
        }


def _filled(outcome: Outcome, update: Change) -> Outcome:
    """Return the outcome of such an update, with a note when it was made."""
    if outcome.status is not Status.DONE:
        return outcome
    note = Diagnostic(
        "APP-FILLED",
        f"{outcome.address} existed already, empty as an insert makes it: updated",
        update.location,
    )
    return replace(outcome, finding=note)


def _orphaned(change: Change) -> Outcome:
    """Return the outcome of a change whose source is not known to exist."""
    finding = Diagnostic(
        "APP-UNSENT",
        f"{change.address} was not sent: nobody can tell whether its signal exists",
        change.location,
        hint="apply again: what is left is done then",
    )
    return replace(_outcome(change, Status.UNSENT), finding=finding)


def _failed(batch: Sequence[Change], error: SyncerError) -> Iterator[Outcome]:
    """Yield what a failed request means for each of its changes."""
    status = Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.FAILED
    finding = error.findings[0] if error.findings else None
    yield from (replace(_outcome(change, status), finding=finding) for change in batch)


def _outcome(change: Change, status: Status) -> Outcome:
    return Outcome(change.address, change.action, status)
