"""What came of an insert: how many values were accepted, and what is known of the others. Core."""

from dataclasses import dataclass, field

from syncer.errors import ApplyIncomplete, SyncerError


@dataclass(slots=True)
class Inserted:
    """What came of an insert; numbers are of values, but for `requests`."""

    total: int
    signals: int
    accepted: int = 0  # by this run
    before: int = 0  # accepted by an interrupted run, and not sent again
    resent: int = 0  # sent again, as nobody knew whether they had been accepted
    unknown: int = 0  # sent, and nobody knows
    requests: int = 0
    created: set[str] = field(default_factory=set)
    failure: SyncerError | None = None

    @property
    def unsent(self) -> int:
        """How many values were certainly not accepted."""
        return self.total - self.accepted - self.before - self.unknown

    @property
    def error(self) -> SyncerError | None:
        """What the command ends with: partial as soon as anything may have been accepted."""
        if self.failure is None or not (self.accepted or self.before or self.unknown):
            return self.failure
        return ApplyIncomplete(*self.failure.findings)
