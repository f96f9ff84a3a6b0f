"""Which live resources are imported, and what is said of them."""

from collections.abc import Mapping

import pytest

from syncer.engine.drafts import Draft, choose, draft, unwritable
from syncer.errors import Misuse
from syncer.providers.clarify.kinds import KINDS, SIGNALS
from syncer.resources import Address, Desired, DesiredState, Live, LiveState, Value
from tests.plan.worlds import declare, item, signal

NOTHING: Mapping[str, Value] = {}


def live(address: Address, remote: str, owner: str = "", **fields: Value) -> Live:
    defaults = {name: field.default for name, field in KINDS[address.kind].fields.items()}
    return Live(address, remote, {**defaults, "name": address.key, **fields}, owner)


def state(*resources: Live) -> LiveState:
    return LiveState({resource.address: resource for resource in resources})


def desired(*resources: Desired) -> DesiredState:
    return DesiredState("stand", {resource.address: resource for resource in resources})


def test_what_belongs_to_others_or_is_declared_is_not_chosen() -> None:
    world = state(
        live(signal("a"), "1"),
        live(signal("b"), "2", owner="other"),
        live(signal("c"), "3", owner="stand"),
        live(signal("d"), "4"),
    )

    found = choose(world, desired(declare(signal("d"), {})), ["signals/*"], ["*/c"])

    assert [each.address.key for each in found.chosen] == ["a"]
    assert [(each.address.key, each.owner) for each in found.foreign] == [("b", "other")]
    assert found.declared == 1


def test_an_item_of_several_signals_is_taken_once_and_not_when_another_declares_it() -> None:
    world = state(live(item("a"), "1"), live(item("b"), "1"), live(item("c"), "2"))
    linking = Desired(item("x"), {}, declare(item("x"), {}).locate, links=(signal("c"),))

    assert [each.address for each in choose(world, desired(), ["*"], []).chosen] == [
        item("a"),
        item("c"),
    ]
    found = choose(world, desired(declare(item("b"), {}), linking), ["*"], [])
    assert (found.chosen, found.declared) == ((), 2)


def test_a_glob_that_matches_nothing_is_misuse() -> None:
    with pytest.raises(Misuse) as caught:
        choose(state(live(signal("a"), "1")), desired(), ["*", "items/*"], [])

    assert [finding.code for finding in caught.value.findings] == ["CLI-TARGET"]


def test_said_is_what_a_create_would_not_give() -> None:
    source = live(
        signal("a"),
        "1",
        engUnit="bar",
        description="d",
        labels={"site": ["x"], "area": ["y"]},
        annotations={"acme/x": "1", "syncer/project": "stand"},
        gapDetection="PT1H",
        valueType="enum",
        enumValues={"0": "a"},
    )
    published = live(
        item("a"), "2", engUnit="bar", labels={"area": ["z"]}, visible=False, gapDetection=None
    )
    world = state(source, published)

    assert draft(source, world, KINDS, ()).fields == {
        "description": "d",
        "engUnit": "bar",
        "labels": {"area": ["y"], "site": ["x"]},
        "annotations": {"acme/x": "1"},
        "valueType": "enum",
        "enumValues": {"0": "a"},
        "gapDetection": "PT1H",
    }
    assert draft(published, world, KINDS, ()).fields == {
        "description": "",
        "labels": {"area": ["z"], "site": []},
        "annotations": {"acme/x": ""},
        "valueType": "numeric",
        "enumValues": {},
        "gapDetection": None,
        "visible": False,
    }
    assert draft(published, world, KINDS, ["visible"]).fields == {"visible": False}


def test_what_was_left_out_or_said_is_not_said_again() -> None:
    found = live(signal("a"), "1", engUnit=None, labels={"x": ["1"], "y": ["2"]})
    drafted = Draft(found, SIGNALS, {})

    assert drafted.say(("labels", "x"))
    assert drafted.say(("labels", "y"))
    assert not drafted.say(("labels", "y"))
    drafted.leave_out(("labels", "x"))
    assert drafted.fields == {"labels": {"y": ["2"]}}
    drafted.leave_out(("labels", "y"))
    assert drafted.fields == {}
    assert not drafted.say(("labels", "y"))
    assert drafted.say(("engUnit",))
    assert drafted.fields == {"engUnit": ""}
    drafted.leave_out(("engUnit",))
    assert not drafted.say(("engUnit",))


def test_texts_that_no_manifest_holds_are_named() -> None:
    fields: dict[str, Value] = {
        "name": "\x85",
        "engUnit": "bar",
        "labels": {"a": ["ok"], "b": ["\u202e"], "\x00": ["x"]},
        "annotations": {"c": "\ud800"},
        "enumValues": {"0": "\r"},
        "visible": True,
        "description": "x" * 11,
    }

    assert list(unwritable(Draft(live(signal("a"), "1"), SIGNALS, fields), 10)) == [
        ("name",),
        ("labels", "b"),
        ("labels", "\x00"),
        ("annotations", "c"),
        ("enumValues",),
        ("description",),
    ]
