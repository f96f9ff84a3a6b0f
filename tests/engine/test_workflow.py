from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from syncer.engine.workflow import (
    Planned,
    Wishes,
    approve_plan,
    make_plan,
    named_filter,
)
from syncer.errors import ManifestError, Misuse, PlanRefused, StalePlan
from syncer.kinds import Action
from syncer.plan import planfile
from syncer.plan.changes import Allowances, NoteKind, Plan
from syncer.resources import Address, Desired, Lifecycle
from tests.engine.sites import ITEMS, PUBLISH, SAVE, SIGNALS, Site, remote, unmarked
from tests.plan.worlds import item, signal, want, wanted

NO_WISHES = Wishes()
CREATE_ONLY = Lifecycle(create_only=True)
BAR = wanted(want(signal(), engUnit="bar"))


def allowing(**allowed: Any) -> Wishes:
    return Wishes(allowances=Allowances(**allowed))


def told(planned: Planned) -> list[str]:
    return [f"{change.action.value} {change.address}" for change in planned.plan.changes]


def refused(planned: Planned) -> list[str]:
    return [finding.code for finding in planned.plan.refusals]


def saved(planned: Planned) -> Plan:
    """The plan as a file brings it back."""
    return planfile.loads(planfile.dumps(planned.plan))


def many(count: int, alias: str = "pier") -> Sequence[Desired]:
    return [want(Address("signals", alias, f"s{number}")) for number in range(count)]


# -- make_plan


def test_a_plan_reads_each_page_once_and_writes_nothing(site: Site) -> None:
    site.save("a", engUnit="kPa")
    site.save("b")
    site.publish("a", name="A")
    before = site.written()

    desired = wanted(want(signal(), engUnit="bar"), want(item(), name="A"), want(item("b")))
    planned = make_plan(desired, site.session(), NO_WISHES)

    assert told(planned) == ["~ signals/pier/a", "+ items/pier/b"]
    assert site.counted() == {SIGNALS: 2, ITEMS: 1}
    assert site.written() == before


def test_all_integrations_are_read_because_what_left_the_manifests_is_told(site: Site) -> None:
    make_plan(wanted(), site.session(), NO_WISHES)

    assert site.counted() == {SIGNALS: 2}


def test_an_integration_that_is_left_out_or_not_targeted_is_not_read(site: Site) -> None:
    both = wanted(want(signal(), engUnit="bar"), *many(1, "yacht"))
    make_plan(both, site.session(), Wishes(targets=("signals/pier/*",)))
    make_plan(both, site.session(), Wishes(excludes=("*/yacht/*",)))

    assert site.counted() == {SIGNALS: 2}


def test_a_target_narrows_the_plan_to_what_it_names(site: Site) -> None:
    desired = wanted(want(signal("a")), want(signal("b")), want(item("b")))

    assert told(make_plan(desired, site.session(), Wishes(targets=("signals/pier/a",)))) == [
        "+ signals/pier/a"
    ]


def test_a_targeted_item_brings_the_create_of_its_signal(site: Site) -> None:
    desired = wanted(want(signal("a")), want(signal("b")), want(item("b")))

    assert told(make_plan(desired, site.session(), Wishes(targets=("items/*",)))) == [
        "+ signals/pier/b",
        "+ items/pier/b",
    ]


def test_a_targeted_item_does_not_bring_an_update_of_its_signal(site: Site) -> None:
    site.save("a", engUnit="kPa")
    desired = wanted(want(signal(), engUnit="bar"), want(item(), name="n"))

    assert told(make_plan(desired, site.session(), Wishes(targets=("items/*",)))) == [
        "+ items/pier/a"
    ]


def test_a_signal_that_is_named_beside_its_item_is_updated(site: Site) -> None:
    site.save("a", engUnit="kPa")
    desired = wanted(want(signal(), engUnit="bar"), want(item(), name="n"))
    wishes = Wishes(targets=("items/*", "signals/pier/a"))

    assert told(make_plan(desired, site.session(), wishes)) == [
        "~ signals/pier/a",
        "+ items/pier/a",
    ]


def test_an_excluded_signal_leaves_its_item_waiting(site: Site) -> None:
    desired = wanted(want(signal()), want(item()))

    planned = make_plan(desired, site.session(), Wishes(excludes=("signals/*",)))

    assert told(planned) == []
    assert [note.kind for note in planned.plan.notes] == [NoteKind.WAITING]


