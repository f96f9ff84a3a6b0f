"""What an apply promises, over random worlds and the embedded Clarify."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.engine.workflow import Planned, Wishes, approve_plan, make_plan
from syncer.kinds import Action
from syncer.plan import planfile
from syncer.plan.changes import Allowances, Status
from syncer.plan.report import Report
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import Desired, DesiredState, Manage, Value
from tests.engine.sites import PUBLISH, SAVE, Site, View
from tests.plan.worlds import signal
from tests.property.strategies import KEYS, World, signal_fields, worlds

pytestmark = pytest.mark.property
MANY = settings(max_examples=120)
ALL = Allowances(take_ownership=("*",), updates=100, reverts=99, retires=99, new=("*",))
TAKEN = Wishes(allowances=ALL)


def plan(desired: DesiredState, site: Site, wishes: Wishes = TAKEN) -> Planned:
    """A plan without refusals: what belongs to others is left alone, or taken."""
    planned = make_plan(desired, site.session(), wishes)
    return replace(planned, plan=replace(planned.plan, refusals=()))


def apply(desired: DesiredState, site: Site, wishes: Wishes = TAKEN) -> Report:
    return site.run(plan(desired, site, wishes))


@MANY
@given(worlds())
def test_the_plan_after_an_apply_is_empty(world: World) -> None:
    """plan(apply(plan(m, s))) has no changes, and the apply itself has verified that."""
    with closing(world.open()) as site:
        report = apply(world.desired, site)

        assert report.error is None
        assert len(report.verified) == len(report.outcomes)
        assert plan(world.desired, site).plan.changes == ()


@MANY
@given(worlds())
def test_applying_twice_sends_nothing_the_second_time(world: World) -> None:
    """apply(apply(s)) = apply(s), and its ledger has no line more."""
    with closing(world.open()) as site:
        apply(world.desired, site)
        before = site.written()
        site.calls.clear()

        assert apply(world.desired, site).outcomes == ()
        assert site.written() == before
        assert site.counted().keys().isdisjoint({SAVE, PUBLISH})


@MANY
@given(worlds())
def test_what_nobody_manages_never_changes(world: World) -> None:
    """Undeclared resources, unmanaged fields and keys are after an apply what they were before."""
    with closing(world.open()) as site:
        before = site.views()
        apply(world.desired, site)
        after = site.views()

    for address, view in before.items():
        resource = world.desired.resources.get(address)
        if resource is None:
            assert after[address] == view
        else:
            assert dict(unmanaged(resource, after[address])) == dict(unmanaged(resource, view))
    assert after.keys() - before.keys() <= world.desired.resources.keys()


@MANY
@given(worlds())
def test_what_belongs_to_others_never_changes(world: World) -> None:
    """Without leave, no view that carries a foreign mark is changed in any byte."""
    with closing(world.open()) as site:
        before = site.views()
        apply(world.desired, site, Wishes())
        after = site.views()

    for address, view in before.items():
        if KINDS[address.kind].owner(view) not in ("", "stand"):
            assert after[address] == view


@MANY
@given(worlds())
def test_create_only_never_changes_what_exists(world: World) -> None:
    """A createOnly resource that exists keeps its view, unless it is as insert makes it."""
    with closing(world.open()) as site:
        before = site.views()
        apply(world.desired, site)
        after = site.views()

    for address, view in before.items():
        resource = world.desired.resources.get(address)
        if resource is not None and resource.lifecycle.create_only:
            assert after[address] == view or is_as_inserted(address.key, view)


@MANY
@given(worlds())
def test_the_create_only_option_adds_and_changes_nothing(world: World) -> None:
    """Under --create-only every view but an empty signal's stays as it was, bit for bit."""
    with closing(world.open()) as site:
        before = site.views()
        apply(world.desired, site, Wishes(create_only=True))
        after = site.views()

    assert all(
        after[address] == view or is_as_inserted(address.key, view)
        for address, view in before.items()
    )


