from collections.abc import Callable, Mapping

import pytest

from syncer.engine.apply import Order, apply_plan, recover
from syncer.engine.workflow import Wishes, make_plan
from syncer.errors import AccessDenied, ApplyIncomplete, PlanRefused
from syncer.kinds import Action
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.resources import Address, DesiredState, Lifecycle
from syncer.transport.messages import Observation, Request
from syncer.views.outcomes import report_text
from tests.engine.sites import (
    IDS,
    ITEMS,
    PUBLISH,
    SAVE,
    SIGNALS,
    Site,
    answers,
    larger_than,
    lost,
    meanwhile,
    right_after,
    unmarked,
)
from tests.plan.worlds import declare, item, signal, want, wanted

FULL: Mapping[str, object] = {
    "name": "By hand ",
    "description": "kept: \u00e9\u0301 \t\n\u202e \U0001f34c",
    "valueType": "enum",
    "sourceType": "prediction",
    "labels": {"b": ["2", "1", "2"], "a": ["x"]},
    "enumValues": {"10": "ten", "9": "nine"},
    "sampleInterval": "PT15M",
    "gapDetection": "PT1H30M",
    "annotations": {"acme/x": "1", "z": " "},
}


def apply(desired: DesiredState, site: Site, wishes: Wishes | None = None) -> Report:
    return site.apply(desired, wishes or Wishes())


def statuses(report: Report) -> dict[str, Status]:
    return {str(outcome.address): outcome.status for outcome in report.outcomes}


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.error.findings] if report.error else []


def signals(*keys: str) -> DesiredState:
    return wanted(*(want(signal(key), engUnit="bar") for key in keys))


def writes(site: Site) -> list[tuple[str, list[str], object]]:
    return [
        (call.method, call.keys, call.params["createOnly"])
        for call in site.calls
        if call.method in (SAVE, PUBLISH)
    ]


# -- what is sent


def test_creates_are_sent_apart_and_with_create_only(site: Site) -> None:
    site.save("old", engUnit="kPa")
    site.publish("old", name="Old")
    desired = wanted(
        want(signal("new"), engUnit="bar"),
        want(signal("old"), engUnit="bar"),
        want(item("new"), name="N"),
        want(item("old"), name="O"),
    )

    report = apply(desired, site)

    ids = site.ids()
    assert report.error is None
    assert writes(site) == [
        (SAVE, ["new"], True),
        (SAVE, ["old"], False),
        (PUBLISH, [ids[signal("new")]], True),
        (PUBLISH, [ids[signal("old")]], False),
    ]
    assert site.written()[2:] == [
        ("created", "new"),
        ("updated", "old"),
        ("created", ids[signal("new")]),
        ("updated", ids[signal("old")]),
    ]


def test_nothing_is_written_when_nothing_differs(site: Site) -> None:
    site.save("a", engUnit="bar")

    report = apply(signals("a"), site)

    assert (report.outcomes, report.error, report_text(report)) == ((), None, "")
    assert site.counted() == {SIGNALS: 2}
    assert site.journals == []


def test_an_update_keeps_what_people_wrote_byte_for_byte(site: Site) -> None:
    site.save("a", FULL)
    site.publish("a", FULL, visible=True)
    before = site.views()

    report = apply(wanted(want(signal(), engUnit="bar"), want(item(), description="new")), site)

    after = site.views()
    marked = {"acme/x": "1", "z": " ", "syncer/project": "stand"}
    assert report.error is None
    for address, changed in ((signal(), {"engUnit": "bar"}), (item(), {"description": "new"})):
        kept = {**before[address], **changed, "annotations": after[address]["annotations"]}
        assert after[address] == kept
        assert unmarked(after[address]) == marked


def test_an_annotation_is_removed_by_sending_it_empty(site: Site) -> None:
    site.save("a", annotations={"gone": "1", "kept": "2"})

    apply(wanted(want(signal(), annotations={"gone": ""})), site)

    (sent,) = [call.params["signalsByInput"] for call in site.calls if call.method == SAVE]
    assert isinstance(sent, Mapping)
    assert unmarked(sent["a"]) == {"gone": "", "kept": "2", "syncer/project": "stand"}
    assert unmarked(site.views()[signal()]) == {"kept": "2", "syncer/project": "stand"}


def test_reading_back_takes_only_what_was_touched(site: Site) -> None:
    site.save("other")

    apply(wanted(want(signal(), engUnit="bar"), want(item())), site)

    assert site.counted() == {SIGNALS: 3, ITEMS: 1, SAVE: 1, PUBLISH: 1}
    assert set(site.views()) == {signal(), signal("other"), item()}


def test_every_outcome_is_told_as_it_happens(site: Site) -> None:
    session, desired, told = site.session(), signals("a", "b"), list[Outcome]()

    order = Order("run-1", "stand", on_outcome=told.append)
    report = apply_plan(make_plan(desired, session, Wishes()), session, order)

    assert tuple(told) == report.outcomes
    assert [outcome.id for outcome in told] == list(site.ids().values())
    assert report_text(report) == "\nApplied: 2 created; verified 2/2.\n"


