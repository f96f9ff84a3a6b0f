"""The typed client: one method for each call of the Clarify API. Shell.

In: full views and filters. Out: rows and summaries. Reads are retried; a write is sent again only
when it certainly was not executed, and raises OutcomeUnknown when nobody can know.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from syncer import sinks
from syncer.errors import AccessDenied, TransportError
from syncer.providers.clarify import data_wire, wire
from syncer.providers.clarify.data_wire import Buckets, Calculated, Window
from syncer.providers.clarify.dialects import Dialect, dialect
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.listing import Listing, RowT, Selecting, list_rows
from syncer.providers.clarify.wire import ItemRow, Json, Page, Saved, SignalRow
from syncer.redaction import Redactor
from syncer.seams import Clock, Rng
from syncer.transport.calls import Caller, Lane
from syncer.transport.credentials import Credentials
from syncer.transport.failures import OutcomeUnknown
from syncer.transport.messages import Transport
from syncer.transport.rpc import Session
from syncer.transport.tokens import Authorizer
from syncer.transport.verdicts import Call


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a second for each integration, as Clarify's older pages ask; 0 is unpaced."""

    selects: float = 10.0
    writes: float = 1.0


class Client:
    """Calls the API as one integration; reads and publishes as `admin` when one is given.

    An API on loopback is unpaced. `label` names the credentials in messages: an environment
    variable. `deadline` and `tell` are the caller's; an admin's caller serves both.
    """

    def __init__(
        self,
        credentials: Credentials,
        transport: Transport,
        *,
        clock: Clock,
        rng: Rng,
        redactor: Redactor,
        admin: "Client | None" = None,
        api_version: str = "1.1",
        rates: Rates | None = None,
        label: str = "",
        deadline: float = math.inf,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._dialect = dialect(api_version)
        self._rates = Rates(0, 0) if credentials.is_loopback else rates or Rates()
        # An integration's saves and publishes share one pace, so both use the admin's caller.
        caller = (
            admin._own.caller
            if admin
            else Caller(transport, clock, rng, deadline=deadline, tell=tell)
        )
        authorizer = Authorizer(credentials, caller, clock, redactor, label=label)
        self._own: Session = Session(credentials, caller, authorizer, redactor, api_version, label)
        self._admin: Session = admin._own if admin else self._own

    @property
    def integration(self) -> str:
        """The ID of the integration whose credentials these are."""
        return self._own.credentials.integration

    @property
    def dialect(self) -> Dialect:
        """The API version that is spoken, and its methods."""
        return self._dialect

    def save_signals(
        self, integration_id: str, signals_by_input: Mapping[str, Json], *, create_only: bool
    ) -> dict[str, Saved]:
        """Return what one save did, by input ID; a key may be missing from the answer.

        docs.clarify.io/api/1.1/methods/integration/save-signals.
        """
        self._check_owned(integration_id)
        if not signals_by_input:
            return {}
        params = wire.save_params(integration_id, signals_by_input, create_only=create_only)
        lane = self._write_lane(integration_id)
        method = self._dialect.save_signals
        result = self._own.call(Call.WRITE, method, params, "integration", lane)
        return _read_saved(result, "signalsByInput")

    def publish_signals(
        self, integration_id: str, items_by_signal: Mapping[str, Json], *, create_only: bool
    ) -> dict[str, Saved]:
        """Return what one publish did, by signal ID; each `Saved.id` is the item's.

        docs.clarify.io/api/1.1/methods/admin/publish-signals.
        """
        if not items_by_signal:
            return {}
        params = wire.publish_params(integration_id, items_by_signal, create_only=create_only)
        lane = self._write_lane(integration_id)
        method = self._dialect.publish_signals
        result = self._admin.call(Call.WRITE, method, params, "admin", lane)
        return _read_saved(result, "itemsBySignal")

    def select_signals(
        self,
        integration_id: str,
        filter: Json | None = None,  # noqa: A002 - the API's own word
        limit: int | None = None,
    ) -> list[SignalRow]:
        """Return an integration's signals by ID, all of them unless limited.

        docs.clarify.io/api/1.1/methods/admin/select-signals. Raises TransportError (API-DRIFT).
        """
        return self.list_signals(integration_id, Selecting(filter, limit)).rows

    def select_items(
        self,
        filter: Json | None = None,  # noqa: A002 - the API's own word
        limit: int | None = None,
    ) -> list[ItemRow]:
        """Return the organization's items by ID, hidden ones too, all of them unless limited.

        docs.clarify.io/api/1.1/methods/clarify/select-items. Raises TransportError (API-DRIFT).
        """
        return self.list_items(Selecting(filter, limit)).rows

    def list_signals(self, integration_id: str, query: Selecting) -> Listing[SignalRow]:
        """Return what `select_signals` does, in any order, with the total."""

        def belongs(row: SignalRow) -> bool:
            return row.integration_id in (None, integration_id)

        return self._list(
            self._dialect.select_signals,
            {"integration": integration_id},
            "admin",
            query,
            (wire.read_signal, belongs),
        )

    def list_items(self, query: Selecting) -> Listing[ItemRow]:
        """Return what `select_items` does, in any order, with the total."""
        method = self._dialect.select_items
        return self._list(method, {}, "clarify", query, (wire.read_item, lambda _: True))

    def insert(self, integration_id: str, data: Json) -> dict[str, Saved]:
        """Return what one insert did to the signals, by input ID; `data` is a frame's JSON.

        docs.clarify.io/api/1.1/methods/integration/insert. A value at a time that has one
        replaces it, so inserting the same twice is harmless.
        """
        self._check_owned(integration_id)
        params = data_wire.insert_params(integration_id, data)
        lane = self._write_lane(integration_id)
        result = self._own.call(Call.WRITE, "integration.insert", params, "integration", lane)
        return _read_saved(result, "signalsByInput")

    def data_frame(self, item_ids: Sequence[str], window: Window, buckets: Buckets) -> DataFrame:
        """Return the data of up to 50 items in one span of time.

        docs.clarify.io/api/1.1/methods/clarify/data-frame.
        """
        params = data_wire.frame_params(self._dialect, item_ids, window, buckets)
        return data_wire.read_frame(self._read("clarify.dataFrame", params))[0]

    def evaluate(
        self,
        calculated: Calculated,
        window: Window,
        buckets: Buckets,
        include: Sequence[str],
    ) -> tuple[DataFrame, list[ItemRow]]:
        """Return what was calculated, by alias, and the items that the answer includes.

        docs.clarify.io/api/1.1/methods/clarify/evaluate.
        """
        params = data_wire.evaluate_params(self._dialect, calculated, window, buckets, include)
        return data_wire.read_frame(self._read("clarify.evaluate", params))

    def link(
        self, integration_id: str, signal_ids: Sequence[str], item_id: str | None, *, dry_run: bool
    ) -> list[SignalRow]:
        """Connect up to 1000 signals to an item, or disconnect them when there is none.

        Returns the signals as they are afterwards, or would be in a dry run. API 1.2 only.
        """
        method = self._dialect.connect if item_id else self._dialect.disconnect
        params = data_wire.link_params(
            self._dialect, integration_id, signal_ids, item_id, dry_run=dry_run
        )
        kind = Call.READ if dry_run else Call.WRITE
        result = self._admin.call(kind, method, params, "admin", self._write_lane(integration_id))
        return data_wire.read_linked(result)

    def _list(
        self,
        method: str,
        fixed: Json,
        namespace: str,
        query: Selecting,
        rows: tuple[Callable[[object], RowT], Callable[[RowT], bool]],
    ) -> Listing[RowT]:
        integration = str(fixed.get("integration", self._admin.credentials.integration))
        total = 0

        def read(skip: int, limit: int) -> Page:
            nonlocal total
            params = wire.select_params(
                self._dialect, query.filter, limit=limit, skip=query.skip + skip, sort=query.sort
            )
            page = self._select(method, {**fixed, **params}, namespace, integration)
            total = page.total
            return Page(max(total - query.skip, 0), page.rows)

        listed = list_rows(read, *rows, query.limit, query.watch)
        return Listing(listed, total)

    def _read(self, method: str, params: Json) -> object:
        own = self._admin.credentials.integration
        return self._admin.call(Call.READ, method, params, "clarify", self._select_lane(own))

    def _select(self, method: str, params: Json, namespace: str, integration: str) -> Page:
        lane = self._select_lane(integration)
        return wire.read_page(self._admin.call(Call.READ, method, params, namespace, lane))

    def _select_lane(self, integration: str) -> Lane:
        return Lane(f"select {integration}", self._rates.selects)

    def _write_lane(self, integration: str) -> Lane:
        return Lane(f"write {integration}", self._rates.writes)

    def _check_owned(self, integration_id: str) -> None:
        own = self._own.credentials.integration
        if own != integration_id:
            label = self._own.label or "the credentials"
            raise AccessDenied.of(
                "CRD-INTEGRATION",
                f"{label} belongs to integration {own}, not to {sinks.quoted(integration_id)}",
                rule="A save reaches only the integration's own signals.",
            )


def _read_saved(result: object, name: str) -> dict[str, Saved]:
    try:
        return wire.read_saved(result, name)
    except TransportError as error:
        # The write was executed; only what it did cannot be read from the answer.
        raise OutcomeUnknown(*error.findings) from None
