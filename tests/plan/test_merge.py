from collections.abc import Mapping
from dataclasses import replace

import pytest

from syncer.plan.changes import Change
from syncer.plan.merge import differing, first_view, managed_paths, rebase
from syncer.providers.clarify.kinds import ITEMS, KINDS, SIGNALS
from syncer.resources import Desired, Lifecycle, LiveState, Manage
from tests.plan.worlds import (
    applied,
    edited,
    found,
    have,
    item,
    plan,
    signal,
    stand,
    want,
    wanted,
)

FULL = Lifecycle(manage=Manage.FULL)
LABELS = {"site": ["Pier"], "area": ["North"]}


def test_a_label_key_is_managed_alone() -> None:
    desired = want(signal(), labels={"site": ["Yacht"]})

    assert differing(desired, SIGNALS, {"labels": LABELS}) == {
        "labels": {"site": ["Yacht"], "area": ["North"]}
    }


@pytest.mark.parametrize(
    ("declared", "left"),
    [({"site": []}, {"area": ["North"]}), ({}, {}), ({"gone": []}, None)],
)
def test_empty_means_removed(declared: object, left: object) -> None:
    changed = differing(want(signal(), labels=declared), SIGNALS, {"labels": LABELS})

    assert changed == ({} if left is None else {"labels": left})


def test_exact_removes_the_keys_that_nobody_declares() -> None:
    lifecycle = Lifecycle(exact=frozenset({"labels"}))

    assert differing(
        want(signal(), lifecycle, labels={"site": ["Pier"]}), SIGNALS, {"labels": LABELS}
    ) == {"labels": {"site": ["Pier"]}}
    assert differing(want(signal(), lifecycle), SIGNALS, {"labels": LABELS}) == {"labels": {}}


def test_values_that_are_equal_keep_the_servers_spelling() -> None:
    live = {"sampleInterval": "PT60S", "labels": {"site": ["b", "a"], "area": ["x"]}}
    desired = want(signal(), sampleInterval="PT1M", labels={"site": ["a", "b"], "area": ["y"]})

    assert differing(desired, SIGNALS, live) == {"labels": {"site": ["b", "a"], "area": ["y"]}}


@pytest.mark.parametrize("ignored", ["labels", "labels.site"])
def test_what_is_ignored_is_never_changed(ignored: str) -> None:
    lifecycle = Lifecycle(ignore=frozenset({ignored, "engUnit"}))
    desired = want(signal(), lifecycle, engUnit="bar", labels={"site": ["Yacht"]})

    assert differing(desired, SIGNALS, {"engUnit": "kPa", "labels": LABELS}) == {}
    assert first_view(desired, SIGNALS, None)["engUnit"] == "bar"


def test_full_sends_what_is_left_out_back_to_its_default() -> None:
    live = have(signal(), name="x", engUnit="bar", labels=LABELS, annotations={"k": "v"})

    assert differing(want(signal(), FULL), SIGNALS, live.fields) == {
        "name": "a",
        "engUnit": "",
        "labels": {},
    }


def test_full_leaves_an_items_name_visibility_and_gap_detection() -> None:
    live = have(item(), name="x", visible=True, gapDetection="PT1H", description="d")

    assert differing(want(item(), FULL), ITEMS, live.fields, {}) == {"description": ""}


def test_an_emptied_annotation_goes_and_bookkeeping_stays() -> None:
    live = {"annotations": {"a": "1", "b": "2", "syncer/project": "stand"}}

    assert differing(want(signal(), annotations={"a": ""}), SIGNALS, live) == {
        "annotations": {"b": "2", "syncer/project": "stand"}
    }
    assert differing(want(signal(), annotations={}), SIGNALS, live) == {
        "annotations": {"syncer/project": "stand"}
    }


def test_followed_labels_are_the_signals_with_the_said_ones_over_them() -> None:
    source = {"labels": {"site": ["Pier"], "kind": ["pump"]}}
    desired = want(item(), follow=["labels"], labels={"site": ["Yacht"]})

    assert differing(desired, ITEMS, {"labels": LABELS}, source) == {
        "labels": {"site": ["Yacht"], "kind": ["pump"]}
    }


def test_followed_annotations_are_added_without_syncers_own() -> None:
    source = {"annotations": {"a": "1", "syncer/project": "stand"}}
    desired = want(item(), follow=["annotations"])

    assert differing(desired, ITEMS, {"annotations": {"b": "2"}}, source) == {
        "annotations": {"b": "2", "a": "1"}
    }


