"""The public client: typed calls, chunked, paged, paced and checked before they are sent. Shell.

In: credentials and Python values. Out: typed results, or typed errors. What each method of the API
means is said at docs.clarify.io/api/1.1/methods.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from syncer.providers.clarify import arguments, opening, reading, writing
from syncer.providers.clarify.calculations import (
    Calculation,
    GroupAggregation,
    ItemAggregation,
    calculations_json,
    check_entries,
    groups_json,
    items_json,
    read_entries,
    sees_beyond_buckets,
)
from syncer.providers.clarify.client import Client as Api
from syncer.providers.clarify.data_wire import Calculated
from syncer.providers.clarify.filters import Filter
from syncer.providers.clarify.frames import DataFrame, PandasFrame, check_keys
from syncer.providers.clarify.listing import unwatched
from syncer.providers.clarify.models import Item, Signal
from syncer.providers.clarify.moments import Duration, Moment
from syncer.providers.clarify.opening import Options, Source
from syncer.providers.clarify.refusals import ApiVersionError, invalid
from syncer.providers.clarify.results import (
    FrameSelection,
    SelectedItem,
    SelectedSignal,
    Selection,
)
from syncer.providers.clarify.wire import Json, Saved

Progress = Callable[[int, int], None]


class Client:
    """A connection to Clarify with one integration's credentials.

    >>> with Client("./clarify-credentials.json") as client:
    ...     client.select_signals(Filter({"labels.site": "Pier"}))

    - `credentials`: the path of Clarify's credentials file, its JSON text, or a mapping with its
      members. An integration always has the namespace integration, for its own signals; admin and
      clarify are ticked in Clarify's admin panel.
    - `api_version`: `"1.1"` unless given; `"1.2"` and its pre-releases, `"1.1beta2"`.
    - `admin`: credentials of another integration, in the same forms, that reads and publishes.
    - `allowed_origins`: servers beside api.clarify.io, api.clarify.cloud and this machine that may
      get the secret: `["https://clarify.example.com"]`.
    - `timeout`: seconds that one request may take in all.
    - `selects_per_second`, `writes_per_second`: the pace, for each integration; 0 is unpaced, and
      so is every server on this machine.
    - `progress`: called with what is done and what there is, after each request of a call: signals,
      items, or values of a frame.
    - `use_env_proxy`: whether HTTPS_PROXY and the machine's own certificates count.

    Reads are tried again when the network or the API fails. A write is sent again only when it
    certainly was not executed; OutcomeUnknown says that nobody knows. Connections are kept and used
    again; close the client, or use it in a `with`. Threads may share a client: their requests are
    sent one at a time.

    Every call raises InvalidInput before anything is sent, AccessDenied for credentials that are
    refused or lack a namespace, ApiRejection with the API's code, message, trace and details, and
    TransportError otherwise; all are SyncerErrors. docs.clarify.io/reference/auth.
    """

    def __init__(
        self,
        credentials: Source,
        api_version: str | None = None,
        *,
        admin: Source | None = None,
        allowed_origins: Collection[str] = (),
        timeout: float = 60.0,
        selects_per_second: float = 10.0,
        writes_per_second: float = 1.0,
        progress: Progress | None = None,
        use_env_proxy: bool = False,
    ) -> None:
        options = Options(
            allowed_origins, timeout, selects_per_second, writes_per_second, use_env_proxy
        )
        api, http = opening.open_client(credentials, admin, api_version or "1.1", options)
        self._use(api, http.close, progress)

    @classmethod
    def over(
        cls, api: Api, *, close: Callable[[], None] = lambda: None, progress: Progress | None = None
    ) -> Self:
        """Return a client over a connection that is open already; `close` ends it."""
        made = cls.__new__(cls)
        made._use(api, close, progress)
        return made

    @property
    def integration(self) -> str:
        """The ID of the integration whose credentials these are."""
        return self._api.integration

    @property
    def api_version(self) -> str:
        """The API version that is asked for with every request."""
        return self._api.dialect.version

    def insert(self, data: DataFrame | PandasFrame | Mapping[str, Any]) -> dict[str, Saved]:
        """Insert values into the integration's own signals; return what it did, by input ID.

        `data`: a DataFrame, a pandas data frame with a time zone in its index, or a mapping with
        `times` and `series`. A signal that does not exist is created, and may be billed. None and
        NaN are no samples; a value at a time that has one replaces it. Frames beyond 8 MiB are
        inserted by several requests, one a second; PartlyInserted then has the `rest`.

        >>> client.insert(DataFrame(series={"a": [1, None]}, times=["2021-11-01T21:50:06Z", ...]))
        {'a': Saved(id='c5ep6ojsbu8cohpih9bg', created=True, updated=None)}

        Source: docs.clarify.io/api/1.1/methods/integration/insert.
        """
        frame = DataFrame.of(data)
        check_keys(frame.series, "series")
        if not frame.series:
            return {}

        def send(chunk: Json) -> dict[str, Saved]:
            return self._api.insert(self.integration, chunk)

        return writing.write_frame(frame, send, self._progress)

    def save_signals(
        self,
        input_ids: Sequence[str] = (),
        signals: Sequence[Signal] = (),
        signals_by_input: Mapping[str, Signal] | None = None,
        create_only: bool = False,
        integration: str | None = None,
    ) -> dict[str, Saved]:
        """Create or replace metadata of the integration's own signals; return what it did.

        Give `signals_by_input`, or `input_ids` and as many `signals`. A save replaces every
        attribute and merges annotations. With `create_only`, signals that exist are left alone.
        500 signals and 8 MiB go into a request, one request a second; PartlyWritten says what was
        written when a later one fails. Input IDs: 1 to 128 of a-z A-Z 0-9 - _ : . # + /.

        Source: docs.clarify.io/api/1.1/methods/integration/save-signals.
        """
        names = ("input_ids", "signals", "signals_by_input")
        pairs = arguments.read_pairs(input_ids, signals, signals_by_input, names)
        check_keys(pairs, "signals_by_input")
        arguments.check_type(pairs, Signal, "signals_by_input")
        views = {key: signal.to_json() for key, signal in pairs.items()}
        target = self._integration(integration)

        def send(chunk: Mapping[str, Json]) -> dict[str, Saved]:
            return self._api.save_signals(target, chunk, create_only=create_only)

        return writing.write_views(views, send, self._progress)

    def publish_signals(
        self,
        signal_ids: Sequence[str] = (),
        items: Sequence[Item] = (),
        items_by_signal: Mapping[str, Item] | None = None,
        create_only: bool = False,
        integration: str | None = None,
    ) -> dict[str, Saved]:
        """Publish signals as items, or replace their items' metadata; return what it did.

        Give `items_by_signal`, or `signal_ids` and as many `items`. The answer is by signal ID,
        each `Saved.id` is the item's. `integration` is whose signals they are, the client's own
        unless given. Limits and PartlyWritten are as of `save_signals`. Needs the namespace admin.

        Source: docs.clarify.io/api/1.1/methods/admin/publish-signals.
        """
        names = ("signal_ids", "items", "items_by_signal")
        pairs = arguments.read_pairs(signal_ids, items, items_by_signal, names)
        arguments.check_ids(pairs, "items_by_signal")
        arguments.check_type(pairs, Item, "items_by_signal")
        views = {key: item.to_json() for key, item in pairs.items()}
        target = self._integration(integration)

        def send(chunk: Mapping[str, Json]) -> dict[str, Saved]:
            return self._api.publish_signals(target, chunk, create_only=create_only)

        return writing.write_views(views, send, self._progress)

    def select_signals(
        self,
        filter: Filter | Json | None = None,  # noqa: A002 - the API's own word
        *,
        skip: int = 0,
        limit: int | None = None,
        sort: Iterable[str] = (),
        total: bool = False,
        include: Iterable[str] = (),
        integration: str | None = None,
    ) -> Selection[SelectedSignal]:
        """Return metadata of an integration's signals, all that the filter means.

        - `limit`: at most so many; None, and any negative number, means all. `skip`: without the
          first so many. `sort`: fields, `"-name"` for descending; the ID decides between equals.
        - `include=["item"]` reads the items that they are published as into `included.items`.
        - `integration`: whose signals, the client's own unless given.
        - `total` is taken for PyClarify's sake: `meta.total` is always counted.

        1000 rows are read by a request. A listing that does not add up, because somebody changes
        it meanwhile, is read again, and in the end raises TransportError (API-DRIFT). Needs the
        namespace admin, and clarify for items.

        Source: docs.clarify.io/api/1.1/methods/admin/select-signals.
        """
        included = arguments.read_included(include)
        query = arguments.read_selecting(
            filter, skip=skip, limit=limit, sort=sort, watch=self._progress
        )
        target = self._integration(integration)
        return reading.select_signals(self._api, target, query, include=included)

    def select_items(
        self,
        filter: Filter | Json | None = None,  # noqa: A002 - the API's own word
        *,
        skip: int = 0,
        limit: int | None = None,
        sort: Iterable[str] = (),
        total: bool = False,
    ) -> Selection[SelectedItem]:
        """Return metadata of the organization's items, hidden ones too, all that the filter means.

        Arguments and limits are those of `select_signals`. Needs the namespace clarify.

        Source: docs.clarify.io/api/1.1/methods/clarify/select-items.
        """
        query = arguments.read_selecting(
            filter, skip=skip, limit=limit, sort=sort, watch=self._progress
        )
        return reading.select_items(self._api, query)

    def data_frame(
        self,
        filter: Filter | Json | None = None,  # noqa: A002 - the API's own word
        *,
        sort: Iterable[str] = (),
        limit: int | None = None,
        skip: int = 0,
        total: bool = False,
        gte: Moment | None = None,
        lt: Moment | None = None,
        last: int = -1,
        rollup: Duration | None = None,
        time_zone: str | None = None,
        first_day_of_week: int | None = None,
        origin: Moment | None = None,
        include: Iterable[str] = (),
        window_size: Duration | None = None,
    ) -> FrameSelection:
        """Return data of items, all that the filter means.

        Which items
            `filter`, `sort`, `limit`, `skip`: as of `select_items`; hidden items are read too.
            `include=["item"]` adds their metadata, as `included.items`.
        Which times
            `gte` is the inclusive start, `lt` the exclusive end: datetimes with a zone, or RFC 3339
            texts. Without both it is 7 days before and after now, without one 14 days.
            `last`: the newest so many values of each series, after the rollup.
        How values are put together
            `rollup`: a timedelta, `"PT1H"`, `"P1M"`, or `"window"` for the whole time; None for the
            values as they are. `time_zone` (`"Europe/Oslo"`), `first_day_of_week` (1 is Monday)
            and `origin` say where buckets begin; left out, the API's defaults hold.

        The data's series are `<item ID>`, with a rollup `<item ID>_count`, `_min`, `_max`, `_sum`
        and `_avg`; its times are in UTC, those of a rollup where buckets begin.

        50 items and 40 days go into a request; 400 days with a rollup from PT1M, 1900 from PT24H,
        3660 from P30D; any time with `"window"`. More is read by several requests, ten a second;
        `window_size` makes their pieces shorter. Buckets are never cut.

        >>> client.data_frame(
        ...     Filter({"name": NotEqual("Air Temperature")}),
        ...     gte="2022-01-01T01:01:01Z",
        ...     lt="2022-01-09T01:01:01Z",
        ...     rollup="PT24H",
        ... ).data.to_pandas()

        Raises InvalidInput for a time without zone, an unknown field, an empty time. Needs the
        namespace clarify. Source: docs.clarify.io/api/1.1/methods/clarify/data-frame.
        """
        included = arguments.read_included(include)
        window = arguments.read_window(gte, lt)
        buckets = arguments.read_buckets(
            rollup,
            time_zone=time_zone,
            first_day_of_week=first_day_of_week,
            origin=origin,
            last=last,
        )
        span = arguments.read_span(window, buckets, window_size)
        query = arguments.read_selecting(filter, skip=skip, limit=limit, sort=sort)
        return reading.read_frame(self._api, query, span, self._progress, include=included)

    def evaluate(
        self,
        items: Iterable[ItemAggregation | Json] = (),
        calculations: Iterable[Calculation | Json] = (),
        groups: Iterable[GroupAggregation | Json] = (),
        *,
        rollup: Duration,
        gte: Moment | None = None,
        lt: Moment | None = None,
        last: int = -1,
        time_zone: str | None = None,
        first_day_of_week: int | None = None,
        origin: Moment | None = None,
        series: Iterable[str] = (),
        include: Iterable[str] = (),
        window_size: Duration | None = None,
    ) -> FrameSelection:
        """Return what formulas over items give in each bucket, a series for each alias.

        - `items`: up to 50 items, as ItemAggregation or mappings with its names.
        - `calculations`: up to 100 formulas over aliases and earlier calculations.
        - `groups`: items that a filter means, put together; API 1.2, else ApiVersionError.
        - `rollup` is needed; `gte`, `lt` and the rest are as of `data_frame`. `series`: only these
          aliases. `include=["item"]` adds the items' metadata.

        Longer times than 40, 400 or 1900 days are read by several requests, but not with `lead`,
        `lag` or gapfill(), which look beyond a bucket: InvalidInput (LIB-WINDOW).

        >>> client.evaluate(
        ...     items=[ItemAggregation("cbpmaq6rpn52969vfl00", "avg", alias="t")],
        ...     calculations=[Calculation("t * 1.8 + 32", alias="f")],
        ...     rollup="PT1H",
        ... ).data.series["f"]

        Needs the namespace clarify. Source: docs.clarify.io/api/1.1/methods/clarify/evaluate.
        """
        wanted = read_entries(ItemAggregation, items)
        formulas = read_entries(Calculation, calculations)
        grouped = read_entries(GroupAggregation, groups)
        check_entries(wanted, grouped, formulas)
        arguments.check_ids((entry.id for entry in wanted), "items")
        if grouped:
            self._require_1_2("evaluate with groups")
        included = ["item"] if arguments.read_included(include) else []
        window = arguments.read_window(gte, lt)
        buckets = arguments.read_buckets(
            rollup,
            time_zone=time_zone,
            first_day_of_week=first_day_of_week,
            origin=origin,
            last=last,
        )
        if buckets.rollup is None:
            raise invalid("LIB-VALUE", "rollup: None", "evaluate needs a rollup")
        span = arguments.read_span(window, buckets, window_size, is_evaluated=True)
        if span.is_split and sees_beyond_buckets([*wanted, *grouped, *formulas]):
            rule = "lead, lag and gapfill() look beyond a bucket, so pieces would differ"
            hint = "Ask for shorter times, or a longer rollup."
            raise invalid("LIB-WINDOW", "the time is too long for one request", rule, hint)
        dialect = self._api.dialect
        calculated = Calculated(
            items_json(wanted),
            groups_json(dialect, grouped),
            calculations_json(formulas),
            list(series),
        )
        return reading.evaluate(self._api, calculated, span, included)

    def connect(
        self,
        item: str,
        filter: Filter | Json,  # noqa: A002 - the API's own word
        *,
        limit: int | None = None,
        dry_run: bool = False,
        integration: str | None = None,
    ) -> Selection[SelectedSignal]:
        """Connect the signals that a filter means to an item; return them as they are then.

        With `dry_run` nothing changes, and they are returned as they would be. 1000 signals go
        into a request. API 1.2, else ApiVersionError. Needs the namespace admin.
        """
        arguments.check_ids([item], "item")
        return self._link("connect", item, filter, limit, dry_run, integration)

    def disconnect(
        self,
        filter: Filter | Json,  # noqa: A002 - the API's own word
        *,
        limit: int | None = None,
        dry_run: bool = False,
        integration: str | None = None,
    ) -> Selection[SelectedSignal]:
        """Disconnect the signals that a filter means from their items, which stay.

        Arguments, limits and errors are those of `connect`.
        """
        return self._link("disconnect", None, filter, limit, dry_run, integration)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<syncer.Client of integration {self.integration}, API {self.api_version}>"

    def _use(self, api: Api, close: Callable[[], None], progress: Progress | None) -> None:
        self._api = api
        self._close = close
        self._progress = progress or unwatched

    def _link(
        self,
        name: str,
        item: str | None,
        filter_: Filter | Json,
        limit: int | None,
        dry_run: bool,
        integration: str | None,
    ) -> Selection[SelectedSignal]:
        self._require_1_2(name)
        query = arguments.read_selecting(filter_, skip=0, limit=limit, sort=())
        target = self._integration(integration)
        return reading.link_signals(self._api, target, query, item, self._progress, dry_run=dry_run)

    def _integration(self, given: str | None) -> str:
        if given is None:
            return self.integration
        arguments.check_ids([given], "integration")
        return given

    def _require_1_2(self, what: str) -> None:
        if not self._api.dialect.connect:
            error = invalid(
                "LIB-VERSION",
                f"{what} needs API 1.2, and the client speaks {self.api_version}",
                hint='Client(credentials, api_version="1.2")',
            )
            raise ApiVersionError(*error.findings)
