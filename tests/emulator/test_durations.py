"""Durations: the forms that the SDKs send, and the one that the service answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.emulator.durations import parse_duration, write_duration

MINUTE = 60 * 1_000_000_000
HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("P0DT0H1M0.000000S", "PT1M"),
        ("P0DT2H0M0.000000S", "PT2H"),
        ("PT49H0.5S", "PT49H0.5S"),
        ("P40D", "PT960H"),
        ("P1W", "PT168H"),
        ("PT90M", "PT1H30M"),
        ("-PT5M", "-PT5M"),
        ("PT0S", "PT0S"),
        ("PT", "PT0S"),
        ("P", "PT0S"),
        ("PT1.500S", "PT1.5S"),
        ("P1DT1S", "PT24H1S"),
    ],
)
def test_a_duration_is_written_in_go_style(text: str, written: str) -> None:
    length = parse_duration(text)

    assert length is not None
    assert write_duration(length) == written


@pytest.mark.parametrize(
    "text",
    [
        *("", "1h", "pt1m", "PT1M ", "PT1M\n", "P1M", "P1Y", "PT-1M", "PT1.S", "P٣D", "PT1H1H"),
        *("P99999999999W", "PT1.0000000001S", "P" + "1" * 5000 + "D"),
    ],
)
def test_other_texts_are_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.property
@given(st.integers(min_value=1 - 2**63, max_value=2**63 - 1))
def test_a_written_duration_reads_back(length: int) -> None:
    """parse(write(x)) = x, for every 64-bit number of nanoseconds."""
    assert parse_duration(write_duration(length)) == length
