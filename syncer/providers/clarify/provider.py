"""Clarify as a Reconciler: reads pages, writes batches, reads again. Shell."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from syncer.diagnostics import Diagnostic
from syncer.errors import AccessDenied, TransportError
from syncer.kinds import Action, Kind
from syncer.plan.changes import Change, Outcome, Status
from syncer.providers.base import Limits
from syncer.providers.clarify import wire
from syncer.providers.clarify.client import Client
from syncer.providers.clarify.kinds import ITEMS, KINDS, SIGNALS, owner
from syncer.providers.clarify.wire import ItemRow, Saved, SignalRow
from syncer.resources import Address, Live, LiveState, Value

# Reader -> item ID -> the addresses of the item: one for each signal behind it.
_Behind: TypeAlias = dict[Client, dict[str, list[Address]]]


class Clarify:
    """The integrations of one environment, by alias.

    `integrations` maps aliases to IDs. `readers` read and publish for an alias; one client may
    serve several. `writers` save its signals, where its own credential is known; `wanted` names,
    for messages, the variable that would hold a missing one.
    """

    def __init__(
        self,
        integrations: Mapping[str, str],
        readers: Mapping[str, Client],
        writers: Mapping[str, Client],
        wanted: Mapping[str, str],
    ) -> None:
        self._ids = integrations
        self._readers = readers
        self._writers = writers
        self._wanted = wanted

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Signals and items."""
        return KINDS

    @property
    def limits(self) -> Limits:
        """500 resources, as clarify-go publishes at once, and 8 MiB."""
        return Limits(max_count=500, max_bytes=8 * 1024 * 1024)

    def read(self, integrations: Collection[str], *, needs: Collection[str] = ()) -> LiveState:
        """Return all signals of the integrations, and the items that they were published as."""
        resources: dict[Address, Live] = {}
        behind: _Behind = {}
        for alias in sorted(integrations):
            reader = self._readers[alias]
            rows = reader.select_signals(self._ids[alias])
            resources |= _signals(alias, rows)
            _collect(behind, reader, alias, rows)
        try:
            return LiveState(resources | _items(behind))
        except AccessDenied:
            if ITEMS.name in needs:
                raise
            return LiveState(resources)

    def reread(self, addresses: Collection[Address]) -> LiveState:
        """Return these resources, each found by its signal's input ID."""
        resources: dict[Address, Live] = {}
        behind: _Behind = {}
        for alias in sorted({address.integration for address in addresses}):
            reader = self._readers[alias]
            own = [address for address in addresses if address.integration == alias]
            published = {address.key for address in own if address.kind == ITEMS.name}
            for chunk in _chunks(sorted({address.key for address in own})):
                rows = reader.select_signals(self._ids[alias], {"input": {"$in": chunk}})
                resources |= _signals(alias, rows)
                _collect(behind, reader, alias, [row for row in rows if row.input in published])
        found = resources | _items(behind)
        return LiveState({address: found[address] for address in addresses if address in found})

    def check_access(self, changes: Collection[Change]) -> None:
        """Raise AccessDenied for integrations whose signals change without own credentials."""
        aliases = {c.address.integration for c in changes if c.address.kind == "signals"}
        missing = sorted(aliases - self._writers.keys())
        if missing:
            raise AccessDenied(
                *(
                    Diagnostic(
                        "CRD-MISSING",
                        f"the signals of {alias} change, and {self._wanted[alias]} is not set",
                        rule="only an integration's own credentials save its signals",
                        hint=f"set it, or leave them out: --exclude 'signals/{alias}/*'",
                    )
                    for alias in missing
                )
            )

    def size(self, change: Change) -> int:
        """Return the bytes that the change takes in a request."""
        return wire.entry_size(change.address.key, _save_view(change))

    def write(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> tuple[Outcome, ...]:
        """Return what one save or publish did with each change."""
        first = changes[0].address
        integration = self._ids[first.integration]
        is_create = changes[0].action is Action.CREATE
        if first.kind == "signals":
            views = {change.address.key: _save_view(change) for change in changes}
            writer = self._writers[first.integration]
            saved = writer.save_signals(integration, views, create_only=is_create)
            return tuple(_outcome(c, saved.get(c.address.key)) for c in changes)
        keys = {c.address: ids[c.address._replace(kind="signals")] for c in changes}
        views = {keys[change.address]: _save_view(change) for change in changes}
        reader = self._readers[first.integration]
        saved = reader.publish_signals(integration, views, create_only=is_create)
        return tuple(_outcome(c, saved.get(keys[c.address])) for c in changes)


def _signals(alias: str, rows: Iterable[SignalRow]) -> dict[Address, Live]:
    addresses = ((Address(SIGNALS.name, alias, row.input), row) for row in rows)
    return {address: _live(address, row) for address, row in addresses}


def _collect(behind: _Behind, reader: Client, alias: str, rows: Iterable[SignalRow]) -> None:
    """Add the items behind these signals to what is to be read by this reader."""
    for row in rows:
        if row.item_id is not None:
            item = Address(ITEMS.name, alias, row.input)
            behind.setdefault(reader, {}).setdefault(row.item_id, []).append(item)


def _items(behind: _Behind) -> dict[Address, Live]:
    """Return the items by the addresses they are declared under; a page per 1000 of them.

    Raises TransportError when one is missing: a signal says that it exists.
    """
    resources: dict[Address, Live] = {}
    for reader, addresses in behind.items():
        for chunk in _chunks(list(addresses)):
            rows = {row.id: row for row in reader.select_items({"id": {"$in": chunk}})}
            if rows.keys() != set(chunk):
                raise TransportError.of(
                    "API-DRIFT",
                    "the API's listing does not add up: signals name items that it does not hold",
                    rule="an item that is left out would be planned as if it did not exist",
                    hint="Somebody may be changing many resources at this moment; try again later.",
                )
            for remote, row in rows.items():
                resources |= {address: _live(address, row) for address in addresses[remote]}
    return resources


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + wire.PAGE_ROWS] for start in range(0, len(ids), wire.PAGE_ROWS))


def _live(address: Address, row: SignalRow | ItemRow) -> Live:
    updated_by = row.updated_by if isinstance(row, ItemRow) else ""
    updated = wire.read_updated(row.meta)
    return Live(address, row.id, row.fields, owner(row.fields), updated, updated_by)


def _save_view(change: Change) -> dict[str, Value]:
    """Return the full view to send: a key that leaves the annotations is sent empty."""
    before = (change.before or {}).get("annotations")
    after = change.after.get("annotations")
    gone = dict.fromkeys(before if isinstance(before, Mapping) else (), "")
    kept = after if isinstance(after, Mapping) else {}
    return {**change.after, "annotations": {**gone, **kept}}


def _outcome(change: Change, saved: Saved | None) -> Outcome:
    """Return what the summary says; a key without one may or may not have been written."""
    address, action = change.address, change.action
    if saved is None:
        finding = Diagnostic(
            "APP-NO-SUMMARY", f"Clarify's answer does not mention {address}", change.location
        )
        return Outcome(address, action, Status.UNKNOWN, finding=finding)
    if action is Action.CREATE and not saved.created:
        finding = Diagnostic(
            "APP-EXISTS",
            f"{address} exists already, and was left as it is",
            change.location,
            rule="creates are sent with createOnly, so that they never overwrite",
            hint="plan again: it is an update now, if it differs",
        )
        return Outcome(address, action, Status.SKIPPED, saved.id, finding)
    return Outcome(address, action, Status.DONE, saved.id)
