"""Reads by the public client: paged to the end, cut by items and by time, put together again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from syncer import (
    ApiRejection,
    ApiVersionError,
    Calculation,
    Client,
    DataFrame,
    Filter,
    GroupAggregation,
    InvalidInput,
    Item,
    ItemAggregation,
    PartlyWritten,
    Signal,
    TransportError,
)
from syncer.emulator.settings import Settings
from syncer.query import GreaterOrEqual, Regex
from tests.library.site import OTHER, STAND, Site, answer, fine, rpc_error, status

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def save(client: Client, count: int) -> list[str]:
    """Save signals s0000, s0001... and return their IDs in that order."""
    given = {f"s{at:04}": Signal(name=f"S{at % 7}") for at in range(count)}
    return [saved.id for saved in client.save_signals(signals_by_input=given).values()]


def publish(client: Client, count: int) -> list[str]:
    """Save and publish signals, and return their items' IDs in that order."""
    ids = save(client, count)
    items = client.publish_signals(ids, [Item(name=f"I{at}") for at in range(count)])
    return [items[each].id for each in ids]


def fill(client: Client, count: int, times: list[datetime]) -> list[str]:
    """Publish signals with values at the given times, and return their items' IDs."""
    items = publish(client, count)
    series = {f"s{at:04}": [float(at + row) for row in range(len(times))] for at in range(count)}
    client.insert(DataFrame(series, times))
    return items


def test_selects_page_to_the_end(client: Client, site: Site) -> None:
    ids = save(client, 2500)
    site.forget()
    told: list[tuple[int, int]] = []
    with site.client(progress=lambda done, total: told.append((done, total))) as watched:
        selection = watched.select_signals()

    assert [signal.id for signal in selection] == ids
    assert [params["query"]["limit"] for params in site.params()] == [1000, 1000, 500]
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert (len(selection), selection.meta.total) == (2500, 2500)


def test_equal_rows_neither_repeat_nor_get_lost_between_pages(client: Client) -> None:
    ids = save(client, 1500)

    selection = client.select_signals(sort=["-name"])

    assert {signal.id for signal in selection} == set(ids)
    assert [signal.attributes.name for signal in selection[:1]] == ["S6"]


@pytest.mark.parametrize(
    ("options", "rows", "total"),
    [
        ({"limit": 2}, [0, 1], 5),
        ({"limit": 2, "skip": 3}, [3, 4], 5),
        ({"skip": 4}, [4], 5),
        ({"skip": 9}, [], 5),
        ({"limit": 0}, [], 5),
        ({"limit": -1, "skip": -3}, [0, 1, 2, 3, 4], 5),
        ({"sort": "-id", "limit": 2}, [4, 3], 5),
        ({"filter": Filter({"input": "s0001"})}, [1], 1),
        ({"filter": {"input": {"$in": ["s0002"]}}, "total": True}, [2], 1),
    ],
)
def test_a_select_takes_what_it_is_asked_for(
    client: Client, options: dict[str, Any], rows: list[int], total: int
) -> None:
    ids = save(client, 5)

    selection = client.select_signals(**options)

    assert [signal.id for signal in selection] == [ids[at] for at in rows]
    assert selection.meta.total == total


def test_a_read_signal_tells_what_the_service_keeps(client: Client) -> None:
    [item] = publish(client, 1)

    [signal] = client.select_signals()

    assert (signal.input, signal.item_id, signal.integration_id) == ("s0000", item, STAND)
    assert signal.meta.created_at is not None
    assert signal.meta.created_at.tzinfo is UTC
    assert len(signal.meta.attributes_hash) == len(signal.meta.relationships_hash) == 40
    assert Filter({"input": "s0000"}).matches(signal)
    assert Filter({"createdAt": GreaterOrEqual("2020-01-01T00:00:00Z")}).matches(signal)


def test_items_are_included_although_the_api_refuses_it(client: Client, site: Site) -> None:
    items = publish(client, 3)
    client.save_signals(["lonely"], [Signal(name="L")])
    site.forget()

    selection = client.select_signals(include=["item"])

    assert [item.id for item in selection.included.items] == items
    assert len(selection) == 4
    assert site.methods() == ["admin.selectSignals", "clarify.selectItems"]


