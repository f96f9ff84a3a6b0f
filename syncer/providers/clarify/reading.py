"""Selections, data and links in as many requests as they take. Shell.

In: a client for single calls, and checked arguments. Out: typed results.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from syncer.errors import SyncerError
from syncer.providers.clarify.chunks import pieces
from syncer.providers.clarify.client import Client
from syncer.providers.clarify.data_wire import Calculated, Window
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.listing import Listing, RowT, Selecting, Watch
from syncer.providers.clarify.partial import PartlyWritten
from syncer.providers.clarify.results import (
    FrameSelection,
    Included,
    Meta,
    SelectedItem,
    SelectedSignal,
    Selection,
    selected_item,
    selected_signal,
)
from syncer.providers.clarify.windows import Span, read_windows
from syncer.providers.clarify.wire import PAGE_ROWS, ItemRow, Saved, SignalRow
from syncer.transport.failures import OutcomeUnknown

FRAME_ITEMS: Final = 50  # docs.clarify.io/api/1.1/methods/clarify/data-frame


def select_signals(
    client: Client, integration: str, query: Selecting, *, include: bool
) -> Selection[SelectedSignal]:
    """Return signals; the items they are published as are read by ID.

    The API's own `include` is refused by the service, though documented (seen in 2026).
    """
    listed = _listed(lambda q: client.list_signals(integration, q), query)
    wanted = [row.item_id for row in listed.rows if row.item_id] if include else []
    data = tuple(map(selected_signal, listed.rows))
    return Selection(data, Meta(listed.total), _read_items(client, wanted))


def select_items(client: Client, query: Selecting) -> Selection[SelectedItem]:
    """Return items."""
    listed = _listed(client.list_items, query)
    return Selection(tuple(map(selected_item, listed.rows)), Meta(listed.total))


def read_frame(
    client: Client, query: Selecting, span: Span, watch: Watch, *, include: bool
) -> FrameSelection:
    """Return the data of items: first the items are selected, then read 50 at a time.

    So the items are the same ones in every piece, whatever happens to them meanwhile.
    """
    listed = _listed(client.list_items, query)
    frames: list[DataFrame] = []
    done = 0
    for rows in pieces(listed.rows, FRAME_ITEMS):
        ids = [row.id for row in rows]
        frames += _read_span(partial(_frame, client, span, ids), span)
        done += len(rows)
        watch(done, len(listed.rows))
    items = tuple(map(selected_item, listed.rows)) if include else ()
    return FrameSelection(_joined(frames, span), Meta(listed.total), Included(items))


def evaluate(
    client: Client, calculated: Calculated, span: Span, include: Sequence[str]
) -> FrameSelection:
    """Return what the API calculates, piece by piece."""
    items: dict[str, ItemRow] = {}

    def read(window: Window) -> DataFrame:
        frame, rows = client.evaluate(calculated, window, span.buckets, include)
        items.update({row.id: row for row in rows})
        return frame

    frame = _joined(_read_span(read, span), span)
    included = Included(tuple(map(selected_item, items.values())))
    return FrameSelection(frame, Meta(len(calculated.items)), included)


def link_signals(
    client: Client,
    integration: str,
    query: Selecting,
    item_id: str | None,
    watch: Watch,
    *,
    dry_run: bool,
) -> Selection[SelectedSignal]:
    """Connect the selected signals to an item, or disconnect them; first they are selected.

    So each is linked once, although linking may change what a filter means. Raises PartlyWritten.
    """
    listed = _listed(lambda q: client.list_signals(integration, q), query)
    linked: list[SignalRow] = []
    ids = [row.id for row in listed.rows]
    for piece in pieces(ids, PAGE_ROWS):
        try:
            linked += client.link(integration, piece, item_id, dry_run=dry_run)
        except SyncerError as error:
            if dry_run or not linked:
                raise
            raise _partly_linked(error, linked, piece, ids) from error
        watch(len(linked), len(ids))
    return Selection(tuple(map(selected_signal, linked)), Meta(listed.total))


def _listed(read: Callable[[Selecting], Listing[RowT]], query: Selecting) -> Listing[RowT]:
    if query.limit != 0:
        return read(query)
    # No rows are wanted, but their number is.
    return Listing([], read(replace(query, limit=1)).total)


def _read_items(client: Client, ids: Sequence[str]) -> Included:
    found: list[ItemRow] = []
    for piece in pieces(list(dict.fromkeys(ids)), PAGE_ROWS):
        found += client.select_items({"id": {"$in": list(piece)}})
    return Included(tuple(map(selected_item, found)))


def _frame(client: Client, span: Span, ids: Sequence[str], window: Window) -> DataFrame:
    return client.data_frame(ids, window, span.buckets)


def _read_span(read: Callable[[Window], DataFrame], span: Span) -> list[DataFrame]:
    return list(read_windows(read, span))


def _joined(frames: Sequence[DataFrame], span: Span) -> DataFrame:
    joined = DataFrame.merge(frames)
    # Every piece has as many of its own newest values as were asked for.
    is_cut = span.buckets.last > 0 and span.is_split
    return joined.newest(span.buckets.last) if is_cut else joined


def _partly_linked(
    error: SyncerError, linked: Sequence[SignalRow], piece: Sequence[str], ids: Sequence[str]
) -> PartlyWritten:
    done = {row.id: Saved(row.id, created=False, updated=True) for row in linked}
    rest = [each for each in ids if each not in done]
    if isinstance(error, OutcomeUnknown):
        return PartlyWritten(error, done, piece, [each for each in rest if each not in piece])
    return PartlyWritten(error, done, (), rest)
