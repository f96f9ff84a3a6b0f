"""A token is fetched once, renewed once, and never shown."""

import json
import threading
import traceback
import urllib.parse

import pytest

from syncer.errors import AccessDenied, SyncerError, TransportError
from syncer.redaction import Redactor, Secret
from syncer.transport.calls import Caller
from syncer.transport.messages import Observation, Request, Seen
from syncer.transport.tokens import Authorizer
from tests.transport.fakes import (
    PASSWORD,
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
    seen,
    token,
)


class Desk:
    """An authorizer over a scripted token endpoint."""

    def __init__(self, script: Script) -> None:
        self.clock = VirtualClock()
        self.redactor = Redactor()
        self.script = script
        caller = Caller(script, self.clock, Highest())
        self.authorizer = Authorizer(
            client_credentials(), caller, self.clock, self.redactor, label="CLARIFY_STAND"
        )

    def header(self) -> str:
        return self.authorizer.header().reveal()

    def refusal(self) -> SyncerError:
        with pytest.raises(SyncerError) as caught:
            self.header()
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.findings)
        assert "CANARY" not in shown
        return caught.value


def test_the_request_is_the_one_that_pyclarify_sends() -> None:
    asked: list[Request] = []

    def endpoint(request: Request) -> Observation:
        asked.append(request)
        return token()(request)

    desk = Desk(Script([ok({})], [endpoint]))

    assert desk.header() == f"Bearer {TOKEN}"
    assert asked[0].url == "https://api.clarify.io/v1/oauth/token"
    assert urllib.parse.parse_qs(asked[0].body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-id"],
        "client_secret": [SECRET],
        "audience": ["https://api.clarify.io/v1/"],
    }
    assert asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in asked[0].headers


def test_a_token_is_fetched_once_and_again_before_it_expires() -> None:
    desk = Desk(Script([ok({})]))
    for _ in range(3):
        desk.header()
    assert desk.script.token_calls == 1

    desk.clock.sleep(86_400 - 60.5)
    desk.header()
    assert desk.script.token_calls == 1

    desk.clock.sleep(0.5)
    desk.header()
    assert desk.script.token_calls == 2


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        *[(1, 0.9), (100, 90.0), (1e18, 86_340.0), (10**400, 86_340.0)],
        *[(0, 270.0), (-5, 270.0), ("3600", 270.0), (None, 270.0), (True, 270.0), ("", 270.0)],
    ],
)
def test_a_hostile_lifetime_is_bounded(expires_in: object, life: float) -> None:
    desk = Desk(Script([ok({})], [token({"access_token": TOKEN, "expires_in": expires_in})]))
    desk.header()

    desk.clock.sleep(life - 0.01)
    desk.header()
    assert desk.script.token_calls == 1

    desk.clock.sleep(0.02)
    desk.header()
    assert desk.script.token_calls == 2


@pytest.mark.parametrize(
    "members",
    [
        {"access_token": f"{TOKEN}\nX-Evil: 1"},
        {"access_token": f"{TOKEN} "},
        {"access_token": f"{TOKEN}é"},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": TOKEN * 1000},
        {"access_token": TOKEN, "token_type": "MAC"},
        {"access_token": TOKEN, "token_type": 1},
        {},
    ],
)
def test_an_unusable_token_is_refused_and_not_shown(members: dict[str, object]) -> None:
    error = Desk(Script([ok({})], [token(members)])).refusal()

    assert isinstance(error, AccessDenied)
    assert error.findings[0].code == "CRD-TOKEN"


def test_an_answer_that_is_no_object_holds_no_token() -> None:
    assert Desk(Script([ok({})], [answered(200, b"[]")])).refusal().findings[0].code == "CRD-TOKEN"


@pytest.mark.parametrize(
    ("step", "code", "kind"),
    [
        (answered(200, b"<html>CANARY"), "CRD-TOKEN", TransportError),
        (
            answered(200, b'{"access_token":"CANARY","access_token":""}'),
            "CRD-TOKEN",
            TransportError,
        ),
        (answered(401, b'{"error":"access_denied CANARY"}'), "CRD-REFUSED", AccessDenied),
        (answered(400, b'{"error":"invalid_client CANARY"}'), "API-REJECTED", AccessDenied),
        (answered(403, b"CANARY"), "CRD-NAMESPACE", AccessDenied),
        (answered(404, b"CANARY"), "NET-ADDRESS", TransportError),
        (answered(405, b"CANARY"), "NET-ADDRESS", TransportError),
        (answered(500, b"CANARY"), "API-FAILED", TransportError),
        (answered(307, b"", {"location": "http://evil/"}), "NET-REDIRECT", TransportError),
        (seen(Seen.TIMED_OUT), "NET-DEADLINE", TransportError),
        (seen(Seen.NOT_SENT), "NET-UNREACHABLE", TransportError),
    ],
)
def test_a_failing_token_endpoint_is_named_without_its_text(
    step: Step, code: str, kind: type[SyncerError]
) -> None:
    error = Desk(Script([ok({})], [step])).refusal()

    assert isinstance(error, kind)
    assert error.findings[0].code == code


def test_a_wrong_address_is_told_as_one() -> None:
    error = Desk(Script([ok({})], [answered(404, b"CANARY")])).refusal()

    (finding,) = error.findings
    assert finding.summary == (
        "oauth/token at https://api.clarify.io: Clarify is not at this address (HTTP 404)"
    )
    assert finding.hint == "Correct apiUrl in the credentials."


def test_a_busy_token_endpoint_is_asked_again() -> None:
    busy = answered(429, b"", {"retry-after": "7"})
    desk = Desk(Script([ok({})], [busy, seen(Seen.LOST), token()]))

    assert desk.header() == f"Bearer {TOKEN}"
    assert desk.clock.slept == [7.0, 2.0]


def test_a_refused_token_is_forgotten_once() -> None:
    desk = Desk(Script([ok({})], [token(), token({"access_token": "second"})]))
    first = desk.authorizer.header()

    desk.authorizer.renew(first)
    assert desk.header() == "Bearer second"
    desk.authorizer.renew(first)
    assert desk.header() == "Bearer second"
    assert desk.script.token_calls == 2


def test_threads_share_one_token_call() -> None:
    desk = Desk(Script([ok({})]))
    threads = [threading.Thread(target=desk.header) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert desk.script.token_calls == 1


def test_a_password_needs_no_token() -> None:
    script, redactor, clock = Script([ok({})]), Redactor(), VirtualClock()
    caller = Caller(script, clock, Highest())
    header = Authorizer(basic_auth(), caller, clock, redactor).header().reveal()

    encoded = "YzYxOHJiZnFmc2o3bWprajBzczA6Q0FOQVJZLXBhc3N3b3JkLTU1YWE="
    assert header == f"Basic {encoded}"
    assert script.token_calls == 0
    assert redactor.redact(f"{PASSWORD} {header}") == "*** Basic ***"


def test_every_secret_is_masked_as_soon_as_it_is_known() -> None:
    desk = Desk(Script([ok({})]))
    assert desk.redactor.redact(f"a {SECRET} b") == "a *** b"

    desk.header()
    assert desk.redactor.redact(json.dumps([TOKEN])) == '["***"]'
    assert repr(desk.authorizer.header()) == repr(Secret(""))
