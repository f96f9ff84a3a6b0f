"""Each guard at its limit, one beyond it, and with what allows it."""

from dataclasses import replace
from typing import Any

import pytest

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Action
from syncer.plan import adoption, guards
from syncer.plan.changes import Allowances, Mover, Plan
from syncer.plan.guards import Limits, World
from syncer.plan.planner import Options
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import Address, DesiredState, Lifecycle, Live, LiveState, Manage
from tests.plan.worlds import (
    EVERYTHING,
    PLACE,
    PROJECT,
    TARGET,
    applied,
    declare,
    edited,
    found,
    have,
    item,
    plan,
    signal,
    want,
    wanted,
)

PROTECTED = Lifecycle(protected=True)
ANY = Limits(None, max_update_percent=100)


def check(
    desired: DesiredState, live: LiveState, limits: Limits, options: Options = EVERYTHING
) -> tuple[Diagnostic, ...]:
    return guards.check(plan(desired, live, options), World(desired, live, KINDS), limits)


def codes(
    desired: DesiredState, live: LiveState, limits: Limits, options: Options = EVERYTHING
) -> list[str]:
    return [finding.code for finding in check(desired, live, limits, options)]


def signals(count: int, **fields: object) -> DesiredState:
    return wanted(*(declare(signal(f"s{number}"), fields) for number in range(count)))


def allowing(limits: Limits = ANY, /, **allowances: Any) -> Limits:
    return replace(limits, allowances=Allowances(**allowances))


# Creates


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(2), ["PLN-CREATES"]),
        (Limits(3), []),
        (Limits(None), []),
        (Limits(0), ["PLN-CREATES"]),
        (allowing(Limits(0), creates=3), []),
        (allowing(Limits(0), creates=2), ["PLN-CREATES"]),
        (allowing(Limits(None), creates=0), ["PLN-CREATES"]),
    ],
)
def test_creates_are_counted_against_the_limit(limits: Limits, expected: list[str]) -> None:
    assert codes(signals(3), found(), limits) == expected


def test_creates_are_counted_by_integration_and_kind() -> None:
    quay = signal("c")._replace(integration="quay")
    desired = wanted(
        want(signal("a")), want(signal("b")), want(item("a")), want(item("b")), want(quay)
    )

    assert codes(desired, found(), Limits(2)) == []
    findings = check(desired, found(), Limits(1))
    assert [finding.summary for finding in findings] == [
        "the plan creates 2 items in pier, and the limit is 1",
        "the plan creates 2 signals in pier, and the limit is 1",
    ]


def test_updates_are_no_creates() -> None:
    assert codes(signals(3, name="n"), found(*(have(signal(f"s{n}")) for n in range(3))), ANY) == []


def test_a_refusal_says_what_was_counted_the_limit_and_the_flag() -> None:
    (finding,) = check(signals(3), found(), Limits(0))

    assert finding.summary == "the plan creates 3 signals in pier, and the limit is 0"
    assert finding.hint.endswith("--allow-creates 3")
    assert finding.rule
    assert finding.severity is Severity.ERROR


# New keys


@pytest.mark.parametrize(
    ("key", "live", "is_refused"),
    [
        ("pump-102", "pump-101", False),
        ("Pump_101", "pump-101", True),
        ("pump.101", "pump-101", True),
        ("fan", "pump", False),
    ],
)
@pytest.mark.parametrize("owner", ["", PROJECT, "other"])
def test_a_new_key_that_folds_like_a_live_one_is_refused(
    key: str, live: str, is_refused: bool, owner: str
) -> None:
    expected = ["PLN-NEW-KEY"] if is_refused else []

    assert codes(wanted(want(signal(key))), found(have(signal(live), owner=owner)), ANY) == expected


def test_a_slip_of_the_key_names_both_the_place_and_the_flag() -> None:
    (finding,) = check(wanted(want(signal("Pump_101"))), found(have(signal("pump-101"))), ANY)

    assert finding.summary == (
        "signals/pier/Pump_101 would be created, and signals/pier/pump-101 exists: the new key "
        "differs only in case or separators"
    )
    assert finding.location == PLACE
    assert finding.hint.endswith("--allow-new signals/pier/Pump_101")


