"""Doing a plan's changes: one batch after the other, an outcome for each change (shell).

Ordered changes go in, outcomes come out as they happen. Before a batch is sent, what others wrote
meanwhile is looked for, and the intent is made durable. What nobody answered for is read again,
and settled by the table in `recovery`. What was not sent is said to be so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.engine.batches import batches, halve
from syncer.engine.journal import Journal
from syncer.engine.records import OBSERVED, ResultEntry
from syncer.engine.recovery import Settlement, entry_of, mark, same_view, settle
from syncer.errors import SyncerError
from syncer.kinds import Action
from syncer.plan.changes import Change, Outcome, Status
from syncer.plan.merge import rebase
from syncer.plan.order import groups
from syncer.plan.planner import is_empty
from syncer.providers.base import Reconciler
from syncer.resources import RUN_ANNOTATION, Address, Live
from syncer.transport.failures import ApiFailure, ApiRejection, BatchTooLarge, OutcomeUnknown

_MOST_SENDS: Final = 4  # of one change whose outcome was unknown each time


class Run:
    """One apply: what was written so far, under which IDs, and what ended it early.

    A blind run reads nothing, so it cannot tell whether what it meets is empty. `goes_on` is
    whether a refused change leaves the others to be made; `stops` is asked between requests.
    """

    def __init__(
        self,
        reconciler: Reconciler,
        ids: Mapping[Address, str],
        journal: Journal,
        *,
        name: str,
        is_blind: bool = False,
        goes_on: bool = False,
        stops: Callable[[], bool] = lambda: False,
    ) -> None:
        self.reconciler = reconciler
        self.ids = dict(ids)
        self.name = name
        self.is_blind = is_blind
        self.failure: SyncerError | None = None
        self._journal = journal
        self._goes_on = goes_on
        self._stops = stops
        self._is_over = False
        self._batch = 0

    def outcomes(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        """Yield one outcome per change, in the order in which they are made."""
        marked = [self._marked(change) for change in changes]
        # Cut before anything is sent, because a change that is too large refuses them all.
        for batch in [batch for group in groups(marked) for batch in self._cut(group)]:
            ready = [change for change in batch if self._is_ready(change)]
            written = {outcome.address: outcome for outcome in self._write(ready)}
            yield from (written.get(change.address) or _orphaned(change) for change in batch)
            if not self._goes_on and any(map(self._is_shortcoming, written.values())):
                self._is_over = True

    def _marked(self, change: Change) -> Change:
        """Return the change with the name of the run, by which a later read knows its write."""
        annotations = change.after.get("annotations")
        keys = annotations if isinstance(annotations, Mapping) else {}
        after = {**change.after, "annotations": {**keys, RUN_ANNOTATION: self.name}}
        return replace(change, after=after)

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
        return known or self._is_ended()

    def _is_shortcoming(self, outcome: Outcome) -> bool:
        """Whether it ends the run; a blind one expects to meet what exists."""
        is_expected = self.is_blind and outcome.status is Status.SKIPPED
        return outcome.status is not Status.DONE and not is_expected

    def _is_ended(self) -> bool:
        return self._is_over or self._stops()

    def _end(self, error: SyncerError) -> None:
        self.failure = self.failure or error
        self._is_over = True

    def _refused(self, error: SyncerError) -> None:
        """Keep the error of a request that was not executed; it ends the run, or only the batch."""
        if not (self._goes_on and isinstance(error, ApiRejection | BatchTooLarge)):
            self._end(error)
        self.failure = self.failure or error

    def _write(self, batch: Sequence[Change]) -> list[Outcome]:
        """Return one outcome per change: looked at again, sent, and settled where needed."""
        if self._is_ended() or not batch:
            return [_outcome(change, Status.UNSENT) for change in batch]
        moved: dict[Address, Outcome] = {}
        if batch[0].action is not Action.CREATE and not self.is_blind:
            try:
                batch, moved = self._look_again(batch)
            except SyncerError as error:
                self._end(error)
                return [_outcome(change, Status.UNSENT) for change in batch]
        return [*moved.values(), *self._send(batch)]

    def _look_again(self, batch: Sequence[Change]) -> tuple[list[Change], dict[Address, Outcome]]:
        """Return the changes over what is live now, and those that somebody else has overtaken."""
        live = self.reconciler.reread([change.address for change in batch]).resources
        ready: list[Change] = []
        moved: dict[Address, Outcome] = {}
        for change in batch:
            kind = self.reconciler.kinds[change.address.kind]
            found = live.get(change.address)
            if found is not None and same_view(kind, change.before or {}, found.fields):
                ready.append(change)
                continue
            rebased = rebase(change, found.fields, kind) if found is not None else None
            if rebased is not None and not _is_overlap(change, found):
                ready.append(rebased)
            else:
                moved[change.address] = _moved(change, found)
        return ready, moved

    def _send(self, batch: Sequence[Change], sends: int = 1) -> list[Outcome]:
        if not batch:
            return []
        self._batch += 1
        number = self._batch
        try:
            self._journal.intent(number, [entry_of(change) for change in batch])
        except SyncerError as error:
            self._end(error)
            return [_outcome(change, Status.UNSENT) for change in batch]
        try:
            outcomes = list(self.reconciler.write(batch, self.ids))
        except BatchTooLarge as error:
            return self._send_halves(batch, number, error, sends)
        except OutcomeUnknown as error:
            outcomes = self._doubtful(batch, error)
            sends = sends if error.may_resend else _MOST_SENDS
        except SyncerError as error:
            self._refused(error)
            return self._noted(number, _failed(batch, error))
        known = [o for o in outcomes if o.status is not Status.UNKNOWN]
        self.ids |= {outcome.address: outcome.id for outcome in known if outcome.id}
        self._noted(number, known)
        doubtful = {o.address: o for o in outcomes if o.status is Status.UNKNOWN}
        unanswered = [change for change in batch if change.address in doubtful]
        settled = {o.address: o for o in self._settle(unanswered, doubtful, number, sends)}
        settled |= self._look_at_met(batch, known, number)
        return [settled.get(outcome.address, outcome) for outcome in outcomes]

    def _send_halves(
        self, batch: Sequence[Change], number: int, error: SyncerError, sends: int
    ) -> list[Outcome]:
        halves = halve(tuple(batch))
        if not halves:
            self._refused(error)
            return self._noted(number, _failed(batch, error))
        # Refused as a whole: the intents that follow say what is sent instead.
        self._noted(number, [_outcome(change, Status.UNSENT) for change in batch])
        outcomes: list[Outcome] = []
        for half in halves:
            if self._is_ended():
                outcomes += [_outcome(change, Status.UNSENT) for change in half]
            else:
                outcomes += self._send(half, sends)
        return outcomes

    def _doubtful(self, batch: Sequence[Change], error: OutcomeUnknown) -> list[Outcome]:
        """Return the outcomes of a request without an answer; some may be named as invalid."""
        outcomes = _failed(batch, error)
        invalid = (
            {resource.id for resource in error.error.invalid_resources if resource.id}
            if (error.error)
            else set()
        )
        named = [not invalid.isdisjoint(self._names(change.address)) for change in batch]
        if not any(named):
            return outcomes
        finding = replace(error.findings[0], code="API-INVALID")
        return [
            replace(outcome, finding=finding if is_named else None)
            for outcome, is_named in zip(outcomes, named, strict=True)
        ]

    def _names(self, address: Address) -> tuple[str, ...]:
        """Return what the API may call the resource: its key, its ID, that of its signal."""
        kind = self.reconciler.kinds[address.kind]
        source = address._replace(kind=kind.source or address.kind)
        known = (self.ids.get(address, ""), self.ids.get(source, ""))
        return (address.key, *filter(None, known))

    def _settle(
        self,
        changes: Sequence[Change],
        doubtful: Mapping[Address, Outcome],
        number: int,
        sends: int,
    ) -> list[Outcome]:
        """Return what a read tells of changes that nobody answered for; resends what was lost."""
        if not changes or self.is_blind:
            return [doubtful[change.address] for change in changes]
        try:
            live = self.reconciler.reread([change.address for change in changes]).resources
        except SyncerError as error:
            self._end(error)
            return [doubtful[change.address] for change in changes]
        outcomes: list[Outcome] = []
        again: list[Change] = []
        for change in changes:
            doubt, found = doubtful[change.address], live.get(change.address)
            kind = self.reconciler.kinds[change.address.kind]
            match settle(entry_of(change), self.name, found, kind):
                case Settlement.DONE:
                    outcomes.append(Outcome(change.address, change.action, Status.DONE, _id(found)))
                case Settlement.CONFLICT:
                    outcomes.append(_moved(change, found))
                case Settlement.RESEND if _may_resend(doubt) and sends < _MOST_SENDS:
                    again.append(change)
                    outcomes.append(_outcome(change, Status.UNSENT))
                case Settlement.RESEND:
                    outcomes.append(replace(doubt, status=Status.FAILED))
        self.ids |= {outcome.address: outcome.id for outcome in outcomes if outcome.id}
        self._noted(number, outcomes, OBSERVED)
        if again and not self._is_ended():
            resent = {outcome.address: outcome for outcome in self._send(again, sends + 1)}
            outcomes = [resent.get(outcome.address, outcome) for outcome in outcomes]
        return outcomes

    def _look_at_met(
        self, batch: Sequence[Change], outcomes: Sequence[Outcome], number: int
    ) -> dict[Address, Outcome]:
        """Return what came of creates that met something: a signal still empty is updated.

        What bears the mark of this run was made by the same request, which arrived twice.
        """
        met = [o.address for o in outcomes if o.status is Status.SKIPPED]
        if not met or self.is_blind or self._is_ended():
            return {}
        try:
            found = self.reconciler.reread(met).resources
        except SyncerError as error:
            self._end(error)
            return {}
        updates: dict[Address, Change] = {}
        made: list[Outcome] = []
        for change in batch:
            live = found.get(change.address)
            if change.address not in met or live is None:
                continue
            if mark(live.fields, RUN_ANNOTATION) == self.name:
                made.append(Outcome(change.address, change.action, Status.DONE, live.id))
            elif is_empty(live, self.reconciler.kinds[change.address.kind]):
                update = replace(change, action=Action.UPDATE, before=live.fields)
                updates[change.address] = update
        self._noted(number, made, OBSERVED)
        filled = (_filled(o, updates[o.address]) for o in self._send(list(updates.values())))
        return {outcome.address: outcome for outcome in (*made, *filled)}

    def _noted(
        self, number: int, outcomes: Sequence[Outcome], by: str | None = None
    ) -> list[Outcome]:
        """Make the outcomes durable; the run ends when they cannot be."""
        entries = [
            ResultEntry(
                outcome.address,
                outcome.action.verb,
                outcome.status.value,
                outcome.id,
                outcome.finding.code if outcome.finding else "",
            )
            for outcome in outcomes
        ]
        try:
            if entries:
                self._journal.result(number, entries, *([by] if by else []))
        except SyncerError as error:
            self._end(error)
        return list(outcomes)


def _is_overlap(change: Change, found: Live | None) -> bool:
    """Whether another run of syncer has written the resource since it was planned."""
    now = mark(found.fields if found else {}, RUN_ANNOTATION)
    return now != mark(change.before or {}, RUN_ANNOTATION)


def _moved(change: Change, found: Live | None) -> Outcome:
    """Return the outcome of a change whose resource somebody else has written meanwhile."""
    overlaps = found is not None and _is_overlap(change, found)
    finding = Diagnostic(
        "APP-OVERLAP" if overlaps else "APP-MOVED",
        f"{change.address} was changed by {'another run' if overlaps else 'somebody else'} "
        "since it was planned, and was left as it is",
        change.location,
        rule="what others wrote is not overwritten unseen",
        hint="plan again: the difference is shown there, with who moved it",
    )
    return replace(_outcome(change, Status.MOVED), finding=finding)


def _may_resend(doubt: Outcome) -> bool:
    """Whether the API did not name this very resource as the one it cannot take."""
    return doubt.finding is None or doubt.finding.code not in ("API-INVALID", "API-CONFLICT")


def _id(live: Live | None) -> str:
    return live.id if live is not None else ""


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


def _failed(batch: Sequence[Change], error: SyncerError) -> list[Outcome]:
    """Return what a failed request means for each of its changes."""
    status = Status.FAILED
    if isinstance(error, OutcomeUnknown | ApiFailure):
        status = Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.UNSENT
    finding = error.findings[0] if error.findings else None
    return [replace(_outcome(change, status), finding=finding) for change in batch]


def _outcome(change: Change, status: Status) -> Outcome:
    return Outcome(change.address, change.action, status)
