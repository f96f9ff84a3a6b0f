from collections.abc import Collection
from dataclasses import replace

import pytest

from syncer.diagnostics import Location
from syncer.kinds import Action
from syncer.plan import adoption, base
from syncer.plan.changes import Mover, NoteKind, Plan
from syncer.plan.undeclared import NOWHERE
from syncer.providers.clarify.kinds import KINDS, SIGNALS
from syncer.resources import Address, DesiredState, Lifecycle, Live, LiveState
from tests.plan.worlds import (
    PLACE,
    PROJECT,
    TARGET,
    applied,
    edited,
    found,
    have,
    item,
    movers,
    plan,
    signal,
    want,
    wanted,
)

ROUTINE = {"clarify/clarify-go/publisher/name": "nightly"}
EXACT = Lifecycle(exact=frozenset({"labels"}))


def adopt(
    desired: DesiredState,
    live: LiveState,
    addresses: Collection[Address],
    taken: Collection[Address] = frozenset(),
) -> Plan:
    return adoption.plan(desired, live, KINDS, TARGET, addresses, taken)


def marks(made: Plan) -> dict[str, object]:
    (change,) = made.changes
    annotations = change.after["annotations"]
    assert isinstance(annotations, dict)
    return annotations


def after(made: Plan, live: LiveState) -> LiveState:
    (change,) = made.changes
    resources = {**live.resources}
    resources[change.address] = replace(
        resources[change.address], fields=change.after, owner=PROJECT
    )
    return LiveState(resources)


def test_the_marker_alone_is_written() -> None:
    live = found(have(signal(), engUnit="kPa", annotations={"acme/x": "1"}))

    made = adopt(wanted(), live, {signal()})

    (change,) = made.changes
    assert made.target == TARGET
    assert (change.action, change.address, change.attributes) == (Action.ADOPT, signal(), ())
    assert change.before == live.resources[signal()].fields
    assert change.after == {
        **live.resources[signal()].fields,
        "annotations": {"acme/x": "1", "syncer/project": PROJECT, "syncer/base": ""},
    }
    assert change.location == NOWHERE == Location("", 0, 0)
    assert change.reason == "nobody has marked it"


def test_the_base_holds_the_fields_that_agree() -> None:
    desired = wanted(
        want(signal(), engUnit="bar", name="n", sampleInterval="PT1M", labels={"a": ["1"]})
    )
    live = found(have(signal(), engUnit="kPa", name="n", sampleInterval="PT60S"))

    made = adopt(desired, live, {signal()})

    assert base.read(made.changes[0].after, PROJECT) == {
        name: base.digest(SIGNALS.fields[name], value)
        for name, value in (("name", "n"), ("sampleInterval", "PT60S"))
    }
    assert made.changes[0].location == PLACE
    assert movers(plan(desired, after(made, live))) == {
        "engUnit": Mover.FIRST,
        "labels.a": Mover.FIRST,
    }


def test_keys_that_should_go_are_not_taken_for_others_edits() -> None:
    desired = wanted(want(signal(), EXACT, labels={"a": ["1"]}))
    live = found(have(signal(), labels={"a": ["1"], "b": ["1"]}))

    adopted = after(adopt(desired, live, {signal()}), live)

    assert movers(plan(desired, adopted)) == {"labels.b": Mover.FIRST}


def test_a_followed_field_agrees_with_the_live_signal() -> None:
    desired = wanted(want(item(), follow=["engUnit", "description"], name="a"))
    live = found(
        have(signal(), engUnit="bar", description="x"), have(item(), engUnit="bar", name="a")
    )

    made = adopt(desired, live, {item()})

    assert base.read(made.changes[0].after, PROJECT).keys() == {"engUnit", "name"}


def test_what_is_ignored_gets_no_base() -> None:
    ignoring = Lifecycle(ignore=frozenset({"engUnit"}))
    live = found(have(signal(), engUnit="bar"))

    made = adopt(wanted(want(signal(), ignoring, engUnit="bar")), live, {signal()})

    assert base.read(made.changes[0].after, PROJECT) == {}


def test_what_the_project_owns_is_left_out() -> None:
    owned = have(signal(), owner=PROJECT)

    made = adopt(wanted(), found(owned), {signal()})

    assert (made.changes, made.notes) == ((), ())