@pytest.mark.parametrize(
    ("key", "name", "old", "owner", "is_refused"),
    [
        ("pmp-101", "", "pump-101", PROJECT, True),
        ("pump-102", "", "pump-101", PROJECT, False),
        ("x-101", "Feed", "pump-101", PROJECT, True),
        ("x-102", "Feed", "pump-101", PROJECT, False),
        ("pmp-101", "", "pump-101", "", False),
        ("pmp-101", "", "pump-101", "other", False),
    ],
)
def test_a_new_key_like_an_owned_one_that_left_the_manifests_is_refused(
    key: str, name: str, old: str, owner: str, is_refused: bool
) -> None:
    desired = wanted(declare(signal(key), {"name": name} if name else {}))
    live = found(have(signal(old), owner=owner, name="Feed"))

    findings = check(desired, live, ANY)

    assert [f.code for f in findings] == (["PLN-NEW-KEY"] if is_refused else [])
    assert [f.summary for f in findings] == [
        f"signals/pier/{key} would be created, and signals/pier/{old} exists: the new key "
        "in the manifests resembles one that left them"
    ] * is_refused


def test_a_key_that_is_still_declared_has_not_left() -> None:
    live = found(have(signal("pump-101"), owner=PROJECT))

    assert codes(wanted(want(signal("pump-101")), want(signal("pmp-101"))), live, ANY) == []


def test_integrations_have_keys_of_their_own() -> None:
    quay = have(signal("pump-101")._replace(integration="quay"), owner=PROJECT)

    assert codes(wanted(want(signal("Pump-101")), want(signal("pmp-101"))), found(quay), ANY) == []


def test_each_integration_is_looked_at() -> None:
    there = [have(Address("signals", alias, "pump"), owner=PROJECT) for alias in ("pier", "quay")]
    new = [Address("signals", alias, "Pump") for alias in ("quay", "pier")]

    findings = check(wanted(*map(want, new)), found(*there), ANY)

    assert [f.summary.split(" ")[0] for f in findings] == [
        "signals/pier/Pump",
        "signals/quay/Pump",
    ]


def test_a_new_item_has_the_key_of_its_signal() -> None:
    live = found(have(signal("A")), have(signal("a")), have(item("a"), owner=PROJECT))

    assert codes(wanted(want(item("A"))), live, ANY) == []


@pytest.mark.parametrize(
    ("glob", "expected"), [("signals/pier/Pump*", []), ("signals/quay/*", ["PLN-NEW-KEY"])]
)
def test_new_keys_are_allowed_by_glob(glob: str, expected: list[str]) -> None:
    live = found(have(signal("pump-101"), owner=PROJECT))
    limits = allowing(new=(glob,))

    assert codes(wanted(want(signal("Pump-101"))), live, limits) == expected


def test_an_update_has_no_new_key() -> None:
    live = found(have(signal("pump")), have(signal("Pump")))

    assert codes(wanted(want(signal("pump"), name="n")), live, ANY) == []


# Updates


def owned(count: int, more: int = 0) -> LiveState:
    """So many signals of the project, as they were applied, and some of nobody."""
    live = applied(signals(count, description="d", engUnit="bar"), found())
    strangers = found(*(have(signal(f"x{number}")) for number in range(more)))
    return LiveState({**live.resources, **strangers.resources})


@pytest.mark.parametrize(
    ("changed", "total", "limits", "expected"),
    [
        (3, 10, Limits(None), []),
        (4, 10, Limits(None), ["PLN-UPDATES"]),
        (9, 9, Limits(None), []),
        (10, 10, Limits(None), ["PLN-UPDATES"]),
        (30, 100, Limits(None), []),
        (31, 100, Limits(None), ["PLN-UPDATES"]),
        (61, 200, Limits(None), ["PLN-UPDATES"]),
        (10, 10, Limits(None, max_update_percent=100), []),
        (1, 10, Limits(None, max_update_percent=0), ["PLN-UPDATES"]),
        (1, 10, Limits(None, max_update_percent=9), ["PLN-UPDATES"]),
        (1, 10, Limits(None, max_update_percent=10), []),
        (4, 10, allowing(Limits(None), updates=40), []),
        (4, 10, allowing(Limits(None), updates=39), ["PLN-UPDATES"]),
    ],
)
def test_updates_are_a_share_of_what_the_project_owns(
    changed: int, total: int, limits: Limits, expected: list[str]
) -> None:
    assert codes(signals(changed, description="new"), owned(total, more=50), limits) == expected