def test_a_new_items_labels_are_its_signals_with_the_said_ones_over_them() -> None:
    source = have(signal(), labels=LABELS).fields

    said = first_view(want(item(), labels={"site": ["Yacht"]}), ITEMS, source)
    emptied = first_view(want(item(), labels={}), ITEMS, source)

    assert (said["labels"], emptied["labels"]) == ({"site": ["Yacht"], "area": ["North"]}, {})


def test_a_new_item_is_hidden_only_when_that_is_said() -> None:
    source = have(signal()).fields

    assert first_view(want(item()), ITEMS, source)["visible"] is True
    assert first_view(want(item(), visible=False), ITEMS, source)["visible"] is False


def test_following_a_field_that_the_signal_lacks_gives_the_default() -> None:
    desired = want(item(), follow=["engUnit"])

    assert differing(desired, ITEMS, {"engUnit": "bar"}, {}) == {"engUnit": ""}


def test_labels_that_are_said_to_be_empty_win_over_following() -> None:
    source = have(signal(), labels=LABELS).fields
    desired = want(item(), follow=["labels"], labels={})

    assert first_view(desired, ITEMS, source)["labels"] == {}
    assert differing(desired, ITEMS, {"labels": LABELS}, source) == {"labels": {}}


def test_a_label_is_never_taken_for_bookkeeping() -> None:
    live = {"labels": {"syncer/x": ["1"]}}

    assert differing(want(signal(), labels={}), SIGNALS, live) == {"labels": {}}


def paths(desired: Desired, source: Mapping[str, object] | None = None) -> list[str]:
    kind = KINDS[desired.address.kind]
    view = None if source is None else stand(signal(), source).fields
    return [".".join(p) + "!" * ignored for p, ignored in managed_paths(desired, kind, view)]


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        (want(signal()), []),
        (want(signal(), engUnit="x", name=""), ["engUnit", "name"]),
        (want(signal(), labels={"a": ["1"], "b": []}), ["labels.a", "labels.b"]),
        (want(signal(), labels={}), ["labels.*"]),
        (want(signal(), annotations={}), ["annotations.*"]),
        (
            want(signal(), Lifecycle(exact=frozenset({"labels"})), labels={"a": ["1"]}),
            ["labels.a", "labels.*"],
        ),
        (want(signal(), Lifecycle(exact=frozenset({"annotations"}))), ["annotations.*"]),
        (
            want(signal(), Lifecycle(ignore=frozenset({"engUnit", "labels.a"})), engUnit="x"),
            ["engUnit!"],
        ),
        (
            want(
                signal(),
                Lifecycle(ignore=frozenset({"labels.a"}), exact=frozenset({"labels"})),
                labels={"a": ["1"], "b": ["1"]},
            ),
            ["labels.a!", "labels.b", "labels.*"],
        ),
        (
            want(
                signal(),
                Lifecycle(ignore=frozenset({"labels"}), exact=frozenset({"labels"})),
                labels={"a": ["1"]},
            ),
            ["labels.a!", "labels.*!"],
        ),
        (
            want(signal(), FULL, annotations={"k": "1"}),
            [
                *("name", "description", "engUnit", "labels.*", "annotations.k", "valueType"),
                *("sourceType", "enumValues", "sampleInterval", "gapDetection"),
            ],
        ),
        (
            want(item(), FULL),
            [
                *("description", "engUnit", "labels.*", "valueType", "sourceType", "enumValues"),
                "sampleInterval",
            ],
        ),
    ],
)
def test_the_managed_paths_are_what_manifests_name(desired: Desired, expected: list[str]) -> None:
    assert paths(desired) == expected


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        (want(item(), follow=["engUnit"]), ["engUnit"]),
        (want(item(), follow=["labels"]), ["labels.site", "labels.*"]),
        (want(item(), follow=["annotations"]), ["annotations.k"]),
        (
            want(item(), follow=["labels"], labels={"b": ["1"]}),
            ["labels.site", "labels.b", "labels.*"],
        ),
        (want(item(), follow=["labels"], labels={}), ["labels.*"]),
    ],
)
def test_the_keys_of_the_signal_are_managed_where_they_are_followed(
    desired: Desired, expected: list[str]
) -> None:
    source = {"labels": {"site": ["Pier"]}, "annotations": {"k": "1", "syncer/project": "x"}}

    assert paths(desired, source) == expected


