from dataclasses import replace

import pytest

from syncer.kinds import Action
from syncer.plan.changes import NoteKind
from syncer.plan.planner import Options
from syncer.resources import DesiredState, Lifecycle, LiveState, Manage
from tests.plan.worlds import PROJECT, edits, found, have, item, plan, signal, want, wanted

OBSERVED = Lifecycle(manage=Manage.OBSERVE)
CREATE_ONLY = Lifecycle(create_only=True)


def test_a_declared_signal_that_is_absent_is_created_with_every_default() -> None:
    made = plan(wanted(want(signal(), engUnit="bar")), found())

    (change,) = made.changes
    assert change.action is Action.CREATE
    assert change.before is None
    assert change.after == {
        "name": "a",
        "description": "",
        "engUnit": "bar",
        "labels": {},
        "annotations": {"syncer/project": PROJECT},
        "valueType": "numeric",
        "sourceType": "measurement",
        "enumValues": {},
        "sampleInterval": None,
        "gapDetection": None,
    }
    assert edits(made) == {"signals/pier/a": {"engUnit": (None, "bar")}}


def test_an_equal_resource_is_no_change_even_when_nobody_owns_it() -> None:
    assert plan(wanted(want(signal(), engUnit="bar")), found(have(signal(), engUnit="bar"))) == (
        plan(wanted(), found())
    )


def test_a_changed_field_is_the_only_thing_that_changes() -> None:
    live = have(signal(), engUnit="kPa", description="by hand", labels={"x": ["1"]})

    made = plan(wanted(want(signal(), engUnit="bar")), found(live))

    assert edits(made) == {"signals/pier/a": {"engUnit": ("kPa", "bar")}}
    (change,) = made.changes
    assert change.after == {
        **live.fields,
        "engUnit": "bar",
        "annotations": {"syncer/project": PROJECT},
    }
    assert change.has_meaning


def test_reasons_name_up_to_three_fields() -> None:
    desired = want(signal(), name="n", description="d", engUnit="u", valueType="enum")
    (change,) = plan(wanted(desired), found(have(signal()))).changes

    assert change.reason == ("name, description, engUnit and 1 more differ from the manifests")


def test_a_resource_that_no_manifest_declares_is_never_touched() -> None:
    assert plan(wanted(), found(have(signal()), have(item()))).changes == ()


def test_a_new_item_is_a_visible_copy_of_its_signal() -> None:
    source = have(signal(), engUnit="bar", labels={"site": ["Pier"]}, gapDetection="PT1H")

    (change,) = plan(wanted(want(item(), name="Pressure")), found(source)).changes

    assert change.after == {
        **source.fields,
        "name": "Pressure",
        "visible": True,
        "annotations": {"syncer/project": PROJECT},
    }
    assert change.after_unknown == ()


def test_an_item_of_a_new_signal_is_planned_with_the_signal_unknown() -> None:
    made = plan(wanted(want(signal(), engUnit="bar"), want(item())), found())

    assert [(c.address, c.action) for c in made.changes] == [
        (signal(), Action.CREATE),
        (item(), Action.CREATE),
    ]
    assert made.changes[1].after["engUnit"] == "bar"
    assert made.changes[1].after_unknown == ("signal",)


def test_an_item_whose_signal_nobody_declares_waits() -> None:
    made = plan(wanted(want(item())), found())

    assert made.changes == ()
    assert [(note.kind, note.address) for note in made.notes] == [(NoteKind.WAITING, item())]


def test_an_item_of_a_signal_that_only_exists_live_is_published() -> None:
    assert [c.address for c in plan(wanted(want(item())), found(have(signal()))).changes] == [
        item()
    ]


def test_an_existing_item_keeps_what_is_not_declared() -> None:
    live = have(item(), name="By hand", engUnit="kPa", visible=False)

    made = plan(wanted(want(item(), description="new")), found(have(signal()), live))

    assert edits(made) == {"items/pier/a": {"description": ("", "new")}}
    assert made.changes[0].after["visible"] is False


def test_a_following_item_takes_what_its_signal_will_be() -> None:
    made = plan(
        wanted(want(signal(), engUnit="bar"), want(item(), follow=["engUnit"])),
        found(have(signal(), engUnit="kPa"), have(item(), engUnit="kPa")),
    )

    assert edits(made) == {
        "signals/pier/a": {"engUnit": ("kPa", "bar")},
        "items/pier/a": {"engUnit": ("kPa", "bar")},
    }


def test_a_field_that_is_said_wins_over_following() -> None:
    made = plan(
        wanted(want(item(), follow=["engUnit"], engUnit="psi")),
        found(have(signal(), engUnit="bar"), have(item(), engUnit="bar")),
    )

    assert edits(made) == {"items/pier/a": {"engUnit": ("bar", "psi")}}


def test_outside_the_scope_a_signal_counts_as_it_is() -> None:
    made = plan(
        wanted(want(signal(), engUnit="bar"), want(item(), follow=["engUnit"])),
        found(have(signal(), engUnit="kPa"), have(item(), engUnit="psi")),
        Options(scope={item()}),
    )

    assert edits(made) == {"items/pier/a": {"engUnit": ("psi", "kPa")}}


