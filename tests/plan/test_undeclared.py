from dataclasses import replace

import pytest

from syncer.kinds import Action
from syncer.plan import base
from syncer.plan.changes import Mover
from syncer.plan.planner import Options
from syncer.plan.undeclared import NOWHERE
from syncer.providers.clarify.kinds import ITEMS
from syncer.resources import Address, DesiredState, LiveState
from tests.plan.worlds import (
    PROJECT,
    applied,
    edited,
    edits,
    found,
    have,
    item,
    movers,
    plan,
    signal,
    want,
    wanted,
)

BOTH = wanted(want(signal(), engUnit="bar"), want(item(), name="n"))


def live() -> LiveState:
    return applied(BOTH, found())


def test_what_is_owned_and_in_no_manifest_is_listed_and_left_alone() -> None:
    made = plan(wanted(), live())

    assert made.undeclared == (item(), signal())
    assert made.changes == ()
    assert made.released == ()


def test_what_is_declared_nobodys_or_anothers_is_not_listed() -> None:
    others = found(have(signal("b")), have(signal("c"), owner="other"))

    made = plan(BOTH, LiveState({**live().resources, **others.resources}))

    assert made.undeclared == ()


def test_an_item_behind_several_signals_is_listed_once_under_its_first_address() -> None:
    shared = have(item("b"), owner=PROJECT, remote="same")
    resources = [replace(shared, address=item(key)) for key in "bca"]
    state = found(*(have(signal(key)) for key in "abc"), *resources)

    assert plan(wanted(), state).undeclared == (item("a"),)
    assert plan(wanted(want(item("c"))), state).undeclared == ()


def test_outside_the_scope_what_is_declared_is_not_undeclared() -> None:
    assert plan(BOTH, live(), Options(scope={item()})).undeclared == ()


def test_only_on_request_an_undeclared_item_is_hidden() -> None:
    state = edited(live(), item(), visible=True, annotations={"acme/x": "1"}, labels={"a": ["1"]})

    made = plan(wanted(), state, Options(retire={item()}))

    (change,) = made.changes
    before = state.resources[item()].fields
    assert (change.action, change.address, change.location) == (Action.RETIRE, item(), NOWHERE)
    assert change.before == before
    known = {**base.read(before, PROJECT), "visible": base.digest(ITEMS.fields["visible"], False)}
    assert change.after == base.marked({**before, "visible": False}, PROJECT, known)
    assert edits(made) == {"items/pier/a": {"visible": (True, False)}}
    assert movers(made) == {"visible": Mover.GIT}
    assert not change.has_meaning
    assert not change.attributes[0].has_meaning
    assert made.undeclared == (item(), signal())


@pytest.mark.parametrize(
    ("declared", "chosen"),
    [
        (wanted(), {signal()}),
        (wanted(), {item("b")}),
        (wanted(), frozenset[Address]()),
        (wanted(want(item(), name="n")), {item()}),
    ],
)
def test_signals_strangers_and_what_is_declared_are_never_hidden(
    declared: DesiredState, chosen: set[Address]
) -> None:
    stranger = have(item("b"), visible=True)
    state = LiveState({**live().resources, item("b"): stranger, signal("b"): have(signal("b"))})

    made = plan(declared, state, Options(retire=chosen))

    assert made.changes == ()


def test_what_is_hidden_already_is_not_hidden_again() -> None:
    state = edited(live(), item(), visible=False)

    assert plan(wanted(), state, Options(retire={item()})).changes == ()
    assert plan(wanted(), state).undeclared == (item(), signal())


def retired() -> LiveState:
    state = live()
    (change,) = plan(wanted(), state, Options(retire={item()})).changes
    hidden = replace(state.resources[item()], fields=change.after)
    return LiveState({**state.resources, item(): hidden})


def test_a_hidden_item_that_somebody_shows_again_is_known_to_have_moved() -> None:
    shown = edited(retired(), item(), visible=True)

    made = plan(wanted(want(item(), name="n", visible=False)), shown)

    assert movers(made) == {"visible": Mover.LIVE}


def test_a_hidden_item_that_is_declared_again_keeps_its_visibility_until_that_is_said() -> None:
    made = plan(BOTH, retired())

    assert made.changes == ()
    assert [release.names for release in made.released] == [("visible",)]
    shown = plan(wanted(want(item(), name="n", visible=True)), retired())
    assert movers(shown) == {"visible": Mover.GIT}


def test_retired_items_come_last() -> None:
    state = live()
    declared = wanted(want(signal("z")), want(signal()), want(item("z")))

    made = plan(declared, state, Options(retire={item()}))

    assert [(change.action, change.address) for change in made.changes] == [
        (Action.CREATE, signal("z")),
        (Action.CREATE, item("z")),
        (Action.RETIRE, item()),
    ]


def test_beside_what_is_hidden_already_others_are_hidden() -> None:
    both = wanted(*(want(address(key), name="n") for key in "ab" for address in (signal, item)))
    state = edited(applied(both, found()), item("a"), visible=False)

    made = plan(wanted(), state, Options(retire={item("a"), item("b"), signal("a")}))

    assert [change.address for change in made.changes] == [item("b")]
    assert made.changes[0].reason == "no manifest declares it any more"
