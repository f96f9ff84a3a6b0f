"""A whole Clarify in this process, with what its network may do scripted, and every call kept."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from syncer.emulator.messages import Request as EmulatorRequest
from syncer.emulator.service import Service
from syncer.emulator.store import open_store
from syncer.engine.apply import Order, Recovered, apply_plan, recover
from syncer.engine.journal import read_run
from syncer.engine.records import RunRecord
from syncer.engine.workflow import Planned, Session, Wishes, make_plan
from syncer.plan.changes import Target
from syncer.plan.guards import Limits as Guards
from syncer.plan.report import Report
from syncer.providers.base import Limits
from syncer.providers.clarify.client import Client
from syncer.providers.clarify.provider import Clarify
from syncer.redaction import Redactor
from syncer.resources import BASE_ANNOTATION, RUN_ANNOTATION, Address, DesiredState, Value
from syncer.transport.credentials import password_credentials
from syncer.transport.in_process import in_process
from syncer.transport.messages import Observation, Request, Seen, Transport
from tests.engine.memories import MemoryState, memory
from tests.plan.worlds import PROJECT
from tests.transport.fakes import Highest, VirtualClock

SAVE = "integration.saveSignals"
PUBLISH = "admin.publishSignals"
SIGNALS = "admin.selectSignals"
ITEMS = "clarify.selectItems"
URL = "http://localhost/v1/"
IDS = {"pier": "c618rbfqfsj7mjkj0ss0", "yacht": "c618rbfqfsj7mjkj0ss1"}

View: TypeAlias = Mapping[str, Value]
NOTHING: View = {}
NO_WISHES = Wishes()
Fault: TypeAlias = Callable[[Callable[[Request], Observation], Request], Observation]


def lost(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and lose its answer."""
    send(request)
    return Observation(Seen.LOST)


