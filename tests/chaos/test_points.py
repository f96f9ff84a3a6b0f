"""A sample of the points at which an apply can be killed; `tests.chaos.points` tries all."""

import random

import pytest

from tests.chaos.points import Point, check, find_points, kill
from tests.chaos.scenes import APPLY, Scene, ended, hooked, start

_SAMPLE = 12


@pytest.fixture(scope="module")
def points(stage: Scene) -> list[Point]:
    return find_points(stage)


def test_there_are_hundreds_of_points_of_every_sort(points: list[Point]) -> None:
    assert len(points) >= 200
    assert {(point.call, point.moment) for point in points} == {
        *(("request", moment) for moment in ("before_exec", "after_exec", "mid_body")),
        *(("write", moment) for moment in ("before", "within", "after")),
        *(("fsync", moment) for moment in ("before", "after")),
    }


@pytest.mark.parametrize("place", range(_SAMPLE))
def test_killed_anywhere_a_plain_apply_finishes_and_nothing_is_done_twice(
    stage: Scene, points: list[Point], place: int
) -> None:
    # A point of each stretch; which one is always the same.
    stretch = len(points) / _SAMPLE
    nth = int(stretch * (place + random.Random(place).random()))  # noqa: S311 - chance by seed
    check(stage, points[nth])


def test_the_recovery_can_be_killed_as_well(stage: Scene) -> None:
    folder = stage.reset()
    kill(stage, folder, Point("request", "after_exec", 10))
    for killed in ("write within 1", "fsync before 1", "write after 2", "write within 3"):
        assert ended(start(folder, **hooked(CHAOS_KILL=killed))).code == -9

    stage.check_finished(folder)


def test_the_next_apply_says_what_became_of_the_one_that_was_killed(stage: Scene) -> None:
    folder = stage.reset()
    kill(stage, folder, Point("request", "after_exec", 6))

    planned = folder.run("plan")
    finished = folder.run(*APPLY)

    assert " did not end, or still runs; the next apply closes it" in planned.err
    assert " was cut off; written: signals/pier/new-0, " in finished.err
    assert " and 20 more. What is left is planned again." in finished.err
