"""Large writes cut into requests that the API takes.

In: entries with their sizes, or a frame. Out: pieces that hold the same, in the same order; none is
larger than allowed. Documented: 8 MiB an insert, 9 MiB a save.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.refusals import invalid
from syncer.providers.clarify.wire import Json, entry_size
from syncer.sinks import quoted
from syncer.transport.jsonrpc import encode

MAX_COUNT: Final = 500  # what clarify-go publishes in one call
_ENVELOPE_BYTES: Final = 4096  # of the request around its content
MAX_BYTES: Final = (8 << 20) - _ENVELOPE_BYTES

T = TypeVar("T")


def chunk_views(
    views: Iterable[tuple[str, Json]], *, max_count: int = MAX_COUNT, max_bytes: int = MAX_BYTES
) -> Iterator[dict[str, Json]]:
    """Yield the views by key in pieces of at most so many entries and encoded bytes.

    Raises InvalidInput (API-OVERSIZE) when one view alone is too large.
    """
    chunk: dict[str, Json] = {}
    filled = 0
    for key, view in views:
        size = entry_size(key, view)
        if size > max_bytes:
            summary = f"{quoted(key)} takes {size} bytes; a request may have {max_bytes}"
            hint = "Shorten its description, labels, annotations or enum texts."
            raise invalid("API-OVERSIZE", summary, hint=hint)
        if filled + size > max_bytes or len(chunk) >= max_count:
            yield chunk
            chunk, filled = {}, 0
        chunk[key] = view
        filled += size
    if chunk:
        yield chunk


def chunk_frame(frame: DataFrame, *, max_bytes: int = MAX_BYTES) -> Iterator[DataFrame]:
    """Yield the frame in pieces of at most so many encoded bytes.

    It is cut by time, evenly, and by series only where one time alone is too large.
    """
    size = len(encode(frame.to_json()))
    if size <= max_bytes:
        yield frame
        return
    parts = -(-size // max_bytes)
    count, keys = len(frame.times), list(frame.series)
    if count > 1:
        pieces = [frame.rows(start, stop) for start, stop in _spans(count, parts)]
    elif len(keys) > 1:
        pieces = [frame.columns(keys[start:stop]) for start, stop in _spans(len(keys), parts)]
    else:
        raise invalid("API-OVERSIZE", f"one value takes {size} bytes of {max_bytes}")
    for piece in pieces:
        yield from chunk_frame(piece, max_bytes=max_bytes)


def pieces(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the values in pieces of a size, the last one shorter."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _spans(count: int, parts: int) -> list[tuple[int, int]]:
    """Return the borders of at most so many parts of about the same length."""
    length = -(-count // min(max(parts, 2), count))
    return [(start, min(start + length, count)) for start in range(0, count, length)]