@pytest.mark.parametrize("owner", ["other", "clarify-go's nightly"])
def test_what_others_own_is_noted_until_it_is_taken(owner: str) -> None:
    annotations = {"syncer/project": "other"} if owner == "other" else ROUTINE
    live = found(have(signal(), owner=owner, annotations=annotations))

    noted = adopt(wanted(), live, {signal()})
    taken = adopt(wanted(), live, {signal()}, {signal()})

    assert noted.changes == ()
    (note,) = noted.notes
    assert (note.kind, note.address, note.owner) == (NoteKind.SKIP, signal(), owner)
    assert (note.reason, note.location) == (f"belongs to {owner}", NOWHERE)
    assert taken.notes == ()
    assert taken.changes[0].reason == f"belonged to {owner}"
    assert marks(taken) == {**annotations, "syncer/project": PROJECT, "syncer/base": ""}


def test_taking_ownership_of_one_takes_no_other() -> None:
    live = found(have(signal("a"), owner="x"), have(signal("b"), owner="y"))

    made = adopt(wanted(), live, {signal("a"), signal("b")}, {signal("b")})

    assert [change.address for change in made.changes] == [signal("b")]
    assert [note.address for note in made.notes] == [signal("a")]


def shared(**kwargs: str) -> LiveState:
    one = have(item("a"), remote="same", **kwargs)
    items: list[Live] = [one, replace(one, address=item("b"))]
    return found(have(signal("a")), have(signal("b")), *items)


def test_an_item_behind_several_signals_is_adopted_once_where_it_is_declared() -> None:
    live = shared()

    undeclared = adopt(wanted(), live, {item("a"), item("b")})
    declared = adopt(wanted(want(item("b"), engUnit="")), live, {item("a"), item("b")})

    assert [change.address for change in undeclared.changes] == [item("a")]
    assert [change.address for change in declared.changes] == [item("b")]
    assert base.read(declared.changes[0].after, PROJECT).keys() == {"engUnit"}


def test_an_item_that_belongs_to_another_is_noted_once() -> None:
    made = adopt(wanted(), shared(owner="other"), {item("a"), item("b")})

    assert made.changes == ()
    assert [note.address for note in made.notes] == [item("a")]


def test_changes_and_notes_are_in_order_whatever_the_order_asked() -> None:
    keys = ["c", "a", "b"]
    live = found(
        *(have(signal(key)) for key in keys),
        *(have(item(key)) for key in keys),
        *(have(signal(f"x{key}"), owner="other") for key in keys),
    )
    desired = wanted(want(signal("xc")), want(signal("c")))

    made = adopt(desired, live, list(live.resources))

    assert [change.address for change in made.changes] == [
        *map(signal, "abc"),
        *map(item, "abc"),
    ]
    assert [note.address for note in made.notes] == [signal(f"x{key}") for key in "abc"]


def test_after_adopting_nothing_is_left_to_adopt() -> None:
    live = found(have(signal(), engUnit="bar"))
    desired = wanted(want(signal(), engUnit="bar"))

    adopted = after(adopt(desired, live, {signal()}), live)

    assert adopt(desired, adopted, {signal()}).changes == ()
    assert plan(desired, adopted).changes == ()
    assert plan(desired, adopted).released == ()


def test_a_base_that_is_behind_is_brought_up_and_nothing_else() -> None:
    """As after a pull: Git and Clarify hold the same value, and syncer applied another one."""
    before = wanted(want(signal(), engUnit="bar", name="n"))
    live = applied(before, found())
    pulled = wanted(want(signal(), engUnit="kPa", name="n"))
    live = edited(live, signal(), engUnit="kPa", name="theirs")
    later = wanted(want(signal(), engUnit="psi", name="n"))
    assert movers(plan(later, live)) == {"engUnit": Mover.BOTH, "name": Mover.LIVE}

    made = adopt(pulled, live, {signal()})

    assert made.changes[0].reason == "its base is behind"
    live = after(made, live)
    assert movers(plan(later, live)) == {"engUnit": Mover.GIT, "name": Mover.LIVE}
    assert adopt(pulled, live, {signal()}).changes == ()


def test_beside_what_is_owned_or_foreign_others_are_adopted() -> None:
    live = found(
        have(signal("a"), owner=PROJECT), have(signal("b"), owner="other"), have(signal("c"))
    )

    made = adopt(wanted(), live, list(live.resources))

    assert [change.address for change in made.changes] == [signal("c")]
    assert [note.address for note in made.notes] == [signal("b")]
