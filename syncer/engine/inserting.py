"""Inserting samples: piece by piece, each noted before it is sent. Shell.

In: samples, what inserts one piece, and the journal. Out: what came of it. A value at a time that
has one replaces it, so a piece of which nobody knows whether it was accepted is sent again.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from syncer.errors import ApplyIncomplete, SyncerError
from syncer.samples.model import Samples
from syncer.samples.outcome import Inserted
from syncer.samples.pieces import MAX_BYTES, cut, encode
from syncer.transport.failures import OutcomeUnknown

_MOST_SENDS: Final = 4  # of one piece; the transport waits in between


class Inserter(Protocol):
    """An API that takes samples."""

    def insert(self, samples: Samples) -> Mapping[str, bool]:
        """Return which inputs were created; raises SyncerError."""


class Journal(Protocol):
    """What is known of the pieces that were sent before."""

    def is_accepted(self, digest: str) -> bool:
        """Whether the piece is known to be accepted."""

    def is_doubtful(self, digest: str) -> bool:
        """Whether the piece was sent, and nobody knows what became of it."""

    def note(self, kind: str, digest: str) -> None:
        """Record what happens to a piece."""


class Insertion:
    """One insert: sends what is not known to be accepted, until a request fails for good."""

    def __init__(
        self,
        inserter: Inserter,
        journal: Journal,
        *,
        watch: Callable[[int], None] = lambda count: None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._inserter = inserter
        self._journal = journal
        self._watch = watch
        self._max_bytes = max_bytes

    def run(self, samples: Samples) -> Inserted:
        """Return what came of inserting the samples; `watch` is told how many values are done."""
        done = Inserted(samples.count, len(samples.series))
        for piece in cut(samples, max_bytes=self._max_bytes):
            digest = hashlib.sha256(encode(piece)).hexdigest()
            if self._journal.is_accepted(digest):
                done.before += piece.count
            elif not self._send(piece, digest, done):
                break
            self._watch(piece.count)
        return done

    def _send(self, piece: Samples, digest: str, done: Inserted) -> bool:
        is_doubtful = self._journal.is_doubtful(digest)
        if not self._note("intent", digest, done):
            return False
        before = done.requests
        created = self._insert(piece, done)
        if is_doubtful or done.requests > before + 1:
            done.resent += piece.count
            is_doubtful = True
        if created is None:
            if is_doubtful or _is_unknown(done.failure):
                done.unknown += piece.count
            else:
                self._note("refused", digest, done)
            return False
        done.accepted += piece.count
        done.created |= {key for key, is_new in created.items() if is_new}
        return self._note("accepted", digest, done)

    def _note(self, kind: str, digest: str, done: Inserted) -> bool:
        """Whether the journal has it; nothing is sent that it cannot take."""
        try:
            self._journal.note(kind, digest)
        except OSError as error:
            done.failure = done.failure or SyncerError.of(
                "CLI-IO", f"the journal cannot be written: {error.strerror}"
            )
            return False
        return True

    def _insert(self, piece: Samples, done: Inserted) -> Mapping[str, bool] | None:
        """Return what one piece did; None when it failed for good."""
        sends = 0
        while True:
            sends += 1
            done.requests += 1
            try:
                return self._inserter.insert(piece)
            except SyncerError as error:
                if sends == _MOST_SENDS or not _may_resend(error):
                    done.failure = error
                    return None


def _is_unknown(error: SyncerError | None) -> bool:
    """Whether the piece may have been accepted."""
    return isinstance(error, OutcomeUnknown | ApplyIncomplete)


def _may_resend(error: SyncerError) -> bool:
    """Whether it may have been accepted, and the transport has retries left."""
    return error.may_resend if isinstance(error, OutcomeUnknown) else _is_unknown(error)
