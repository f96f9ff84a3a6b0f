from dataclasses import replace

from syncer.kinds import Action
from syncer.plan.order import groups, ordered
from tests.plan.worlds import found, have, item, plan, signal, want, wanted


def test_signals_come_before_items_and_creates_before_updates() -> None:
    made = plan(
        wanted(
            want(signal("a"), engUnit="bar"), want(signal("b")), want(item("b")), want(item("a"))
        ),
        found(have(signal("a"))),
    )

    expected = [signal("b"), signal("a"), item("a"), item("b")]
    assert [change.address for change in made.changes] == expected
    assert [change.address for change in ordered(reversed(made.changes))] == expected


def test_one_group_holds_one_kind_and_action() -> None:
    made = plan(
        wanted(want(signal("a"), engUnit="bar"), want(signal("b")), want(item("a"))),
        found(have(signal("a"))),
    )

    assert [[c.address for c in group] for group in groups(made.changes)] == [
        [signal("b")],
        [signal("a")],
        [item("a")],
    ]


def test_creates_updates_adoptions_and_retirements_follow_each_other() -> None:
    (change,) = plan(wanted(want(item())), found(have(signal()))).changes
    (other,) = plan(wanted(want(signal())), found()).changes
    changes = [replace(each, action=a) for each in (change, other) for a in reversed(Action)]
    wanted_order = [Action.CREATE, Action.UPDATE, Action.ADOPT, Action.RETIRE]

    assert [(c.address.kind, c.action) for c in ordered(changes)] == [
        (kind, action) for kind in ("signals", "items") for action in wanted_order
    ]
    assert [len(group) for group in groups(changes)] == [1] * 8


def test_integrations_and_keys_are_in_order_and_integrations_share_no_request() -> None:
    keys = [("quay", "b"), ("pier", "b"), ("quay", "a"), ("pier", "a")]
    addresses = [signal(key)._replace(integration=alias) for alias, key in keys]
    made = plan(wanted(*map(want, addresses)), found())

    assert [[c.address.key for c in group] for group in groups(reversed(made.changes))] == [
        ["a", "b"],
        ["a", "b"],
    ]
    assert [c.address for c in made.changes] == sorted(addresses)
