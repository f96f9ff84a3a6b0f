"""What goes wrong on the way from manifests to Clarify, as a run meets it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syncer.engine.workflow import approve_plan
from syncer.errors import ExitCode, PlanRefused, StalePlan, SyncerError, TransportError
from syncer.plan import planfile
from syncer.plan.changes import Plan, Status
from syncer.plan.report import Report
from syncer.providers.clarify import listing
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import Address, DesiredState, Value
from syncer.transport.messages import Observation, Request, Seen
from tests.engine.memories import MemoryState, append
from tests.engine.sites import (
    NO_WISHES,
    PUBLISH,
    SAVE,
    SIGNALS,
    Fault,
    Site,
    bare,
    lost,
    meanwhile,
    right_after,
)
from tests.plan.worlds import declare, item, signal, want, wanted
from tests.transport.fakes import VirtualClock

KEYS = ("a", "b", "c", "d", "e")
DONE = Status.DONE


def bar(*keys: str) -> DesiredState:
    return wanted(*(want(signal(key), engUnit="bar") for key in keys))


def codes(error: SyncerError | None) -> list[str]:
    return [finding.code for finding in error.findings] if error else []


def statuses(report: Report) -> dict[str, Status]:
    return {outcome.address.key: outcome.status for outcome in report.outcomes}


def saved(plan: Plan) -> Plan:
    """Return the plan as it comes back from its file."""
    return planfile.loads(planfile.dumps(plan))


# -- a listing that does not add up


@pytest.fixture
def paged(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Five signals as they are wanted, and an API that lists two at a time."""
    monkeypatch.setattr(listing, "PAGE_ROWS", 2)
    site.fill({key: {"engUnit": "bar"} for key in KEYS}, {})
    return site


def altered(change: Callable[[list[object]], object]) -> Fault:
    """Execute a select, and change its rows before they are answered."""

    def alter(send: Callable[[Request], Observation], request: Request) -> Observation:
        answer = json.loads(send(request).body)
        change(answer["result"]["data"])
        return Observation(Seen.ANSWERED, 200, (), json.dumps(answer).encode())

    return alter


def asked_for(**query: int) -> Fault:
    """Execute a select that asks for something else."""

    def send_other(send: Callable[[Request], Observation], request: Request) -> Observation:
        call = json.loads(request.body)
        call["params"]["query"] |= query
        return send(replace(request, body=json.dumps(call).encode()))

    return send_other


def without(key: str) -> Fault:
    """Execute a select, and answer as if there was no such signal."""

    def leave_out(send: Callable[[Request], Observation], request: Request) -> Observation:
        answer = json.loads(send(request).body)
        rows = answer["result"]["data"]
        kept = [row for row in rows if row["attributes"]["input"] != key]
        answer["result"] = {"meta": {"total": len(kept)}, "data": kept}
        return Observation(Seen.ANSWERED, 200, (), json.dumps(answer).encode())

    return leave_out


@pytest.mark.parametrize(
    "fault",
    [
        asked_for(skip=0),
        asked_for(limit=1000),
        altered(lambda rows: rows.pop()),
        altered(lambda rows: rows.clear()),
        altered(lambda rows: rows.append(rows[0])),
        altered(lambda rows: rows.__setitem__(-1, rows[0])),
    ],
    ids=["same page for ever", "no limit", "row missing", "no rows", "row more", "row twice"],
)
def test_a_listing_that_never_adds_up_plans_and_writes_nothing(paged: Site, fault: Fault) -> None:
    paged.always[SIGNALS] = fault

    for attempt in (paged.plan, paged.apply):
        with pytest.raises(TransportError) as caught:
            attempt(bar(*KEYS))
        assert codes(caught.value) == ["API-DRIFT"]
        assert caught.value.exit_code is ExitCode.ERROR
    assert paged.effects == []
    assert len(paged.calls) <= 2 * 4 * 3  # each listing is tried four times, of three pages


@pytest.mark.parametrize("nth", [1, 2])
def test_a_signal_that_comes_between_two_pages_is_in_the_plan(paged: Site, nth: int) -> None:
    paged.faults[SIGNALS, nth] = right_after(lambda: paged.save("new", engUnit="kPa"))

    (change,) = paged.plan(bar(*KEYS, "new")).plan.changes

    assert (str(change.address), change.action.verb) == ("signals/pier/new", "update")


