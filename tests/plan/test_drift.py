from collections.abc import Iterable, Mapping
from dataclasses import replace

from syncer.diagnostics import Diagnostic
from syncer.plan import base, drift
from syncer.plan.changes import Mover, Plan
from syncer.plan.drift import Outside, Pending
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import PLAIN, Address, Desired, Lifecycle, Live, LiveState, Manage, Value
from tests.plan.worlds import PROJECT, TARGET, found, have, item, plan, signal, want, wanted


def applied(desired: Desired, live: Live) -> Live:
    """Return the resource as an apply of the manifests would leave it, with its base."""
    kind = KINDS[desired.address.kind]
    view = {**live.fields, **desired.fields}
    marked = base.marked(view, PROJECT, base.after(desired, kind, view, None, {}))
    return replace(live, fields=marked, owner=PROJECT, updated="2026-01-01T00:00:00.000Z")


def changed(live: Live, **fields: Value) -> Live:
    return replace(live, fields={**live.fields, **fields})


def nothing(_: Address) -> Iterable[Mapping[str, Value]]:
    raise AssertionError("history was asked for")


def outside(desired: Desired, live: Live, earlier: drift.Applied = nothing) -> Outside:
    state = found(live)
    return drift.find(plan(wanted(desired), state), state, KINDS, PROJECT, earlier)


def test_what_nobody_touched_has_not_drifted() -> None:
    desired = want(signal(), name="A")

    assert outside(desired, applied(desired, have(signal()))) == Outside(TARGET)


def test_a_field_that_others_moved_is_told_with_the_value_that_was_applied() -> None:
    desired = want(signal(), name="A", engUnit="bar")
    live = changed(applied(desired, have(signal())), engUnit="kPa")

    (found_drift,) = outside(desired, live).drifts

    (field,) = found_drift.fields
    assert (found_drift.address, found_drift.updated) == (signal(), "2026-01-01T00:00:00.000Z")
    assert (field.change.name, field.change.mover) == ("engUnit", Mover.LIVE)
    assert (field.base, field.is_known, field.change.before) == ("bar", True, "kPa")
    assert field.hash == base.digest(KINDS["signals"].fields["engUnit"], "bar")


def test_where_both_moved_history_tells_the_base() -> None:
    before = want(signal(), name="A")
    live = changed(applied(before, have(signal())), name="C")

    (found_drift,) = outside(
        want(signal(), name="B"), live, lambda _: [{"name": "?"}, {"name": "A"}]
    ).drifts

    (field,) = found_drift.fields
    assert field.change.mover is Mover.BOTH
    assert (field.base, field.is_known) == ("A", True)


def test_where_nobody_remembers_the_base_stays_a_hash() -> None:
    live = changed(applied(want(signal(), name="A"), have(signal())), name="C")

    (found_drift,) = outside(want(signal(), name="B"), live, lambda _: [{"name": "?"}]).drifts

    (field,) = found_drift.fields
    assert (field.base, field.is_known, len(field.hash)) == (None, False, 8)


def test_a_key_that_had_been_absent_needs_no_history() -> None:
    before = want(signal(), labels={"site": []})
    live = changed(applied(before, have(signal())), labels={"site": ["Yacht"]})

    (found_drift,) = outside(want(signal(), labels={"site": ["Pier"]}), live).drifts

    assert [(f.base, f.is_known, f.change.after) for f in found_drift.fields] == [
        (None, True, ["Pier"])
    ]


def test_keys_that_others_added_where_all_are_declared_have_drifted() -> None:
    desired = want(signal(), Lifecycle(exact=frozenset(["labels"])), labels={"a": ["1"]})
    live = changed(applied(desired, have(signal())), labels={"a": ["1"], "b": ["2"]})

    (found_drift,) = outside(desired, live).drifts

    assert [(f.change.name, f.base, f.is_known) for f in found_drift.fields] == [
        ("labels.b", None, True)
    ]


def test_what_git_moved_is_pending_and_no_drift() -> None:
    live = applied(want(signal(), name="A", engUnit="bar"), have(signal()))
    desired = want(signal(), name="B", engUnit="bar", description="new")

    told = outside(desired, live)

    assert told.drifts == ()
    assert told.pending == (Pending(signal(), "update", ("name", "description"), ""),)


def test_one_resource_may_have_drifted_and_be_pending() -> None:
    live = applied(want(signal(), name="A", engUnit="bar"), have(signal()))

    told = outside(want(signal(), name="B", engUnit="bar"), changed(live, engUnit="kPa"))

    assert [drift.address for drift in told.drifts] == [signal()]
    assert told.pending == (Pending(signal(), "update", ("name",), ""),)


def test_creates_and_waiting_items_are_pending() -> None:
    state = LiveState()
    made = plan(wanted(want(signal("b")), want(item("z"))), state)

    told = drift.find(made, state, KINDS, PROJECT, nothing)

    reason = "its signal signals/pier/z does not exist yet"
    assert told.pending == (
        Pending(item("z"), "waiting", (), reason),
        Pending(signal("b"), "create", (), ""),
    )


def test_what_is_left_alone_is_pending_with_its_reason() -> None:
    desired = want(signal(), Lifecycle(manage=Manage.OBSERVE), name="A")

    told = outside(desired, have(signal()))

    reason = "differs, and is only observed"
    assert told.pending == (Pending(signal(), "skip", ("name",), reason),)


def test_what_is_only_observed_drifts_like_the_rest() -> None:
    observed = Lifecycle(manage=Manage.OBSERVE)
    live = changed(applied(want(signal(), PLAIN, name="A"), have(signal())), name="C")

    told = outside(want(signal(), observed, name="A"), live)

    assert [drift.address for drift in told.drifts] == [signal()]
    assert told.pending == ()


def test_what_keeps_a_plan_from_telling_is_passed_on_and_other_refusals_are_not() -> None:
    empty, creates = (Diagnostic(code, "said") for code in ("PLN-EMPTY-LIVE", "PLN-CREATES"))

    told = drift.find(Plan(TARGET, refusals=(creates, empty)), LiveState(), KINDS, PROJECT, nothing)

    assert told == Outside(TARGET, refusals=(empty,))


def test_moved_yields_only_what_others_moved() -> None:
    live = changed(applied(want(signal(), name="A", engUnit="bar"), have(signal())), engUnit="kPa")
    made = plan(wanted(want(signal(), name="B", engUnit="bar")), found(live))

    assert [(address, change.name) for address, change in drift.moved(made)] == [
        (signal(), "engUnit")
    ]