def test_items_are_selected_hidden_ones_too(client: Client) -> None:
    publish(client, 3)

    selection = client.select_items(Filter({"name": Regex("I[12]")}), sort=["-name"])

    assert [item.attributes.name for item in selection] == ["I2", "I1"]
    assert [item for item in selection if Filter({"visible": False}).matches(item)] == list(
        selection
    )


def test_another_integration_is_read_with_admin_credentials(site: Site) -> None:
    with site.client() as own:
        save(own, 2)
    with Client(site.other_credentials, admin=site.credentials) as client:
        assert len(client.select_signals()) == 0
        assert len(client.select_signals(integration=STAND)) == 2
        assert client.integration == OTHER


def test_a_read_is_tried_again(client: Client, site: Site) -> None:
    save(client, 1)
    site.faults += [status(503, b"busy")]

    assert len(client.select_signals()) == 1


def test_data_is_read_50_items_at_a_time(client: Client, site: Site) -> None:
    items = fill(client, 120, [START, START + HOUR])
    site.forget()
    told: list[tuple[int, int]] = []
    with site.client(progress=lambda done, total: told.append((done, total))) as watched:
        selection = watched.data_frame(gte=START, lt=START + DAY, include=["item"])

    assert site.methods() == ["clarify.selectItems"] + ["clarify.dataFrame"] * 3
    assert told == [(50, 120), (100, 120), (120, 120)]
    assert selection.data.times == (START, START + HOUR)
    assert selection.data.series == {
        item: (float(at), float(at + 1)) for at, item in enumerate(items)
    }
    assert [item.id for item in selection.included.items] == items


def test_a_limit_holds_for_items(client: Client) -> None:
    items = fill(client, 60, [START])

    selection = client.data_frame(gte=START, lt=START + DAY, limit=55, skip=2, sort=["-id"])

    assert set(selection.data.series) == set(items[3:58])
    assert selection.meta.total == 60


def test_no_items_need_no_data(client: Client, site: Site) -> None:
    selection = client.data_frame(rollup="PT1H")

    assert (selection.data, selection.meta.total) == (DataFrame({}, []), 0)
    assert site.methods() == ["clarify.selectItems"]


def test_a_long_span_is_read_in_pieces_of_40_days(client: Client, site: Site) -> None:
    times = [START + at * DAY for at in range(100)]
    [item] = fill(client, 1, times)
    site.forget()

    data = client.data_frame(gte=START, lt=START + 100 * DAY).data

    assert data.times == tuple(times)
    assert data.series[item] == tuple(float(at) for at in range(100))
    windows = [params["data"]["filter"]["times"] for params in site.params()[1:]]
    assert [window["$gte"] for window in windows] == [
        "2026-01-01T00:00:00Z",
        "2026-02-10T00:00:00Z",
        "2026-03-22T00:00:00Z",
    ]
    assert all(one["$lt"] == next_["$gte"] for one, next_ in pairwise(windows))


@pytest.mark.parametrize(
    "options",
    [
        {"rollup": "PT1H"},
        {"rollup": "PT7H"},
        {"rollup": timedelta(days=1), "time_zone": "Europe/Oslo"},
        {"rollup": "P1W", "first_day_of_week": 3},
        {"rollup": "P1M", "time_zone": "America/New_York", "window_size": "P65D"},
        {"rollup": "PT5H", "origin": "2026-01-01T00:17:00Z"},
        {"rollup": "PT6H", "last": 9},
        {"last": 9},
        {"rollup": None},
    ],
)
def test_pieces_give_what_one_request_gives(
    client: Client, site: Site, options: dict[str, Any]
) -> None:
    """Over the change to summer time, with gaps, and cuts inside of buckets."""
    times = [START + at * timedelta(minutes=97) for at in range(1200) if at % 300 < 200]
    fill(client, 2, times)
    window: dict[str, Any] = {
        "gte": START + timedelta(hours=5),
        "lt": START + timedelta(days=80, hours=3),
    }
    site.settings = Settings(limits_windows=False)

    whole = client.data_frame(**window, **options | {"window_size": "P900D"}).data
    site.forget()
    pieces = client.data_frame(**window, **{"window_size": "P15DT5H"} | options).data

    assert pieces == whole
    assert len(site.calls) > 2


