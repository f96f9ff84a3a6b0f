from typing import Any

import pytest

from syncer.kinds import Action
from syncer.plan.changes import NO_ALLOWANCES, Allowances, Plan
from tests.plan.worlds import TARGET, found, have, plan, signal, want, wanted


def allowing(name: str, value: object) -> Allowances:
    allowances: dict[str, Any] = {name: value}
    return Allowances(**allowances)


@pytest.mark.parametrize("name", ["creates", "updates", "reverts", "retires"])
@pytest.mark.parametrize(
    ("one", "other", "together"), [(None, None, None), (0, None, 0), (None, 3, 3), (5, 3, 5)]
)
def test_the_larger_number_counts(
    name: str, one: int | None, other: int | None, together: int | None
) -> None:
    joined = allowing(name, one).joined(allowing(name, other))

    assert joined == allowing(name, together)


@pytest.mark.parametrize("name", ["new", "protected", "overwrite", "take_ownership"])
def test_the_globs_of_both_count(name: str) -> None:
    joined = allowing(name, ("a",)).joined(allowing(name, ("b", "c")))

    assert joined == allowing(name, ("a", "b", "c"))


@pytest.mark.parametrize(("one", "other"), [(True, False), (False, True), (True, True)])
def test_either_may_believe_an_empty_answer(one: bool, other: bool) -> None:
    assert Allowances(empty=one).joined(Allowances(empty=other)).empty


def test_nothing_allowed_adds_nothing() -> None:
    some = Allowances(1, 2, 3, 4, ("a",), ("b",), ("c",), ("d",), empty=True)

    assert Allowances() == NO_ALLOWANCES
    assert NO_ALLOWANCES.joined(NO_ALLOWANCES) == NO_ALLOWANCES
    assert some.joined(NO_ALLOWANCES) == some == NO_ALLOWANCES.joined(some)


def test_a_plan_counts_its_changes_by_action() -> None:
    made = plan(wanted(want(signal("a")), want(signal("b"), name="n")), found(have(signal("b"))))

    assert [made.count(action) for action in Action] == [1, 1, 0, 0]
    assert Plan(TARGET).count(Action.CREATE) == 0


def test_only_an_update_changes_the_meaning_of_stored_values() -> None:
    desired = wanted(want(signal("a"), engUnit="bar"), want(signal("b"), name="n"))
    made = plan(desired, found(have(signal("b"))))
    updated = plan(desired, found(have(signal("a")), have(signal("b"))))

    assert [change.has_meaning for change in made.changes] == [False, False]
    assert [change.has_meaning for change in updated.changes] == [True, False]


def test_what_is_allowed_reads_as_the_flags_that_allow_it() -> None:
    assert NO_ALLOWANCES.flags == ()
    some = Allowances(1, 0, 3, 4, ("a",), ("b",), ("c", "c2"), ("d",), empty=True)
    assert some.flags == (
        *("--allow-creates 1", "--allow-updates 0", "--allow-reverts 3", "--allow-retires 4"),
        *("--allow-new a", "--allow-protected b", "--overwrite c", "--overwrite c2"),
        *("--take-ownership d", "--allow-empty"),
    )
