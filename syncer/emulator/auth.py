"""Who is calling: access tokens and basic authentication.

In: an Authorization header, or a token request's form. Out: the integration, or None. Tokens look
like JWTs, as @clarify/api 0.3.0 requires, and are signed, so that none needs to be stored.
Source: docs.clarify.io/reference/auth.
"""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qs

from syncer.emulator.jsontext import NotJsonError, read_json, write_json
from syncer.emulator.messages import Request
from syncer.emulator.records import Integration
from syncer.emulator.store import Store
from syncer.emulator.timestamps import MICROSECONDS


def issue_token(key: bytes, integration: str, *, expires_at: int) -> str:
    """Return a token for the integration; `expires_at` in seconds."""
    head = _encode(write_json({"alg": "HS256", "typ": "JWT"}).encode())
    claims = _encode(write_json({"sub": integration, "exp": expires_at}).encode())
    return f"{head}.{claims}.{_sign(key, f'{head}.{claims}')}"


def find_caller(request: Request, store: Store, now: int) -> Integration | None:
    """Return the integration that the Authorization header proves."""
    scheme, _, value = request.header("authorization").partition(" ")
    match scheme.lower():
        case "bearer":
            return _find_bearer(value.strip(), store, now)
        case "basic":
            name, password = _read_basic(value)
            found = store.integration(name)
            return found if found and _same(found.password, password) else None
        case _:
            return None


def find_client(request: Request, store: Store) -> Integration | None:
    """Return the integration that a token request proves, by header or by form."""
    form = parse_qs(request.body.decode("utf-8", "replace"), max_num_fields=None)
    if form.get("grant_type") != ["client_credentials"]:
        return None
    scheme, _, value = request.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        client_id, secret = _read_basic(value)
    else:
        client_id = form.get("client_id", [""])[-1]
        secret = form.get("client_secret", [""])[-1]
    found = store.integration_of_client(client_id)
    return found if found and _same(found.client_secret, secret) else None


def _find_bearer(token: str, store: Store, now: int) -> Integration | None:
    signed, _, signature = token.rpartition(".")
    if not _same(_sign(store.signing_key, signed), signature):
        return None
    try:
        claims = read_json(_decode(signed.partition(".")[2]))
    except (NotJsonError, binascii.Error):  # pragma: no cover - we sign nothing else
        return None
    match claims:
        case {"sub": str(integration), "exp": int(expires_at)} if now < expires_at * MICROSECONDS:
            return store.integration(integration)
        case _:
            return None


def _read_basic(value: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, password


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _sign(key: bytes, text: str) -> str:
    return _encode(hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