def unsent(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Break before anything is executed, in a way that nobody can tell from `lost`."""
    return Observation(Seen.LOST)


def truncated(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and cut its answer off."""
    return Observation(Seen.BROKEN, 200, (), send(request).body[:10])


def forgetful(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Execute the call, and leave every summary out of the answer."""
    answer = json.loads(send(request).body)
    empty: dict[str, object] = {"signalsByInput": {}, "itemsBySignal": {}}
    return Observation(Seen.ANSWERED, 200, (), json.dumps({**answer, "result": empty}).encode())


def bare(send: Callable[[Request], Observation], request: Request) -> Observation:
    """Answer a select as if there were nothing."""
    answer = json.loads(send(request).body)
    nothing = {"meta": {"total": 0}, "data": []}
    return Observation(Seen.ANSWERED, 200, (), json.dumps({**answer, "result": nothing}).encode())


def meanwhile(action: Callable[[], object]) -> Fault:
    """Let somebody act before the call is executed."""

    def act_and_send(send: Callable[[Request], Observation], request: Request) -> Observation:
        action()
        return send(request)

    return act_and_send


def right_after(action: Callable[[], object]) -> Fault:
    """Let somebody act after the call was executed."""

    def send_and_act(send: Callable[[Request], Observation], request: Request) -> Observation:
        answer = send(request)
        action()
        return answer

    return send_and_act


def answers(status: int, headers: tuple[tuple[str, str], ...] = ()) -> Fault:
    """Answer with this status, and execute nothing."""
    return lambda _, request: Observation(Seen.ANSWERED, status, headers)


def refuses(code: int, data: object = None) -> Fault:
    """Answer with this error of JSON-RPC, and execute nothing."""

    def refuse(send: Callable[[Request], Observation], request: Request) -> Observation:
        error = {"code": code, "message": "refused", "data": data}
        answer = {"jsonrpc": "2.0", "id": json.loads(request.body)["id"], "error": error}
        return Observation(Seen.ANSWERED, 200, (), json.dumps(answer).encode())

    return refuse


def partly(count: int, claim: Callable[[list[str]], object] = list) -> Fault:
    """Execute the first keys of a write, and answer with -32021; `claim` tells of all keys."""

    def send_part(send: Callable[[Request], Observation], request: Request) -> Observation:
        call = json.loads(request.body)
        name = "signalsByInput" if "signalsByInput" in call["params"] else "itemsBySignal"
        views = call["params"][name]
        kept = {key: views[key] for key in list(views)[:count]}
        call["params"][name] = kept
        if kept:
            send(replace(request, body=json.dumps(call).encode()))
        claimed = {name: claim(list(views))}
        return refuses(-32021, {"partialResult": claimed})(send, request)

    return send_part


def larger_than(count: int) -> Fault:
    """Refuse a write of more than so many resources as too large."""

    def send_or_refuse(send: Callable[[Request], Observation], request: Request) -> Observation:
        params = json.loads(request.body)["params"]
        views = params.get("signalsByInput", params.get("itemsBySignal"))
        if len(views) > count:
            return Observation(Seen.ANSWERED, 413)
        return send(request)

    return send_or_refuse


@dataclass(slots=True)
class Call:
    """A request that reached the service, or that a fault swallowed; status 0 is no answer."""

    method: str
    params: Mapping[str, object]
    status: int = 0

    @property
    def keys(self) -> list[str]:
        """The signals or items that a write names."""
        views = self.params.get("signalsByInput", self.params.get("itemsBySignal"))
        return list(views) if isinstance(views, Mapping) else []

    def reads(self, key: str) -> bool:
        """Whether it is a select of signals that this input ID is among."""
        query = self.params.get("query")
        query_filter = query.get("filter") if isinstance(query, Mapping) else None
        if self.method != SIGNALS or not isinstance(query_filter, Mapping):
            return False
        inputs = query_filter.get("input")
        return not isinstance(inputs, Mapping) or key in inputs["$in"]


class Small(Clarify):
    """Clarify that takes few resources at once, so that a small plan has many requests."""

    def __init__(self, count: int, *given: Any) -> None:
        super().__init__(*given)
        self._count = count

    @property
    def limits(self) -> Limits:
        return Limits(max_count=self._count, max_bytes=8 * 1024 * 1024)


@dataclass
class Site:
    """Two integrations, `pier` and `yacht`; `faults` are played by the nth call of a method.

    `state` remembers the runs; `count` is how many resources a request may carry.
    """

    version: str = "1.1"
    count: int = 500
    state: MemoryState = field(default_factory=MemoryState)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    always: dict[str, Fault] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = open_store()
        self.memory = memory(self.state)
        self.clock = VirtualClock()
        self._service = in_process(handling(Service(self.store)))
        self._counts: dict[str, int] = {}
        self.effects: list[tuple[str, str]] = []
        self.recovered: tuple[Recovered, ...] = ()
        self.clients = {alias: self.client(alias, self) for alias in IDS}
        self.people = {alias: self.client(alias, self._service) for alias in IDS}

    def client(self, alias: str, transport: Transport) -> Client:
        password = self.store.ensure_integration(IDS[alias], alias).password
        return Client(
            password_credentials(IDS[alias], password, alias, api_url=URL),
            transport,
            clock=self.clock,
            rng=Highest(),
            redactor=Redactor(),
            api_version=self.version,
        )

    def send(self, request: Request) -> Observation:
        call = json.loads(request.body)
        method = call["method"]
        self.calls.append(Call(method, call["params"]))
        nth = self._counts[method] = self._counts.get(method, 0) + 1
        fault = self.faults.get((method, nth)) or self.always.get(method)
        sent = self.calls[-1]
        observation = fault(self._execute, request) if fault else self._execute(request)
        sent.status = observation.status
        return observation

    def _execute(self, request: Request) -> Observation:
        """Execute a request of syncer's own, and keep what it did."""
        if json.loads(request.body)["method"] not in (SAVE, PUBLISH):
            return self._service.send(request)
        before = len(self.store.ledger.entries())
        observation = self._service.send(request)
        self.effects += [
            (entry.effect.value, entry.key) for entry in self.store.ledger.entries()[before:]
        ]
        return observation

    def audit(self) -> None:
        """Check that no write went out again unread, and that nothing was written twice."""
        inputs = {remote: address.key for address, remote in self.ids().items()}
        unread: dict[tuple[str, str], bool] = {}
        for call in self.calls:
            for method, key in list(unread):
                if call.reads(inputs.get(key, key)):
                    del unread[method, key]
            for key in call.keys:
                assert (call.method, key) not in unread, f"{call.method} of {key} was sent unread"
                if call.status != 413:
                    unread[call.method, key] = True
        effective = [key for effect, key in self.effects if effect in ("created", "updated")]
        assert sorted(effective) == sorted(set(effective))

    def session(self, *, writers: tuple[str, ...] = tuple(IDS)) -> Session:
        own = {alias: self.clients[alias] for alias in writers}
        wanted = {alias: f"CLARIFY_{alias.upper()}" for alias in IDS}
        return Session(
            Target("dev", URL, IDS),
            Small(self.count, IDS, self.clients, own, wanted),
            self.memory,
            Guards(max_creates=None, is_remote=False),
        )

    def plan(self, desired: DesiredState, wishes: Wishes = NO_WISHES) -> Planned:
        """Return the plan that `syncer plan` would show."""
        return make_plan(desired, self.session(), wishes)

    def apply(
        self,
        desired: DesiredState,
        wishes: Wishes = NO_WISHES,
        *,
        goes_on: bool = False,
        stops: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Do what `syncer apply --auto-approve` does."""
        session = self.session()
        with self.memory.exclusive(session.places(session.target.integrations), "apply") as run:
            planned = make_plan(desired, session, wishes)
            self.recovered = recover(planned, session, IDS)
            return apply_plan(planned, session, Order(run, PROJECT, goes_on=goes_on, stops=stops))

    def run(self, planned: Planned, session: Session | None = None) -> Report:
        """Apply a plan that was made before."""
        session = session or self.session()
        with self.memory.exclusive(session.places(session.target.integrations), "apply") as run:
            return apply_plan(planned, session, Order(run, PROJECT))

    @property
    def journals(self) -> list[RunRecord]:
        """What the journals of all runs say, oldest first."""
        read = (read_run(self.state, run) for run in self.state.runs())
        return [record for record in read if record is not None]

    def save(self, key: str, view: View = NOTHING, /, alias: str = "pier", **fields: Value) -> None:
        """Save a signal as somebody else would: by a client of their own."""
        fields = {**view, **fields}
        self.people[alias].save_signals(IDS[alias], {key: fields}, create_only=False)

    def publish(
        self, key: str, view: View = NOTHING, /, alias: str = "pier", **fields: Value
    ) -> None:
        """Publish a signal as somebody else would."""
        fields = {**view, **fields}
        signal = self.ids()[Address("signals", alias, key)]
        self.people[alias].publish_signals(IDS[alias], {signal: fields}, create_only=False)

    def fill(
        self, signals: Mapping[str, View], items: Mapping[str, View], alias: str = "pier"
    ) -> None:
        """Save and publish many at once."""
        client, integration = self.people[alias], IDS[alias]
        saved = client.save_signals(integration, signals, create_only=False)
        views = {saved[key].id: view for key, view in items.items()}
        client.publish_signals(integration, views, create_only=False)

    def ids(self) -> dict[Address, str]:
        """The IDs of all signals."""
        return {
            Address("signals", alias, row.input): row.id
            for alias in IDS
            for row in self.people[alias].select_signals(IDS[alias])
        }

    def views(self) -> dict[Address, View]:
        """Every resource as a second client reads it; items under their signals' keys."""
        views: dict[Address, View] = {}
        items = {row.id: row.fields for row in self.people["pier"].select_items()}
        for alias in IDS:
            for row in self.people[alias].select_signals(IDS[alias]):
                views[Address("signals", alias, row.input)] = row.fields
                if row.item_id is not None:
                    views[Address("items", alias, row.input)] = items[row.item_id]
        return views

    def written(self) -> list[tuple[str, str]]:
        """The ledger: what each write did to which key, oldest first."""
        return [(entry.effect.value, entry.key) for entry in self.store.ledger.entries()]

    def counted(self) -> dict[str, int]:
        """How many calls of each method were sent; forgets them."""
        counts = {call.method: 0 for call in self.calls}
        for call in self.calls:
            counts[call.method] += 1
        self.calls.clear()
        return counts

    def close(self) -> None:
        self.store.close()


def remote(session: Session, *, max_creates: int | None = None) -> Session:
    """Return the session as one of a real environment, with its guards."""
    return replace(session, limits=Guards(max_creates))


def unmarked(view: View) -> dict[str, Value]:
    """Return the annotations without the name of the run and its base."""
    annotations = view["annotations"]
    assert isinstance(annotations, Mapping)
    return {k: v for k, v in annotations.items() if k not in (RUN_ANNOTATION, BASE_ANNOTATION)}


def handling(
    service: Service,
) -> Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]:
    def handle(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        path = urlsplit(url).path
        response = service.handle(EmulatorRequest(method, path, headers, body))
        return response.status, response.headers, response.body

    return handle
