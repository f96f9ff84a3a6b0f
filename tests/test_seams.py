from datetime import UTC

from syncer.seams import SystemClock, system_rng


def test_the_wall_time_has_its_zone() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_monotonic_time_passes_while_it_sleeps() -> None:
    clock = SystemClock()
    before = clock.monotonic()

    clock.sleep(0.001)

    assert clock.monotonic() - before >= 0.001


def test_chance_stays_between_its_bounds() -> None:
    rng = system_rng()

    assert all(1 <= rng.uniform(1, 2) <= 2 for _ in range(100))