def test_a_refused_share_is_told_and_allowed_by_what_is_told() -> None:
    desired, live = signals(61, description="new"), owned(200)
    (finding,) = check(desired, live, Limits(None))

    assert finding.summary == (
        "the plan updates 61 signals in pier of 200, 31 percent, and the limit is 30"
    )
    assert finding.hint.endswith("--allow-updates 31")
    assert codes(desired, live, allowing(Limits(None), updates=31)) == []


def test_a_first_apply_to_what_exists_is_no_share_of_anything() -> None:
    strangers = [have(signal(f"x{number}")) for number in range(50)]
    desired = wanted(*(want(live.address, name="n") for live in strangers))
    owned_ten = owned(10)

    assert codes(desired, found(*strangers), Limits(None)) == []
    both = LiveState({**owned_ten.resources, **found(*strangers).resources})
    assert codes(desired, both, Limits(None)) == []


def test_kinds_and_integrations_have_shares_of_their_own() -> None:
    quay = [
        replace(live, address=address._replace(integration="quay"), id=f"quay-{address.key}")
        for address, live in owned(10).resources.items()
    ]
    live = LiveState({**owned(10).resources, **{each.address: each for each in quay}})
    desired = wanted(*(want(signal(f"s{n}"), description="new") for n in range(4)))

    assert codes(desired, live, Limits(None)) == ["PLN-UPDATES"]


def test_an_item_behind_several_signals_counts_once() -> None:
    keys = [f"s{number}" for number in range(9)]
    items = [have(item(key), owner=PROJECT, name="n") for key in keys]
    again = [replace(items[0], address=item(f"again{n}")) for n in range(50)]
    behind = [have(signal(live.address.key)) for live in (*items, *again)]
    desired = wanted(*(want(item(key), name="m") for key in keys))

    assert codes(desired, found(*items, *again, *behind), Limits(None)) == []


# Emptied fields


@pytest.mark.parametrize(
    ("emptied", "total", "limits", "expected"),
    [
        (1, 20, Limits(None), []),
        (2, 20, Limits(None), ["PLN-BLANKED"]),
        (1, 19, Limits(None), ["PLN-BLANKED"]),
        (2, 9, Limits(None), []),
        (1, 10, Limits(None), ["PLN-BLANKED"]),
        (2, 20, allowing(Limits(None), updates=10), []),
        (2, 20, allowing(Limits(None), updates=9), ["PLN-UPDATES", "PLN-BLANKED"]),
    ],
)
def test_emptied_fields_are_a_smaller_share(
    emptied: int, total: int, limits: Limits, expected: list[str]
) -> None:
    assert codes(signals(emptied, engUnit=""), owned(total), limits) == expected


def test_what_is_emptied_is_told() -> None:
    (finding,) = check(signals(2, engUnit=""), owned(20), Limits(None))

    assert finding.summary == (
        "the plan empties fields of 2 signals in pier of 20, 10 percent, and the limit is 5"
    )
    assert finding.hint.endswith("--allow-updates 10")


@pytest.mark.parametrize(
    ("before", "after", "is_emptied"),
    [
        ({"sampleInterval": "PT1M"}, {"sampleInterval": None}, True),
        ({"sampleInterval": "PT1M"}, {"sampleInterval": "PT0S"}, True),
        ({"sampleInterval": None}, {"sampleInterval": "PT1M"}, False),
        ({"enumValues": {"0": "a"}}, {"enumValues": {}}, True),
        ({"enumValues": {"0": "a"}}, {"enumValues": {"0": "b"}}, False),
        ({"valueType": "enum"}, {"valueType": ""}, False),
        ({"labels": {"a": ["1"]}}, {"labels": {"a": []}}, False),
        ({"description": "x"}, {"description": "y"}, False),
        ({"description": "x", "name": "n"}, {"description": "", "name": "m"}, True),
    ],
)
def test_a_field_is_emptied_that_had_a_value(
    before: dict[str, object], after: dict[str, object], is_emptied: bool
) -> None:
    live = applied(signals(10, engUnit="bar", **before), found())

    expected = ["PLN-BLANKED"] if is_emptied else []
    assert codes(signals(1, **after), live, Limits(None)) == expected