def test_a_new_key_is_compared_with_what_is_excluded_too(site: Site) -> None:
    site.save("low", name="Low")
    site.save("pump-101/flow", name="Flow", annotations={"syncer/project": "stand"})
    desired = wanted(want(signal("low")), want(signal("pump-101/flows"), name="Flow"))

    planned = make_plan(desired, site.session(), Wishes(excludes=("*low",)))

    assert refused(planned) == ["PLN-NEW-KEY"]
    assert planned.plan.undeclared == ()
    again = approve_plan(saved(planned), desired, site.session(), NO_WISHES)
    assert refused(again) == ["PLN-NEW-KEY"]


def test_what_the_environment_excludes_is_left_out(site: Site) -> None:
    session = site.session()
    session = replace(session, excludes=("*/a",))

    assert told(make_plan(wanted(want(signal("a")), want(signal("b"))), session, NO_WISHES)) == [
        "+ signals/pier/b"
    ]


def test_a_filter_selects_by_what_resources_will_be(site: Site) -> None:
    site.save("a", engUnit="kPa")
    site.save("b", engUnit="bar")
    desired = wanted(
        want(signal("a"), engUnit="bar"),
        want(signal("b"), engUnit="psi"),
        want(signal("c"), engUnit="bar"),
        filters={"bars": {"engUnit": "bar"}},
    )

    planned = make_plan(desired, site.session(), Wishes(filter="bars"))

    assert told(planned) == ["+ signals/pier/c", "~ signals/pier/a"]
    assert site.counted() == {SIGNALS: 2}


def test_a_filter_can_name_input_ids(site: Site) -> None:
    desired = wanted(want(signal("a")), want(signal("b")), filters={"a": {"input": "a"}})

    assert told(make_plan(desired, site.session(), Wishes(filter="a"))) == ["+ signals/pier/a"]


def test_a_filtered_item_brings_the_create_of_its_signal(site: Site) -> None:
    desired = wanted(
        want(signal()), want(item(), name="shown"), filters={"shown": {"name": "shown"}}
    )

    assert told(make_plan(desired, site.session(), Wishes(filter="shown"))) == [
        "+ signals/pier/a",
        "+ items/pier/a",
    ]


def test_an_unknown_filter_is_misuse_that_names_those_there_are() -> None:
    with pytest.raises(Misuse) as caught:
        named_filter("x", wanted(filters={"b": {}, "a": {}}))
    assert caught.value.findings[0].hint == "there are: a, b"
    with pytest.raises(Misuse) as caught:
        named_filter("x", wanted())
    assert caught.value.findings[0].hint == "there are: none"


def test_create_only_leaves_what_exists_alone(site: Site) -> None:
    site.save("a", engUnit="kPa")
    desired = wanted(want(signal("a"), engUnit="bar"), want(signal("b")))

    planned = make_plan(desired, site.session(), Wishes(create_only=True))

    assert told(planned) == ["+ signals/pier/b"]
    assert [note.kind for note in planned.plan.notes] == [NoteKind.SKIP]


def test_an_integration_that_the_environment_lacks_is_named(site: Site) -> None:
    desired = wanted(want(Address("signals", "moon", "a")))

    with pytest.raises(ManifestError, match="no integration moon"):
        make_plan(desired, site.session(), NO_WISHES)


def test_the_create_guard_is_raised_by_its_flag(site: Site) -> None:
    session = remote(site.session(), max_creates=2)
    desired = wanted(*many(3))

    assert refused(make_plan(desired, session, NO_WISHES)) == ["PLN-CREATES"]
    assert refused(make_plan(desired, session, allowing(creates=3))) == []


def test_an_empty_integration_is_believed_only_when_that_is_allowed(site: Site) -> None:
    session, desired = remote(site.session()), wanted(*many(11))

    assert refused(make_plan(desired, session, NO_WISHES)) == ["PLN-EMPTY-LIVE"]
    assert refused(make_plan(desired, session, allowing(empty=True))) == []


def test_an_integration_that_was_not_read_is_not_taken_for_empty(site: Site) -> None:
    session, desired = remote(site.session()), wanted(*many(11), *many(1, "yacht"))

    assert refused(make_plan(desired, session, Wishes(excludes=("*/pier/*",)))) == []
    assert refused(make_plan(desired, session, Wishes(targets=("*/yacht/*",)))) == []


def test_a_narrow_target_in_an_empty_integration_is_still_not_believed(site: Site) -> None:
    session, desired = remote(site.session()), wanted(*many(11))

    assert refused(make_plan(desired, session, Wishes(targets=("*s1",)))) == ["PLN-EMPTY-LIVE"]


