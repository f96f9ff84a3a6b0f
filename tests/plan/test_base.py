"""The base: who moved a value, what is released, and what an unreadable base means."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from syncer.plan import base
from syncer.plan.base import NO_BASE
from syncer.plan.changes import Mover, Release
from syncer.plan.planner import Options
from syncer.providers.clarify.kinds import ITEMS, SIGNALS
from syncer.resources import PLAIN, Address, Desired, Lifecycle, Live, LiveState, Manage
from tests.plan.worlds import (
    PROJECT,
    applied,
    declare,
    edited,
    edits,
    found,
    have,
    item,
    movers,
    plan,
    signal,
    stand,
    want,
    wanted,
)

EXACT = Lifecycle(exact=frozenset({"labels", "annotations"}))
FULL = Lifecycle(manage=Manage.FULL)

# path, what was applied, what Git wants then, and what somebody writes in Clarify
FIELDS = [
    (("engUnit",), "kPa", "bar", "psi"),
    (("name",), "Pump", "Fan", "Motor"),
    (("description",), "", "new", "by hand"),
    (("sourceType",), "measurement", "aggregation", "prediction"),
    (("sampleInterval",), "PT1M", "PT2M", "PT3M"),
    (("sampleInterval",), None, "PT2M", "PT3M"),
    (("gapDetection",), "PT1H", None, "PT3H"),
    (("enumValues",), {"0": "ok"}, {"0": "fine"}, {"0": "bad"}),
    (("enumValues",), {"0": "ok"}, {}, {"0": "ok", "1": "fire"}),
    (("labels", "site"), ["Pier"], ["Yacht"], ["Attic"]),
    (("labels", "site"), ["Pier"], [], ["Attic"]),
    (("labels", "site"), [], ["Pier"], ["Attic"]),
    (("annotations", "acme/x"), "1", "2", "3"),
    (("annotations", "acme/x"), "1", "", "3"),
    (("annotations", "acme/x"), "", "1", "3"),
]


def fields(path: tuple[str, ...], value: object) -> dict[str, object]:
    return {path[0]: value if len(path) == 1 else {path[1]: value}}


@pytest.mark.parametrize("address", [signal(), item()])
@pytest.mark.parametrize(("path", "old", "new", "other"), FIELDS)
def test_each_difference_says_who_left_the_base(
    address: Address, path: tuple[str, ...], old: object, new: object, other: object
) -> None:
    before = wanted(declare(address, {"description": "seed"} | fields(path, old)))
    after = wanted(declare(address, fields(path, new)))
    found_before = found(have(signal()))
    if address.kind == "signals":  # present, and different from what is applied
        found_before = found(stand(signal(), {"description": "x", **fields(path, other)}))
    live = applied(before, found_before)
    touched = edited(live, address, **fields(path, other))
    bare = found(have(signal()), stand(address, fields(path, other)))

    name = ".".join(path)
    assert plan(before, live).changes == ()
    assert movers(plan(after, live)) == {name: Mover.GIT}
    assert movers(plan(before, touched)) == {name: Mover.LIVE}
    assert movers(plan(after, touched)) == {name: Mover.BOTH}
    assert movers(plan(after, bare)) == {name: Mover.FIRST}
    assert plan(wanted(declare(address, fields(path, other))), touched).changes == ()


@pytest.mark.parametrize(
    ("applied_value", "spelling", "wanted_value"),
    [
        ({"sampleInterval": "PT1M"}, {"sampleInterval": "PT60S"}, {"sampleInterval": "PT5M"}),
        ({"gapDetection": "P1W"}, {"gapDetection": "PT168H"}, {"gapDetection": "PT5M"}),
        ({"enumValues": {"1": "a"}}, {"enumValues": {"01": "a"}}, {"enumValues": {"1": "b"}}),
        ({"labels": {"s": ["a", "b"]}}, {"labels": {"s": ["b", "a"]}}, {"labels": {"s": ["c"]}}),
        ({"valueType": "numeric"}, {"valueType": ""}, {"valueType": "enum"}),
    ],
)
def test_the_servers_spelling_has_not_left_the_base(
    applied_value: Mapping[str, object],
    spelling: Mapping[str, object],
    wanted_value: Mapping[str, object],
) -> None:
    before = declare(signal(), {"description": "d", **applied_value})
    live = edited(applied(wanted(before), found()), signal(), **spelling)

    (mover,) = movers(plan(wanted(declare(signal(), wanted_value)), live)).values()

    assert mover is Mover.GIT


@pytest.mark.parametrize("default", ["PT960H", "PT1H30M", "P40D"])
def test_what_the_service_puts_for_an_items_unset_gap_detection_is_the_base(default: str) -> None:
    unset = wanted(want(item(), gapDetection=None))
    live = edited(applied(unset, found(have(signal()))), item(), gapDetection=default)

    assert plan(unset, live).changes == ()
    assert movers(plan(wanted(want(item(), gapDetection="PT2H")), live)) == {
        "gapDetection": Mover.GIT
    }


def test_a_later_write_keeps_an_items_unset_gap_detection_as_the_base() -> None:
    """What the service put in its place was never wanted, so it is no base."""
    live = applied(wanted(want(item(), gapDetection=None)), found(have(signal())))
    live = edited(live, item(), gapDetection="PT960H")
    renamed = wanted(want(item(), gapDetection=None, name="Money"))
    touched = edited(applied(renamed, live), item(), gapDetection="PT5M")

    assert movers(plan(renamed, touched)) == {"gapDetection": Mover.LIVE}


def test_one_default_gap_detection_in_place_of_the_other_has_left_the_base() -> None:
    desired = wanted(want(item(), gapDetection="PT960H"))
    live = edited(applied(desired, found(have(signal()))), item(), gapDetection="PT1H30M")

    assert movers(plan(desired, live)) == {"gapDetection": Mover.LIVE}


def test_a_signals_gap_detection_has_no_default_to_be_taken_for() -> None:
    unset = wanted(want(signal(), gapDetection=None))
    live = edited(applied(unset, found()), signal(), gapDetection="PT960H")

    assert movers(plan(unset, live)) == {"gapDetection": Mover.LIVE}


@pytest.mark.parametrize("default", ["PT960H", "PT1H30M"])
def test_a_default_that_is_wanted_again_has_not_left_an_unset_base(default: str) -> None:
    live = applied(wanted(want(item(), gapDetection=None)), found(have(signal())))
    moved = edited(live, item(), gapDetection="PT3H")

    made = plan(wanted(want(item(), gapDetection=default)), moved)

    assert movers(made) == {"gapDetection": Mover.LIVE}


@pytest.mark.parametrize(
    "desired",
    [
        want(signal(), EXACT, labels={"site": ["Pier"]}),
        want(signal(), FULL, labels={"site": ["Pier"]}),
        want(signal(), FULL),
        want(signal(), labels={}),
    ],
)
def test_a_key_that_somebody_adds_where_others_are_removed_is_a_revert(desired: Desired) -> None:
    state = wanted(desired)
    live = edited(applied(state, found()), signal(), labels={"area": ["North"]})

    assert movers(plan(state, live)) == {"labels.area": Mover.LIVE}


def test_a_key_that_the_manifests_give_up_where_others_are_removed_is_gits() -> None:
    state = wanted(want(signal(), EXACT, labels={"site": ["Pier"], "area": ["North"]}))
    live = applied(state, found())
    fewer = wanted(want(signal(), EXACT, labels={"site": ["Pier"]}))

    assert movers(plan(fewer, live)) == {"labels.area": Mover.GIT}
    assert movers(plan(fewer, edited(live, signal(), labels={"area": ["South"]}))) == {
        "labels.area": Mover.BOTH
    }


def test_a_key_that_git_names_anew_where_others_are_removed_is_gits() -> None:
    live = applied(wanted(want(signal(), EXACT, name="n")), found())
    state = wanted(want(signal(), EXACT, labels={"area": ["North"]}))

    assert movers(plan(state, live)) == {"labels.area": Mover.GIT}
    assert movers(plan(state, edited(live, signal(), labels={"area": ["South"]}))) == {
        "labels.area": Mover.BOTH
    }


def test_keys_that_stood_there_before_others_were_removed_are_a_first_write() -> None:
    live = edited(applied(wanted(want(signal(), name="n")), found()), signal(), labels={"a": ["1"]})

    assert movers(plan(wanted(want(signal(), EXACT, name="n")), live)) == {"labels.a": Mover.FIRST}


def test_a_plain_field_called_like_a_keyed_one_is_known_by_its_own_hash_alone() -> None:
    field = SIGNALS.fields["engUnit"]
    known = {"engUnit.*": base.digest(field, "kPa")}

    assert base.mover(known, field, ("engUnit",), "kPa", "bar") is Mover.FIRST


def test_a_followed_field_that_the_signal_moved_is_gits() -> None:
    follows = want(item(), follow=["engUnit", "labels"])
    live = applied(wanted(want(signal(), engUnit="kPa", labels={"s": ["1"]}), follows), found())

    made = plan(wanted(want(signal(), engUnit="bar", labels={"s": ["2"]}), follows), live)

    assert [
        (change.address, attribute.name, attribute.mover)
        for change in made.changes
        for attribute in change.attributes
    ] == [
        (signal(), "engUnit", Mover.GIT),
        (signal(), "labels.s", Mover.GIT),
        (item(), "engUnit", Mover.GIT),
        (item(), "labels.s", Mover.GIT),
    ]


def test_a_followed_field_that_somebody_edits_on_the_item_is_a_revert() -> None:
    state = wanted(want(signal(), engUnit="kPa"), want(item(), follow=["engUnit"]))
    live = edited(applied(state, found()), item(), engUnit="psi")

    assert movers(plan(state, live)) == {"engUnit": Mover.LIVE}


def test_one_resource_may_hold_several_movers() -> None:
    live = applied(wanted(want(signal(), engUnit="kPa", name="n")), found())
    moved = edited(live, signal(), name="by hand", description="x")
    state = wanted(want(signal(), engUnit="bar", name="n", description="d"))

    assert movers(plan(state, moved)) == {
        "name": Mover.LIVE,
        "description": Mover.FIRST,
        "engUnit": Mover.GIT,
    }


def test_a_write_renews_the_base_of_every_managed_field() -> None:
    live = applied(wanted(want(signal(), engUnit="kPa", name="n")), found())
    state = wanted(want(signal(), engUnit="bar", name="n", sampleInterval="PT1M"))

    known = base.read(applied(state, live).resources[signal()].fields, PROJECT)

    assert known == {
        name: base.digest(SIGNALS.fields[name], value)
        for name, value in (("engUnit", "bar"), ("name", "n"), ("sampleInterval", "PT60S"))
    }


def test_what_is_ignored_keeps_its_base_and_gets_none() -> None:
    first = wanted(want(signal(), engUnit="kPa", labels={"a": ["1"], "b": ["1"]}))
    live = edited(applied(first, found()), signal(), engUnit="psi", labels={"a": ["2"]})
    ignoring = Lifecycle(ignore=frozenset({"engUnit", "labels.a", "name"}))
    declared = {"engUnit": "kPa", "labels": {"a": ["1"], "b": ["2"]}, "name": "n"}
    state = wanted(replace(declare(signal(), declared), lifecycle=ignoring))

    later = applied(state, live)
    known = base.read(later.resources[signal()].fields, PROJECT)

    assert known["engUnit"] == base.digest(SIGNALS.fields["engUnit"], "kPa")
    assert known["labels.a"] == base.digest(SIGNALS.fields["labels"], ["1"])
    assert known["labels.b"] == base.digest(SIGNALS.fields["labels"], ["2"])
    assert "name" not in known
    heeded = plan(wanted(declare(signal(), declared)), later)
    assert movers(heeded) == {
        "name": Mover.FIRST,
        "engUnit": Mover.LIVE,
        "labels.a": Mover.LIVE,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "engUnit",
        "engUnit=",
        "=12345678",
        "engUnit=1234567",
        "engUnit=123456789",
        "engUnit=ABCDEF12",
        "engUnit=1234567g",
        "engUnit:12345678",
        "engUnit=12345678name=12345678",
        '{"engUnit": "12345678"}',
        "engUnit = 12345678",
        "\x00\x1b[2K\ud800\u2028",
        "engUnit=\uff11\uff12345678",
        "=" * 200_000,
        "a=" * 100_000,
        " " * 100_000,
    ],
)
def test_garbage_in_place_of_the_base_is_a_first_write(text: str) -> None:
    live = edited(
        applied(wanted(want(signal(), engUnit="kPa")), found()),
        signal(),
        annotations={"syncer/base": text},
    )

    made = plan(wanted(want(signal(), engUnit="bar")), live)

    assert edits(made) == {"signals/pier/a": {"engUnit": ("kPa", "bar")}}
    assert movers(made) == {"engUnit": Mover.FIRST}
    assert made.released == ()
    assert "" not in base.read(live.resources[signal()].fields, PROJECT)


def test_what_can_be_read_beside_garbage_counts() -> None:
    live = applied(wanted(want(signal(), engUnit="kPa", name="n")), found())
    known = base.read(live.resources[signal()].fields, PROJECT)
    text = f"?? engUnit={known['engUnit']}\n name= x=y"
    torn = edited(live, signal(), annotations={"syncer/base": text}, name="by hand")

    assert movers(plan(wanted(want(signal(), engUnit="bar", name="m")), torn)) == {
        "name": Mover.FIRST,
        "engUnit": Mover.GIT,
    }


@pytest.mark.parametrize("annotations", [None, [], {"syncer/project": PROJECT}, "x"])
def test_a_view_without_a_base_has_none(annotations: object) -> None:
    assert base.read({"annotations": annotations}, PROJECT) == NO_BASE
    assert base.read({}, PROJECT) == NO_BASE


def test_a_base_that_is_no_text_is_none() -> None:
    view = {"annotations": {"syncer/project": PROJECT, "syncer/base": ["engUnit=12345678"]}}

    assert base.read(view, PROJECT) == NO_BASE


def test_the_base_of_another_project_is_none() -> None:
    live = applied(wanted(want(signal(), engUnit="kPa")), found())
    fields_ = live.resources[signal()].fields

    assert base.read(fields_, PROJECT) != NO_BASE
    assert base.read(fields_, "other") == NO_BASE
    assert base.read(base.marked(fields_, "other", {}), PROJECT) == NO_BASE


def test_marks_stand_beside_the_keys_of_others() -> None:
    known = {"name": "00000001", "engUnit": "00000002"}

    view = base.marked({"name": "n", "annotations": {"k": "v"}}, PROJECT, known)

    assert view == {
        "name": "n",
        "annotations": {
            "k": "v",
            "syncer/project": PROJECT,
            "syncer/base": "engUnit=00000002 name=00000001",
        },
    }
    assert base.read(view, PROJECT) == known
    assert base.marked({}, PROJECT, {})["annotations"] == {
        "syncer/project": PROJECT,
        "syncer/base": "",
    }


def test_a_hash_has_eight_digits_and_does_not_change_with_the_program() -> None:
    assert base.digest(SIGNALS.fields["engUnit"], "bar") == "4c293ff0"
    assert base.digest(SIGNALS.fields["labels"], ["b", "a"]) == "3554d2b8"


def released(before: dict[str, object], after: Desired, **touched: object) -> tuple[Release, ...]:
    live = applied(wanted(declare(signal(), {"description": "d", **before})), found())
    return plan(wanted(after), edited(live, signal(), **touched)).released


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"engUnit": "bar", "name": "n"}, want(signal()), ("description", "engUnit", "name")),
        ({"engUnit": "bar"}, want(signal(), description="d"), ("engUnit",)),
        ({"engUnit": "bar"}, want(signal(), description="d", engUnit=""), ()),
        (
            {"labels": {"a": ["1"], "b": ["1"]}},
            want(signal(), description="d", labels={"a": ["1"]}),
            ("labels.b",),
        ),
        ({"annotations": {"a": "1"}}, want(signal(), description="d"), ("annotations.a",)),
        (
            {"labels": {"a": ["1"]}, "annotations": {"a": "1"}},
            want(signal(), EXACT, description="d"),
            (),
        ),
        ({"labels": {"a": ["1"]}}, want(signal(), description="d", labels={}), ()),
        ({"labels": {"a": ["1"]}, "engUnit": "bar"}, want(signal(), FULL), ()),
        ({"labels": {}}, want(signal(), description="d"), ()),
        (
            {"annotations": {"a": "1"}, "name": "n"},
            want(signal(), FULL),
            ("annotations.a",),
        ),
    ],
)
def test_what_left_the_manifests_is_released(
    before: dict[str, object], after: Desired, names: tuple[str, ...]
) -> None:
    assert released(before, after) == ((Release(signal(), names),) if names else ())


@pytest.mark.parametrize("ignored", ["engUnit", "labels", "labels.a"])
@pytest.mark.parametrize("is_declared", [True, False])
def test_what_is_ignored_is_not_released(ignored: str, is_declared: bool) -> None:
    name, _, _ = ignored.partition(".")
    before: dict[str, object] = {"engUnit": "bar"}
    if name == "labels":
        before = {"labels": {"a": ["1"]}}
    lifecycle = Lifecycle(ignore=frozenset({ignored}))
    declared = {"description": "d", **(before if is_declared else {})}

    assert released(before, replace(declare(signal(), declared), lifecycle=lifecycle)) == ()


def test_a_path_that_no_field_has_is_not_released() -> None:
    garbage = (
        "x=12345678 labels=12345678 labels.*=12345678 engUnit.x=12345678 labels.=12345678 "
        ".=12345678 labels.s=12345678"
    )

    assert released({}, want(signal(), description="d"), annotations={"syncer/base": garbage}) == (
        Release(signal(), ("labels.s",)),
    )


def test_a_released_field_keeps_its_value_and_is_forgotten_by_the_next_write() -> None:
    live = applied(wanted(want(signal(), engUnit="bar", name="n")), found())
    state = wanted(want(signal(), name="m"))

    later = applied(state, live)

    assert later.resources[signal()].fields["engUnit"] == "bar"
    assert plan(state, live).released == (Release(signal(), ("engUnit",)),)
    assert plan(state, later).released == ()
    assert plan(state, later).changes == ()


def test_nothing_is_released_of_what_is_new_foreign_or_gone() -> None:
    live = applied(wanted(want(signal("a"), engUnit="bar"), want(signal("b"), name="n")), found())
    foreign = dict(live.resources)
    theirs = base.marked(
        foreign[signal("a")].fields, "other", base.read(foreign[signal("a")].fields, PROJECT)
    )
    foreign[signal("a")] = Live(signal("a"), "x", theirs, "other")

    made = plan(wanted(want(signal("a")), want(signal("new"))), LiveState(foreign))

    assert made.released == ()


def test_followed_keys_that_the_signal_lost_are_still_managed() -> None:
    follows = want(item(), follow=["labels", "annotations"])
    first = wanted(want(signal(), labels={"a": ["1"]}, annotations={"k": "1"}), follows)
    live = applied(first, found())
    fewer = wanted(want(signal(), labels={"a": []}, annotations={"k": ""}), follows)

    made = plan(fewer, live)

    # A followed label goes with the signal's; an annotation stays, and is released.
    assert made.released == (Release(item(), ("annotations.k",)),)
    assert movers(replace(made, changes=made.changes[1:])) == {"labels.a": Mover.GIT}


def test_outside_the_scope_nothing_is_released() -> None:
    live = applied(wanted(want(signal(), engUnit="bar", name="n")), found())
    state = wanted(want(signal(), name="n"), want(signal("b")))

    assert plan(state, live, Options(scope={signal("b")})).released == ()


def test_a_base_of_nothing_releases_nothing() -> None:
    assert base.released(want(item()), ITEMS, None, NO_BASE) == ()
    assert PLAIN.ignore == frozenset()
