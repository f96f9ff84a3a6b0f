"""One run, branch by branch: what is looked at again, sent, settled, resent, and left."""

import json
from collections.abc import Callable, Mapping

import pytest

from syncer.engine.records import Intent, Result
from syncer.engine.workflow import Wishes
from syncer.errors import ApplyIncomplete, ExitCode, LockHeld, StalePlan, SyncerError
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.resources import Address, DesiredState
from syncer.transport.messages import Observation, Request, Seen
from tests.engine.memories import MemoryState
from tests.engine.sites import (
    ITEMS,
    PUBLISH,
    SAVE,
    SIGNALS,
    Fault,
    Site,
    answers,
    bare,
    forgetful,
    larger_than,
    lost,
    meanwhile,
    partly,
    refuses,
    right_after,
    truncated,
    unmarked,
    unsent,
)
from tests.plan.worlds import item, signal, want, wanted

KEYS = ("a", "b", "c")
DONE, MOVED, FAILED, UNSENT = Status.DONE, Status.MOVED, Status.FAILED, Status.UNSENT


def bar(*keys: str) -> DesiredState:
    return wanted(*(want(signal(key), engUnit="bar") for key in keys))


def statuses(report: Report) -> dict[str, Status]:
    return {outcome.address.key: outcome.status for outcome in report.outcomes}


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.error.findings] if report.error else []


def findings(report: Report) -> dict[str, str]:
    return {o.address.key: o.finding.code for o in report.outcomes if o.finding}


def live(site: Site, *keys: str, unit: str = "kPa") -> None:
    """Let signals stand that differ from what is wanted."""
    site.fill({key: {"engUnit": unit, "description": key} for key in keys}, {})


