"""Large writes as several requests. Shell.

In: pieces, and what sends one. Out: all summaries, or an error that says what was written. A piece
that the API finds too large is halved; a piece whose outcome is unknown is not sent again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from syncer.errors import SyncerError
from syncer.providers.clarify.chunks import chunk_frame, chunk_views
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.listing import Watch
from syncer.providers.clarify.partial import PartlyInserted, PartlyWritten
from syncer.providers.clarify.wire import Json, Saved
from syncer.transport.failures import BatchTooLarge, OutcomeUnknown

ChunkT = TypeVar("ChunkT")
Summaries = dict[str, Saved]


def write_views(
    views: Mapping[str, Json], send: Callable[[Mapping[str, Json]], Summaries], watch: Watch
) -> Summaries:
    """Return what saving or publishing all views did, by key. Raises PartlyWritten."""
    chunks: deque[Mapping[str, Json]] = deque(chunk_views(views.items()))
    return _Writer(send, _halve_views, _ended_views, lambda done: watch(done, len(views))).run(
        chunks, len
    )


def write_frame(frame: DataFrame, send: Callable[[Json], Summaries], watch: Watch) -> Summaries:
    """Return what inserting the whole frame did, by input ID. Raises PartlyInserted."""
    total = _cells(frame)
    return _Writer(
        lambda chunk: send(chunk.to_json()),
        _halve_frame,
        _ended_frame,
        lambda done: watch(done, total),
    ).run(deque(chunk_frame(frame)), _cells)


@dataclass(frozen=True, slots=True)
class _Writer(Generic[ChunkT]):
    send: Callable[[ChunkT], Summaries]
    halve: Callable[[ChunkT], tuple[ChunkT, ...]]
    ended: Callable[[SyncerError, Summaries, ChunkT, Iterable[ChunkT]], SyncerError]
    watch: Callable[[int], None]

    def run(self, chunks: deque[ChunkT], count: Callable[[ChunkT], int]) -> Summaries:
        saved: Summaries = {}
        done = 0
        while chunks:
            chunk = chunks.popleft()
            try:
                summaries = self.send(chunk)
            except SyncerError as error:
                halves = self.halve(chunk) if isinstance(error, BatchTooLarge) else ()
                if not halves and self._is_whole(error, saved, chunks):
                    raise
                if not halves:
                    raise self.ended(error, saved, chunk, chunks) from error
                chunks.extendleft(reversed(halves))
                continue
            _add(saved, summaries)
            done += count(chunk)
            self.watch(done)
        return saved

    @staticmethod
    def _is_whole(error: SyncerError, saved: Summaries, rest: deque[ChunkT]) -> bool:
        """Tell whether the error holds for the whole write, so that there is nothing to add."""
        return not saved and not (rest and isinstance(error, OutcomeUnknown))


def _add(saved: Summaries, summaries: Summaries) -> None:
    """Take in summaries; a signal may have several, of which the first knows its creation."""
    for key, summary in summaries.items():
        before = saved.get(key)
        updated = summary.updated or (before.updated if before else None)
        saved[key] = Saved(summary.id, before.created, updated) if before else summary


def _ended_views(
    error: SyncerError,
    saved: Summaries,
    chunk: Mapping[str, Json],
    rest: Iterable[Mapping[str, Json]],
) -> SyncerError:
    unsent = [key for later in rest for key in later]
    if isinstance(error, OutcomeUnknown):
        return PartlyWritten(error, saved, chunk, unsent)
    return PartlyWritten(error, saved, (), [*chunk, *unsent])


def _ended_frame(
    error: SyncerError, saved: Summaries, chunk: DataFrame, rest: Iterable[DataFrame]
) -> SyncerError:
    return PartlyInserted(error, saved, DataFrame.merge([chunk, *rest]))


def _halve_views(views: Mapping[str, Json]) -> tuple[Mapping[str, Json], ...]:
    middle, entries = len(views) // 2, iter(views.items())
    return (dict(islice(entries, middle)), dict(entries)) if middle else ()


def _halve_frame(frame: DataFrame) -> tuple[DataFrame, ...]:
    middle, keys = len(frame.times) // 2, list(frame.series)
    if middle:
        return frame.rows(0, middle), frame.rows(middle, len(frame.times))
    middle = len(keys) // 2
    return (frame.columns(keys[:middle]), frame.columns(keys[middle:])) if middle else ()


def _cells(frame: DataFrame) -> int:
    return len(frame.times) * len(frame.series)