def test_hiding_is_counted_as_hiding_and_not_as_emptying() -> None:
    declared = [want(item(f"s{number}"), name="n") for number in range(10)]
    live = applied(wanted(*declared), found(*(have(signal(f"s{n}")) for n in range(10))))
    hides = wanted(want(item("s0"), visible=False))

    assert codes(hides, live, Limits(None)) == ["PLN-RETIRES"]


def test_emptying_what_nobody_owns_is_not_counted() -> None:
    live = LiveState({**owned(10).resources, signal("x"): have(signal("x"), engUnit="bar")})

    assert codes(wanted(want(signal("x"), engUnit="")), live, Limits(None)) == []


# Reverts


@pytest.mark.parametrize(
    ("count", "limits", "expected"),
    [
        (20, ANY, []),
        (21, ANY, ["PLN-REVERTS"]),
        (1, replace(ANY, max_reverts=0), ["PLN-REVERTS"]),
        (1, replace(ANY, max_reverts=1), []),
        (21, allowing(reverts=21), []),
        (21, allowing(reverts=20), ["PLN-REVERTS"]),
        (1, allowing(reverts=0), ["PLN-REVERTS"]),
    ],
)
def test_what_others_changed_is_set_back_up_to_a_limit(
    count: int, limits: Limits, expected: list[str]
) -> None:
    live = owned(25)
    for number in range(count):
        live = edited(live, signal(f"s{number}"), description="by hand", engUnit="psi")

    assert codes(signals(25, description="d", engUnit="bar"), live, limits) == expected


def test_reverts_are_told_with_both_ways_out() -> None:
    live = edited(owned(1), signal("s0"), engUnit="psi")
    (finding,) = check(signals(1, engUnit="bar"), live, replace(ANY, max_reverts=0))

    assert finding.summary == (
        "the plan reverts what others changed in 1 signal in pier, and the limit is 0"
    )
    assert "syncer pull" in finding.hint
    assert finding.hint.endswith("--allow-reverts 1")


def test_gits_own_updates_are_no_reverts() -> None:
    assert codes(signals(25, engUnit="psi"), owned(25), replace(ANY, max_reverts=0)) == []


# Hidden items


def published(count: int) -> tuple[DesiredState, LiveState]:
    behind = found(*(have(signal(f"s{number}")) for number in range(count)))
    desired = wanted(*(want(item(f"s{number}"), name="n") for number in range(count)))
    return desired, applied(desired, behind)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (ANY, ["PLN-RETIRES"]),
        (replace(ANY, max_retires=1), ["PLN-RETIRES"]),
        (replace(ANY, max_retires=2), []),
        (allowing(retires=2), []),
        (allowing(retires=1), ["PLN-RETIRES"]),
        (allowing(replace(ANY, max_retires=5), retires=0), ["PLN-RETIRES"]),
    ],
)
@pytest.mark.parametrize("is_declared", [True, False])
def test_hiding_is_counted_however_it_is_asked_for(
    limits: Limits, expected: list[str], is_declared: bool
) -> None:
    _, live = published(3)
    if is_declared:
        desired = wanted(*(want(item(f"s{n}"), visible=False) for n in range(2)))
        assert codes(desired, live, limits) == expected
    else:
        retire = Options(retire={item("s0"), item("s1")})
        assert codes(wanted(), live, limits, retire) == expected


def test_what_is_created_hidden_or_shown_or_already_hidden_hides_nothing() -> None:
    _, live = published(1)
    hidden = edited(live, item("s0"), visible=False)
    behind = LiveState({**live.resources, signal("new"): have(signal("new"))})

    assert codes(wanted(want(item("new"), visible=False)), behind, ANY) == []
    assert codes(wanted(want(item("s0"), visible=True)), hidden, ANY) == []
    assert codes(wanted(want(item("s0"), visible=False, name="m")), hidden, ANY) == []


