"""A sample of two applies at once; `tests.chaos.races` runs a hundred."""

import pytest

from tests.chaos.races import check_hosts, check_named, check_race
from tests.chaos.scenes import Scene


@pytest.mark.parametrize("time", range(6))
def test_of_two_applies_of_one_checkout_exactly_one_runs(plant: Scene, time: int) -> None:
    check_race(plant)


def test_an_apply_that_comes_late_names_the_one_that_runs(plant: Scene) -> None:
    check_named(plant)


@pytest.mark.parametrize("request_number", [5, 9, 19, 23])
def test_two_hosts_without_a_shared_lock_notice_each_other(
    plant: Scene, request_number: int
) -> None:
    check_hosts(plant, request_number)
