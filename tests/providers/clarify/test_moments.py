"""Times, durations and rollups, as programs write them and as the API takes them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.providers.clarify.moments import (
    duration_text,
    moment_text,
    read_duration,
    read_moment,
    read_rollup,
    rollup_length,
)
from syncer.providers.clarify.refusals import InvalidInput
from syncer.providers.clarify.windows import longest_window


@pytest.mark.property
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives_its_text(moment: datetime) -> None:
    """read_moment(moment_text(t)) == t, to the microsecond."""
    assert read_moment(moment_text(moment), "t") == moment


@pytest.mark.property
@given(st.timedeltas(min_value=timedelta(days=-36500), max_value=timedelta(days=36500)))
def test_a_duration_survives_its_text(duration: timedelta) -> None:
    """read_duration(duration_text(d)) == d, to the microsecond."""
    assert read_duration(duration_text(duration), "d") == duration


class Stamp(datetime):
    """A time of another library."""


def test_times_of_other_libraries_become_python_s_own() -> None:
    moment = read_moment(Stamp(2026, 1, 1, 2, 3, 4, 5, tzinfo=UTC), "t")

    assert (type(moment), moment) == (datetime, datetime(2026, 1, 1, 2, 3, 4, 5, tzinfo=UTC))


def test_the_last_hour_of_time_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is no time"):
        read_moment("9999-12-31T23:30:00-01:00", "t")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("window", "window"),
        ("P1M", "P1M"),
        ("P1Y6M", "P1Y6M"),
        ("PT60M", "PT1H"),
        ("P1D", "PT24H"),
        (timedelta(seconds=0.5), "PT0.5S"),
        (None, None),
    ],
)
def test_rollups(given: object, text: str | None) -> None:
    assert read_rollup(given, "rollup") == text


@pytest.mark.parametrize("given", ["", "P", "P0M", "PT0S", "-PT1H", "hour", 60])
def test_what_is_no_rollup_is_refused(given: object) -> None:
    with pytest.raises(InvalidInput, match="rollup"):
        read_rollup(given, "rollup")


@pytest.mark.parametrize(
    ("rollup", "frame", "evaluated"),
    [
        (None, 40, 40),
        ("PT59S", 40, 40),
        ("PT1M", 400, 400),
        ("PT23H", 400, 400),
        ("PT24H", 1900, 1900),
        ("P29D", 1900, 1900),
        ("P30D", 3660, 1900),
        ("P1M", 3660, 1900),
    ],
)
def test_the_longest_window_of_a_request(rollup: str | None, frame: int, evaluated: int) -> None:
    """docs.clarify.io/api/1.1/methods/clarify/data-frame."""
    assert longest_window(rollup) == timedelta(days=frame)
    assert longest_window(rollup, is_evaluated=True) == timedelta(days=evaluated)


def test_the_whole_window_has_no_limit() -> None:
    assert longest_window("window") is None


def test_a_month_counts_as_30_days() -> None:
    assert rollup_length("P1Y1M") == timedelta(days=390)