def test_the_refusal_to_hide_names_the_flag() -> None:
    _, live = published(1)
    (finding,) = check(wanted(), live, ANY, Options(retire={item("s0")}))

    assert finding.summary == "the plan hides 1 item in pier, and the limit is 0"
    assert finding.hint.endswith("--allow-retires 1")


# Conflicts, owners, protection


@pytest.mark.parametrize(
    ("overwrite", "expected"),
    [
        ((), ["PLN-CONFLICT"]),
        (("signals/pier/s0",), []),
        (("signals/quay/*", "*/s0"), []),
        (("items/*",), ["PLN-CONFLICT"]),
    ],
)
def test_a_conflict_is_refused_until_git_is_said_to_win(
    overwrite: tuple[str, ...], expected: list[str]
) -> None:
    live = edited(owned(1), signal("s0"), engUnit="psi")

    assert codes(signals(1, engUnit="kPa"), live, allowing(overwrite=overwrite)) == expected


def test_a_conflict_names_its_fields_and_both_ways_out() -> None:
    live = edited(owned(1), signal("s0"), engUnit="psi", description="x")
    desired = wanted(want(signal("s0"), engUnit="kPa", description="d", name="n"))

    (finding,) = check(desired, live, ANY)

    assert finding.summary == "signals/pier/s0: engUnit changed in the manifests and in Clarify"
    assert finding.location == PLACE
    assert "syncer pull signals/pier/s0" in finding.hint
    assert finding.hint.endswith("--overwrite signals/pier/s0")


def test_several_fields_in_conflict_are_named_together() -> None:
    live = edited(owned(1), signal("s0"), engUnit="psi", description="x")

    (finding,) = check(signals(1, engUnit="kPa", description="y"), live, ANY)

    assert finding.summary.startswith("signals/pier/s0: description, engUnit changed")


def test_what_both_moved_alike_is_no_conflict() -> None:
    live = edited(owned(1), signal("s0"), engUnit="psi")

    assert codes(signals(1, engUnit="psi"), live, ANY) == []


def test_a_change_of_anothers_resource_is_refused() -> None:
    desired = wanted(want(signal(), engUnit="bar"))
    live = found(have(signal(), owner="other"))

    (finding,) = check(desired, live, ANY)

    assert (finding.code, finding.location) == ("PLN-OWNER", PLACE)
    assert finding.summary == ("signals/pier/a differs from the manifests and belongs to other")
    assert finding.hint.endswith("--take-ownership signals/pier/a")
    assert codes(desired, live, ANY, Options(take_ownership={signal()})) == []
    assert codes(desired, found(have(signal(), owner="other", engUnit="bar")), ANY) == []


def test_what_is_left_alone_for_other_reasons_refuses_nothing() -> None:
    live = found(have(signal(), engUnit="kPa", owner="other"))

    for lifecycle in (Lifecycle(create_only=True), Lifecycle(manage=Manage.OBSERVE)):
        assert codes(wanted(want(signal(), lifecycle, engUnit="bar")), live, ANY) == []


def test_a_protected_resource_refuses_every_change_until_allowed() -> None:
    desired = wanted(want(signal(), PROTECTED, engUnit="bar"))

    (finding,) = check(desired, found(have(signal())), ANY)
    assert finding.summary == "signals/pier/a is protected, and the plan would update it"
    assert finding.location == PLACE
    assert finding.hint.endswith("--allow-protected signals/pier/a")
    assert codes(desired, found(), ANY) == ["PLN-PROTECTED"]
    assert codes(desired, found(have(signal(), engUnit="bar")), ANY) == []
    assert codes(desired, found(), allowing(protected=("signals/*",))) == []
    assert codes(desired, found(), allowing(protected=("items/*",))) == ["PLN-PROTECTED"]


def test_beside_a_protected_resource_others_may_change() -> None:
    desired = wanted(want(signal("a"), PROTECTED, engUnit="bar"), want(signal("b"), engUnit="bar"))

    assert codes(desired, found(have(signal("a"), engUnit="bar")), ANY) == []


def test_adopting_a_protected_resource_is_a_change() -> None:
    desired, live = wanted(want(signal(), PROTECTED)), found(have(signal()))
    made = adoption.plan(desired, live, KINDS, TARGET, {signal()})

    assert [f.code for f in guards.check(made, World(desired, live, KINDS), ANY)] == [
        "PLN-PROTECTED"
    ]


