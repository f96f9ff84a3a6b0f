"""What is known of a write in several requests that ended early.

In: the summaries so far and what is left. Out: exceptions, below ApplyIncomplete.

PartlyWritten        some requests of a large write were executed, not all
└── PartlyInserted   the same of an insert; `rest` can be inserted again
"""

from collections.abc import Iterable, Mapping

from syncer.diagnostics import Diagnostic
from syncer.errors import ApplyIncomplete, SyncerError
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.wire import Saved


class PartlyWritten(ApplyIncomplete):
    """A write of several requests ended early; the cause is the exception's `__cause__`.

    `saved` holds the summaries of what was written, by input ID or signal ID. `unknown` names what
    may have been written, `unsent` what certainly was not. Writing any of them again is harmless:
    a save, a publish and an insert give the same result twice.
    """

    def __init__(
        self,
        cause: SyncerError,
        saved: Mapping[str, Saved],
        unknown: Iterable[str] = (),
        unsent: Iterable[str] = (),
    ) -> None:
        self.saved = dict(saved)
        self.unknown = tuple(unknown)
        self.unsent = tuple(unsent)
        super().__init__(self._finding(), *cause.findings)

    def _finding(self) -> Diagnostic:
        counts = f"{len(self.saved)} written, {len(self.unsent)} not sent"
        doubt = f", {len(self.unknown)} unknown" if self.unknown else ""
        return Diagnostic("LIB-PARTIAL", f"the call ended early: {counts}{doubt}")


class PartlyInserted(PartlyWritten):
    """An insert of several requests ended early; `rest` is what may be missing.

    Inserting `rest` again completes it: a value at a time that has one replaces it.
    """

    def __init__(self, cause: SyncerError, saved: Mapping[str, Saved], rest: DataFrame) -> None:
        self.rest = rest
        super().__init__(cause, saved)

    def _finding(self) -> Diagnostic:
        summary = f"the insert ended early: {len(self.rest.times)} times may be missing"
        return Diagnostic("LIB-PARTIAL", summary, hint="Insert the error's `rest` again.")
