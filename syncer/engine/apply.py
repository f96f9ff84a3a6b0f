"""Doing a plan's changes: one batch after the other, an outcome for each change.

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
    """One apply: what was written so far, under which IDs, and what ended it early."""

    def __init__(self, reconciler: Reconciler, ids: Mapping[Address, str]) -> None:
        self.reconciler = reconciler
        self.ids = dict(ids)
        self.failure: SyncerError | None = None

    def outcomes(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        """Yield one outcome per change, in the order in which they are made."""
        limits = self.reconciler.limits
        for group in groups(changes):
            for batch in batches(
                group,
                self.reconciler.size,
                max_count=limits.max_count,
                max_bytes=limits.max_bytes,
                name=lambda change: str(change.address),
            ):
                yield from self._write(batch)

    def _write(self, batch: Sequence[Change]) -> Iterator[Outcome]:
        if self.failure is not None:
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
        yield from self._fill_empty(batch, outcomes)

    def _fill_empty(
        self, batch: Sequence[Change], outcomes: Sequence[Outcome]
    ) -> Iterator[Outcome]:
        """Yield the outcomes; a create that met a signal still empty goes on as an update."""
        met = {o.address: o.id for o in outcomes if o.status is Status.SKIPPED and o.id}
        updates = dict(self._fillings(batch, met)) if met else {}
        for outcome in outcomes:
            update = updates.get(outcome.address)
            if update is None:
                yield outcome
            else:
                note = Diagnostic(
                    "APP-FILLED",
                    f"{outcome.address} existed already, empty as an insert makes it: updated",
                    update.location,
                )
                for written in self._write([update]):
                    yield replace(written, finding=written.finding or note)

    def _fillings(
        self, batch: Sequence[Change], met: Mapping[Address, str]
    ) -> Iterator[tuple[Address, Change]]:
        found = self.reconciler.read_back(met).resources
        for change in batch:
            live = found.get(change.address)
            kind = self.reconciler.kinds[change.address.kind]
            if live is not None and is_empty(live, kind):
                yield change.address, replace(change, action=Action.UPDATE, before=live.fields)


def _failed(batch: Sequence[Change], error: SyncerError) -> Iterator[Outcome]:
    """Yield what a failed request means for each of its changes."""
    status = Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.FAILED
    finding = error.findings[0] if error.findings else None
    yield from (replace(_outcome(change, status), finding=finding) for change in batch)


def _outcome(change: Change, status: Status) -> Outcome:
    return Outcome(change.address, change.action, status)