def test_the_whole_window_is_never_cut(client: Client, site: Site) -> None:
    [item] = fill(client, 1, [START, START + 500 * DAY])

    data = client.data_frame(gte=START, lt=START + 5000 * DAY, rollup="window").data

    assert data.series[f"{item}_sum"] == (1.0,)


@pytest.mark.parametrize("version", ["1.1beta2", "1.1", "1.2beta1", "1.2"])
def test_every_version_reads_data(site: Site, version: str) -> None:
    with site.client(version) as client:
        [item] = fill(client, 1, [START, START + HOUR])

        data = client.data_frame(gte=START, lt=START + DAY, rollup="PT1H").data

    assert data.series[f"{item}_avg"] == (0.0, 1.0)


@pytest.mark.parametrize("version", ["1.1", "1.2beta1", "1.2"])
def test_calculations_are_evaluated(site: Site, version: str) -> None:
    with site.client(version) as client:
        first, second = fill(client, 2, [START, START + HOUR])
        selection = client.evaluate(
            items=[
                ItemAggregation(first, "avg", alias="a"),
                {"id": second, "alias": "b", "aggregation": "sum"},
            ],
            calculations=[Calculation("a + 10 * b", alias="c")],
            rollup="PT1H",
            gte=START,
            lt=START + DAY,
            series=["a", "c"],
            include=["item"],
        )

    assert selection.data == DataFrame({"a": [0.0, 1.0], "c": [10.0, 21.0]}, [START, START + HOUR])
    assert {item.id for item in selection.included.items} == {first, second}


@pytest.mark.parametrize("version", ["1.2beta1", "1.2"])
def test_groups_are_evaluated_since_1_2(site: Site, version: str) -> None:
    with site.client(version) as client:
        fill(client, 3, [START])
        group = GroupAggregation(Filter({"name": Regex("I[12]")}), "avg", "sum", alias="g")

        data = client.evaluate(groups=[group], rollup="PT1H", gte=START, lt=START + DAY).data

    assert data.series == {"g": (3.0,)}


def test_a_long_evaluation_is_read_in_pieces(client: Client, site: Site) -> None:
    times = [START + at * DAY for at in range(0, 900, 3)]
    [item] = fill(client, 1, times)
    given: dict[str, Any] = {"items": [ItemAggregation(item, "max", alias="a")], "rollup": "PT12H"}
    window: dict[str, Any] = {"gte": START, "lt": START + 900 * DAY}
    site.settings = Settings(limits_windows=False)
    whole = client.evaluate(**given, **window, window_size="P900D").data
    site.forget()

    pieces = client.evaluate(**given, **window).data

    assert pieces == whole
    assert len(site.calls) == 3


def test_what_looks_beyond_a_bucket_is_not_cut(client: Client, site: Site) -> None:
    shifted = ItemAggregation(STAND, "avg", alias="a", lag=1)
    filled = Calculation("gapfill(a)", alias="c")
    long: dict[str, Any] = {"rollup": "PT1H", "gte": START, "lt": START + 500 * DAY}

    with pytest.raises(InvalidInput, match="too long for one request"):
        client.evaluate([shifted], **long)
    with pytest.raises(InvalidInput, match="too long for one request"):
        client.evaluate([ItemAggregation(STAND, "avg", alias="a")], [filled], **long)
    assert client.evaluate([shifted], rollup="PT1H").data.times == ()
    assert len(site.calls) == 1