def test_protection_and_ownership_are_lifted_by_their_flags(site: Site) -> None:
    site.save("a", annotations={"syncer/project": "other"})
    desired = wanted(want(signal(), Lifecycle(protected=True), engUnit="bar"))
    session = site.session()

    assert refused(make_plan(desired, session, NO_WISHES)) == ["PLN-OWNER"]
    taken = allowing(take_ownership=("signals/*",))
    assert refused(make_plan(desired, session, taken)) == ["PLN-PROTECTED"]
    allowed = allowing(take_ownership=("signals/*",), protected=("signals/*",))
    assert told(make_plan(desired, session, allowed)) == ["~ signals/pier/a"]


# -- approve_plan


def test_a_saved_plan_that_comes_out_the_same_is_approved(site: Site) -> None:
    site.save("a", engUnit="kPa")
    plan = saved(make_plan(BAR, site.session(), NO_WISHES))

    approved = approve_plan(plan, BAR, site.session(), NO_WISHES)

    assert saved(approved) == plan
    assert (approved.done, approved.pending) == ((), ())


def test_an_unmanaged_field_that_moved_is_carried_through(site: Site) -> None:
    site.save("a", engUnit="kPa", description="old", annotations={"acme/x": "1"})
    session = site.session()
    plan = saved(make_plan(BAR, session, NO_WISHES))
    site.save("a", engUnit="kPa", description="ne\nw", annotations={"acme/x": "2"})

    report = site.run(approve_plan(plan, BAR, session, NO_WISHES), session)

    assert report.error is None
    view = site.views()[signal()]
    assert (view["engUnit"], view["description"]) == ("bar", "ne\nw")
    assert unmarked(view) == {"acme/x": "2", "syncer/project": "stand"}


def test_a_managed_field_that_moved_refuses_before_anything_is_sent(site: Site) -> None:
    site.save("a", engUnit="kPa")
    plan = saved(make_plan(BAR, site.session(), NO_WISHES))
    site.save("a", engUnit="psi")
    site.calls.clear()

    with pytest.raises(StalePlan, match="comes out differently now: engUnit"):
        approve_plan(plan, BAR, site.session(), NO_WISHES)
    assert site.counted() == {SIGNALS: 1}


def test_a_plan_for_another_server_is_refused_before_anything_is_read(site: Site) -> None:
    site.save("a", engUnit="kPa")
    plan = saved(make_plan(BAR, site.session(), NO_WISHES))
    site.calls.clear()
    other = Plan(type(plan.target)("dev", "https://api.clarify.io", plan.target.integrations))

    with pytest.raises(StalePlan, match=r"made for https://api\.clarify\.io"):
        approve_plan(other, BAR, site.session(), NO_WISHES)
    assert site.calls == []


def test_what_was_done_already_is_named_and_not_done_again(site: Site) -> None:
    site.save("a", engUnit="kPa")
    session = site.session()
    plan = saved(make_plan(BAR, session, NO_WISHES))
    site.run(approve_plan(plan, BAR, session, NO_WISHES), session)
    site.calls.clear()

    again = approve_plan(plan, BAR, session, NO_WISHES)
    report = site.run(again, session)

    assert (again.plan.changes, again.done) == ((), (signal(),))
    assert (report.outcomes, report.error) == ((), None)
    assert site.counted() == {SIGNALS: 1}


def test_a_plan_that_was_carried_out_is_not_carried_out_again(site: Site) -> None:
    site.save("a", engUnit="kPa")
    session = site.session()
    plan = saved(make_plan(BAR, session, NO_WISHES))
    site.run(approve_plan(plan, BAR, session, NO_WISHES), session)
    # Exactly as it was, marks and all: only the journal knows better.
    gone = {"syncer/project": "", "syncer/run": "", "syncer/base": ""}
    site.save("a", engUnit="kPa", annotations=gone)

    with pytest.raises(StalePlan, match="has carried out this plan"):
        approve_plan(plan, BAR, session, NO_WISHES)


def test_only_what_the_project_owns_and_no_longer_declares_is_retired(site: Site) -> None:
    site.apply(wanted(want(signal()), want(item())))

    retiring = Wishes(retire=("items/*",))
    assert told(make_plan(wanted(want(signal())), site.session(), retiring)) == ["- items/pier/a"]
    with pytest.raises(Misuse, match="matches no item that the project owns"):
        make_plan(wanted(want(signal()), want(item())), site.session(), retiring)


def test_other_changes_are_named_and_left_alone(site: Site) -> None:
    site.save("a", engUnit="kPa")
    site.save("b")
    site.publish("b", name="B")
    plan = saved(make_plan(BAR, site.session(), NO_WISHES))
    desired = wanted(
        want(signal("a"), engUnit="bar"),
        want(signal("b"), engUnit="bar"),
        want(item("b"), name="B"),
        want(Address("signals", "yacht", "unread")),
    )

    approved = approve_plan(plan, desired, site.session(), NO_WISHES)

    assert told(approved) == ["~ signals/pier/a"]
    assert approved.pending == (signal("b"),)


