from collections.abc import Mapping
from dataclasses import replace

import pytest

from syncer.plan import adoption, planfile
from syncer.plan.approval import approve, same_target
from syncer.plan.changes import AttributeChange, Mover, Plan, Target
from syncer.plan.planner import Options
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import DesiredState, LiveState
from tests.plan.worlds import (
    PROJECT,
    TARGET,
    applied,
    edited,
    found,
    have,
    item,
    plan,
    signal,
    want,
    wanted,
)

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


def test_every_part_of_the_target_that_differs_is_named() -> None:
    current = Target("dev", "https://api.clarify.cloud", {"pier": "x", "quay": "y"})

    findings = list(same_target(TARGET, current))

    assert [finding.code for finding in findings] == ["PLN-TARGET"] * 2
    assert [finding.summary for finding in findings] == [
        f"the plan was made for {TARGET.origin}, and dev is https://api.clarify.cloud",
        f"the plan was made for integration pier = {TARGET.integrations['pier']}, and dev has x",
    ]
    (missing,) = same_target(TARGET, Target("prod", TARGET.origin, {}))
    assert missing.summary.endswith("and prod has none")
    assert missing.hint.endswith("syncer plan --out FILE")


def test_what_comes_out_differently_is_one_finding_a_resource() -> None:
    desired = wanted(want(signal("a"), engUnit="bar", name="n"), want(signal("b"), name="n"))
    saved = plan(desired, found(have(signal("a")), have(signal("b"))))
    live = found(have(signal("a"), engUnit="K", name="x"), have(signal("b"), name="x"))

    approval = approve(saved, plan(desired, live), live.resources, KINDS)

    assert [(f.code, f.summary) for f in approval.findings] == [
        ("PLN-STALE", "signals/pier/a comes out differently now: name, engUnit"),
        ("PLN-STALE", "signals/pier/b comes out differently now: name"),
    ]


@pytest.mark.parametrize("live", [found(), LIVE])
def test_another_mark_to_write_makes_a_plan_stale(live: LiveState) -> None:
    others = replace(DESIRED, project="quay")

    (told,) = moved(others, live, plan(DESIRED, live))

    assert told == "signals/pier/a would now be marked as quay's, not as stand's"


def test_another_mover_makes_a_plan_stale() -> None:
    desired = wanted(want(signal(), engUnit="bar", name="n"))
    before = applied(wanted(want(signal(), engUnit="kPa", name="n")), found())
    saved = plan(desired, before)
    known = before.resources[signal()].fields["annotations"]
    assert isinstance(known, Mapping)

    forgotten = edited(before, signal(), annotations={"syncer/base": ""})

    assert saved.changes[0].movers == {Mover.GIT}
    assert plan(desired, forgotten).changes[0].movers == {Mover.FIRST}
    assert moved(desired, forgotten, saved) == ["signals/pier/a comes out differently now: engUnit"]
    assert moved(desired, before, saved) == []


def test_a_field_less_or_more_makes_a_plan_stale() -> None:
    live = found(have(signal()))
    two = wanted(want(signal(), engUnit="bar", labels={"site": ["Pier"]}))
    one = wanted(want(signal(), engUnit="bar"))

    assert moved(one, live, plan(two, live)) == [
        "signals/pier/a comes out differently now: labels.site"
    ]
    assert moved(two, live, plan(one, live)) == [
        "signals/pier/a comes out differently now: labels.site"
    ]


def resealed(saved: Plan, *attributes: AttributeChange) -> Plan:
    """Return the plan with other attributes, as somebody with a text editor makes it."""
    return replace(saved, changes=(replace(saved.changes[0], attributes=attributes),))


def test_an_edited_list_of_fields_is_refused_and_never_a_crash() -> None:
    (unit,) = SAVED.changes[0].attributes
    unknown = AttributeChange(("secret",), None, None)

    assert moved(DESIRED, LIVE, resealed(SAVED, unit, unit)) == []
    assert moved(DESIRED, LIVE, resealed(SAVED, unit, unknown)) == [
        "signals/pier/a comes out differently now: secret"
    ]
    assert moved(DESIRED, LIVE, resealed(SAVED)) == [
        "signals/pier/a comes out differently now: engUnit"
    ]
    assert moved(DESIRED, LIVE, resealed(SAVED, replace(unit, mover=Mover.GIT))) == [
        "signals/pier/a comes out differently now: engUnit"
    ]
    assert moved(DESIRED, LIVE, resealed(SAVED, replace(unit, after="psi"))) == [
        "signals/pier/a comes out differently now: engUnit"
    ]
    assert moved(DESIRED, LIVE, resealed(SAVED, replace(unit, before="psi"))) == [
        "signals/pier/a comes out differently now: engUnit"
    ]


