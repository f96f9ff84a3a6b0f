"""Pace, backoff and budget are arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.transport.ratelimit import Pace, RetryBudget, longest_backoff, retry_after

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"


def test_an_unpaced_lane_never_waits() -> None:
    assert Pace(0).take(5.0) == (Pace(0), 0.0)


def test_one_call_a_second_waits_for_its_turn() -> None:
    pace, waits = Pace(1, free_at=10.0), []
    for _ in range(3):
        pace, wait = pace.take(10.0)
        waits.append(wait)

    assert waits == [0.0, 1.0, 2.0]


def test_a_burst_goes_out_at_once() -> None:
    pace, waits = Pace(2, burst=3), []
    for _ in range(5):
        pace, wait = pace.take(100.0)
        waits.append(wait)

    assert waits == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_idle_time_does_not_add_up_beyond_the_burst() -> None:
    pace, _ = Pace(1).take(0.0)
    pace, _ = pace.take(1000.0)

    assert pace.take(1000.0)[1] == 1.0


@pytest.mark.property
@given(st.lists(st.floats(0, 5), max_size=40), st.integers(1, 20), st.integers(1, 5))
def test_no_window_holds_more_than_rate_and_burst(gaps: list[float], rate: int, burst: int) -> None:
    """Over any span, calls made are at most burst + rate x span."""
    now, pace, made = 0.0, Pace(rate, burst), []
    for gap in gaps:
        now += gap
        pace, wait = pace.take(now)
        now += wait
        made.append(now)

    for first, start in enumerate(made):
        for last in range(first, len(made)):
            assert last - first + 1 <= burst + rate * (made[last] - start) + 1e-6


def test_backoff_doubles_up_to_half_a_minute() -> None:
    assert [longest_backoff(n) for n in (0, 1, 2, 3, 4, 5, 10_000)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_hundred_tokens_pay_twenty_retries_or_ten_after_timeouts() -> None:
    assert _spendable(timed_out=False) == 20
    assert _spendable(timed_out=True) == 10


def _spendable(*, timed_out: bool) -> int:
    count, left = 0, RetryBudget().spend(timed_out=timed_out)
    while left is not None:
        count, left = count + 1, left.spend(timed_out=timed_out)
    return count


def test_success_earns_one_token_and_never_more_than_at_first() -> None:
    assert RetryBudget().earn() == RetryBudget()
    assert RetryBudget(95).earn() == RetryBudget(96)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 2 ", 2.0),
        ("99999", 120.0),
        ("Sun, 06 Nov 1994 12:00:30 GMT", 30.0),
        ("Sun, 06 Nov 1994 12:00:30 -0000", 30.0),
        ("Sun, 06 Nov 1994 11:00:00 GMT", 0.0),
        ("Mon, 07 Nov 1994 12:00:00 GMT", 120.0),
        ("-1", None),
        ("abc", None),
        ("NaN", None),
        ("1.5", None),
        ("1e3", None),
        ("٣", None),
        ("", None),
        ("9" * 400, None),
        ("Sun, 99 Nov 1994 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_clamped_and_garbage_ignored(value: str, seconds: float | None) -> None:
    assert retry_after((value,), (NOON,)) == seconds


def test_two_retry_after_headers_are_garbage() -> None:
    assert retry_after(("1", "2"), (NOON,)) is None
    assert retry_after((), (NOON,)) is None


@pytest.mark.parametrize("dates", [(), (NOON, NOON), ("today",)])
def test_a_date_needs_the_answers_own_date(dates: tuple[str, ...]) -> None:
    assert retry_after(("Sun, 06 Nov 1994 12:00:30 GMT",), dates) is None


@pytest.mark.property
@given(st.lists(st.text(), max_size=2), st.lists(st.text(), max_size=2))
def test_retry_after_is_total_and_bounded(values: list[str], dates: list[str]) -> None:
    """Whatever the headers say, the wait is None or within 0 and 120 seconds."""
    wait = retry_after(tuple(values), tuple(dates))

    assert wait is None or 0 <= wait <= 120
