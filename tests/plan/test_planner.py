from dataclasses import replace

import pytest

from syncer.diagnostics import Severity
from syncer.kinds import Action
from syncer.plan import base
from syncer.plan.changes import NoteKind
from syncer.plan.planner import Options, is_empty, is_foreign, view_after
from syncer.providers.clarify.kinds import ITEMS, SIGNALS
from syncer.resources import Address, DesiredState, Lifecycle, LiveState, Manage
from tests.plan.worlds import (
    PLACE,
    PROJECT,
    applied,
    declare,
    edited,
    edits,
    found,
    have,
    item,
    plan,
    signal,
    want,
    wanted,
)

OBSERVED = Lifecycle(manage=Manage.OBSERVE)
CREATE_ONLY = Lifecycle(create_only=True)


def marks(address: Address, **fields: object) -> dict[str, str]:
    """Return the annotations of a resource of which these fields were applied."""
    kind = SIGNALS if address.kind == "signals" else ITEMS
    known = {name: base.digest(kind.fields[name], value) for name, value in fields.items()}
    text = " ".join(f"{name}={known[name]}" for name in sorted(known))
    return {"syncer/project": PROJECT, "syncer/base": text}


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
        "annotations": marks(signal(), engUnit="bar"),
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
        "annotations": marks(signal(), engUnit="bar"),
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
        "annotations": marks(item(), name="Pressure"),
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

    assert made.changes[0].after["annotations"] == marks(signal(), engUnit="bar")


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


def test_planning_again_after_the_plan_was_made_changes_nothing() -> None:
    desired = wanted(
        want(signal("a"), engUnit="bar", labels={"x": ["1"]}),
        want(signal("b"), Lifecycle(manage=Manage.FULL)),
        want(item("a"), follow=["engUnit", "labels"], name="n"),
        want(item("b"), gapDetection=None),
    )
    live = applied(desired, found(have(signal("b"), engUnit="kPa", labels={"y": ["1"]})))

    assert plan(desired, live).changes == ()
    assert plan(desired, live).undeclared == ()
    assert plan(desired, live).released == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "n"}, "name differs from the manifests"),
        ({"name": "n", "engUnit": "u"}, "name, engUnit differ from the manifests"),
        (
            {"name": "n", "engUnit": "u", "description": "d"},
            "name, description, engUnit differ from the manifests",
        ),
        (
            {"name": "n", "engUnit": "u", "description": "d", "labels": {"a": ["1"], "b": ["1"]}},
            "name, description, engUnit and 2 more differ from the manifests",
        ),
    ],
)
def test_a_reason_counts_what_it_does_not_name(fields: dict[str, object], reason: str) -> None:
    (change,) = plan(wanted(declare(signal(), fields)), found(have(signal()))).changes

    assert change.reason == reason


def test_why_something_is_created_is_said() -> None:
    desired = wanted(want(signal("a")), want(item("a")), want(item("b")))
    made = plan(desired, found(have(signal("b"))))

    assert [(str(c.address), c.reason, c.after_unknown) for c in made.changes] == [
        ("signals/pier/a", "declared, and not in Clarify yet", ()),
        ("items/pier/a", "declared, and its signal is created by this plan", ("signal",)),
        ("items/pier/b", "declared, and its signal has no item yet", ()),
    ]


def test_an_item_of_a_signal_that_is_updated_is_of_a_known_signal() -> None:
    desired = wanted(want(signal(), name="n"), want(item()))

    (_, change) = plan(desired, found(have(signal()))).changes

    assert (change.action, change.after_unknown) == (Action.CREATE, ())


def test_why_something_is_left_alone_is_said() -> None:
    live = found(
        have(signal("a"), name="x"),
        have(signal("b"), name="x"),
        have(signal("c"), name="x", owner="other"),
    )
    desired = wanted(
        want(signal("a"), OBSERVED, name="n"),
        want(signal("b"), CREATE_ONLY, name="n"),
        want(signal("c"), name="n"),
        want(signal("d"), OBSERVED),
        want(item("e")),
    )

    notes = {str(note.address): note.reason for note in plan(desired, live).notes}

    assert notes == {
        "items/pier/e": "its signal signals/pier/e does not exist yet",
        "signals/pier/a": "differs, and is only observed",
        "signals/pier/b": "exists, and is only created, never updated",
        "signals/pier/c": "belongs to other",
        "signals/pier/d": "does not exist, and is only observed",
    }
    assert [note.address for note in plan(desired, live).notes] == sorted(
        note.address for note in plan(desired, live).notes
    )


def test_places_are_those_of_the_manifests() -> None:
    live = found(have(signal(), engUnit="kPa", labels={"x": ["1"]}))
    lifecycle = Lifecycle(exact=frozenset({"labels"}))

    (change,) = plan(wanted(want(signal(), lifecycle, engUnit="bar")), live).changes

    assert [(a.name, a.location) for a in change.attributes] == [
        ("engUnit", PLACE),
        ("labels.x", None),
    ]


def test_what_will_be_is_the_change_or_what_stands() -> None:
    live = found(have(signal("a"), name="x"), have(signal("b"), name="y"))
    made = plan(wanted(want(signal("a"), name="n")), live)
    changes = {change.address: change for change in made.changes}

    views = [view_after(signal(key), changes, live.resources) for key in "abc"]

    assert [view and view["name"] for view in views] == ["n", "y", None]


