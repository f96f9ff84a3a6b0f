"""The table of `recovery`, row by row: what a read tells of a write that nobody answered for."""

from collections.abc import Mapping

import pytest

from syncer.engine.records import IntentEntry
from syncer.engine.recovery import Settlement, entry_of, holds, mark, same_view, settle
from syncer.kinds import Action
from syncer.plan.changes import AttributeChange, Change
from syncer.providers.clarify.kinds import ITEMS, SIGNALS
from syncer.resources import Live, Value
from tests.plan.worlds import PLACE, have, item, signal

RUN = "20261120T143046Z-1a2b3c4d"
MINE = {"syncer/project": "stand"}
OTHERS = [Action.UPDATE, Action.ADOPT, Action.RETIRE]
DONE, RESEND, CONFLICT = Settlement.DONE, Settlement.RESEND, Settlement.CONFLICT

BEFORE = dict(have(signal(), engUnit="kPa", description="theirs").fields)
AFTER = {**BEFORE, "engUnit": "bar", "annotations": MINE}


def entry(action: Action, before: Mapping[str, Value] | None = BEFORE) -> IntentEntry:
    changed = () if action is Action.ADOPT else (("engUnit", "kPa", "bar"),)
    is_create = action is Action.CREATE
    return IntentEntry(signal(), action.verb, None if is_create else before, AFTER, changed)


def live(view: Mapping[str, Value], **fields: object) -> Live:
    return Live(signal(), "id-a", {**view, **fields})


MARKED = live(AFTER, engUnit="psi", annotations={**MINE, "syncer/run": RUN})
HOLDING = live(AFTER, description="moved on", annotations={**MINE, "syncer/run": "another"})
UNTOUCHED = live(BEFORE)
EMPTY = have(signal())
ELSE = live(BEFORE, engUnit="psi")


@pytest.mark.parametrize(
    ("found", "settlement"),
    [
        (MARKED, DONE),
        (HOLDING, DONE),
        (None, RESEND),
        (EMPTY, RESEND),
        (UNTOUCHED, CONFLICT),
        (ELSE, CONFLICT),
    ],
)
def test_a_create(found: Live | None, settlement: Settlement) -> None:
    assert settle(entry(Action.CREATE), RUN, found, SIGNALS) is settlement


@pytest.mark.parametrize("action", OTHERS)
@pytest.mark.parametrize(
    ("found", "settlement"),
    [
        (MARKED, DONE),
        (HOLDING, DONE),
        (UNTOUCHED, RESEND),
        (None, CONFLICT),
        (EMPTY, CONFLICT),
        (ELSE, CONFLICT),
    ],
)
def test_any_other_action(action: Action, found: Live | None, settlement: Settlement) -> None:
    assert settle(entry(action), RUN, found, SIGNALS) is settlement


def test_every_action_is_in_the_table() -> None:
    assert {Action.CREATE, *OTHERS} == set(Action)


@pytest.mark.parametrize(
    "other",
    [
        {**BEFORE, "description": "edited"},
        {**BEFORE, "annotations": {"syncer/run": "another"}},
        {**BEFORE, "annotations": {"syncer/project": "other"}},
        {**BEFORE, "annotations": {"acme/x": "1"}},
        {**BEFORE, "labels": {"site": ["Pier"]}},
    ],
)
def test_a_resource_that_anybody_has_written_since_is_a_conflict(
    other: Mapping[str, Value],
) -> None:
    assert settle(entry(Action.UPDATE), RUN, live(other), SIGNALS) is CONFLICT


def test_what_is_written_but_owned_by_nobody_is_not_taken_for_done() -> None:
    assert settle(entry(Action.UPDATE), RUN, live(AFTER, annotations={}), SIGNALS) is CONFLICT
    assert not holds(entry(Action.UPDATE), live(AFTER, annotations={}), SIGNALS)


def test_the_mark_of_the_same_run_before_the_write_is_another_runs_only_by_its_name() -> None:
    earlier = {**BEFORE, "annotations": {"syncer/run": "earlier"}}

    assert settle(entry(Action.UPDATE, earlier), RUN, live(earlier), SIGNALS) is RESEND
    assert settle(entry(Action.UPDATE, earlier), RUN, live(BEFORE), SIGNALS) is CONFLICT


def test_an_existing_item_is_never_taken_for_an_empty_one() -> None:
    made = IntentEntry(item(), "create", None, {"name": "A", "annotations": MINE}, ())

    assert settle(made, RUN, have(item(), name="B"), ITEMS) is CONFLICT


def test_an_intent_without_a_before_is_not_before_anything() -> None:
    assert settle(entry(Action.UPDATE, None), RUN, UNTOUCHED, SIGNALS) is CONFLICT


def test_what_holds_is_compared_as_clarify_means_it() -> None:
    changed = (("sampleInterval", None, "PT60S"), ("labels.site", None, ["b", "a"]))
    wanted = IntentEntry(signal(), "update", {}, {"annotations": {}}, changed)
    view = {"sampleInterval": "PT1M", "labels": {"site": ["a", "b"]}, "annotations": {}}

    assert holds(wanted, live(view), SIGNALS)
    assert not holds(wanted, live({**view, "labels": {}}), SIGNALS)
    assert not holds(wanted, live({**view, "labels": None}), SIGNALS)


def test_views_are_the_same_when_only_their_spelling_differs() -> None:
    assert same_view(
        SIGNALS, {**BEFORE, "gapDetection": "PT60S"}, {**BEFORE, "gapDetection": "PT1M"}
    )
    assert not same_view(SIGNALS, BEFORE, {**BEFORE, "annotations": {"syncer/run": RUN}})


def test_a_view_without_annotations_has_no_marks() -> None:
    assert mark({}, "syncer/run") is None
    assert mark({"annotations": {"syncer/run": RUN}}, "syncer/run") == RUN


def test_an_entry_says_what_the_change_does() -> None:
    attributes = (AttributeChange(("labels", "site"), None, ["Pier"]),)
    change = Change(Action.UPDATE, signal(), BEFORE, AFTER, attributes, "", PLACE)

    assert entry_of(change) == IntentEntry(
        signal(), "update", BEFORE, AFTER, (("labels.site", None, ["Pier"]),)
    )