@MANY
@given(worlds())
def test_creates_and_only_creates_carry_create_only(world: World) -> None:
    """Every write is one plan's creates or its updates; the ledger tells the same effects."""
    with closing(world.open()) as site:
        planned = plan(world.desired, site)
        lines = len(site.written())
        report = site.run(planned)
        sent = {
            (call.method, key): call.params["createOnly"]
            for call in site.calls
            if call.method in (SAVE, PUBLISH)
            for key in call.keys
        }
        effects = [effect for effect, _ in site.written()[lines:]]

    assert len(sent) == len(planned.plan.changes) == len(effects)
    creates = planned.plan.count(Action.CREATE)
    assert list(sent.values()).count(True) == effects.count("created") == creates
    assert effects.count("updated") == len(effects) - creates
    assert all(outcome.status is Status.DONE for outcome in report.outcomes)


@MANY
@given(worlds())
def test_a_saved_plan_is_approved_as_long_as_nothing_moved_and_done_afterwards(
    world: World,
) -> None:
    """approve(plan(s), s) = plan(s); approve(plan(s), apply(s)) is all done and sends nothing."""
    with closing(world.open()) as site:
        planned, session = plan(world.desired, site), site.session()
        saved = planfile.loads(planfile.dumps(planned.plan))

        approved = approve_plan(saved, world.desired, session, TAKEN)
        report = site.run(approved, session)
        again = approve_plan(saved, world.desired, session, TAKEN)

    assert approved.plan.changes == planned.plan.changes
    assert (approved.done, approved.pending, report.error) == ((), (), None)
    assert again.plan.changes == ()
    assert set(again.done) == {change.address for change in saved.changes}


@MANY
@given(worlds(), st.sampled_from(KEYS), signal_fields)
def test_what_people_write_between_plan_and_apply_is_kept(
    world: World, key: str, fields: View
) -> None:
    """apply(plan(s), edit(s)) leaves of the edit all that the manifests do not manage."""
    with closing(world.open()) as site:
        planned = plan(world.desired, site)
        site.save(key, fields)
        edited = site.views()[signal(key)]
        report = site.run(planned)
        after = site.views()[signal(key)]

    resource = world.desired.resources.get(signal(key))
    moved = {outcome.address for outcome in report.with_status(Status.MOVED, Status.SKIPPED)}
    if resource is None or signal(key) in moved:
        assert after == edited
    elif not is_as_inserted(key, edited):
        assert dict(unmanaged(resource, after)) == dict(unmanaged(resource, edited))


def is_as_inserted(key: str, view: View) -> bool:
    site = Site()
    site.save(key)
    (inserted,) = site.views().values()
    site.close()
    # A length of nothing is as good as none.
    return {n: None if v == "PT0S" else v for n, v in view.items()} == inserted


def unmanaged(resource: Desired, view: View) -> Iterator[tuple[str, Value]]:
    """Yield what the declaration leaves to others, by the words of the manual alone."""
    lifecycle, fields = resource.lifecycle, resource.fields
    for name, value in view.items():
        said, follows = fields.get(name), name in resource.follow
        keyed = name in ("labels", "annotations")
        defaulted = lifecycle.manage is Manage.FULL and name not in (
            {"visible", "name", "gapDetection", "annotations"}
            if resource.address.kind == "items"
            else {"annotations"}
        )
        if lifecycle.manage is Manage.OBSERVE or name in lifecycle.ignore:
            yield name, value
        elif not keyed:
            if name not in fields and not follows and not defaulted:
                yield name, value
        elif isinstance(value, Mapping):
            whole = name in lifecycle.exact or defaulted or follows or (name in fields and not said)
            for key, text in value.items():
                if key.startswith("syncer/"):
                    continue
                declared = whole or (isinstance(said, Mapping) and key in said)
                if f"{name}.{key}" in lifecycle.ignore or not declared:
                    yield f"{name}.{key}", text