@pytest.mark.parametrize("version", ["1.2beta1", "1.2"])
def test_signals_are_connected_and_disconnected(site: Site, version: str) -> None:
    with site.client(version) as client:
        [item] = publish(client, 1)
        client.save_signals(["other"], [Signal(name="O")])
        others = Filter({"input": "other"})

        shown = client.connect(item, others, dry_run=True)
        before = client.select_signals(others)[0].item_id
        [connected] = client.connect(item, others)
        linked = client.select_signals(others)[0].item_id
        [disconnected] = client.disconnect(others)

    assert (shown[0].item_id, before) == (item, None)
    assert (connected.item_id, linked, disconnected.item_id) == (item, item, None)


def test_more_than_1000_signals_are_connected(site: Site) -> None:
    with site.client("1.2") as client:
        [item] = publish(client, 1)
        save(client, 1500)
        site.forget()

        connected = client.connect(item, {})

    assert {signal.item_id for signal in connected} == {item}
    assert site.methods()[2:] == ["admin.signals.connect"] * 2


@pytest.mark.parametrize(
    ("fault", "unknown", "unsent"),
    [(rpc_error(-32602, "no"), 0, 200), (status(502), 200, 0)],
)
def test_a_connection_that_ends_early_says_so(
    site: Site, fault: Any, unknown: int, unsent: int
) -> None:
    with site.client("1.2") as client:
        [item] = publish(client, 1)
        save(client, 1200)
        site.faults += [fine, fine, fine, fault]

        with pytest.raises(PartlyWritten) as caught:
            client.connect(item, {})

    error = caught.value
    assert (len(error.saved), len(error.unknown), len(error.unsent)) == (1000, unknown, unsent)


def test_a_refused_connection_is_its_own_error(site: Site) -> None:
    with site.client("1.2") as client:
        [item] = publish(client, 1)
        site.faults += [fine, rpc_error(-32602, "no")]

        with pytest.raises(ApiRejection):
            client.connect(item, {})


def test_1_1_lacks_connections_and_groups(client: Client, site: Site) -> None:
    group = GroupAggregation({}, "avg", "sum", alias="g")

    for call in (
        lambda: client.connect(STAND, {}),
        lambda: client.disconnect({}),
        lambda: client.evaluate(groups=[group], rollup="PT1H"),
    ):
        with pytest.raises(ApiVersionError, match=r"needs API 1\.2"):
            call()
    assert site.calls == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filter": {"nothing": 1}}, "no field of a filter"),
        ({"gte": datetime(2026, 1, 1)}, "gte: .* has no zone"),  # noqa: DTZ001
        ({"lt": "2026-01-01T00:00:00"}, "lt: .* has no zone"),
        ({"gte": START, "lt": START}, "is not before"),
        ({"rollup": "1h"}, "rollup: "),
        ({"rollup": "PT0S"}, "above zero"),
        ({"window_size": "PT0S"}, "above zero"),
        ({"first_day_of_week": 8}, "1 is Monday"),
        ({"time_zone": ""}, "Europe/Oslo"),
        ({"origin": "monday"}, "origin: .* is no time"),
        (
            {"gte": START, "lt": START + DAY, "rollup": "PT1H", "window_size": "PT90M"},
            "two buckets",
        ),
        ({"include": ["signals"]}, 'only "item" can be included'),
        ({"last": 1.5}, "last: 1.5"),
        ({"limit": "all"}, "limit: 'all'"),
        ({"skip": None}, "skip: None"),
        ({"sort": ["name desc"]}, "sort: "),
    ],
)
def test_a_wrong_read_is_refused_unsent(
    client: Client, site: Site, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        client.data_frame(**options)

    assert site.calls == []


def test_an_evaluation_needs_a_rollup(client: Client) -> None:
    nothing: Any = None

    with pytest.raises(InvalidInput, match="needs a rollup"):
        client.evaluate([ItemAggregation(STAND, "avg", alias="a")], rollup=nothing)


def test_an_answer_that_is_none_is_a_transport_error(client: Client, site: Site) -> None:
    save(client, 1)
    row = {
        "id": STAND,
        "attributes": {"input": "a", "sampleInterval": "soon"},
        "relationships": {},
    }
    site.faults.append(answer({"meta": {"total": 1}, "data": [row]}))

    with pytest.raises(TransportError, match=r"the API's answer: .*soon"):
        client.select_signals()
