"""The client over a scripted API: what it sends, what it raises, what it never shows."""

import json
import logging
import traceback
from typing import TypedDict, Unpack

import pytest

from syncer.errors import AccessDenied, Misuse, SyncerError, TransportError
from syncer.providers.clarify.client import Client, Rates
from syncer.providers.clarify.wire import ItemRow, Saved, SignalRow
from syncer.redaction import Redactor
from syncer.transport.credentials import Credentials
from syncer.transport.failures import ApiRejection, BatchTooLarge, OutcomeUnknown
from syncer.transport.jsonrpc import InvalidResource
from syncer.transport.messages import Observation, Request, Seen
from tests.transport.fakes import (
    INTEGRATION,
    SECRET,
    TOKEN,
    Highest,
    Script,
    Step,
    VirtualClock,
    answered,
    basic_auth,
    client_credentials,
    ok,
    rpc_error,
    seen,
    token,
)

SAVED = {"signalsByInput": {"a": {"id": "s1", "created": True, "updated": False}}}


class Options(TypedDict, total=False):
    credentials: Credentials
    admin: Client
    api_version: str
    rates: Rates
    label: str
    deadline: float


class Api:
    """A client whose API plays the given steps."""

    def __init__(
        self, *steps: Step, tokens: list[Step] | None = None, **options: Unpack[Options]
    ) -> None:
        self.script = Script(list(steps), tokens or [token()])
        self.clock = VirtualClock()
        self.redactor = Redactor()
        self.client = self.make(**options)

    def make(self, **options: Unpack[Options]) -> Client:
        given: Options = {"credentials": client_credentials(), "label": "CLARIFY_STAND"}
        given.update(options)
        return Client(
            transport=self.script,
            clock=self.clock,
            rng=Highest(),
            redactor=self.redactor,
            **given,
        )

    def save(self) -> dict[str, Saved]:
        return self.client.save_signals(INTEGRATION, {"a": {"name": "A"}}, create_only=True)

    def signals(self) -> list[SignalRow]:
        return self.client.select_signals(INTEGRATION)

    def items(self) -> list[ItemRow]:
        return self.client.select_items()

    def publish(self) -> dict[str, Saved]:
        return self.client.publish_signals(INTEGRATION, {"s1": {"name": "A"}}, create_only=False)


def page(*ids: str, total: int | None = None, integration: str = INTEGRATION) -> Step:
    rows = [
        {
            "id": name,
            "attributes": {"input": name},
            "relationships": {"integration": {"data": {"id": integration}}},
        }
        for name in ids
    ]
    return ok({"meta": {"total": len(ids) if total is None else total}, "data": rows})


def test_a_save_is_one_request_with_everything_the_api_wants() -> None:
    api = Api(ok(SAVED))

    assert api.save() == {"a": Saved("s1", True, False)}
    request = api.script.sent[0]
    assert (request.method, request.url) == ("POST", "https://api.clarify.io/v1/rpc")
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["X-API-Version"] == "1.1"
    body = json.loads(request.body)
    assert type(body.pop("id")) is int
    assert body == {
        "jsonrpc": "2.0",
        "method": "integration.saveSignals",
        "params": {
            "integration": INTEGRATION,
            "signalsByInput": {"a": {"name": "A", "sampleInterval": None, "gapDetection": None}},
            "createOnly": True,
        },
    }


def test_a_publish_goes_to_the_admin_namespace() -> None:
    api = Api(ok({"itemsBySignal": {"s1": {"id": "i1", "created": False, "updated": True}}}))

    assert api.publish() == {"s1": Saved("i1", False, True)}
    assert json.loads(api.script.sent[0].body)["method"] == "admin.publishSignals"


def test_nothing_to_write_sends_nothing() -> None:
    api = Api(ok({}))

    assert api.client.save_signals(INTEGRATION, {}, create_only=True) == {}
    assert api.client.publish_signals(INTEGRATION, {}, create_only=True) == {}
    assert api.script.sent == []


def test_signals_are_selected_page_by_page() -> None:
    ids = [f"s{number:04}" for number in range(1500)]
    api = Api(page(*ids[:1000], total=1500), page(*ids[1000:], total=1500))

    rows = api.client.select_signals(INTEGRATION, {"name": "x"})

    assert [row.id for row in rows] == ids
    assert [params["query"] for params in api.script.params()] == [
        {"filter": {"name": "x"}, "sort": ["id"], "limit": 1000, "skip": 0, "total": True},
        {"filter": {"name": "x"}, "sort": ["id"], "limit": 500, "skip": 1000, "total": True},
    ]
    assert all(params["include"] == [] for params in api.script.params())


def test_items_are_selected_without_an_integration() -> None:
    api = Api(ok({"meta": {"total": 1}, "data": [{"id": "i1", "attributes": {"name": "A"}}]}))

    assert [row.id for row in api.client.select_items(limit=10)] == ["i1"]
    assert "integration" not in api.script.params()[0]