@pytest.mark.parametrize("nth", [1, 2])
def test_a_signal_that_goes_between_two_pages_takes_no_other_with_it(paged: Site, nth: int) -> None:
    gone: list[int] = []

    def without_the_first(send: Callable[[Request], Observation], request: Request) -> Observation:
        """Answer as if the first signal was removed after the nth page."""
        gone.append(1)
        if len(gone) <= nth or b"ss0" not in request.body:
            return send(request)
        call = json.loads(request.body)
        call["params"]["query"]["skip"] += 1
        answer = json.loads(send(replace(request, body=json.dumps(call).encode())).body)
        answer["result"]["meta"]["total"] -= 1
        return Observation(Seen.ANSWERED, 200, (), json.dumps(answer).encode())

    paged.always[SIGNALS] = without_the_first

    planned = paged.plan(bar(*KEYS))

    assert [str(change.address) for change in planned.plan.changes] == ["signals/pier/a"]
    assert {address.key for address in planned.live.resources} == set(KEYS[1:])


def test_an_integration_that_was_written_to_and_answers_empty_is_not_believed(site: Site) -> None:
    assert site.apply(bar("a")).error is None
    site.always[SIGNALS] = bare

    planned = site.plan(bar("a", "b"))

    assert [finding.code for finding in planned.plan.refusals] == ["PLN-EMPTY-LIVE"]
    with pytest.raises(PlanRefused):
        site.apply(bar("a", "b"))
    assert site.effects == [("created", "a")]


# -- Clarify changes between plan and apply

FIELDS: Mapping[str, tuple[Value, Value, Value]] = {
    # what stands, what is wanted, what somebody writes meanwhile
    "name": ("old", "new", "other"),
    "description": ("old", "new", "other"),
    "engUnit": ("kPa", "bar", "psi"),
    "labels": ({"site": ["old"]}, {"site": ["new"]}, {"site": ["other"]}),
    "annotations": ({"x": "old"}, {"x": "new"}, {"x": "other"}),
    "valueType": ("numeric", "enum", "enum"),
    "sourceType": ("measurement", "prediction", "aggregation"),
    "enumValues": ({"0": "old"}, {"0": "new"}, {"0": "other"}),
    "sampleInterval": ("PT1M", "PT2M", "PT3M"),
    "gapDetection": ("PT1M", "PT2M", "PT3M"),
    "visible": (True, False, False),
}


def test_every_field_has_its_values() -> None:
    assert FIELDS.keys() == KINDS["items"].fields.keys()


def stand(site: Site, address: Address, view: Mapping[str, Value]) -> None:
    """Let a resource stand as a person writes it."""
    if address.kind == "signals":
        site.save(address.key, view)
    else:
        site.publish(address.key, view)


def moving(kind: str) -> list[str]:
    """The fields of a kind that can move to a third value."""
    return [
        name
        for name in KINDS[kind].fields
        if len({json.dumps(value) for value in FIELDS[name]}) == 3
    ]


CASES = [(signal(), name) for name in moving("signals")] + [
    (item(), name) for name in moving("items")
]


@pytest.mark.parametrize(("address", "name"), CASES)
def test_a_managed_field_that_moves_between_plan_and_apply_refuses_the_plan(
    site: Site, address: Address, name: str
) -> None:
    before, after, other = FIELDS[name]
    site.save("a")
    stand(site, address, {"name": "a", name: before})
    desired = wanted(declare(address, {name: after}))
    plan = saved(site.plan(desired).plan)
    assert [change.address for change in plan.changes] == [address]
    stand(site, address, {"name": "a", name: other})

    with pytest.raises(StalePlan) as caught:
        approve_plan(plan, desired, site.session(), NO_WISHES)

    assert codes(caught.value) == ["PLN-STALE"]
    assert site.effects == []


@pytest.mark.parametrize(("address", "name"), CASES)
def test_an_unmanaged_field_that_moves_between_plan_and_apply_is_carried_through(
    site: Site, address: Address, name: str
) -> None:
    managed = "engUnit" if name != "engUnit" else "description"
    before, _, other = FIELDS[name]
    site.save("a")
    stand(site, address, {"name": "a", name: before})
    desired = wanted(declare(address, {managed: "new"}))
    session = site.session()
    plan = saved(site.plan(desired).plan)
    stand(site, address, {"name": "a", name: other})

    report = site.run(approve_plan(plan, desired, session, NO_WISHES), session)

    view = site.views()[address]
    assert (report.error, view[managed]) == (None, "new")
    told, expected = view[name], other
    if isinstance(told, Mapping) and isinstance(expected, Mapping):
        told = {key: told[key] for key in expected}
    assert told == expected


