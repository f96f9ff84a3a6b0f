"""Grids of buckets: days when the clocks change, and laws for every grid."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.emulator.buckets import Bucket, Grid, make_months, make_steps, make_window
from syncer.emulator.zones import DAY, EARLIEST, LATEST, UTC_ZONE, Zone, find_zone
from tests.emulator.feeding import instant

HOUR = 3_600_000_000
MINUTE = HOUR // 60
MONDAY = 10_959 * DAY
MONTH_ORIGIN = 10_957 * DAY
ZONES = ("UTC", "Europe/Oslo", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe")
SPRING, AUTUMN = "2024-03-31T00:00+01:00", "2024-10-27T00:00+02:00"


def zone(name: str) -> Zone:
    found = find_zone(name)
    assert found is not None
    return found


def starts(grid: Grid, first: str, last: str) -> list[str]:
    """Return the starts of all buckets that meet the window, on Oslo's clocks."""
    shown = []
    here, end = instant(first), instant(last)
    while here < end:
        bucket = grid.find(here)
        moment = datetime.fromtimestamp(bucket.start // 1_000_000, ZoneInfo("Europe/Oslo"))
        shown.append(moment.isoformat(timespec="minutes"))
        here = bucket.end
    return shown


def test_a_day_of_a_changed_clock_has_its_own_number_of_hours() -> None:
    hours = make_steps(HOUR, MONDAY, zone("Europe/Oslo"))

    spring = starts(hours, SPRING, "2024-04-01T00:00+02:00")
    autumn = starts(hours, AUTUMN, "2024-10-28T00:00+01:00")

    assert (len(spring), len(autumn)) == (23, 25)
    assert spring[1:3] == ["2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00"]
    assert autumn[2:4] == ["2024-10-27T02:00+02:00", "2024-10-27T02:00+01:00"]


def test_parts_of_a_day_keep_to_the_clocks() -> None:
    parts = make_steps(6 * HOUR, MONDAY, zone("Europe/Oslo"))

    assert starts(parts, SPRING, "2024-04-01T00:00+02:00") == [
        "2024-03-31T00:00+01:00",
        "2024-03-31T06:00+02:00",
        "2024-03-31T12:00+02:00",
        "2024-03-31T18:00+02:00",
    ]
    assert starts(parts, AUTUMN, "2024-10-27T12:00+01:00") == [
        "2024-10-27T00:00+02:00",
        "2024-10-27T06:00+01:00",
    ]


def test_a_bucket_of_a_skipped_time_begins_with_the_change() -> None:
    parts = make_steps(40 * MINUTE, MONDAY, zone("Europe/Oslo"))

    assert starts(parts, "2024-03-31T01:20+01:00", "2024-03-31T03:30+02:00") == [
        "2024-03-31T01:20+01:00",
        "2024-03-31T03:00+02:00",
        "2024-03-31T03:20+02:00",
    ]
    assert parts.find(instant("2024-03-31T01:10Z")).start == instant("2024-03-31T01:00Z")


def test_days_and_weeks_start_at_midnight() -> None:
    oslo = zone("Europe/Oslo")
    days, weeks = make_steps(DAY, MONDAY, oslo), make_steps(7 * DAY, MONDAY, oslo)

    assert starts(days, "2024-03-30T12:00+01:00", "2024-04-01T12:00+02:00") == [
        "2024-03-30T00:00+01:00",
        "2024-03-31T00:00+01:00",
        "2024-04-01T00:00+02:00",
    ]
    assert starts(weeks, AUTUMN, "2024-11-04T00:01+01:00") == [
        "2024-10-21T00:00+02:00",
        "2024-10-28T00:00+01:00",
        "2024-11-04T00:00+01:00",
    ]


def test_months_start_on_the_clocks() -> None:
    months = make_months(1, MONTH_ORIGIN, zone("Europe/Oslo"))

    assert starts(months, "2024-03-31T23:59+02:00", "2024-05-01T00:00+02:00") == [
        "2024-03-01T00:00+01:00",
        "2024-04-01T00:00+02:00",
    ]


def test_months_of_an_origin_late_in_the_month_end_with_it() -> None:
    origin = instant("2024-01-31T12:00Z")
    months = make_months(1, origin, UTC_ZONE)

    assert months.find(instant("2024-03-01T00:00Z")) == Bucket(
        instant("2024-02-29T12:00Z"), instant("2024-03-31T12:00Z")
    )
    assert months.shift(origin, 1) == instant("2024-02-29T12:00Z")


def test_a_midnight_that_the_clocks_show_twice_starts_one_day() -> None:
    # Havana's clocks went from 01:00 back to 00:00 on 2024-11-03.
    days = make_steps(DAY, MONDAY, zone("America/Havana"))
    whole = Bucket(instant("2024-11-03T04:00Z"), instant("2024-11-04T05:00Z"))

    assert days.find(instant("2024-11-03T04:30Z")) == whole
    assert days.find(instant("2024-11-03T05:30Z")) == whole


def test_a_clock_set_back_over_midnight_leaves_days_in_order() -> None:
    # The clocks of St. John's went from 00:01 back to 23:01 on 2010-11-07.
    days = make_steps(DAY, MONDAY, zone("America/St_Johns"))
    sunday = Bucket(instant("2010-11-07T02:30Z"), instant("2010-11-08T03:30Z"))

    assert days.find(instant("2010-11-07T03:15Z")) == sunday
    assert days.find(instant("2010-11-07T02:30Z")) == sunday


@pytest.mark.parametrize("at", [EARLIEST, LATEST])
@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("length", [1, HOUR, DAY, 400_000 * DAY])
def test_the_ends_of_the_calendar_have_buckets(at: int, name: str, length: int) -> None:
    for grid in (
        make_steps(length, MONDAY, zone(name)),
        make_months(min(length, 999_999), MONTH_ORIGIN, zone(name)),
    ):
        bucket = grid.find(at)

        assert bucket.start <= at < bucket.end


def test_a_window_is_one_bucket() -> None:
    grid = make_window(100, 250)

    assert (grid.find(100), grid.find(249)) == (Bucket(100, 250), Bucket(100, 250))
    assert (grid.shift(100, 2), grid.shift(100, -1)) == (400, -50)


GRIDS = st.one_of(
    st.builds(
        make_steps,
        st.integers(1, 40) | st.integers(1, 100_000_000_000) | st.just(HOUR),
        st.integers(0, 20_000 * DAY),
        st.sampled_from(ZONES).map(zone),
    ),
    st.builds(
        make_steps,
        st.integers(1, 400).map(lambda days: days * DAY),
        st.integers(0, 20_000 * DAY),
        st.sampled_from(ZONES).map(zone),
    ),
    st.builds(
        make_months,
        st.integers(1, 30),
        st.integers(0, 20_000 * DAY),
        st.sampled_from(ZONES).map(zone),
    ),
)
INSTANTS = st.integers(instant("1999-01-01T00:00Z"), instant("2030-01-01T00:00Z")) | st.integers(
    instant("2024-10-26T00:00Z"), instant("2024-11-04T00:00Z")
)


@pytest.mark.property
@given(GRIDS, INSTANTS)
def test_buckets_hold_their_instants_and_touch(grid: Grid, here: int) -> None:
    """An instant lies in its bucket; the next bucket begins where that one ends."""
    bucket = grid.find(here)

    assert bucket.start <= here < bucket.end
    assert grid.find(bucket.start) == grid.find(bucket.end - 1) == bucket
    assert grid.find(bucket.end).start == bucket.end
    assert grid.shift(bucket.start, 0) == bucket.start


@pytest.mark.property
@settings(max_examples=40)
@given(
    st.sampled_from(ZONES),
    st.sampled_from([7, 15, 30, 40, 50, 60, 90, 120, 360, 700, 720]),
    st.sampled_from(["2024-03-30T00:00Z", "2024-04-06T00:00Z", "2024-10-26T00:00Z"])
    | st.just("2024-11-02T00:00Z"),
)
def test_edges_are_where_the_clocks_pass_a_multiple(name: str, minutes: int, first: str) -> None:
    """Walking minute by minute, a bucket begins when the clock shows or skips a multiple."""
    info, origin = ZoneInfo(name), datetime(2000, 1, 3)  # noqa: DTZ001 - a wall time
    grid = make_steps(minutes * MINUTE, MONDAY, zone(name))
    moment = datetime.fromisoformat(first)
    expected, seen = [], []
    before = _count(moment - timedelta(minutes=1), info, origin)
    for _ in range(2 * 24 * 60):
        here = instant(moment.isoformat())
        now = _count(moment, info, origin)
        jumped = now > before + 1 and now // minutes > before // minutes
        if now % minutes == 0 or jumped:
            expected.append(here)
        if grid.find(here).start == here:
            seen.append(here)
        moment, before = moment + timedelta(minutes=1), now

    assert seen == expected


def _count(moment: datetime, info: ZoneInfo, origin: datetime) -> int:
    wall = moment.astimezone(info).replace(tzinfo=None)
    return (wall - origin) // timedelta(minutes=1)


@pytest.mark.property
@given(st.sampled_from(ZONES), INSTANTS, st.integers(-1000, 1000))
def test_shifting_hours_back_and_forth_changes_nothing(name: str, here: int, count: int) -> None:
    """Hours are all equally long, so a shift can be undone."""
    grid = make_steps(HOUR, MONDAY, UTC_ZONE if name == "Australia/Lord_Howe" else zone(name))
    start = grid.find(here).start

    assert grid.shift(grid.shift(start, count), -count) == start


def test_unknown_zones_are_not_found() -> None:
    names = ["", "Mars", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "ÆØ" * 200]

    assert [find_zone(name) for name in names] == [None] * len(names)
    assert zone("Europe/Oslo").offset(instant("2024-07-01T00:00Z")) == 2 * HOUR
