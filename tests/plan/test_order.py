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
