from dataclasses import replace

import pytest

from syncer.plan.approval import approve, same_target
from syncer.plan.changes import Plan, Target
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import DesiredState, LiveState
from tests.plan.worlds import TARGET, found, have, item, plan, signal, want, wanted

DESIRED = wanted(want(signal(), engUnit="bar"))
LIVE = found(have(signal(), engUnit="kPa", description="d"))
SAVED = plan(DESIRED, LIVE)


def moved(desired: DesiredState, live: LiveState, saved: Plan = SAVED) -> list[str]:
    approval = approve(saved, plan(desired, live), live.resources, KINDS)
    return [finding.summary for finding in approval.findings]


def test_the_same_changes_are_approved_as_they_come_out_now() -> None:
    live = found(have(signal(), engUnit="kPa", description="edited by hand"))

    approval = approve(SAVED, plan(DESIRED, live), live.resources, KINDS)

    assert approval.findings == ()
    assert approval.plan.changes[0].after["description"] == "edited by hand"


def test_a_change_made_already_counts_as_done() -> None:
    live = found(have(signal(), engUnit="bar"))

    approval = approve(SAVED, plan(DESIRED, live), live.resources, KINDS)

    assert (approval.done, approval.plan.changes, approval.findings) == ((signal(),), (), ())


def test_label_values_made_already_count_as_done() -> None:
    desired = wanted(want(signal(), labels={"site": ["Pier"]}))
    saved = plan(desired, found(have(signal())))
    live = found(have(signal(), labels={"site": ["Pier"]}))

    assert approve(saved, plan(desired, live), live.resources, KINDS).done == (signal(),)


def test_other_changes_are_left_out() -> None:
    desired = wanted(want(signal(), engUnit="bar"), want(signal("b")))

    approval = approve(SAVED, plan(desired, LIVE), LIVE.resources, KINDS)

    assert [change.address for change in approval.plan.changes] == [signal()]


@pytest.mark.parametrize(
    ("desired", "live", "told"),
    [
        (DESIRED, found(have(signal(), engUnit="psi")), "differently now: engUnit"),
        (wanted(want(signal(), engUnit="psi")), LIVE, "differently now: engUnit"),
        (
            wanted(want(signal(), engUnit="bar", description="e")),
            LIVE,
            "differently now: description",
        ),
        (DESIRED, found(), "would now be created, not updated"),
        (wanted(), LIVE, "would no longer be changed"),
        (wanted(want(signal(), engUnit="kPa")), LIVE, "would no longer be changed"),
        (DESIRED, found(have(signal(), owner="other", engUnit="kPa")), "would no longer"),
        (
            DESIRED,
            found(have(signal(), engUnit="kPa", annotations={"syncer/project": "stand"})),
            "another owner",
        ),
    ],
)
def test_whatever_moved_is_named(desired: DesiredState, live: LiveState, told: str) -> None:
    (summary,) = moved(desired, live) or [""]

    assert told in summary


def test_a_create_whose_copied_fields_moved_is_the_same() -> None:
    desired = wanted(want(item(), name="n"))
    saved = plan(desired, found(have(signal())))

    assert moved(desired, found(have(signal(), description="moved")), saved) == []


def test_nothing_done_is_claimed_for_a_resource_that_is_gone() -> None:
    assert moved(wanted(), found()) == ["signals/pier/a would no longer be changed"]


@pytest.mark.parametrize(
    ("current", "count"),
    [
        (TARGET, 0),
        (replace(TARGET, origin="https://api.clarify.cloud"), 1),
        (replace(TARGET, integrations={"pier": "c000000000000000000a"}), 1),
        (Target("dev", TARGET.origin, {}), 1),
    ],
)
def test_a_plan_is_bound_to_its_server_and_integrations(current: Target, count: int) -> None:
    assert len(list(same_target(TARGET, current))) == count


def test_another_spelling_of_the_same_values_is_the_same() -> None:
    desired = wanted(want(signal(), sampleInterval="PT1M", labels={"x": ["a", "b"]}))
    respelled = wanted(want(signal(), sampleInterval="PT60S", labels={"x": ["b", "a"]}))
    saved = plan(desired, found(have(signal(), sampleInterval="PT120S")))

    assert moved(respelled, found(have(signal(), sampleInterval="PT2M")), saved) == []
