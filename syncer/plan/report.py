"""What came of an apply, and how the command ends for it."""

from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.errors import ApplyIncomplete, StalePlan, SyncerError
from syncer.plan.changes import Outcome, Status
from syncer.resources import Address

_EXPECTED_BLIND: Final = ("APP-UNVERIFIED", "APP-EXISTS")


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome per change, what was verified by reading back, and what ended the run early.

    A blind run can read nothing: existing resources are expected, and nothing is verified.
    """

    outcomes: tuple[Outcome, ...]
    verified: frozenset[Address]
    failure: SyncerError | None = None
    is_blind: bool = False
    is_stopped: bool = False  # somebody asked for an end before everything was sent
    unwritten: tuple[bytes, ...] = ()  # lines that the journal could not take

    @property
    def ending(self) -> str:
        """How the run ended, in the journal's words."""
        if not self._shortcomings():
            return "complete"
        return "interrupted" if self.is_stopped else "partial"

    def with_status(self, *statuses: Status) -> tuple[Outcome, ...]:
        """Return the outcomes that have one of these statuses."""
        return tuple(outcome for outcome in self.outcomes if outcome.status in statuses)

    @property
    def error(self) -> SyncerError | None:
        """What the command ends with; None when everything is written and verified."""
        sent = self.with_status(Status.DONE, Status.UNKNOWN, Status.SKIPPED)
        shortcomings = self._shortcomings()
        if not shortcomings:  # a lost answer means nothing once everything was read back
            return ApplyIncomplete(self._gap()) if self.unwritten else None
        if self.failure is not None and not sent:
            return self.failure
        moved = self.with_status(Status.MOVED)
        if moved and not sent:
            return StalePlan(*(outcome.finding for outcome in moved if outcome.finding))
        return ApplyIncomplete(*(self.failure.findings if self.failure else ()), *shortcomings)

    def _gap(self) -> Diagnostic:
        return Diagnostic(
            "JRN-WRITE",
            f"all changes are made, and the journal misses {len(self.unwritten)} of its lines",
            rule="what a run did is taken from its journal, to show it and to undo it",
            hint="the next apply closes the run; until then keep the lines that were shown",
        )

    def _shortcomings(self) -> list[Diagnostic]:
        unverified = [o for o in self.with_status(Status.DONE) if o.address not in self.verified]
        counts = (
            (unverified, "APP-UNVERIFIED", "written, and read back different from what was sent"),
            (self.with_status(Status.SKIPPED), "APP-EXISTS", "existed already and left as found"),
            (self.with_status(Status.MOVED), "APP-MOVED", "changed by others meanwhile"),
            (self.with_status(Status.UNKNOWN), "APP-UNKNOWN", "sent without an answer to trust"),
            (self.with_status(Status.FAILED), "APP-FAILED", "refused by Clarify"),
            (self.with_status(Status.UNSENT), "APP-UNSENT", "not sent"),
        )
        return [
            Diagnostic(
                code,
                f"{len(outcomes)} of {len(self.outcomes)} changes: {what}",
                hint="`syncer plan` shows what is left to do",
            )
            for outcomes, code, what in counts
            if outcomes and not (self.is_blind and code in _EXPECTED_BLIND)
        ]
