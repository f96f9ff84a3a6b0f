"""clarify.dataFrame: raw samples and rollups of items, as one frame."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.emulator.settings import Settings
from syncer.emulator.states import MOST_BUCKETS
from syncer.emulator.tracks import Track, merge
from tests.emulator.feeding import at, fill, frame, insert, publish, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.emulator.conftest import Clarify

TWO = {at("00:10:00"): 1.5, at("00:20:00"): 2.5, at("03:00:00"): -4}
HUGE = 1.7e308


def test_raw_samples_keep_their_microseconds(clarify: "Clarify") -> None:
    one, two = fill(clarify, {at("00:00:00.123456"): 1, at("02:00:00"): 2}, {at("02:00:00"): 3})

    assert frame(clarify) == {
        "times": ["2024-01-01T00:00:00.123456Z", "2024-01-01T02:00:00Z"],
        "series": {one: [1, 2], two: [None, 3]},
    }


def test_a_window_has_its_start_and_not_its_end(clarify: "Clarify") -> None:
    [item] = fill(clarify, {at("00:00:00"): 1, "2024-01-02T00:00:00Z": 2})

    assert frame(clarify)["series"] == {item: [1]}


def test_a_numeric_rollup_has_five_series(clarify: "Clarify") -> None:
    [item] = fill(clarify, TWO)

    assert frame(clarify, rollup="PT1H") == {
        "times": ["2024-01-01T00:00:00Z", "2024-01-01T03:00:00Z"],
        "series": {
            f"{item}_avg": [2, -4],
            f"{item}_count": [2, 1],
            f"{item}_max": [2.5, -4],
            f"{item}_min": [1.5, -4],
            f"{item}_sum": [4, -4],
        },
    }


def test_a_rollup_can_be_the_whole_window(clarify: "Clarify") -> None:
    [item] = fill(clarify, TWO)

    rolled = frame(clarify, rollup="window")

    assert rolled["times"] == ["2024-01-01T00:00:00Z"]
    assert rolled["series"][f"{item}_sum"] == [0]


def test_months_and_years_begin_in_the_time_zone(clarify: "Clarify") -> None:
    fill(clarify, {"2023-12-31T22:59:59Z": 1, "2023-12-31T23:00:00Z": 2, "2024-02-15T00:00:00Z": 3})
    times = {"$gte": "2023-01-01T00:00:00Z", "$lt": "2025-01-01T00:00:00Z"}
    given = {"filter": {"times": times}, "timeZone": "Europe/Oslo"}

    assert frame(clarify, rollup="P1M", **given)["times"] == [
        "2023-11-30T23:00:00Z",
        "2023-12-31T23:00:00Z",
        "2024-01-31T23:00:00Z",
    ]
    assert frame(clarify, rollup="P1Y", **given)["times"] == [
        "2022-12-31T23:00:00Z",
        "2023-12-31T23:00:00Z",
    ]
    assert frame(clarify, rollup="P1Y2M", **given)["times"] == [
        "2023-04-30T22:00:00Z",
    ]


@pytest.mark.parametrize(
    ("first_day", "start"),
    [(1, "2024-01-01"), (2, "2023-12-26"), (6, "2023-12-30"), (7, "2023-12-31")],
)
def test_weeks_begin_on_their_first_day(clarify: "Clarify", first_day: int, start: str) -> None:
    fill(clarify, TWO)

    rolled = frame(clarify, rollup="P1W", firstDayOfWeek=first_day)
    days = frame(clarify, rollup="P1D", firstDayOfWeek=first_day)

    assert rolled["times"] == [f"{start}T00:00:00Z"]
    assert days["times"] == ["2024-01-01T00:00:00Z"]


def test_an_origin_moves_buckets(clarify: "Clarify") -> None:
    fill(clarify, TWO)

    hours = frame(clarify, rollup="PT2H", origin="2020-01-01T00:30:00+01:00")
    months = frame(clarify, rollup="P1M", origin="2020-01-15T06:00:00Z", firstDayOfWeek=3)

    assert hours["times"] == ["2023-12-31T23:30:00Z", "2024-01-01T01:30:00Z"]
    assert months["times"] == ["2023-12-15T06:00:00Z"]


def test_last_keeps_the_newest_rows_of_each_series(clarify: "Clarify") -> None:
    one, two = fill(clarify, TWO, {at("00:05:00"): 7})

    assert frame(clarify, last=1) == {
        "times": ["2024-01-01T00:05:00Z", "2024-01-01T03:00:00Z"],
        "series": {one: [None, -4], two: [7, None]},
    }
    rolled = frame(clarify, last=1, rollup="PT1H")
    assert rolled["times"] == ["2024-01-01T00:00:00Z", "2024-01-01T03:00:00Z"]
    assert rolled["series"][f"{one}_count"] == [None, 1]
    assert frame(clarify, last=0) == frame(clarify, last=-1) == frame(clarify, last=3)


def test_outside_points_are_those_next_to_the_window(clarify: "Clarify") -> None:
    times = {"$gte": at("00:15:00"), "$lt": at("00:45:00")}
    [item] = fill(clarify, {at("00:00:00"): 0} | TWO | {at("04:00:00"): 9})
    asked = {"filter": {"times": times}, "outsidePoints": True}

    assert frame(clarify, **asked) == {
        "times": ["2024-01-01T00:10:00Z", "2024-01-01T00:20:00Z", "2024-01-01T03:00:00Z"],
        "series": {item: [1.5, 2.5, -4]},
    }
    assert frame(clarify, **asked, rollup="PT1H")["series"][f"{item}_sum"] == [2.5]


def test_series_are_chosen_by_key(clarify: "Clarify") -> None:
    one, two = fill(clarify, TWO, TWO)
    chosen = {"times": {"$gte": at("00:00:00")}, "series": {"$in": [f"{one}_avg", two]}}

    assert list(frame(clarify, filter=chosen)["series"]) == [two]
    assert list(frame(clarify, filter=chosen, rollup="PT1H")["series"]) == [f"{one}_avg"]
    assert frame(clarify, filter=chosen | {"series": {"$in": []}}) == {"times": [], "series": {}}


def test_an_enum_rollup_has_the_seconds_of_each_state(clarify: "Clarify") -> None:
    samples = {at("00:50:00"): 1, at("01:30:00"): 0, at("01:45:00"): 0.5, at("02:00:00"): 1}
    clarify.now = 1_704_067_200_000_000 + 3 * 3_600_000_000
    [item] = fill(clarify, samples, valueType="enum", gapDetection="PT2H")

    assert frame(clarify, rollup="PT1H") == {
        "times": [at("00:00:00"), at("01:00:00"), at("02:00:00")],
        "series": {
            f"{item}_state-seconds_0": [0, 900, 0],
            f"{item}_state-seconds_1": [600, 1800, 3600],
        },
    }
    assert frame(clarify)["series"] == {item: [1, 0, 0.5, 1]}


def test_a_state_reaches_into_the_window_and_ends_at_a_gap(clarify: "Clarify") -> None:
    clarify.now = 1_704_067_200_000_000 + 9 * 3_600_000_000
    samples = {"2023-12-31T23:30:00Z": 4, at("06:00:00"): 5, at("07:00:00"): 5}
    [item] = fill(clarify, samples, valueType="enum", gapDetection="PT1H30M")

    assert frame(clarify, rollup="window")["series"] == {
        f"{item}_state-seconds_4": [3600],
        f"{item}_state-seconds_5": [9000],
    }


def test_states_that_need_too_many_buckets_are_refused(clarify: "Clarify") -> None:
    fill(clarify, {at("00:00:00"): 1, at("00:30:00"): 1}, valueType="enum")

    assert refused(clarify, filter={"times": {"$gte": at("00:00:00")}}, rollup="PT0.001S") == {
        "rollup": f"must make at most {MOST_BUCKETS} buckets"
    }


def test_the_last_created_signal_of_an_item_wins(clarify: "Clarify") -> None:
    series = {
        "old": {at("00:00:00"): 1, at("01:00:00"): 1},
        "new": {at("01:00:00"): 2, at("02:00:00"): 2},
    }
    old, new = insert(clarify, series)
    [item] = publish(clarify, [new])
    clarify.store.link({old: item})
    insert(clarify, {"old": {at("01:00:00"): 3}})

    assert frame(clarify)["series"] == {item: [1, 2, 2]}
    times = {"$gte": at("01:30:00"), "$lt": at("01:40:00")}
    outside = frame(clarify, filter={"times": times}, outsidePoints=True)
    assert outside == {"times": [at("01:00:00"), at("02:00:00")], "series": {item: [2, 2]}}


def test_hidden_and_empty_items_have_series(clarify: "Clarify") -> None:
    [hidden] = fill(clarify, TWO, visible=False)
    [empty] = publish(clarify, clarify.save_ids("empty"), valueType="enum")

    assert frame(clarify)["series"] == {hidden: [1.5, 2.5, -4], empty: [None, None, None]}
    assert len(frame(clarify, rollup="P1D")["series"]) == 5


def test_samples_that_cannot_be_read_yet_are_not_there(clarify: "Clarify") -> None:
    clarify.use(Settings(insert_delay_seconds=10))
    [item] = fill(clarify, TWO)

    before = frame(clarify)
    clarify.now += 10_000_000

    assert (before["series"], frame(clarify)["series"]) == ({item: []}, {item: [1.5, 2.5, -4]})


def test_a_sum_beyond_all_numbers_is_missing(clarify: "Clarify") -> None:
    [item] = fill(clarify, {at("00:00:00"): HUGE, at("00:00:01"): HUGE})

    rolled = frame(clarify, rollup="P1D")["series"]

    assert (rolled[f"{item}_sum"], rolled[f"{item}_max"]) == ([None], [HUGE])


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ({}, ["-7", "0", "6"]),
        ({"$gte": None, "$lt": "0001-01-01T00:00:00Z"}, ["-7", "0", "6"]),
        ({"$gte": "2023-11-07T00:00:00Z"}, ["-7", "0", "6"]),
        ({"$gte": "2023-11-08T00:00:00+00:00"}, ["0", "6", "7"]),
        ({"$lt": "2023-11-22T00:00:00.000Z"}, ["0", "6", "7"]),
        ({"$lt": 1_699_920_000}, ["-8", "-7"]),
        ({"$gte": "2023-11-21T00:00:00Z", "$lt": "2023-11-07T00:00:00Z"}, []),
    ],
)
def test_a_window_has_defaults(
    clarify: "Clarify", times: "Mapping[str, object]", found: "Sequence[str]"
) -> None:
    # Now is 2023-11-14T22:13:20Z.
    noon = datetime(2023, 11, 14, 12, tzinfo=UTC)
    days = {f"{days}": noon + timedelta(days=days, hours=11) for days in (-8, -7, 0, 6, 7)}
    fill(clarify, {moment.isoformat(): float(days) for days, moment in days.items()})

    [values] = frame(clarify, filter={"times": times})["series"].values()

    assert values == [float(day) for day in found]


@pytest.mark.parametrize("version", ["1.1beta2", "1.1", "1.2beta1", "1.2"])
def test_the_answer_has_the_shape_of_its_version(clarify: "Clarify", version: str) -> None:
    fill(clarify, TWO)
    clarify.use(Settings())

    result = clarify.call("clarify.dataFrame", {}, version)

    meta: dict[str, object] = {"total": 1}
    if version == "1.1beta2":
        meta["groupIncludedByType"] = False
    else:
        meta["format"] = {
            "dataAsArray": False,
            "groupIncludedByType": False,
            "flattenResourceFields": False,
            "includeResourceHashFields": True,
        }
    assert (result.keys(), result["meta"]) == ({"meta", "data"}, meta)


def test_items_come_along_in_both_formats(clarify: "Clarify") -> None:
    fill(clarify, TWO)
    [item] = clarify.items()
    asked: dict[str, object] = {"include": ["item"]}

    flat = clarify.call("clarify.dataFrame", asked)
    layout = {"groupIncludedByType": True, "dataAsArray": True}
    grouped = clarify.call("clarify.dataFrame", asked | {"format": layout})
    old = clarify.call("clarify.dataFrame", asked | {"groupIncludedByType": True}, "1.1beta2")

    assert (flat["included"], grouped["included"]) == ([item], {"items": [item]})
    assert grouped["meta"]["format"]["dataAsArray"] is True
    assert flat["data"] == grouped["data"] == old["data"]
    assert [shown["id"] for shown in old["included"]["items"]] == [item["id"]]


def test_items_are_selected_ten_at_a_time(clarify: "Clarify") -> None:
    items = fill(clarify, *([TWO] * 60))

    def selected(**query: object) -> list[str]:
        params = {"query": query, "data": {"filter": {"times": {"$gte": at("00:00:00")}}}}
        return list(clarify.call("clarify.dataFrame", params)["data"]["series"])

    assert selected() == items[:10]
    assert selected(limit=50, skip=5) == items[5:55]
    assert selected(limit=-1) == items[:50]
    assert selected(sort=["-id"], limit=2, total=True) == items[-2:]
    assert selected(filter={"id": items[3]}) == [items[3]]
    assert clarify.refusal("clarify.dataFrame", {"query": {"limit": 51}}) == {
        "params.query.limit": "must be at most 50"
    }


def test_the_pre_releases_of_1_2_refuse_a_total(clarify: "Clarify") -> None:
    params = {"query": {"total": False}, "integration": clarify.caller.id}

    assert clarify.refusal("clarify.dataFrame", params, "1.2beta1") == {
        "params.query.total": "unknown parameter"
    }
    assert clarify.call("clarify.dataFrame", params, "1.2")["meta"]["total"] == 0


@pytest.mark.parametrize("version", ["1.0", "1.1beta1"])
def test_older_versions_have_no_data_frame(clarify: "Clarify", version: str) -> None:
    assert clarify.answer("clarify.dataFrame", {}, version)["error"]["code"] == -32601


ROLLUP = 'must be null, "window" or a positive RFC 3339 duration'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *(({"rollup": text}, {"rollup": ROLLUP}) for text in ("", "P", "PT0S", "-PT1H", "1h")),
        *(({"rollup": text}, {"rollup": ROLLUP}) for text in ("P1M1D", "P0M", "PT1e3S")),
        ({"rollup": "PT0.0000001S"}, {"rollup": ROLLUP}),
        ({"rollup": 60}, {"rollup": ROLLUP}),
        ({"timeZone": "Mars/Olympus"}, {"timeZone": "unknown time zone"}),
        ({"timeZone": 1}, {"timeZone": "unknown time zone"}),
        ({"firstDayOfWeek": 0}, {"firstDayOfWeek": "must be from 1 to 7"}),
        ({"firstDayOfWeek": 8}, {"firstDayOfWeek": "must be from 1 to 7"}),
        ({"origin": "x"}, {"origin": "must be an RFC 3339 timestamp or UNIX seconds"}),
        ({"last": "1"}, {"last": "must be an integer"}),
        ({"outsidePoints": 1}, {"outsidePoints": "must be a boolean"}),
        ({"filter": {"x": 1}}, {"filter.x": "unknown parameter"}),
        ({"filter": {"times": {"$lte": 1}}}, {"filter.times.$lte": "unknown parameter"}),
        ({"filter": {"series": {"$nin": []}}}, {"filter.series.$nin": "unknown parameter"}),
        (
            {"filter": {"series": {"$in": [1]}}},
            {"filter.series.$in": "must be an array of strings"},
        ),
        (
            {"filter": {"times": {"$gte": "now"}}},
            {"filter.times.$gte": "must be an RFC 3339 timestamp or UNIX seconds"},
        ),
        ({"notBefore": 1}, {"notBefore": "unknown parameter"}),
    ],
)
def test_a_malformed_data_query_is_refused(
    clarify: "Clarify", data: dict[str, object], expected: dict[str, str]
) -> None:
    assert refused(clarify, **data) == expected


def test_1_1beta2_knows_fixed_rollups_only(clarify: "Clarify") -> None:
    fill(clarify, TWO)

    assert refused(clarify, "1.1beta2", rollup="P1M", timeZone="UTC", outsidePoints=True) == {
        "rollup": 'must be null, "window" or a positive fixed RFC 3339 duration',
        "timeZone": "unknown parameter",
        "outsidePoints": "unknown parameter",
    }
    assert frame(clarify, "1.1beta2", rollup="PT24H", last=1)["times"] == [at("00:00:00")]


@pytest.mark.parametrize(
    ("rollup", "days"),
    [
        (None, 40),
        ("PT59S", 40),
        ("PT1M", 400),
        ("PT23H", 400),
        ("PT24H", 1900),
        ("P30D", 3660),
        ("P1M", 3660),
        ("window", None),
    ],
)
def test_windows_are_limited_on_demand(
    clarify: "Clarify", rollup: str | None, days: int | None
) -> None:
    start = datetime(2010, 1, 1, tzinfo=UTC)

    def ask(length: int) -> dict[str, object]:
        end = start + timedelta(days=length)
        window = {"$gte": start.isoformat(), "$lt": end.isoformat()}
        return {"filter": {"times": window}, "rollup": rollup}

    frame(clarify, **ask(5000))
    clarify.use(Settings(limits_windows=True))

    frame(clarify, **ask(days or 5000))
    if days:
        message = f"must be at most {days} days"
        assert refused(clarify, **ask(days + 1)) == {"filter.times": message}


def test_clarify_go_reads_a_frame(clarify: "Clarify") -> None:
    """What clarify-go v0.4.0 sends when no times are given (measured)."""
    [item] = fill(clarify, {"2023-11-14T00:00:00Z": 1})
    zero = "0001-01-01T00:00:00Z"
    params = {
        "data": {
            "filter": {"times": {"$gte": zero, "$lt": zero}, "series": {}},
            "rollup": "PT1H",
            "firstDayOfWeek": 1,
        },
        "format": {"dataAsArray": False, "groupIncludedByType": True},
        "include": None,
        "query": {"filter": {}, "limit": 50, "skip": 0, "total": False},
    }

    result = clarify.call("clarify.dataFrame", params, user_agent="clarify-go/v0.4.0")

    layout = {"dataAsArray": False, "groupIncludedByType": True}
    assert result["meta"] == {"total": 1, "format": layout}
    assert result["data"]["series"][f"{item}_sum"] == [1]


def test_1_1beta1_reads_data_with_its_items(clarify: "Clarify") -> None:
    [item] = fill(clarify, TWO)

    def select(**data: object) -> Any:
        params = {"items": {"include": True}, "data": data}
        return clarify.call("clarify.selectItems", params, "1.1beta1")

    window = {"notBefore": at("00:15:00"), "before": at("04:00:00")}
    assert select(**window)["data"] == {
        "times": [at("00:20:00"), at("03:00:00")],
        "series": {item: [2.5, -4]},
    }
    assert select(**window)["items"].keys() == {item}
    assert select(**window, rollup="PT1H")["data"]["series"][f"{item}_sum"] == [2.5, -4]
    assert select(**window, include=False).keys() == {"items"}
    assert clarify.refusal("clarify.selectItems", {"data": {"rollup": "window"}}, "1.1beta1") == {
        "params.data.rollup": "must be null or a positive RFC 3339 duration"
    }


ZONES = ("UTC", "Europe/Oslo", "America/New_York", "Asia/Kolkata")
# Around both changes of the clocks in Oslo and New York, and over the end of a year.
SPANS = st.sampled_from(
    [
        datetime(2024, month, day, tzinfo=UTC)
        for month, day in ((3, 9), (3, 30), (10, 26), (11, 2), (12, 30))
    ]
)
SAMPLES = st.dictionaries(
    st.integers(0, 4 * 24 * 60 * 60 - 1), st.integers(-1000, 1000).map(lambda n: n / 8), max_size=60
)


def floor(moment: datetime, rollup: str) -> datetime:
    """Return the start of the bucket of a moment on some zone's clocks, the simple way."""
    into_hour = timedelta(
        minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match rollup:
        case "PT1H":
            return moment.astimezone(UTC) - into_hour
        case "P1W":
            return midnight - timedelta(days=moment.weekday())
        case "P1M":
            return midnight.replace(day=1)
        case "P1Y":
            return midnight.replace(month=1, day=1)
        case _:
            return midnight


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    SPANS,
    SAMPLES,
    st.sampled_from(["PT1H", "PT24H", "P1D", "P1W", "P1M", "P1Y"]),
    st.sampled_from(ZONES),
)
def test_a_rollup_is_what_loops_over_the_samples_compute(
    clarify: "Clarify", start: datetime, samples: dict[int, float], rollup: str, zone: str
) -> None:
    """Counts, sums and extremes equal those of a naive calculation, bucket by bucket."""
    name = f"s{len(clarify.items(limit=1000))}"
    moments = {second: start + timedelta(seconds=second) for second in samples}
    [signal] = insert(clarify, {name: {moments[s].isoformat(): samples[s] for s in samples}})
    [item] = publish(clarify, [signal])
    expected: dict[datetime, list[float]] = {}
    for second in sorted(samples):
        bucket = floor(moments[second].astimezone(ZoneInfo(zone)), rollup).astimezone(UTC)
        expected.setdefault(bucket, []).append(samples[second])

    params = {
        "query": {"filter": {"id": item}},
        "data": {
            "filter": {"times": {"$gte": start.isoformat()}},
            "rollup": rollup,
            "timeZone": zone,
        },
    }
    rolled = clarify.call("clarify.dataFrame", params)["data"]

    parts = [expected[bucket] for bucket in sorted(expected)]
    assert [datetime.fromisoformat(time) for time in rolled["times"]] == sorted(expected)
    assert rolled["series"] == {
        f"{item}_avg": [sum(part) / len(part) for part in parts],
        f"{item}_count": [len(part) for part in parts],
        f"{item}_max": [max(part) for part in parts],
        f"{item}_min": [min(part) for part in parts],
        f"{item}_sum": [sum(part) for part in parts],
    }