def timed_out(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and answer too late."""
    send(request)
    return Observation(Seen.TIMED_OUT)


def failed(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and answer with 500 all the same."""
    send(request)
    return Observation(Seen.ANSWERED, 500)


def blank(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and answer with nothing."""
    send(request)
    return Observation(Seen.ANSWERED, 204)


def nothing_listed(keys: list[str]) -> object:
    return {}


def all_created(keys: list[str]) -> object:
    return {key: {"id": "x", "created": True, "updated": False} for key in keys}


EXECUTED = [lost, timed_out, truncated, failed, blank, forgetful]
NOT_EXECUTED = [unsent, answers(500), answers(429), answers(503), refuses(-32015), refuses(-32000)]
PARTLY = [
    partly(count, claim) for count in (0, 1, 2, 3) for claim in (list, nothing_listed, all_created)
]
UNKNOWN = [*EXECUTED, *NOT_EXECUTED, *PARTLY]


# -- nobody answers for a write


@pytest.mark.parametrize("fault", UNKNOWN)
def test_creates_without_an_answer_are_read_and_those_that_are_missing_sent_again(
    site: Site, fault: Fault
) -> None:
    site.faults[SAVE, 1] = fault

    report = site.apply(bar(*KEYS))

    assert statuses(report) == dict.fromkeys(KEYS, DONE)
    assert (report.error, len(report.verified)) == (None, 3)
    assert [effect for effect, _ in site.effects if effect != "skipped"] == ["created"] * 3
    assert site.journals[0].end is not None
    assert site.journals[0].unresolved() == ()
    site.audit()


@pytest.mark.parametrize("fault", UNKNOWN)
def test_updates_without_an_answer_are_read_and_those_that_are_missing_sent_again(
    site: Site, fault: Fault
) -> None:
    live(site, *KEYS)
    site.faults[SAVE, 1] = fault

    report = site.apply(bar(*KEYS))

    assert (statuses(report), report.error) == (dict.fromkeys(KEYS, DONE), None)
    assert sorted(site.effects) == [("updated", key) for key in KEYS]
    site.audit()


@pytest.mark.parametrize("fault", UNKNOWN)
def test_publishes_without_an_answer_are_settled_too(site: Site, fault: Fault) -> None:
    site.fill({key: {} for key in KEYS}, {"a": {"name": "old"}, "b": {"name": "old"}})
    site.faults[PUBLISH, 1] = fault
    site.faults[PUBLISH, 2] = fault

    report = site.apply(wanted(*(want(item(key), name="new") for key in KEYS)))

    assert (statuses(report), report.error) == (dict.fromkeys(KEYS, DONE), None)
    assert sorted(effect for effect, _ in site.effects) == ["created", "updated", "updated"]
    site.audit()


def test_a_resend_waits_longer_each_time_and_the_wait_comes_before_the_read(site: Site) -> None:
    for nth in (1, 2, 3):
        site.faults[SAVE, nth] = unsent

    report = site.apply(bar("a"))

    assert (statuses(report), report.error) == ({"a": DONE}, None)
    assert site.clock.slept == [1.0, 2.0, 4.0]
    assert [call.method for call in site.calls[2:]] == [*[SAVE, SIGNALS] * 3, SAVE, SIGNALS]


def test_retry_after_is_waited_for_before_the_read(site: Site) -> None:
    site.faults[SAVE, 1] = answers(429, (("retry-after", "77"),))

    assert site.apply(bar("a")).error is None
    assert site.clock.slept == [77.0]


def test_a_write_that_never_arrives_is_given_up_after_four_times(site: Site) -> None:
    site.always[SAVE] = unsent

    report = site.apply(wanted(*bar("a").resources.values(), want(item("a"))))

    assert [(o.status, o.address.kind) for o in report.outcomes] == [
        (FAILED, "signals"),
        (UNSENT, "items"),
    ]
    assert [call.method for call in site.calls].count(SAVE) == 4
    assert codes(report) == ["APP-FAILED", "APP-UNSENT"]
    assert findings(report)["a"] == "NET-LOST"
    assert site.written() == []
    site.audit()


def test_resends_take_from_the_budget_of_all_retries(site: Site) -> None:
    site.count = 1
    site.always[SAVE] = timed_out
    site.always[SAVE] = lambda _, request: Observation(Seen.TIMED_OUT)

    report = site.apply(bar(*(f"s{n}" for n in range(20))), goes_on=True)

    # 100 tokens, 10 for each write that timed out; each read earns one back.
    sends = [call.method for call in site.calls].count(SAVE)
    assert set(statuses(report).values()) == {FAILED}
    assert 20 <= sends <= 34
    site.audit()


def test_when_nothing_can_be_read_the_outcome_stays_unknown(site: Site) -> None:
    site.faults[SAVE, 1] = lost
    site.faults[SIGNALS, 3] = answers(403)

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": Status.UNKNOWN, "b": Status.UNKNOWN}
    assert codes(report) == ["CRD-NAMESPACE", "APP-UNKNOWN"]
    assert report.error is not None
    assert report.error.exit_code is ExitCode.PARTIAL
    assert len(site.journals[0].unresolved()) == 2


def test_a_foreign_edit_after_a_lost_answer_is_not_overwritten(site: Site) -> None:
    live(site, "a", "b")
    site.faults[SAVE, 1] = unsent
    site.faults[SIGNALS, 4] = meanwhile(lambda: site.save("a", engUnit="psi"))

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": MOVED, "b": DONE}
    assert findings(report) == {"a": "APP-MOVED"}
    assert site.views()[signal("a")]["engUnit"] == "psi"
    site.audit()


def test_a_foreign_edit_after_an_executed_write_counts_as_done_and_is_not_verified(
    site: Site,
) -> None:
    live(site, "a")
    site.faults[SAVE, 1] = lost
    annotations = {"syncer/project": "stand"}
    site.faults[SIGNALS, 4] = meanwhile(
        lambda: site.save("a", engUnit="psi", annotations=annotations)
    )

    report = site.apply(bar("a"))

    assert (statuses(report), report.verified) == ({"a": DONE}, frozenset())
    assert codes(report) == ["APP-UNVERIFIED"]
    assert site.views()[signal("a")]["engUnit"] == "psi"


def test_a_signal_that_somebody_created_meanwhile_is_a_conflict(site: Site) -> None:
    site.faults[SAVE, 1] = unsent
    site.faults[SIGNALS, 3] = meanwhile(lambda: site.save("a", engUnit="psi"))

    report = site.apply(bar("a"))

    assert statuses(report) == {"a": MOVED}
    assert isinstance(report.error, StalePlan)
    assert site.views()[signal("a")]["engUnit"] == "psi"


def test_a_signal_that_an_insert_made_meanwhile_is_filled(site: Site) -> None:
    site.faults[SAVE, 1] = unsent
    site.faults[SIGNALS, 3] = meanwhile(lambda: site.save("a"))

    report = site.apply(bar("a"))

    assert (statuses(report), findings(report)) == ({"a": DONE}, {"a": "APP-FILLED"})
    assert report.error is None
    site.audit()


def test_a_create_that_a_proxy_delivers_twice_was_made_by_this_run(site: Site) -> None:
    def twice(send: Callable[[Request], Observation], request: Request) -> Observation:
        send(request)
        return send(request)

    site.faults[SAVE, 1] = twice

    report = site.apply(bar("a", "b"))

    assert (statuses(report), report.error) == ({"a": DONE, "b": DONE}, None)
    assert [effect for effect, _ in site.effects] == ["created"] * 2 + ["skipped"] * 2


def test_what_a_create_met_and_a_read_does_not_find_is_left(site: Site) -> None:
    site.faults[SAVE, 1] = meanwhile(lambda: site.save("a"))
    site.faults[SIGNALS, 3] = bare

    report = site.apply(bar("a"))

    assert (statuses(report), codes(report)) == ({"a": Status.SKIPPED}, ["APP-EXISTS"])


# -- what the API says of resources


@pytest.mark.parametrize("code", [-32001, -32002])
def test_resources_that_are_named_as_invalid_fail_and_the_others_are_sent_again(
    site: Site, code: int
) -> None:
    live(site, *KEYS)
    named = {"invalidResources": [{"id": site.ids()[signal("b")], "message": "no"}]}
    site.faults[SAVE, 1] = refuses(code, named)

    report = site.apply(bar(*KEYS))

    assert statuses(report) == {"a": DONE, "b": FAILED, "c": DONE}
    assert findings(report) == {"b": "API-INVALID"}
    assert site.clock.slept == []
    assert codes(report) == ["APP-FAILED"]
    site.audit()


def test_a_create_is_named_by_its_input_id_and_an_item_by_its_signal(site: Site) -> None:
    site.save("b", engUnit="bar")
    site.publish("b", name="old")
    site.faults[SAVE, 1] = refuses(-32001, {"invalidResources": [{"id": "a"}]})
    site.faults[PUBLISH, 1] = refuses(
        -32001, {"invalidResources": [{"id": site.ids()[signal("b")]}]}
    )

    report = site.apply(
        wanted(*bar("a").resources.values(), want(item("b"), name="x")), goes_on=True
    )

    assert statuses(report) == {"a": FAILED, "b": FAILED}
    assert [call.method for call in site.calls].count(SAVE) == 1


@pytest.mark.parametrize("data", [None, {"invalidResources": [{"message": "no"}]}])
def test_without_a_name_an_invalid_resource_fails_the_batch(site: Site, data: object) -> None:
    site.faults[SAVE, 1] = refuses(-32001, data)

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": FAILED, "b": FAILED}
    assert [call.method for call in site.calls].count(SAVE) == 1


def test_a_partial_failure_may_name_what_is_invalid(site: Site) -> None:
    def part(send: Callable[[Request], Observation], request: Request) -> Observation:
        answer = partly(1)(send, request)
        body = json.loads(answer.body)
        body["error"]["data"]["invalidResources"] = [{"id": "c"}]
        return Observation(Seen.ANSWERED, 200, (), json.dumps(body).encode())

    site.faults[SAVE, 1] = part

    report = site.apply(bar(*KEYS))

    assert statuses(report) == {"a": DONE, "b": DONE, "c": FAILED}
    assert findings(report) == {"c": "API-INVALID"}
    site.audit()


def test_a_reported_conflict_is_read_and_not_sent_again(site: Site) -> None:
    live(site, "a", "b")
    site.faults[SAVE, 1] = refuses(-32009)

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": FAILED, "b": FAILED}
    assert findings(report) == {"a": "API-CONFLICT", "b": "API-CONFLICT"}
    assert [call.method for call in site.calls].count(SAVE) == 1


@pytest.mark.parametrize("fault", [answers(400), refuses(-32602), answers(404)])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_refused_request_ends_the_run_unless_it_is_to_go_on(
    site: Site, fault: Fault, goes_on: bool
) -> None:
    site.count = 1
    site.faults[SAVE, 2] = fault

    report = site.apply(bar(*KEYS), goes_on=goes_on)

    assert statuses(report) == {"a": DONE, "b": FAILED, "c": DONE if goes_on else UNSENT}
    assert isinstance(report.error, ApplyIncomplete)
    assert len(report.verified) == (2 if goes_on else 1)


def test_an_item_whose_signal_was_refused_is_left_even_when_the_run_goes_on(site: Site) -> None:
    site.faults[SAVE, 1] = answers(400)
    desired = wanted(want(signal("a")), want(item("a")), want(Address("signals", "yacht", "z")))

    report = site.apply(desired, goes_on=True)

    assert [(str(o.address), o.status) for o in report.outcomes] == [
        ("signals/pier/a", FAILED),
        ("signals/yacht/z", DONE),
        ("items/pier/a", UNSENT),
    ]
    assert report.outcomes[2].finding is not None
    assert report.outcomes[2].finding.code == "APP-UNSENT"


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize("fault", [answers(401), answers(403), answers(302)])
def test_without_access_or_at_the_wrong_address_nothing_goes_on(
    site: Site, fault: Fault, goes_on: bool
) -> None:
    site.count = 1
    site.faults[SAVE, 2] = fault

    report = site.apply(bar(*KEYS), goes_on=goes_on)

    assert statuses(report)["a"] is DONE
    assert statuses(report)["c"] is UNSENT
    assert [call.method for call in site.calls].count(SAVE) == 2


def test_a_host_that_cannot_be_reached_leaves_all_unsent(site: Site) -> None:
    site.always[SAVE] = lambda _, request: Observation(Seen.NOT_SENT)

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": UNSENT, "b": UNSENT}
    assert codes(report) == ["NET-UNREACHABLE"]
    assert report.error is not None
    assert report.error.exit_code is ExitCode.ERROR
    assert site.journals[0].unresolved() == ()


def test_a_batch_is_halved_until_it_fits_and_what_never_fits_fails_alone(site: Site) -> None:
    def too_large(send: Callable[[Request], Observation], request: Request) -> Observation:
        views = json.loads(request.body)["params"]["signalsByInput"]
        if len(views) > 1 or "b" in views:
            return Observation(Seen.ANSWERED, 413)
        return send(request)

    site.always[SAVE] = too_large

    report = site.apply(bar("a", "b", "c", "d"), goes_on=True)

    assert statuses(report) == {"a": DONE, "b": FAILED, "c": DONE, "d": DONE}
    assert [call.keys for call in site.calls if call.method == SAVE] == [
        ["a", "b", "c", "d"],
        ["a", "b"],
        ["a"],
        ["b"],
        ["c", "d"],
        ["c"],
        ["d"],
    ]
    assert site.journals[0].unresolved() == ()
    site.audit()


def test_halves_that_get_lost_are_settled_like_whole_batches(site: Site) -> None:
    site.always[SAVE] = larger_than(2)
    site.faults[SAVE, 2] = lost
    site.faults[SAVE, 3] = unsent

    report = site.apply(bar(*KEYS, "d"))

    assert (statuses(report), report.error) == (dict.fromkeys((*KEYS, "d"), DONE), None)
    site.audit()


def test_after_a_refused_half_the_other_is_not_sent(site: Site) -> None:
    site.always[SAVE] = larger_than(2)
    site.faults[SAVE, 2] = answers(403)

    report = site.apply(bar(*KEYS, "d"))

    assert statuses(report) == {"a": FAILED, "b": FAILED, "c": UNSENT, "d": UNSENT}
    assert site.written() == []


# -- what others write meanwhile


def between(site: Site, action: Callable[[], object]) -> None:
    """Let somebody act after the first of the requests."""
    site.faults[SAVE, 1] = right_after(action)


def test_an_unmanaged_field_that_moved_between_batches_is_carried_through(site: Site) -> None:
    live(site, "a", "b")
    site.count = 1
    between(site, lambda: site.save("b", engUnit="kPa", description="new", labels={"x": ["y"]}))

    report = site.apply(bar("a", "b"))

    view = site.views()[signal("b")]
    assert report.error is None
    assert (view["engUnit"], view["description"], view["labels"]) == ("bar", "new", {"x": ["y"]})
    site.audit()


def test_a_key_that_moved_beside_a_managed_one_is_carried_through(site: Site) -> None:
    site.save("a", labels={"site": ["x"], "area": ["1"]}, annotations={"n": "1", "gone": "1"})
    site.save("z", engUnit="kPa")
    site.faults[SIGNALS, 3] = meanwhile(
        lambda: site.save("a", labels={"site": ["x"], "area": ["2"]}, annotations={"n": "2"})
    )
    declared = want(signal("a"), labels={"site": ["Pier"]}, annotations={"gone": ""})

    report = site.apply(wanted(declared))

    view = site.views()[signal("a")]
    assert report.error is None
    assert view["labels"] == {"site": ["Pier"], "area": ["2"]}
    assert unmarked(view) == {"n": "2", "syncer/project": "stand"}


def test_a_label_that_is_removed_is_removed_from_what_stands_there_now(site: Site) -> None:
    site.save("a", labels={"site": ["x"], "area": ["1"]})
    site.faults[SIGNALS, 3] = meanwhile(
        lambda: site.save("a", labels={"site": ["x"], "area": ["2"]})
    )

    assert site.apply(wanted(want(signal("a"), labels={"site": []}))).error is None
    assert site.views()[signal("a")]["labels"] == {"area": ["2"]}


def test_a_managed_field_that_moved_between_batches_refuses_its_change(site: Site) -> None:
    live(site, *KEYS)
    site.count = 1
    between(site, lambda: site.save("b", engUnit="psi"))

    report = site.apply(bar(*KEYS))

    assert statuses(report) == {"a": DONE, "b": MOVED, "c": UNSENT}
    assert findings(report) == {"b": "APP-MOVED"}
    assert codes(report) == ["APP-MOVED", "APP-UNSENT"]
    assert site.views()[signal("b")]["engUnit"] == "psi"
    assert site.views()[signal("c")]["engUnit"] == "kPa"


def test_when_the_run_goes_on_only_what_moved_is_left(site: Site) -> None:
    live(site, *KEYS)
    site.count = 1
    between(site, lambda: site.save("b", engUnit="psi"))

    report = site.apply(bar(*KEYS), goes_on=True)

    assert statuses(report) == {"a": DONE, "b": MOVED, "c": DONE}


def test_when_all_has_moved_the_plan_is_stale(site: Site) -> None:
    live(site, "a")
    site.faults[SIGNALS, 3] = meanwhile(lambda: site.save("a", engUnit="psi"))

    report = site.apply(bar("a"))

    assert isinstance(report.error, StalePlan)
    assert report.error.exit_code is ExitCode.REFUSED
    assert site.effects == []


def test_a_resource_that_another_run_has_written_is_an_overlap(site: Site) -> None:
    marks = {"syncer/project": "stand", "syncer/run": "20261120T000000Z-00000000"}
    site.save("a", engUnit="kPa", description="a", annotations=marks)
    theirs = {**marks, "syncer/run": "20261120T000000Z-ffffffff"}
    site.faults[SIGNALS, 3] = meanwhile(
        lambda: site.save("a", engUnit="kPa", description="new", annotations=theirs)
    )

    report = site.apply(bar("a"))

    assert findings(report) == {"a": "APP-OVERLAP"}
    assert isinstance(report.error, StalePlan)
    assert site.effects == []


@pytest.mark.parametrize(
    "marks", [{"syncer/project": "other"}, {"clarify/clarify-go/publisher/name": "nightly"}]
)
def test_a_resource_that_somebody_else_has_marked_meanwhile_is_theirs(
    site: Site, marks: Mapping[str, str]
) -> None:
    live(site, "a")
    site.faults[SIGNALS, 3] = meanwhile(
        lambda: site.save("a", engUnit="kPa", description="a", annotations=marks)
    )

    report = site.apply(bar("a"))

    assert findings(report) == {"a": "APP-MOVED"}
    assert site.effects == []


def test_a_resource_that_is_gone_is_not_made_anew(site: Site) -> None:
    live(site, "a")
    gone = {"meta": {"total": 0}, "data": []}

    def forget(send: Callable[[Request], Observation], request: Request) -> Observation:
        answer = json.loads(send(request).body)
        return Observation(Seen.ANSWERED, 200, (), json.dumps({**answer, "result": gone}).encode())

    site.faults[SIGNALS, 3] = forget

    report = site.apply(bar("a"))

    assert findings(report) == {"a": "APP-MOVED"}
    assert site.effects == []


def test_when_looking_again_fails_nothing_is_sent(site: Site) -> None:
    live(site, "a", "b")
    site.faults[SIGNALS, 3] = answers(403)

    report = site.apply(bar("a", "b"))

    assert statuses(report) == {"a": UNSENT, "b": UNSENT}
    assert codes(report) == ["CRD-NAMESPACE"]
    assert site.effects == []


def test_an_item_that_moved_is_looked_at_too(site: Site) -> None:
    site.save("a")
    site.publish("a", name="old", description="d")
    site.faults[ITEMS, 2] = meanwhile(lambda: site.publish("a", name="old", description="new"))

    assert site.apply(wanted(want(item("a"), name="x"))).error is None
    assert site.views()[item("a")]["description"] == "new"


# -- the journal


class Full:
    """A disk that takes so many lines, and not one more."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def __call__(self, journal: bytearray, line: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(28, "No space left on device")
        journal += line


@pytest.mark.parametrize("lines", range(7))
def test_without_a_journal_nothing_more_is_sent(lines: int) -> None:
    site = Site(count=1, state=MemoryState(Full(lines)))
    # begin, then an intent and a result for each of the three requests, then the end

    if lines == 0:
        with pytest.raises(SyncerError, match="No space left"):
            site.apply(bar(*KEYS))
        assert site.effects == []
        return
    report = site.apply(bar(*KEYS))

    sent = lines // 2
    assert [key for _, key in site.effects] == list(KEYS[:sent])
    assert list(statuses(report).values()) == [DONE] * sent + [UNSENT] * (3 - sent)
    assert report.failure is not None
    assert report.unwritten
    assert report.error is not None
    assert report.error.exit_code is (ExitCode.PARTIAL if sent else ExitCode.ERROR)
    site.audit()
    site.close()


def test_a_journal_that_misses_only_its_end_is_told(site: Site) -> None:
    site.state.write = Full(3)

    report = site.apply(bar("a"))

    assert (statuses(report), len(report.verified)) == ({"a": DONE}, 1)
    assert codes(report) == ["JRN-WRITE"]
    assert [json.loads(line)["kind"] for line in report.unwritten] == ["end"]
    site.state.write = Full(9)
    assert site.apply(bar("a")).outcomes == ()
    assert [each.run.begin.run for each in site.recovered] == [site.journals[0].begin.run]


def test_a_journal_that_fails_while_an_answer_is_unknown_sends_nothing_again(site: Site) -> None:
    site.state.write = Full(2)
    site.faults[SAVE, 1] = unsent

    report = site.apply(bar("a"))

    assert statuses(report) == {"a": UNSENT}
    assert [call.method for call in site.calls].count(SAVE) == 1


def test_the_journal_says_what_was_done_and_by_whose_word(site: Site) -> None:
    site.faults[SAVE, 1] = partly(1)

    site.apply(bar("a", "b"))

    (run,) = site.journals
    told = [
        ("intent", step.batch, [e.address.key for e in step.entries])
        if isinstance(step, Intent)
        else (step.by, step.batch, [(e.address.key, e.status) for e in step.entries])
        for step in run.steps
    ]
    assert told == [
        ("intent", 1, ["a", "b"]),
        ("observed", 1, [("a", "done"), ("b", "unsent")]),
        ("intent", 2, ["b"]),
        ("answer", 2, [("b", "done")]),
    ]
    assert run.end is not None
    assert run.end.status == "complete"
    intents = [step for step in run.steps if isinstance(step, Intent)]
    marks = intents[0].entries[0].after["annotations"]
    assert isinstance(marks, Mapping)
    assert marks["syncer/run"] == run.begin.run


def test_a_result_is_in_the_journal_before_the_next_request(site: Site) -> None:
    site.count = 1
    seen: list[int] = []

    def look(send: Callable[[Request], Observation], request: Request) -> Observation:
        run = site.journals[0]
        seen.append(sum(isinstance(step, Result) for step in run.steps))
        assert len(run.unresolved()) == 1
        return send(request)

    site.always[SAVE] = look

    site.apply(bar(*KEYS))

    assert seen == [0, 1, 2]


# -- stopping, and others at work


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_stop_ends_the_run_between_requests(site: Site, after: int) -> None:
    site.count = 1

    report = site.apply(bar(*KEYS), stops=lambda: len(site.effects) >= after)

    assert list(statuses(report).values()) == [DONE] * after + [UNSENT] * (3 - after)
    assert (report.is_stopped, report.ending) == (True, "interrupted")
    assert site.journals[0].end is not None
    assert site.journals[0].end.status == "interrupted"
    assert site.apply(bar(*KEYS)).error is None
    site.audit()


def test_a_stop_after_the_last_request_is_no_shortcoming(site: Site) -> None:
    report = site.apply(bar("a"), stops=lambda: bool(site.effects))

    assert (report.error, report.ending) == (None, "complete")


def test_a_stop_while_an_answer_is_settled_sends_nothing_again(site: Site) -> None:
    site.faults[SAVE, 1] = unsent

    report = site.apply(bar("a"), stops=lambda: any(call.method == SAVE for call in site.calls))

    assert statuses(report) == {"a": UNSENT}
    assert report.ending == "interrupted"
    assert site.journals[0].unresolved() == ()


def test_a_stop_leaves_halves_unsent_and_empty_signals_unfilled(site: Site) -> None:
    def stops() -> bool:
        return any(call.method == SAVE for call in site.calls)

    site.faults[SAVE, 1] = larger_than(1)
    assert set(statuses(site.apply(bar("a", "b"), stops=stops)).values()) == {UNSENT}

    site.calls.clear()
    site.faults[SAVE, 2] = meanwhile(lambda: site.save("a"))
    report = site.apply(bar("a"), stops=stops)
    assert statuses(report) == {"a": Status.SKIPPED}


def test_a_second_apply_is_refused_while_the_first_one_runs(site: Site) -> None:
    told: list[str] = []

    def second() -> None:
        with pytest.raises(LockHeld) as caught:
            site.apply(bar("a"))
        told.append(caught.value.findings[0].summary)

    site.faults[SAVE, 1] = meanwhile(second)

    assert site.apply(bar("a")).error is None
    assert "is locked by run" in told[0]
    assert "`syncer apply` of ada on laptop" in told[0]
    assert [entry.effect.value for entry in site.store.ledger.entries()] == ["created"]


# -- recovery by the next apply


class Cut(BaseException):
    """The process ends here."""


def cut_off(send: Callable[[Request], Observation], request: Request) -> Observation:
    raise Cut


def cut_off_after(send: Callable[[Request], Observation], request: Request) -> Observation:
    send(request)
    raise Cut


def test_a_run_that_was_cut_off_is_closed_by_the_next_one(site: Site) -> None:
    site.count = 1
    site.faults[SAVE, 2] = cut_off_after
    with pytest.raises(Cut):
        site.apply(bar(*KEYS))

    report = site.apply(bar(*KEYS))

    (recovered,) = site.recovered
    assert [(e.address.key, e.status) for e in recovered.settled] == [("b", "done")]
    assert statuses(report) == {"c": DONE}
    assert [run.end.status for run in site.journals if run.end] == ["recovered", "complete"]
    site.audit()


@pytest.mark.parametrize(
    ("unit", "status"), [("kPa", "unsent"), ("psi", "moved")], ids=["untouched", "edited"]
)
def test_what_was_not_executed_is_planned_again(site: Site, unit: str, status: str) -> None:
    live(site, "a")
    site.faults[SAVE, 1] = cut_off
    with pytest.raises(Cut):
        site.apply(bar("a"))
    if unit != "kPa":
        site.save("a", engUnit=unit)

    report = site.apply(bar("a"))

    assert [e.status for each in site.recovered for e in each.settled] == [status]
    assert statuses(report) == {"a": DONE}


def test_a_run_of_an_integration_that_is_not_read_stays_open(site: Site) -> None:
    yacht = wanted(want(Address("signals", "yacht", "z")), want(signal("a")))
    site.faults[SAVE, 2] = cut_off
    with pytest.raises(Cut):
        site.apply(yacht)
    site.apply(yacht, Wishes(targets=("*/pier/*",)))
    assert [run.end is not None for run in site.journals] == [False]

    site.apply(yacht)
    assert len(site.recovered) == 1
    assert [run.end is not None for run in site.journals] == [True, True]


def test_while_a_journal_is_broken_nothing_is_applied(site: Site) -> None:
    site.count = 1
    site.faults[SAVE, 2] = cut_off
    with pytest.raises(Cut):
        site.apply(bar(*KEYS))
    (journal,) = site.state.journals.values()
    journal[40:44] = b"edit"
    site.effects.clear()

    with pytest.raises(SyncerError, match="not as it was written"):
        site.apply(bar(*KEYS))
    assert site.effects == []


def test_outcomes_compare_whole(site: Site) -> None:
    report = site.apply(bar("a"))

    remote = site.ids()[signal("a")]
    action = report.outcomes[0].action
    assert report.outcomes == (Outcome(signal("a"), action, DONE, remote),)
