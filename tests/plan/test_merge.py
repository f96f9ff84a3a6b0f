import pytest

from syncer.plan.merge import differing, first_view
from syncer.providers.clarify.kinds import ITEMS, SIGNALS
from syncer.resources import Lifecycle, Manage
from tests.plan.worlds import have, item, signal, want

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