def update(desired: Desired, live: LiveState) -> Change:
    (change,) = plan(wanted(desired), live).changes
    return change


LIVE = edited(
    applied(
        wanted(want(signal(), engUnit="kPa", labels={"a": ["1"]}, annotations={"k": "1"})),
        found(),
    ),
    signal(),
    labels={"z": ["9"]},
    annotations={"z": "9"},
)
WANTED = want(
    signal(),
    engUnit="bar",
    labels={"a": [], "b": ["2"]},
    annotations={"k": "", "l": "2"},
)


def test_a_change_is_carried_over_what_moved_beside_it() -> None:
    moved = edited(
        LIVE, signal(), description="x", labels={"y": ["8"]}, annotations={"y": "8", "z": ""}
    )
    change = update(WANTED, LIVE)

    rebased = rebase(change, moved.resources[signal()].fields, SIGNALS)

    assert rebased == update(WANTED, moved)
    assert rebased is not None
    assert rebased.before == moved.resources[signal()].fields
    assert rebased.after["description"] == "x"
    assert rebased.after["labels"] == {"b": ["2"], "y": ["8"], "z": ["9"]}
    assert {k: v for k, v in keys(rebased.after["annotations"]) if not k.startswith("s")} == {
        "l": "2",
        "y": "8",
    }


def keys(value: object) -> list[tuple[str, object]]:
    assert isinstance(value, dict)
    return list(value.items())


@pytest.mark.parametrize(
    "fields",
    [
        {"engUnit": "psi"},
        {"engUnit": "bar"},
        {"labels": {"a": ["2"]}},
        {"labels": {"a": []}},
        {"labels": {"b": ["1"]}},
        {"annotations": {"k": "2"}},
        {"annotations": {"l": "1"}},
        {"annotations": {"syncer/project": "other"}},
        {"annotations": {"syncer/project": ""}},
    ],
)
def test_a_change_whose_own_field_or_owner_moved_is_not_carried(fields: dict[str, object]) -> None:
    moved = edited(LIVE, signal(), **fields)

    assert rebase(update(WANTED, LIVE), moved.resources[signal()].fields, SIGNALS) is None


def test_another_spelling_has_not_moved() -> None:
    live = found(have(signal(), sampleInterval="PT1M", labels={"a": ["1", "2"]}))
    now = have(signal(), sampleInterval="PT60S", labels={"a": ["2", "1"]}).fields
    change = update(want(signal(), sampleInterval="PT5M", labels={"a": ["3"]}), live)

    rebased = rebase(change, now, SIGNALS)

    assert rebased is not None
    assert rebased.before == now
    assert rebased.after["sampleInterval"] == "PT5M"


def test_marks_that_the_change_writes_win_over_what_stands_there() -> None:
    change = update(want(signal(), engUnit="bar"), found(have(signal(), engUnit="kPa")))
    marks = {**dict(keys(change.after["annotations"])), "syncer/run": "new"}
    after = {**change.after, "annotations": marks}
    now = have(signal(), engUnit="kPa", annotations={"syncer/run": "old", "syncer/x": "1"})

    rebased = rebase(replace(change, after=after), now.fields, SIGNALS)

    assert rebased is not None
    assert dict(keys(rebased.after["annotations"])) == {**marks, "syncer/x": "1"}


def test_an_item_that_is_published_again_keeps_what_its_people_wrote() -> None:
    live = found(have(signal()), have(item(), visible=True, name="n"))
    change = update(want(item(), engUnit="bar"), live)
    now = have(item(), visible=False, name="by hand", gapDetection="PT3H").fields

    rebased = rebase(change, now, ITEMS)

    assert rebased is not None
    assert {name for name in now if rebased.after[name] != now[name]} == {
        "engUnit",
        "annotations",
    }


def test_full_sends_to_the_default_and_not_to_what_the_signal_has() -> None:
    source = {"description": "of the signal", "engUnit": "bar"}
    desired = want(item(), FULL, follow=["engUnit"])

    assert differing(desired, ITEMS, {"description": "d", "engUnit": "kPa"}, source) == {
        "description": "",
        "engUnit": "bar",
    }