def test_an_edited_order_of_fields_is_the_same_plan() -> None:
    desired = wanted(want(signal(), engUnit="bar", name="n"))
    saved = plan(desired, found(have(signal())))

    backwards = resealed(saved, *reversed(saved.changes[0].attributes))

    assert moved(desired, found(have(signal())), backwards) == []


def test_a_field_that_no_kind_has_was_never_set() -> None:
    """A plan of such fields only is not done: it is stale."""
    saved = resealed(SAVED, AttributeChange(("secret",), None, "x"))
    live = found(have(signal(), engUnit="bar"))

    assert moved(DESIRED, live, saved) == ["signals/pier/a would no longer be changed"]


def test_one_field_of_two_made_already_is_not_done() -> None:
    desired = wanted(want(signal(), engUnit="bar", name="n"))
    saved = plan(desired, found(have(signal())))
    live = found(have(signal(), engUnit="bar"))

    assert moved(desired, live, saved) == ["signals/pier/a comes out differently now: engUnit"]
    assert approve(saved, plan(wanted(), live), live.resources, KINDS).done == ()


def test_a_create_made_already_counts_as_done_even_without_fields() -> None:
    desired = wanted(want(signal()))
    saved = plan(desired, found())
    live = found(have(signal()))

    approval = approve(saved, plan(desired, live), live.resources, KINDS)

    assert (approval.done, approval.findings) == ((signal(),), ())
    assert approve(saved, plan(desired, found()), {}, KINDS).done == ()


def test_a_change_that_still_comes_out_is_never_done() -> None:
    """An unmanaged edit that happens to equal it does not end a change that is still planned."""
    approval = approve(SAVED, plan(DESIRED, LIVE), LIVE.resources, KINDS)

    assert approval.done == ()
    assert [change.address for change in approval.plan.changes] == [signal()]


def hiding() -> tuple[Plan, LiveState]:
    declared = wanted(want(signal(), name="n"), want(item(), name="n"))
    live = applied(declared, found())
    return plan(wanted(), live, Options(retire={item()})), live


def test_hiding_is_approved_done_or_stale_like_any_change() -> None:
    saved, live = hiding()
    again = plan(wanted(), live, Options(retire={item()}))
    hidden = edited(live, item(), visible=False)
    declared = wanted(want(item(), visible=False))

    assert approve(saved, again, live.resources, KINDS).findings == ()
    assert approve(saved, again, live.resources, KINDS).plan.changes == again.changes
    assert approve(saved, plan(wanted(), hidden), hidden.resources, KINDS).done == (item(),)
    assert moved(declared, live, saved) == ["items/pier/a would now be updated, not retired"]


def test_adopting_is_done_only_when_the_mark_is_there() -> None:
    live = found(have(signal()))
    saved = adoption.plan(wanted(), live, KINDS, TARGET, {signal()})
    marked = found(have(signal(), owner=PROJECT))
    theirs = found(have(signal(), owner="other"))
    updated = wanted(want(signal(), name="n"))

    assert moved(wanted(), live, saved) == ["signals/pier/a would no longer be changed"]
    assert moved(wanted(), theirs, saved) == ["signals/pier/a would no longer be changed"]
    assert approve(saved, plan(wanted(), marked), marked.resources, KINDS).done == (signal(),)
    assert approve(saved, saved, live.resources, KINDS).findings == ()
    assert moved(updated, live, saved) == ["signals/pier/a would now be updated, not adopted"]
    assert [
        finding.summary
        for finding in approve(plan(updated, live), saved, live.resources, KINDS).findings
    ] == ["signals/pier/a would now be adopted, not updated"]


def test_a_saved_plan_read_from_its_file_is_approved_like_the_plan_itself() -> None:
    desired = wanted(
        want(signal(), labels={"a": ["1", "2"]}, enumValues={"1": "x"}), want(item(), name="n")
    )
    saved = planfile.loads(planfile.dumps(plan(desired, found())))

    approval = approve(saved, plan(desired, found()), {}, KINDS)

    assert approval.findings == ()
    assert approval.plan == plan(desired, found())


def test_every_refusal_says_the_rule_and_what_to_do() -> None:
    live = found(have(signal(), engUnit="psi"))
    stale = approve(SAVED, plan(DESIRED, live), live.resources, KINDS).findings

    for finding in (*stale, *same_target(TARGET, Target("dev", "", {}))):
        assert finding.rule == "a saved plan runs exactly as it was reviewed, or not at all"
        assert finding.hint == ("make the plan again and have it reviewed: syncer plan --out FILE")


def test_another_project_to_be_marked_makes_a_plan_stale() -> None:
    renamed = DesiredState("other", DESIRED.resources)

    assert moved(renamed, LIVE) == [
        f"signals/pier/a would now be marked as other's, not as {PROJECT}'s"
    ]