def test_a_row_of_another_integration_is_no_listing() -> None:
    api = Api(page("s1", integration="c7a1bbfqfsj7mjkj0ss0"))

    with pytest.raises(TransportError) as caught:
        api.client.select_signals(INTEGRATION)
    assert caught.value.findings[0].code == "API-DRIFT"
    assert len(api.script.sent) == 4


def test_every_request_has_an_id_of_its_own() -> None:
    api = Api(answered(500), answered(500), page())
    api.client.select_signals(INTEGRATION)
    api.client.select_signals(INTEGRATION)

    ids = [json.loads(request.body)["id"] for request in api.script.sent]
    assert len(set(ids)) == 4


def test_a_stale_answer_is_not_taken_for_the_right_one() -> None:
    stale: list[Observation] = []

    def remember(request: Request) -> Observation:
        stale.append(ok(SAVED)(request))
        return Observation(Seen.TIMED_OUT)

    api = Api(remember, lambda _: stale[0])

    with pytest.raises(OutcomeUnknown):
        api.save()
    with pytest.raises(OutcomeUnknown) as caught:
        api.save()
    assert caught.value.findings[0].code == "API-ID"


@pytest.mark.parametrize("step", [seen(Seen.LOST), answered(500), answered(204), answered(429)])
def test_a_read_is_sent_again_and_a_write_is_not(step: Step) -> None:
    reading, writing = Api(step, page("s1")), Api(step, ok(SAVED))

    assert len(reading.client.select_signals(INTEGRATION)) == 1
    with pytest.raises(OutcomeUnknown):
        writing.save()
    assert len(writing.script.sent) == 1


def test_a_write_that_was_not_sent_is_sent_again() -> None:
    api = Api(seen(Seen.NOT_SENT), ok(SAVED))

    assert api.save() == {"a": Saved("s1", True, False)}


def test_a_write_whose_summary_cannot_be_read_is_unknown() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        Api(ok({"signalsByInput": {"a": 1}})).save()

    assert caught.value.findings[0].code == "API-SHAPE"


def test_a_partial_failure_keeps_its_hints() -> None:
    invalid = {
        "id": "a",
        "type": "signals",
        "message": "too long",
        "invalidFields": {"name": ["x"]},
    }
    data = {"partialResult": SAVED, "invalidResources": [invalid], "trace": "t-1"}

    with pytest.raises(OutcomeUnknown) as caught:
        Api(rpc_error(-32021, "Partial", data)).save()

    error = caught.value.error
    assert error is not None
    assert error.partial_result == SAVED
    assert error.invalid_resources == (
        InvalidResource("a", "signals", "too long", {"name": ("x",)}),
    )
    assert "trace t-1" in caught.value.findings[0].summary


def test_a_rejection_gives_every_message_by_path() -> None:
    paths = [
        {"path": "params.signalsByInput.a.name", "error": "too long"},
        {"path": "params.signalsByInput.a.name", "error": "odd"},
        {"path": "params.groups", "error": "unknown parameter"},
    ]

    with pytest.raises(ApiRejection) as caught:
        Api(rpc_error(-32602, "Invalid params", {"pathErrors": paths})).save()

    assert caught.value.details == {
        "signalsByInput.a.name": ("too long", "odd"),
        "groups": ("unknown parameter",),
    }
    summary = caught.value.findings[0].summary
    assert '"Invalid params (-32602) | groups: unknown parameter | signalsByInput.a' in summary


def test_an_unknown_version_is_rejected_with_the_apis_words() -> None:
    words = b"Version matching X-API-Version header not found"

    with pytest.raises(ApiRejection) as caught:
        Api(answered(400, words)).save()

    assert caught.value.details == {}
    summary = caught.value.findings[0].summary
    assert summary.endswith(f'the API refused the call (HTTP 400): "{words.decode()}"')


def test_a_request_that_is_too_large_asks_for_halves() -> None:
    with pytest.raises(BatchTooLarge):
        Api(answered(413)).save()


@pytest.mark.parametrize("step", [rpc_error(-32003, "Forbidden"), answered(403)])
@pytest.mark.parametrize(
    ("method", "namespace"),
    [("save", "integration"), ("publish", "admin"), ("signals", "admin"), ("items", "clarify")],
)
def test_a_refusal_names_the_namespace_to_tick(step: Step, method: str, namespace: str) -> None:
    api = Api(step)

    with pytest.raises(AccessDenied) as caught:
        getattr(api, method)()

    finding = caught.value.findings[0]
    assert finding.code == "CRD-NAMESPACE"
    assert f'"{namespace}"' in finding.hint
    assert "CLARIFY_STAND" in finding.hint


def test_an_expired_token_is_renewed_once() -> None:
    api = Api(answered(401), ok(SAVED), tokens=[token(), token({"access_token": "second-one"})])

    api.save()

    sent = [request.headers["Authorization"] for request in api.script.sent]
    assert sent == [f"Bearer {TOKEN}", "Bearer second-one"]


