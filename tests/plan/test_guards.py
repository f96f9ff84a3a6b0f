import pytest

from syncer.plan import guards
from syncer.plan.guards import Limits
from syncer.resources import DesiredState, Lifecycle, LiveState
from tests.plan.worlds import found, have, item, plan, signal, want, wanted

PROTECTED = Lifecycle(protected=True)


def codes(desired: DesiredState, live: LiveState, limits: Limits) -> list[str]:
    return [f.code for f in guards.check(plan(desired, live), desired, live, limits)]


def signals(count: int) -> DesiredState:
    return wanted(*(want(signal(f"s{number}")) for number in range(count)))


@pytest.mark.parametrize(("limit", "expected"), [(2, ["PLN-CREATES"]), (3, []), (None, [])])
def test_creates_are_counted_against_the_limit(limit: int | None, expected: list[str]) -> None:
    assert codes(signals(3), found(), Limits(max_creates=limit)) == expected


def test_signals_and_items_are_counted_apart() -> None:
    desired = wanted(want(signal("a")), want(signal("b")), want(item("a")))

    assert codes(desired, found(), Limits(max_creates=2)) == []


def test_the_refusal_names_the_flag_and_the_number() -> None:
    desired = signals(3)
    (finding,) = guards.check(plan(desired, found()), desired, found(), Limits(max_creates=0))

    assert finding.hint.endswith("--allow-creates 3")


@pytest.mark.parametrize(
    ("count", "limits", "expected"),
    [
        (10, Limits(None), []),
        (11, Limits(None), ["PLN-EMPTY-LIVE"]),
        (11, Limits(None, allow_empty=True), []),
        (11, Limits(None, is_remote=False), []),
    ],
)
def test_an_integration_without_signals_is_not_believed(
    count: int, limits: Limits, expected: list[str]
) -> None:
    assert codes(signals(count), found(), limits) == expected


def test_each_integration_is_judged_alone() -> None:
    other = have(signal("x")._replace(integration="yacht"))

    assert codes(signals(11), found(other), Limits(None)) == ["PLN-EMPTY-LIVE"]


def test_one_signal_in_the_answer_is_enough_to_believe_it() -> None:
    assert codes(signals(11), found(have(signal("other"))), Limits(None)) == []


def test_a_protected_resource_refuses_every_change_until_allowed() -> None:
    desired = wanted(want(signal(), PROTECTED, engUnit="bar"))

    assert codes(desired, found(have(signal())), Limits(None)) == ["PLN-PROTECTED"]
    assert codes(desired, found(have(signal(), engUnit="bar")), Limits(None)) == []
    assert codes(desired, found(), Limits(None, unprotected={signal()})) == []


def test_a_change_of_anothers_resource_is_refused() -> None:
    desired = wanted(want(signal(), engUnit="bar"))

    assert codes(desired, found(have(signal(), owner="other")), Limits(None)) == ["PLN-OWNER"]
    assert codes(desired, found(have(signal(), owner="other", engUnit="bar")), Limits(None)) == []


def test_what_is_left_alone_for_other_reasons_refuses_nothing() -> None:
    desired = wanted(want(signal(), Lifecycle(create_only=True), engUnit="bar"))

    assert codes(desired, found(have(signal(), engUnit="kPa")), Limits(None)) == []
