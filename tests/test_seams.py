from datetime import UTC

from syncer.seams import SystemClock, system_rng


def test_the_wall_time_has_its_zone() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_monotonic_time_passes_while_it_sleeps() -> None:
    clock = SystemClock()
    before = clock.monotonic()

    assert clock.sleep(0.001)

    assert clock.monotonic() - before >= 0.001


def test_chance_stays_between_its_bounds() -> None:
    rng = system_rng()

    assert all(1 <= rng.uniform(1, 2) <= 2 for _ in range(100))


class Wish:
    """A stop that is asked for, or not."""

    def __init__(self, *, is_asked: bool) -> None:
        self.is_asked = is_asked
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.is_asked


def test_a_wait_is_whole_unless_a_stop_was_asked_for() -> None:
    for is_asked in (False, True):
        stop = Wish(is_asked=is_asked)

        assert SystemClock(stop).sleep(60.0) is not is_asked
        assert stop.waits == [60.0]