@pytest.mark.parametrize("address", [signal(), item()])
def test_an_owner_that_comes_between_plan_and_apply_refuses_the_plan(
    site: Site, address: Address
) -> None:
    site.save("a")
    stand(site, address, {"name": "a", "engUnit": "kPa"})
    desired = wanted(want(address, engUnit="bar"))
    plan = saved(site.plan(desired).plan)
    owned = {"name": "a", "engUnit": "kPa", "annotations": {"syncer/project": "other"}}
    stand(site, address, owned)

    with pytest.raises(StalePlan):
        approve_plan(plan, desired, site.session(), NO_WISHES)
    assert site.effects == []


@pytest.mark.parametrize("address", [signal(), item()])
def test_a_marker_that_goes_between_plan_and_apply_refuses_the_plan(
    site: Site, address: Address
) -> None:
    site.save("a")
    assert site.apply(wanted(want(address, engUnit="kPa"))).error is None
    desired = wanted(want(address, engUnit="bar"))
    plan = saved(site.plan(desired).plan)
    site.effects.clear()
    gone = dict.fromkeys(("syncer/project", "syncer/run", "syncer/base"), "")
    stand(site, address, {"name": "a", "engUnit": "kPa", "annotations": gone})

    with pytest.raises(StalePlan):
        approve_plan(plan, desired, site.session(), NO_WISHES)
    assert site.effects == []


def test_a_resource_that_is_gone_at_apply_refuses_the_plan(site: Site) -> None:
    site.save("a", engUnit="kPa")
    site.save("b")
    plan = saved(site.plan(bar("a")).plan)
    site.always[SIGNALS] = without("a")

    with pytest.raises(StalePlan, match="would now be created"):
        approve_plan(plan, bar("a"), site.session(), NO_WISHES)
    assert site.effects == []


# -- answers that say something else than what was done


def rewritten(change: Callable[[str], str]) -> Fault:
    """Execute a call, and answer with its text changed."""

    def rewrite(send: Callable[[Request], Observation], request: Request) -> Observation:
        text = send(request).body.decode()
        other = change(text)
        assert other != text
        return Observation(Seen.ANSWERED, 200, (), other.encode())

    return rewrite


def retold(change: Callable[[dict[str, object]], object]) -> Fault:
    """Execute a write, and answer with other summaries."""

    def alter(text: str) -> str:
        answer = json.loads(text)
        (summaries,) = answer["result"].values()
        change(summaries)
        return json.dumps(answer)

    return rewritten(alter)


def renamed(summaries: dict[str, object]) -> None:
    """Name the first resource in another case."""
    first = next(iter(summaries))
    summaries[first.upper() + "X"] = summaries.pop(first)


def last_twice(text: str) -> str:
    """Repeat the last member of the answer."""
    return text[:-1] + ',"jsonrpc":"2.0"}'