def test_a_create_only_signal_that_exists_is_skipped_with_its_differences() -> None:
    live = found(have(signal(), engUnit="kPa"))

    made = plan(wanted(want(signal(), CREATE_ONLY, engUnit="bar")), live)

    assert made.changes == ()
    (note,) = made.notes
    assert (note.kind, note.attributes[0].name) == (NoteKind.SKIP, "engUnit")


def test_a_create_only_signal_fills_one_that_insert_left_empty() -> None:
    made = plan(wanted(want(signal(), CREATE_ONLY, engUnit="bar")), found(have(signal())))

    assert [change.action for change in made.changes] == [Action.UPDATE]


def test_a_create_only_item_is_never_filled() -> None:
    made = plan(wanted(want(item(), CREATE_ONLY, name="n")), found(have(signal()), have(item())))

    assert made.changes == ()


def test_the_create_only_option_leaves_every_existing_resource_alone() -> None:
    made = plan(
        wanted(want(signal("a"), engUnit="bar"), want(signal("b"))),
        found(have(signal("a"), engUnit="kPa")),
        Options(create_only=True),
    )

    assert [change.address for change in made.changes] == [signal("b")]


@pytest.mark.parametrize("live", [found(), found(have(signal(), engUnit="kPa"))])
def test_an_observed_resource_is_reported_and_never_written(live: LiveState) -> None:
    made = plan(wanted(want(signal(), OBSERVED, engUnit="bar")), live)

    assert made.changes == ()
    assert [note.kind for note in made.notes] == [NoteKind.SKIP]


def test_another_projects_resource_is_left_alone_under_its_owners_name() -> None:
    live = found(have(signal(), owner="other", engUnit="kPa"))

    made = plan(wanted(want(signal(), engUnit="bar")), live)

    assert made.changes == ()
    assert [note.owner for note in made.notes] == ["other"]


def test_taken_over_it_is_changed_and_marked() -> None:
    live = found(have(signal(), owner="other", annotations={"syncer/project": "other"}))

    made = plan(wanted(want(signal(), engUnit="bar")), live, Options(take_ownership={signal()}))

    assert made.changes[0].after["annotations"] == {"syncer/project": PROJECT}


def test_two_declarations_of_one_item_refuse_and_touch_neither() -> None:
    shared = have(item("a"), remote="same")

    made = plan(
        wanted(want(item("a"), name="x"), want(item("b"), name="y")),
        found(have(signal("a")), have(signal("b")), shared, replace(shared, address=item("b"))),
    )

    assert made.changes == ()
    assert [finding.code for finding in made.refusals] == ["PLN-AMBIGUOUS"] * 2


def test_an_item_with_another_unit_than_its_signal_is_warned_about() -> None:
    made = plan(
        wanted(want(item(), engUnit="psi")),
        found(have(signal(), engUnit="bar"), have(item(), engUnit="psi")),
    )

    assert made.changes == ()
    assert [warning.code for warning in made.warnings] == ["PLN-MEANING"]


def test_a_further_signal_is_warned_about_until_it_is_linked() -> None:
    desired = wanted(want(item("a"), links=(signal("b"),)))
    live = [have(signal("a")), have(signal("b")), have(item("a"), remote="same")]
    linked = have(item("b"), remote="same")

    assert [w.code for w in plan(desired, found(*live)).warnings] == ["PLN-LINK"]
    assert plan(desired, found(*live, linked)).warnings == ()


def test_a_create_tells_what_is_declared_even_where_it_is_the_default() -> None:
    source = have(signal(), engUnit="bar", labels={"site": ["Pier"], "x": ["1"]})
    desired = want(
        item(), follow=["engUnit", "sampleInterval"], visible=False, labels={"site": ["Yacht"]}
    )

    assert edits(plan(wanted(desired), found(source))) == {
        "items/pier/a": {
            "engUnit": (None, "bar"),
            "labels.site": (None, ["Yacht"]),
            "visible": (None, False),
        }
    }


def test_another_projects_resource_that_is_only_created_is_simply_skipped() -> None:
    live = found(have(signal(), owner="other", annotations={"syncer/project": "other"}))

    made = plan(wanted(want(signal(), CREATE_ONLY, engUnit="bar")), live)

    assert [(note.kind, note.owner) for note in made.notes] == [(NoteKind.SKIP, "")]


def test_an_empty_signal_that_carries_an_annotation_is_not_filled() -> None:
    live = found(have(signal(), annotations={"syncer/project": PROJECT}, owner=PROJECT))

    assert plan(wanted(want(signal(), CREATE_ONLY, engUnit="bar")), live).changes == ()


def test_the_order_of_declarations_does_not_matter() -> None:
    declared = [want(item("b"), engUnit="psi"), want(item("a"), engUnit="psi"), want(signal("a"))]
    live = found(*(have(address("ab"[n])) for n in (0, 1) for address in (signal, item)))

    made = [
        plan(DesiredState(PROJECT, {r.address: r for r in resources}), live)
        for resources in (declared, declared[::-1])
    ]

    assert made[0] == made[1]