def test_an_ambiguous_item_is_told_with_the_others() -> None:
    shared = [replace(have(item("a"), remote="same"), address=item(key)) for key in "abc"]
    live = found(*(have(signal(key)) for key in "abcd"), *shared, have(item("d")))
    desired = wanted(*(want(item(key), name="n") for key in "abcd"))

    made = plan(desired, live)

    assert [change.address for change in made.changes] == [item("d")]
    assert [finding.summary for finding in made.refusals] == [
        "items/pier/a and items/pier/b, items/pier/c are one item in Clarify (same)",
        "items/pier/b and items/pier/a, items/pier/c are one item in Clarify (same)",
        "items/pier/c and items/pier/a, items/pier/b are one item in Clarify (same)",
    ]
    assert {finding.location for finding in made.refusals} == {PLACE}


def test_warnings_name_the_field_and_its_place() -> None:
    live = found(
        have(signal(), engUnit="bar", enumValues={"0": "a"}, valueType="enum", name="x"),
        have(item(), engUnit="psi", enumValues={"00": "a"}, valueType="numeric", name="y"),
    )

    made = plan(wanted(want(item())), live)

    assert [(w.summary, w.severity, w.location) for w in made.warnings] == [
        ("items/pier/a has another engUnit than its signal", Severity.WARNING, PLACE),
        ("items/pier/a has another valueType than its signal", Severity.WARNING, PLACE),
    ]
    assert made.warnings[0].hint.endswith("`follow: [engUnit]`")


def test_a_warning_is_of_what_will_be() -> None:
    live = found(have(signal(), engUnit="bar"), have(item(), engUnit="bar"))

    moved = plan(wanted(want(signal(), engUnit="psi"), want(item())), live)
    both = plan(wanted(want(signal(), engUnit="psi"), want(item(), follow=["engUnit"])), live)

    assert [warning.code for warning in moved.warnings] == ["PLN-MEANING"]
    assert both.warnings == ()


def test_a_link_names_its_signal_and_is_unlinked_as_long_as_one_side_is_missing() -> None:
    desired = wanted(want(item("a"), links=(signal("b"),)))
    unpublished = found(have(signal("a")), have(signal("b")))
    other = found(*unpublished.resources.values(), have(item("a")), have(item("b")))

    for live in (unpublished, other, found(have(signal("a")), have(item("b")))):
        (warning,) = plan(desired, live).warnings
        assert warning.summary == (
            "items/pier/a names signals/pier/b as a further signal, and syncer does not link it"
        )
        assert (warning.code, warning.severity) == ("PLN-LINK", Severity.WARNING)


def test_a_signal_is_empty_as_insert_makes_it() -> None:
    empty = have(signal())

    assert is_empty(empty, SIGNALS)
    assert not is_empty(have(signal(), name="other"), SIGNALS)
    assert not is_empty(have(signal(), labels={"a": ["1"]}), SIGNALS)
    assert not is_empty(have(signal(), annotations={"a": "1"}), SIGNALS)
    assert not is_empty(have(item()), ITEMS)
    assert is_empty(have(signal(), sampleInterval="PT0S", valueType=""), SIGNALS)


def test_another_tools_mark_is_foreign_and_none_is_nobodys() -> None:
    owners = ["", PROJECT, "other", "clarify-go's nightly"]

    assert [is_foreign(have(signal(), owner=owner), PROJECT) for owner in owners] == [
        False,
        False,
        True,
        True,
    ]


def test_taking_over_one_resource_takes_no_other() -> None:
    live = found(have(signal("a"), owner="x"), have(signal("b"), owner="x"))
    desired = wanted(want(signal("a"), name="n"), want(signal("b"), name="n"))

    made = plan(desired, live, Options(take_ownership={signal("b")}))

    assert [change.address for change in made.changes] == [signal("b")]
    assert [note.address for note in made.notes] == [signal("a")]


def test_a_change_of_an_item_behind_a_signal_that_moves_is_found_by_its_own_base() -> None:
    desired = wanted(want(signal(), engUnit="bar"), want(item(), follow=["engUnit"]))
    live = applied(desired, found())
    apart = edited(live, item(), engUnit="psi")

    made = plan(desired, apart)

    assert edits(made) == {"items/pier/a": {"engUnit": ("psi", "bar")}}


def test_every_remark_says_its_rule_and_a_remedy() -> None:
    shared = replace(have(item("a"), remote="same", engUnit="psi"), address=item("b"))
    live = found(
        *(have(signal(key), engUnit="bar") for key in "abc"),
        have(item("a"), remote="same", engUnit="psi"),
        shared,
        have(item("c"), engUnit="psi"),
    )
    desired = wanted(
        want(item("a")), want(item("b")), want(item("c"), links=(signal("a"),), description="d")
    )
    made = plan(desired, live)

    told = {f.code: (f.rule, f.hint) for f in (*made.refusals, *made.warnings)}

    assert told == {
        "PLN-AMBIGUOUS": (
            "an item may be declared once, through one of its signals",
            "keep one of the declarations and name the other signal in its `signals`",
        ),
        "PLN-MEANING": (
            "stored values are shown under the item's unit and texts, not converted",
            "let the item follow its signal: `follow: [engUnit]`",
        ),
        "PLN-LINK": (
            "API 1.1 cannot connect a signal to an existing item",
            "link the signal in Clarify's admin panel",
        ),
    }


def test_an_item_that_is_observed_and_absent_has_no_meaning_to_differ() -> None:
    made = plan(wanted(want(item(), OBSERVED)), found(have(signal(), engUnit="bar")))

    assert made.warnings == ()
    assert [note.reason for note in made.notes] == ["does not exist, and is only observed"]


def test_an_item_is_never_empty() -> None:
    bare = have(item(), gapDetection=None, name="a")

    assert is_empty(bare, ITEMS) is False