LIES = {
    "member twice": rewritten(last_twice),
    "summary twice": rewritten(lambda text: text.replace('"id":', '"id":"x","id":')),
    "another id": rewritten(lambda text: text.replace('"id":', '"id":9')),
    "id as text": rewritten(lambda text: json.dumps({**json.loads(text), "id": "1"})),
    "error beside": rewritten(lambda text: text[:-1] + ',"error":{"code":-32603}}'),
    "a login page": rewritten(lambda text: "<html>Please log in</html>"),
    "half of it": rewritten(lambda text: text[: len(text) // 2]),
    "all but a byte": rewritten(lambda text: text[:-1]),
    "no summaries": retold(lambda summaries: summaries.clear()),
    "one missing": retold(lambda summaries: summaries.popitem()),
    "one more": retold(lambda summaries: summaries.update(z={"id": "z", "created": True})),
    "another case": retold(renamed),
    "a summary of null": retold(lambda summaries: summaries.update(z=None)),
    "unknown members": rewritten(lambda text: text[:-1] + ',"warnings":[1]}'),
}


@pytest.mark.parametrize("fault", LIES.values(), ids=LIES)
def test_whatever_an_answer_says_what_was_done_is_done_once(site: Site, fault: Fault) -> None:
    site.faults[SAVE, 1] = fault
    site.faults[PUBLISH, 1] = fault
    keys = ("a", "b")

    report = site.apply(wanted(*(want(make(key)) for key in keys for make in (signal, item))))

    assert (report.error, len(report.verified)) == (None, 4)
    assert [effect for effect, _ in site.effects] == ["created"] * 4
    assert site.journals[0].unresolved() == ()
    site.audit()


def twice(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Deliver a call twice, and answer for the second time."""
    send(request)
    return send(request)


@pytest.mark.parametrize("method", [SAVE, PUBLISH])
def test_a_create_that_is_delivered_twice_is_done(site: Site, method: str) -> None:
    site.faults[method, 1] = twice

    report = site.apply(wanted(want(signal()), want(item())))

    assert (report.error, len(report.verified)) == (None, 2)
    assert [effect for effect, _ in site.effects if effect != "skipped"] == ["created"] * 2


def test_an_update_that_is_delivered_twice_is_done(site: Site) -> None:
    site.save("a", engUnit="kPa")
    site.faults[SAVE, 1] = twice

    report = site.apply(bar("a"))

    assert (statuses(report), report.error) == ({"a": DONE}, None)
    assert [effect for effect, _ in site.effects] == ["updated", "unchanged"]


@pytest.mark.parametrize("method", [SAVE, PUBLISH])
def test_a_create_that_arrives_after_it_was_given_up_is_done(site: Site, method: str) -> None:
    late: list[Callable[[], object]] = []

    def hold(send: Callable[[Request], Observation], request: Request) -> Observation:
        late.append(lambda: send(request))
        return Observation(Seen.TIMED_OUT)

    site.faults[method, 1] = hold
    site.faults[method, 2] = meanwhile(lambda: late[0]())

    report = site.apply(wanted(want(signal()), want(item())))

    assert (report.error, len(report.verified)) == (None, 2)
    assert [effect for effect, _ in site.effects if effect != "skipped"] == ["created"] * 2


# -- the memory of runs


@pytest.mark.parametrize("lines", range(1, 6))
def test_a_lock_that_is_lost_in_the_middle_ends_the_run_before_the_next_request(
    lines: int,
) -> None:
    gone = TransportError.of("STA-LOST", "the connection to the PostgreSQL server ended")
    left = iter(range(lines))

    def write(journal: bytearray, line: bytes) -> None:
        if next(left, None) is None:
            raise gone
        append(journal, line)

    site = Site(count=1, state=MemoryState(write))

    report = site.apply(bar("a", "b", "c"))

    sent = lines // 2
    assert [key for _, key in site.effects] == ["a", "b", "c"][:sent]
    assert "STA-LOST" in codes(report.error)
    assert report.error is not None
    assert report.error.exit_code is (ExitCode.PARTIAL if sent else ExitCode.ERROR)
    assert [json.loads(line)["kind"] for line in report.unwritten][-1:] == ["end"]
    site.state.write = append
    assert site.apply(bar("a", "b", "c")).error is None
    site.audit()
    site.close()


def test_a_broken_journal_stops_an_apply_and_no_plan(site: Site) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def kill(send: Callable[[Request], Observation], request: Request) -> Observation:
        raise Killed

    site.faults[SAVE, 1] = kill
    with pytest.raises(Killed):
        site.apply(bar("a"))
    (journal,) = site.state.journals.values()
    journal[20] ^= 1

    planned = site.plan(bar("a"))

    assert len(planned.plan.changes) == 1
    assert len(planned.unfinished) == 1
    with pytest.raises(SyncerError) as caught:
        site.apply(bar("a"))
    assert codes(caught.value) == ["JRN-CHAIN"]
    assert site.effects == []

    site.state.journals.clear()  # moved away, as the error says
    assert site.apply(bar("a")).error is None


# -- time


class Jumping(VirtualClock):
    """A clock whose wall time is moved by a day whenever somebody looks, and back again."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def now(self) -> datetime:
        self._looks += 1
        return super().now() + timedelta(days=(self._looks % 3) - 1)


def test_a_clock_that_jumps_changes_nothing_but_what_is_told(site: Site) -> None:
    site.count = 1
    site.memory = replace(site.memory, clock=Jumping())
    site.faults[SAVE, 2] = lost

    report = site.apply(bar("a", "b", "c"))

    assert (statuses(report), report.error) == (dict.fromkeys(("a", "b", "c"), DONE), None)
    assert site.plan(bar("a", "b", "c")).unfinished == ()
    assert site.clock.slept == [1.0]
    site.audit()
