"""Timestamps: what is an instant, and how one is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.emulator.timestamps import parse_timestamp, write_timestamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00.123456789Z", 123_456),
        ("1970-01-01T00:00:00.5-00:30", 1_800_500_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        (1, 1_000_000),
        (-1, -1_000_000),
    ],
)
def test_texts_and_seconds_are_instants(value: object, instant: int) -> None:
    assert parse_timestamp(value) == instant


@pytest.mark.parametrize(
    "value",
    [
        *("", "now", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "1.0", 1.0, True),
        *(None, [], "2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", 10**12, -(10**12)),
        *("2024-01-01T00:00:00+99:00", "2024-01-01T00:00:00Z\n"),
    ],
)
def test_other_values_are_none(value: object) -> None:
    assert parse_timestamp(value) is None


@pytest.mark.property
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_timestamp_reads_back_to_the_millisecond(moment: datetime) -> None:
    """parse(write(x)) = x without its microseconds."""
    instant = (moment - EPOCH) // timedelta(microseconds=1)

    assert parse_timestamp(write_timestamp(instant)) == instant - instant % 1000