@pytest.mark.parametrize("version", ["1.1", "1.1beta2", "1.2"])
def test_every_spoken_version_can_be_applied(version: str) -> None:
    site = Site(version)

    report = apply(wanted(declare(signal(), FULL), want(item(), follow=["engUnit"])), site)

    assert report.error is None
    assert len(report.verified) == 2


# -- what existed already


def test_a_create_that_meets_a_resource_is_reported_and_changes_nothing(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a", name="Theirs", engUnit="psi"))

    report = apply(signals("a", "b"), site)

    assert statuses(report) == {"signals/pier/a": Status.SKIPPED, "signals/pier/b": Status.DONE}
    assert codes(report) == ["APP-EXISTS"]
    assert report_text(report).endswith("verified 1/2.\n")
    assert site.views()[signal()]["engUnit"] == "psi"
    assert site.views()[signal()]["annotations"] == {}


def test_a_create_that_meets_an_inserted_signal_fills_it(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a"))

    report = apply(signals("a", "b"), site)

    assert report.error is None
    assert [
        (o.address.key, o.action, o.finding.code if o.finding else "") for o in report.outcomes
    ] == [("a", Action.UPDATE, "APP-FILLED"), ("b", Action.CREATE, "")]
    assert report_text(report).endswith("\nApplied: 1 created, 1 updated; verified 2/2.\n")
    assert site.views()[signal()]["engUnit"] == "bar"


def test_all_inserted_signals_of_a_batch_are_filled_by_one_save(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.fill({"a": {}, "b": {}}, {}))

    assert apply(signals("a", "b", "c"), site).error is None
    assert writes(site) == [(SAVE, ["a", "b", "c"], True), (SAVE, ["a", "b"], False)]


def test_a_filling_that_fails_is_told_as_it_ended(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a"))
    site.faults[SAVE, 2] = answers(403)

    report = apply(signals("a"), site)

    assert statuses(report) == {"signals/pier/a": Status.FAILED}
    assert isinstance(report.error, AccessDenied)


def test_an_empty_signal_that_somebody_has_marked_is_not_filled(site: Site) -> None:
    marked = {"annotations": {"syncer/project": "other"}}
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a", marked))

    report = apply(signals("a"), site)

    assert statuses(report) == {"signals/pier/a": Status.SKIPPED}
    assert site.views()[signal()]["annotations"] == {"syncer/project": "other"}


def test_when_the_met_signal_cannot_be_read_all_outcomes_are_told(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a"))
    site.always[SIGNALS] = lambda send, request: (
        answers(403)(send, request) if len(site.calls) > 2 else send(request)
    )

    report = apply(wanted(want(signal("a")), want(signal("b")), want(item("b"))), site)

    assert statuses(report) == {
        "signals/pier/a": Status.SKIPPED,
        "signals/pier/b": Status.DONE,
        "items/pier/b": Status.UNSENT,
    }
    assert codes(report) == ["CRD-NAMESPACE", "APP-UNVERIFIED", "APP-EXISTS", "APP-UNSENT"]


# -- what goes wrong


def test_a_refused_write_is_told_as_it_is_when_nothing_was_written(site: Site) -> None:
    site.faults[SAVE, 1] = answers(403)

    report = apply(signals("a"), site)

    assert statuses(report) == {"signals/pier/a": Status.FAILED}
    assert isinstance(report.error, AccessDenied)
    assert site.written() == []


def test_a_missing_credential_is_told_before_the_first_write(site: Site) -> None:
    desired = wanted(want(signal("a"), engUnit="bar"), want(Address("signals", "yacht", "b")))
    session = site.session(writers=("pier",))
    planned = make_plan(desired, session, Wishes())

    with pytest.raises(AccessDenied) as caught:
        site.run(planned, session)

    (finding,) = caught.value.findings
    assert "CLARIFY_YACHT" in finding.summary
    assert "--exclude 'signals/yacht/*'" in finding.hint
    assert site.written() == []


def test_items_need_no_credential_of_their_integration(site: Site) -> None:
    site.save("a")
    session, desired = site.session(writers=()), wanted(want(item()))

    assert site.run(make_plan(desired, session, Wishes()), session).error is None


def test_a_refused_plan_sends_nothing(site: Site) -> None:
    desired = wanted(want(signal(), Lifecycle(protected=True)))

    with pytest.raises(PlanRefused, match="protected"):
        apply(desired, site)
    assert site.written() == []


def test_an_item_that_is_too_large_is_told_before_anything_is_sent(site: Site) -> None:
    huge = {str(number): "x" * 128 for number in range(70_000)}
    desired = wanted(want(signal("a")), want(item("a"), enumValues=huge))

    with pytest.raises(PlanRefused, match="items/pier/a"):
        apply(desired, site)
    assert site.written() == []


def test_a_batch_that_is_too_large_is_halved(site: Site) -> None:
    site.always[SAVE] = larger_than(1)

    report = apply(signals("a", "b", "c"), site)

    assert report.error is None
    assert [call.keys for call in site.calls if call.method == SAVE] == [
        ["a", "b", "c"],
        ["a"],
        ["b", "c"],
        ["b"],
        ["c"],
    ]


def test_one_resource_that_is_too_large_fails_and_the_rest_is_unsent(site: Site) -> None:
    site.always[SAVE] = larger_than(0)

    report = apply(signals("a", "b"), site)

    assert statuses(report) == {"signals/pier/a": Status.FAILED, "signals/pier/b": Status.UNSENT}
    assert codes(report) == ["API-TOO-LARGE"]


# -- verification


def test_a_difference_that_is_read_back_is_not_verified(site: Site) -> None:
    site.faults[SAVE, 1] = right_after(lambda: site.save("a", engUnit="psi"))

    report = apply(signals("a", "b"), site)

    assert report.verified == {signal("b")}
    assert codes(report) == ["APP-UNVERIFIED"]
    assert report_text(report).endswith("verified 1/2.\n")
    assert isinstance(report.error, ApplyIncomplete)


def test_when_reading_back_fails_nothing_counts_as_verified(site: Site) -> None:
    site.always[SIGNALS] = lambda send, request: (
        answers(403)(send, request) if len(site.calls) > 2 else send(request)
    )

    report = apply(signals("a"), site)

    assert statuses(report) == {"signals/pier/a": Status.DONE}
    assert report.verified == frozenset()
    assert codes(report) == ["CRD-NAMESPACE", "APP-UNVERIFIED"]


def test_a_taken_over_create_only_signal_is_verified(site: Site) -> None:
    desired = wanted(want(signal(), Lifecycle(create_only=True), engUnit="bar"))

    assert apply(desired, site).verified == {signal()}
    assert apply(desired, site).outcomes == ()


def test_both_integrations_are_written_under_their_own_ids(site: Site) -> None:
    desired = wanted(want(signal()), want(Address("signals", "yacht", "a")))

    report = apply(desired, site)

    assert report.error is None
    sent = [call.params["integration"] for call in site.calls if call.method == SAVE]
    assert sent == list(IDS.values())


def test_a_blind_run_goes_on_after_what_exists() -> None:
    site = Site()
    site.save("a")
    for alias, remote in IDS.items():
        site.store.ensure_integration(remote, alias, grants=frozenset())
    desired = wanted(want(signal()), want(Address("signals", "yacht", "b")))

    report = apply(desired, site, Wishes(create_only=True))
    site.close()

    assert statuses(report) == {"signals/pier/a": Status.SKIPPED, "signals/yacht/b": Status.DONE}
    assert (report.error, report.failure) == (None, None)


def test_a_run_of_which_something_is_unknown_is_closed_by_the_next(site: Site) -> None:
    """The answer is lost, and then nothing can be read either."""

    def lost_for_good(send: Callable[[Request], Observation], request: Request) -> Observation:
        site.always[SIGNALS] = answers(403)
        return lost(send, request)

    site.faults[SAVE, 1] = lost_for_good
    report = apply(signals("a"), site)

    assert statuses(report) == {"signals/pier/a": Status.UNKNOWN}
    assert site.journals[-1].end is None

    del site.always[SIGNALS]
    again = apply(signals("a"), site)

    assert again.outcomes == ()
    ((_, settled),) = ((each.run, each.settled) for each in site.recovered)
    assert [(str(entry.address), entry.status) for entry in settled] == [("signals/pier/a", "done")]
    assert [run.end.status for run in site.journals if run.end] == ["recovered"]
    assert site.written() == [("created", "a")]


def test_a_run_that_is_going_on_elsewhere_is_left_alone(site: Site) -> None:
    """Two applies of one project, each to an integration of its own, share only their journals."""
    yacht = Address("signals", "yacht", "y")
    desired = wanted(want(signal("p"), engUnit="bar"), want(yacht, engUnit="bar"))
    told: list[object] = []

    def apply_to(alias: str) -> Report:
        session = site.session()
        with site.memory.exclusive(session.places([alias]), "apply") as run:
            wishes = Wishes(targets=(f"signals/{alias}/*",))
            planned = make_plan(desired, session, wishes)
            told.append((alias, len(planned.unfinished), recover(planned, session, [alias])))
            return apply_plan(planned, session, Order(run, "stand"))

    # While it reads back, nothing of it is in flight, and it has not ended.
    site.faults[SIGNALS, 2] = meanwhile(lambda: told.append(apply_to("pier").error))

    assert apply_to("yacht").error is None
    assert told == [("yacht", 0, ()), ("pier", 1, ()), None]
    assert [run.end.status for run in site.journals if run.end] == ["complete", "complete"]
    assert [list(run.begin.integrations) for run in site.journals] == [["yacht"], ["pier"]]
