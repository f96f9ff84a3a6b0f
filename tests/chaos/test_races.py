"""A sample of two applies at once; `tests.chaos.races` runs a hundred."""

import pytest

from tests.chaos.races import check_hosts, check_named, check_race
from tests.chaos.scenes import Scene


@pytest.mark.parametrize("time", range(4))
def test_of_two_applies_of_one_checkout_exactly_one_runs(stage: Scene, time: int) -> None:
    check_race(stage)


def test_an_apply_that_comes_late_names_the_one_that_runs(stage: Scene) -> None:
    check_named(stage)


@pytest.mark.parametrize("request_number", [5, 9, 23])
def test_two_hosts_without_a_shared_lock_notice_each_other(
    stage: Scene, request_number: int
) -> None:
    check_hosts(stage, request_number)