PARTS = st.lists(st.dictionaries(st.integers(0, 30), st.floats(-9, 9)), max_size=4)


@pytest.mark.property
@given(PARTS)
def test_merging_takes_each_time_from_the_last_that_has_it(parts: list[dict[int, float]]) -> None:
    """Every time of any part is there once, in order, with the value of its last part."""
    track = merge([sorted(part.items()) for part in parts])

    times = sorted({time for part in parts for time in part})
    values = [[part[time] for part in parts if time in part][-1] for time in times]
    assert track == Track(times, values)


def test_everything_that_is_stored_can_be_read(clarify: "Clarify") -> None:
    ends = {"0001-01-01T00:00:01Z": 1, "9999-12-31T23:59:59.999999Z": 2}
    [item] = fill(clarify, ends)
    window = {"$gte": "0001-01-01T00:00:01Z", "$lt": "9999-12-31T23:59:59.999999999Z"}
    beyond = {"times": ["9999-12-31T23:59:59-01:00"], "series": {}}

    raw = frame(clarify, filter={"times": window})
    rolled = frame(clarify, filter={"times": window}, rollup="P1Y", timeZone="Asia/Tokyo")
    refusal = clarify.refusal(
        "integration.insert", {"integration": clarify.caller.id, "data": beyond}
    )

    assert raw == {"times": ["0001-01-01T00:00:01Z"], "series": {item: [1]}}
    assert rolled["series"][f"{item}_count"] == [1]
    assert refusal.keys() == {"params.data.times.0"}
    assert json.dumps(rolled)