@pytest.mark.parametrize(
    ("label", "hint"), [("CLARIFY_STAND", "CLARIFY_STAND"), ("", "Create new")]
)
def test_a_second_refusal_of_the_token_ends_it(label: str, hint: str) -> None:
    api = Api(answered(401), label=label)

    with pytest.raises(AccessDenied) as caught:
        api.save()

    assert caught.value.findings[0].code == "CRD-REFUSED"
    assert hint in caught.value.findings[0].hint
    assert (len(api.script.sent), api.script.token_calls) == (2, 2)


def test_a_refused_password_is_not_tried_twice() -> None:
    api = Api(answered(401), credentials=basic_auth())

    with pytest.raises(AccessDenied):
        api.save()
    assert (len(api.script.sent), api.script.token_calls) == (1, 0)


def test_a_save_for_another_integration_is_refused_before_any_request() -> None:
    api = Api(ok({}), label="")

    with pytest.raises(AccessDenied) as caught:
        api.client.save_signals("c7a1bbfqfsj7mjkj0ss0", {"a": {}}, create_only=True)

    assert caught.value.findings[0].code == "CRD-INTEGRATION"
    assert api.script.sent == []


def test_an_admin_reads_and_publishes_for_an_integration() -> None:
    api = Api(page(), page(), ok({"itemsBySignal": {}}), ok(SAVED))
    own = api.make(credentials=basic_auth(), admin=api.client)

    own.select_signals(INTEGRATION)
    own.select_items()
    own.publish_signals(INTEGRATION, {"s1": {}}, create_only=True)
    own.save_signals(INTEGRATION, {"a": {}}, create_only=True)

    sent = [request.headers["Authorization"].split()[0] for request in api.script.sent]
    assert sent == ["Bearer", "Bearer", "Bearer", "Basic"]
    assert api.clock.slept[-1] == pytest.approx(1.0)  # the save waits for the publish


def test_calls_are_paced_for_each_integration() -> None:
    api = Api(ok(SAVED))
    for _ in range(3):
        api.save()
    assert api.clock.slept == [1.0, 1.0]

    api = Api(page())
    for _ in range(3):
        api.client.select_signals(INTEGRATION)
    assert api.clock.slept == pytest.approx([0.1, 0.1])


def test_pacing_can_be_turned_off_and_is_off_on_loopback() -> None:
    unpaced = Api(ok(SAVED), rates=Rates(0, 0))
    local = Api(ok(SAVED), credentials=client_credentials("http://127.0.0.1:1/v1/"))
    for api in (unpaced, local):
        for _ in range(3):
            api.save()

        assert api.clock.slept == []


def test_nothing_is_waited_for_beyond_the_deadline() -> None:
    api = Api(ok(SAVED), deadline=1000.5)
    api.save()

    with pytest.raises(TransportError) as caught:
        api.save()

    assert caught.value.findings[0].code == "NET-DEADLINE"
    assert not isinstance(caught.value, OutcomeUnknown)


def test_a_result_under_an_error_status_does_not_count() -> None:
    def reply(request: Request) -> Observation:
        return Observation(Seen.ANSWERED, 500, (), ok(SAVED)(request).body)

    with pytest.raises(OutcomeUnknown):
        Api(reply).save()


def test_an_unknown_api_version_is_refused_at_once() -> None:
    with pytest.raises(Misuse):
        Api(ok({}), api_version="1.0")


def test_server_text_is_cut_escaped_and_redacted() -> None:
    body = f"bad token {TOKEN} \x1b[2J ::error::x\n" + "x" * 9999

    with pytest.raises(TransportError) as caught:
        Api(answered(404, body.encode())).save()

    summary = caught.value.findings[0].summary
    assert '"bad token *** \\x1b[2J ::error::x\\n' in summary
    assert len(summary) < 320


FAILURES: list[Step] = [
    *(seen(how) for how in Seen if how is not Seen.ANSWERED),
    *(
        answered(status, f"{SECRET} {TOKEN}".encode(), {"location": f"http://{TOKEN}/"})
        for status in (201, 204, 200, 301, 307, 400, 401, 403, 404, 413, 418, 429, 500, 503)
    ),
    *(
        rpc_error(code, f"{SECRET} {TOKEN}", {"trace": TOKEN, "params": {SECRET: [TOKEN]}})
        for code in (-32700, -32602, -32003, -32000, -32009, -32015, -32001, -32021, 7)
    ),
    ok({"signalsByInput": {SECRET: TOKEN}, "itemsBySignal": {SECRET: TOKEN}, "meta": TOKEN}),
    ok({"signalsByInput": SECRET, "itemsBySignal": [TOKEN], "meta": {"total": SECRET}}),
]


@pytest.mark.parametrize("step", FAILURES)
def test_no_failure_shows_a_secret(step: Step, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = Api(step)
    for method in ("save", "publish", "signals", "items"):
        with pytest.raises(SyncerError) as caught:
            getattr(api, method)()

        shown = "".join(traceback.format_exception(caught.value))
        shown += repr(caught.value) + repr(caught.value.findings) + caplog.text
        shown += repr(api.client.__dict__)
        assert "CANARY" not in shown
        assert caught.value.findings[0].code