def test_adopting_is_no_update_and_no_revert() -> None:
    live = found(*(have(signal(f"s{number}")) for number in range(30)))
    made = adoption.plan(wanted(), live, KINDS, TARGET, list(live.resources))
    world = World(wanted(), live, KINDS)

    assert guards.check(made, world, Limits(0, max_update_percent=0, max_reverts=0)) == ()


# An answer without signals


@pytest.mark.parametrize(
    ("count", "limits", "expected"),
    [
        (10, ANY, []),
        (11, ANY, ["PLN-EMPTY-LIVE"]),
        (11, allowing(empty=True), []),
        (11, replace(ANY, is_remote=False), []),
        (1, replace(ANY, written={"pier"}), ["PLN-EMPTY-LIVE"]),
        (1, replace(ANY, written={"pier"}, is_remote=False), ["PLN-EMPTY-LIVE"]),
        (1, replace(ANY, written={"quay"}), []),
        (1, allowing(replace(ANY, written={"pier"}), empty=True), []),
        (0, replace(ANY, written={"pier"}), []),
    ],
)
def test_an_integration_without_signals_is_not_believed(
    count: int, limits: Limits, expected: list[str]
) -> None:
    assert codes(signals(count), found(), limits) == expected


def test_each_integration_is_judged_alone() -> None:
    other = have(signal("x")._replace(integration="yacht"))

    assert codes(signals(11), found(other), ANY) == ["PLN-EMPTY-LIVE"]


def test_one_signal_in_the_answer_is_enough_to_believe_it() -> None:
    assert codes(signals(11), found(have(signal("other"))), ANY) == []


def test_only_signals_are_counted_and_only_they_answer() -> None:
    items = wanted(*(want(item(f"s{number}")) for number in range(11)))

    assert codes(items, found(), replace(ANY, written={"pier"})) == []
    assert codes(signals(11), found(have(item("x"))), ANY) == ["PLN-EMPTY-LIVE"]


def test_earlier_writes_are_told() -> None:
    (few,) = check(signals(1), found(), replace(ANY, written={"pier"}))
    (many,) = check(signals(11), found(), ANY)

    assert few.summary == (
        "pier answers with no signals, and 1 are declared, and syncer has written there before"
    )
    assert many.summary == "pier answers with no signals, and 11 are declared"
    assert many.hint.endswith("--allow-empty")


def test_integrations_that_answer_empty_come_in_order() -> None:
    addresses = [Address("signals", alias, "a") for alias in ("quay", "pier", "yard")]
    desired = DesiredState(PROJECT, {address: want(address) for address in addresses})

    findings = check(desired, found(), replace(ANY, written={"pier", "quay", "yard"}))

    assert [finding.summary.split(" ")[0] for finding in findings] == ["pier", "quay", "yard"]


# Together


def everything_refused() -> tuple[Diagnostic, ...]:
    """What a plan that breaks every guard is refused for."""
    quay = [Address("signals", "quay", f"q{number}") for number in range(11)]
    _, items = published(1)
    live = LiveState({**items.resources, **owned(10).resources})
    for number in range(4):
        live = edited(live, signal(f"s{number}"), engUnit="psi")
    foreign = replace(have(signal("theirs")), owner="other")
    live = LiveState({**live.resources, signal("theirs"): foreign})
    desired = wanted(
        want(signal("s0"), PROTECTED, engUnit="bar"),
        want(signal("s1"), engUnit="kPa"),
        want(signal("s2"), engUnit=""),
        want(signal("s3"), engUnit="bar"),
        want(signal("S4"), engUnit="bar"),
        want(signal("theirs"), name="n"),
        *map(want, quay),
    )
    retire = Options(retire={item("s0")})

    return check(desired, live, Limits(0, max_reverts=0), retire)