def test_what_the_environment_excludes_is_not_pending(site: Site) -> None:
    session = site.session()
    plan = saved(make_plan(BAR, session, NO_WISHES))
    session = replace(session, excludes=("*/b",))

    desired = wanted(want(signal("a"), engUnit="bar"), want(signal("b")))

    assert approve_plan(plan, desired, session, NO_WISHES).pending == ()


def test_a_foreign_marker_that_came_in_between_makes_the_plan_stale(site: Site) -> None:
    site.save("a", engUnit="kPa")
    plan = saved(make_plan(BAR, site.session(), NO_WISHES))
    site.save("a", engUnit="kPa", annotations={"clarify/clarify-go/publisher/name": "nightly"})

    with pytest.raises(StalePlan, match="would no longer be changed"):
        approve_plan(plan, BAR, site.session(), NO_WISHES)


def test_ownership_taken_in_the_saved_plan_is_taken(site: Site) -> None:
    site.save("a", engUnit="kPa", annotations={"syncer/project": "other"})
    session = site.session()
    plan = saved(make_plan(BAR, session, allowing(take_ownership=("*",))))

    report = site.run(approve_plan(plan, BAR, session, NO_WISHES), session)

    assert report.error is None
    assert unmarked(site.views()[signal()]) == {"syncer/project": "stand"}


def test_a_refused_plan_stays_refused_until_its_flag_is_given(site: Site) -> None:
    session, desired = remote(site.session(), max_creates=1), wanted(*many(2))
    plan = saved(make_plan(desired, session, NO_WISHES))

    assert refused(approve_plan(plan, desired, session, NO_WISHES)) == ["PLN-CREATES"]
    assert refused(approve_plan(plan, desired, session, allowing(creates=2))) == []


def test_a_plan_refused_for_a_foreign_resource_stays_refused(site: Site) -> None:
    site.save("a", engUnit="kPa", annotations={"syncer/project": "other"})
    desired = wanted(want(signal("a"), engUnit="bar"), want(signal("b")))
    plan = saved(make_plan(desired, site.session(), NO_WISHES))

    assert refused(approve_plan(plan, desired, site.session(), NO_WISHES)) == ["PLN-OWNER"]
    taken = approve_plan(plan, desired, site.session(), allowing(take_ownership=("*",)))
    assert (refused(taken), told(taken)) == ([], ["+ signals/pier/b"])


def test_a_plan_refused_as_ambiguous_stays_refused(site: Site) -> None:
    ambiguous = wanted(want(signal("a")))
    planned = make_plan(ambiguous, site.session(), NO_WISHES)
    finding = PlanRefused.of("PLN-AMBIGUOUS", "two are one").findings[0]
    plan = Plan(planned.plan.target, planned.plan.changes, refusals=(finding,))

    approved = approve_plan(plan, ambiguous, site.session(), allowing(creates=9))

    assert refused(approved) == ["PLN-AMBIGUOUS"]


def test_a_create_only_plan_needs_no_flag_when_it_is_applied(site: Site) -> None:
    site.save("a", engUnit="kPa")
    session = site.session()
    desired = wanted(want(signal("a"), engUnit="bar"), want(signal("b")))
    plan = saved(make_plan(desired, session, Wishes(create_only=True)))

    approved = approve_plan(plan, desired, session, NO_WISHES)
    site.run(approved, session)

    assert site.counted()[SAVE] == 1
    assert site.views()[signal("a")]["engUnit"] == "kPa"
    assert approved.pending == (signal("a"),)


def test_an_approved_item_is_published_over_a_signal_made_before(site: Site) -> None:
    session = site.session()
    desired = wanted(want(signal(), engUnit="bar"), want(item(), follow=["engUnit"]))
    plan = saved(make_plan(desired, session, NO_WISHES))
    site.save("a", engUnit="bar")

    approved = approve_plan(plan, desired, session, NO_WISHES)
    report = site.run(approved, session)

    assert (approved.done, told(approved)) == ((signal(),), ["+ items/pier/a"])
    assert report.error is None
    assert site.calls[-1].method == ITEMS
    assert site.views()[item()]["engUnit"] == "bar"
    assert [call.method for call in site.calls if call.method in (SAVE, PUBLISH)] == [PUBLISH]
    assert approved.plan.count(Action.CREATE) == 1
