"""Tokens and basic authentication: who gets in, and how refusals look."""

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.emulator.auth import issue_token
from syncer.emulator.messages import Request, Response
from syncer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

CALL = {"jsonrpc": "2.0", "method": "clarify.selectItems", "id": 1}
DENIED = {"error": "access_denied", "error_description": "Unauthorized"}
GRANT = "grant_type=client_credentials"


def ask(clarify: "Clarify", form: str, **headers: str) -> Response:
    return clarify.service.handle(Request("POST", "/v1/oauth/token", headers, form.encode()))


def form_of(clarify: "Clarify") -> str:
    caller = clarify.caller
    return f"{GRANT}&client_id={caller.client_id}&client_secret={caller.client_secret}"


def token_of(clarify: "Clarify") -> str:
    return str(json.loads(ask(clarify, form_of(clarify)).body)["access_token"])


def pair(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_a_token_looks_like_a_jwt(clarify: "Clarify") -> None:
    answer = json.loads(ask(clarify, form_of(clarify)).body)

    head, claims, signature = answer.pop("access_token").split(".")
    assert answer == {
        "expires_in": 86_400,
        "token_type": "Bearer",
        "scope": "invoke:admin invoke:clarify invoke:integration",
    }
    assert decode(head) == {"alg": "HS256", "typ": "JWT"}
    assert decode(claims) == {"sub": clarify.caller.id, "exp": 1_700_086_400}
    assert signature


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_token_works_until_it_expires(clarify: "Clarify") -> None:
    clarify.use(Settings(token_lifetime_seconds=3600))
    bearer = f"Bearer {token_of(clarify)}"

    statuses = []
    for seconds in (0, 3599, 1):
        clarify.now += seconds * 1_000_000
        statuses.append(clarify.post(CALL, authorization=bearer).status)

    assert statuses == [200, 200, 401]


def test_a_token_is_given_for_a_basic_header(clarify: "Clarify") -> None:
    header = pair(clarify.caller.client_id, clarify.caller.client_secret)

    assert ask(clarify, GRANT, authorization=header).status == 200


@pytest.mark.parametrize(
    "form",
    [
        "",
        GRANT,
        f"{GRANT}&client_id=x&client_secret=y",
        f"{GRANT}&client_id=ID",
        f"{GRANT}&client_id=ID&client_secret=",
        "grant_type=password&client_id=ID&client_secret=SECRET",
        "client_id=ID&client_secret=SECRET",
        "%ff=%ff&&&==",
    ],
)
def test_other_token_requests_are_denied(clarify: "Clarify", form: str) -> None:
    caller = clarify.caller
    sent = form.replace("ID", caller.client_id).replace("SECRET", caller.client_secret)

    response = ask(clarify, sent)

    assert (response.status, json.loads(response.body)) == (401, DENIED)


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Basic eA==", "Basic /w==", "Digest x"])
def test_other_headers_are_denied(clarify: "Clarify", header: str) -> None:
    for response in (
        clarify.post(CALL, authorization=header),
        ask(clarify, GRANT, authorization=header),
    ):
        assert (response.status, json.loads(response.body)) == (401, DENIED)


def test_credentials_do_not_serve_in_each_others_place(clarify: "Clarify") -> None:
    caller = clarify.caller
    other = clarify.become("c7a1bbfqfsj7mjkj0ss0")
    wrong = [
        pair(caller.client_id, caller.client_secret),
        pair(caller.id, caller.client_secret),
        pair(caller.id, other.password),
        pair(caller.id, ""),
        pair("", ""),
    ]

    assert [clarify.post(CALL, authorization=header).status for header in wrong] == [401] * 5
    header = pair(caller.id, caller.password)
    assert ask(clarify, GRANT, authorization=header).status == 401


def test_a_changed_token_is_denied(clarify: "Clarify") -> None:
    token = token_of(clarify)
    head, claims, signature = token.split(".")
    forged = issue_token(b"guess", clarify.caller.id, expires_at=2**40)
    unknown = issue_token(clarify.store.signing_key, "0" * 20, expires_at=2**40)
    wrong = ["", ".", "..", token[:-1], f"{head}.{claims}", f"{claims}.{head}.{signature}"]

    for value in [*wrong, forged, unknown, f"{token}.", token + "é"]:
        assert clarify.post(CALL, authorization=f"Bearer {value}").status == 401


@pytest.mark.property
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scheme=st.sampled_from(["Basic ", "Bearer ", ""]), value=st.text(), form=st.binary())
def test_any_header_and_any_form_are_denied(
    clarify: "Clarify", scheme: str, value: str, form: bytes
) -> None:
    """No input that is not a credential gets in, or breaks anything."""
    headers = {"authorization": scheme + value}
    token = Request("POST", "/v1/oauth/token", headers, form)
    call = Request("POST", "/v1/rpc", headers, form)

    assert [clarify.service.handle(request).status for request in (token, call)] == [401, 401]