def test_refusals_come_in_one_order() -> None:
    assert [finding.code for finding in everything_refused()] == [
        "PLN-CREATES",
        "PLN-CREATES",
        "PLN-NEW-KEY",
        "PLN-UPDATES",
        "PLN-BLANKED",
        "PLN-REVERTS",
        "PLN-RETIRES",
        "PLN-CONFLICT",
        "PLN-CONFLICT",
        "PLN-OWNER",
        "PLN-PROTECTED",
        "PLN-EMPTY-LIVE",
    ]


def test_a_plan_that_does_nothing_is_refused_for_nothing() -> None:
    assert guards.check(Plan(TARGET), World(wanted(), found(), KINDS), Limits(0)) == ()


def test_a_percentage_of_nothing_is_nothing() -> None:
    made = plan(signals(1, name="n"), found(have(signal("s0"))))
    live = found(Live(signal("s0"), "x", have(signal("s0")).fields, PROJECT))
    assert made.changes[0].action is Action.UPDATE
    assert made.changes[0].movers == {Mover.FIRST}

    assert guards.check(made, World(signals(1), live, KINDS), Limits(0, 0, 0)) == ()


# Looser guards


@pytest.mark.parametrize(
    ("limits", "names"),
    [
        (Limits(100), []),
        (Limits(100, 30, 20, 0), []),
        (Limits(0, 0, 0, 0), []),
        (Limits(None), []),
        (Limits(101), ["max_creates"]),
        (Limits(100, max_update_percent=31), ["max_update_percent"]),
        (Limits(100, max_reverts=21), ["max_reverts"]),
        (Limits(100, max_retires=1), ["max_retires"]),
        (
            Limits(200, 100, 50, 9),
            ["max_creates", "max_update_percent", "max_reverts", "max_retires"],
        ),
        (Limits(100, allowances=Allowances(creates=500, updates=100)), []),
    ],
)
def test_a_guard_that_the_project_loosens_is_warned_about(limits: Limits, names: list[str]) -> None:
    warnings = list(guards.loosened(limits))

    assert [warning.code for warning in warnings] == ["PLN-LOOSE"] * len(names)
    assert all(warning.severity is Severity.WARNING for warning in warnings)
    assert [warning.summary.split(" ")[4] for warning in warnings] == names


def test_the_warning_tells_both_numbers() -> None:
    (warning,) = guards.loosened(Limits(100, max_retires=7))

    assert warning.summary == "syncer.yaml sets the guard max_retires to 7; by itself it is 0"
    assert warning.rule == "guards of the repository count as written"


def test_every_refusal_says_its_rule_and_the_flag_that_allows_it() -> None:
    """What people read when a plan is refused, word for word."""
    told = {finding.code: (finding.rule, finding.hint) for finding in everything_refused()}

    assert told == {
        "PLN-CREATES": (
            "a create cannot be undone and may be billed",
            "read the creates, then allow them: --allow-creates 11",
        ),
        "PLN-NEW-KEY": (
            "a signal keeps its input ID for ever; under another one its data stays behind",
            "correct the key, or if it is another signal: --allow-new signals/pier/S4",
        ),
        "PLN-UPDATES": (
            "a wrong default or a wrong target changes many resources at once",
            "read the updates, then allow them: --allow-updates 40",
        ),
        "PLN-BLANKED": (
            "a field that is left out is kept; only an empty one in the manifests empties",
            "read the updates, then allow them: --allow-updates 10",
        ),
        "PLN-REVERTS": (
            "somebody changed these in Clarify, and Git did not",
            "keep their changes: syncer pull; or revert them: --allow-reverts 2",
        ),
        "PLN-RETIRES": (
            "people no longer find what is hidden",
            "read them, then allow them: --allow-retires 1",
        ),
        "PLN-CONFLICT": (
            "what others changed is not overwritten unseen",
            "take theirs: syncer pull signals/pier/s2; or take Git's: --overwrite signals/pier/s2",
        ),
        "PLN-OWNER": (
            "what another project or tool has marked is its to change",
            "if it is yours now: --take-ownership signals/pier/theirs",
        ),
        "PLN-PROTECTED": (
            "`lifecycle: {protected: true}` refuses every change",
            "if this change is meant: --allow-protected signals/pier/s0",
        ),
        "PLN-EMPTY-LIVE": (
            "a wrong ID or a broken answer looks the same as a new integration",
            "if the integration really is new: --allow-empty",
        ),
    }
