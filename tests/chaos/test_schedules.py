"""A few hundred of the random schedules; `python -m tests.chaos.schedules` plays thousands."""

from collections import Counter

import pytest

from tests.chaos.schedules import Schedule

_BLOCKS = 4
_SEEDS = 50  # each


@pytest.mark.parametrize("block", range(_BLOCKS))
def test_whatever_happens_the_next_apply_finishes(block: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(block * _SEEDS, (block + 1) * _SEEDS):
        schedule = Schedule(seed)
        try:
            schedule.play()
        except Exception as error:
            error.add_note("\n  ".join([f"seed {seed}:", *schedule.steps]))
            raise
        counts += schedule.counts

    assert counts["schedules"] == _SEEDS
    assert counts["kills"] >= _SEEDS / 5
    assert counts["recovered runs"] >= _SEEDS / 10
