"""Credentials as Clarify hands them out, and the origins that may receive them.

In: the text of a credentials file, or a user name and a password. Out: `Credentials`, or
`AccessDenied` whose findings name the member and its place but never quote the content.
"""

import ipaddress
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, NoReturn

from syncer import sinks
from syncer.diagnostics import Diagnostic, Location
from syncer.errors import AccessDenied
from syncer.redaction import Secret

DEFAULT_API_URL: Final = "https://api.clarify.io/v1/"
KNOWN_ORIGINS: Final = frozenset({"https://api.clarify.io", "https://api.clarify.cloud"})
_MAX_LENGTH = 64 << 10
_ID = re.compile(r"[a-v0-9]{20}")
# Stricter than a URL may be: no user, query, fragment, escape or backslash can hide another host.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URL = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[::1\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?(?P<path>(?:/[\w.~-]+)*/?)",
    re.ASCII | re.IGNORECASE,
)
_DEFAULT_PORTS = {"https": "443", "http": "80"}
_FORMAT_HINT = "Download the credentials again from Clarify's admin panel."


class CredentialsKind(Enum):
    """How a credential is presented; docs.clarify.io/reference/auth."""

    CLIENT_CREDENTIALS = "client-credentials"
    BASIC_AUTH = "basic-auth"


@dataclass(frozen=True, slots=True)
class Credentials:
    """One integration's credentials; `api_url` is allowed and ends in a slash."""

    api_url: str
    integration: str
    kind: CredentialsKind
    id: str
    secret: Secret

    @property
    def origin(self) -> str:
        """Scheme, host and port that receive the secret."""
        return "/".join(self.api_url.split("/", 3)[:3])

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this machine."""
        return _is_local(self.origin)


def parse_credentials(
    text: str, source: str, *, allowed_origins: Collection[str] = ()
) -> Credentials:
    """Return the credentials in a JSON text; `source` names it in findings.

    Raises AccessDenied with CRD-FORMAT, CRD-ORIGIN or CRD-HEADER.
    """
    return _Reader(text.removeprefix("\ufeff"), source).read(allowed_origins)


def password_credentials(
    username: str,
    password: str,
    source: str,
    *,
    api_url: str = DEFAULT_API_URL,
    allowed_origins: Collection[str] = (),
) -> Credentials:
    """Return basic-auth credentials; the user name is the integration's ID.

    docs.clarify.io/api/1.0/http/authentication. Raises AccessDenied as `parse_credentials` does.
    """
    secret = {"type": "basic-auth", "clientId": username, "clientSecret": password}
    document = {"apiUrl": api_url, "integration": username, "credentials": secret}
    return _Reader("", source).accept(document, allowed_origins)


def is_origin(text: str) -> bool:
    """Return whether the text is a URL whose origin could be allowed."""
    return bool(_split_url(text)[0])


def is_loopback(host: str) -> bool:
    """Return whether a host name or address means this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._source = source

    def read(self, allowed_origins: Collection[str]) -> Credentials:
        document = self._parsed()
        if isinstance(document, Diagnostic):
            # Raised outside the `except`: a decoding error holds the whole text.
            raise AccessDenied(document)
        return self.accept(document, allowed_origins)

    def accept(self, document: object, allowed_origins: Collection[str]) -> Credentials:
        top = self._object(document, "")
        inner = self._object(top.get("credentials"), "credentials")
        api_url = self._string(top, "apiUrl")
        integration = self._string(top, "integration")
        kind = self._string(inner, "type", "credentials.")
        client = self._string(inner, "clientId", "credentials.")
        secret = self._string(inner, "clientSecret", "credentials.")
        if _ID.fullmatch(integration) is None:
            self._refuse("integration is not an integration ID of 20 characters", "integration")
        if kind not in {known.value for known in CredentialsKind}:
            self._refuse(
                'credentials.type is neither "client-credentials" nor "basic-auth"', "type"
            )
        self._check_sendable(clientId=client, clientSecret=secret)
        url = self._allowed_url(api_url, allowed_origins)
        return Credentials(url, integration, CredentialsKind(kind), client, Secret(secret))

    def _parsed(self) -> object:
        if len(self._text) > _MAX_LENGTH:
            return self._finding("the text is too long for credentials")
        try:
            return json.loads(self._text, object_pairs_hook=_unique)
        except json.JSONDecodeError as error:
            place = Location(self._source, error.lineno, error.colno)
        except (ValueError, RecursionError):
            place = Location(self._source, 1, 1)
        return self._finding("the text is not JSON with unique members", place)

    def _object(self, value: object, name: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            self._refuse(f"{name or 'the text'} is not a JSON object", name)
        return value

    def _string(self, members: Mapping[str, object], name: str, prefix: str = "") -> str:
        value = members.get(name)
        if not isinstance(value, str) or not value:
            self._refuse(f"{prefix}{name} is missing, empty or not a text", name)
        return value

    def _check_sendable(self, **texts: str) -> None:
        for name, text in texts.items():
            if any(not character.isprintable() for character in text):
                rule = "A line break or control character could forge a header."
                place = self._place(name)
                summary = f"{self._source}: credentials.{name} holds a control character"
                raise AccessDenied.of("CRD-HEADER", summary, rule=rule, location=place)

    def _allowed_url(self, text: str, allowed_origins: Collection[str]) -> str:
        origin, path = _split_url(text)
        if not origin:
            self._refuse_origin("apiUrl is not a plain https URL", "")
        if origin not in KNOWN_ORIGINS and not _is_local(origin):
            if not origin.startswith("https:"):
                self._refuse_origin("apiUrl is neither https nor on this machine", "")
            if origin not in {_split_url(allowed)[0] for allowed in allowed_origins}:
                hint = f"If you trust it with your secret: --allow-origin {origin}"
                shown = sinks.quoted(origin)
                self._refuse_origin(f"{shown} is not an origin that may receive credentials", hint)
        return f"{origin}{path.rstrip('/')}/"

    def _refuse_origin(self, what: str, hint: str) -> NoReturn:
        raise AccessDenied.of(
            "CRD-ORIGIN",
            f"{self._source}: {what}",
            rule="The secret is sent to the host in apiUrl, so only known hosts are allowed.",
            hint=hint or "Without user, query or fragment, as https://api.clarify.io/v1/",
            location=self._place("apiUrl"),
        )

    def _refuse(self, what: str, name: str) -> NoReturn:
        raise AccessDenied(self._finding(what, self._place(name)))

    def _finding(self, what: str, place: Location | None = None) -> Diagnostic:
        summary = f"{self._source}: {what}"
        place = place or Location(self._source)
        return Diagnostic("CRD-FORMAT", summary, location=place, hint=_FORMAT_HINT)

    def _place(self, name: str) -> Location:
        if not self._text:
            return Location(self._source)
        found = max(self._text.find(f'"{name}"'), 0) if name else 0
        before = self._text[:found]
        return Location(self._source, before.count("\n") + 1, found - before.rfind("\n"))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _split_url(text: str) -> tuple[str, str]:
    """Return origin and path of an acceptable URL, empty texts for any other."""
    found = _URL.fullmatch(text)
    if found is None or int(found["port"] or 0) > 65535:
        return "", ""
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), found["port"] or ""
    port = "" if port == _DEFAULT_PORTS[scheme] else port
    return f"{scheme}://{host}" + (f":{port}" if port else ""), found["path"]


def _is_local(origin: str) -> bool:
    found = _URL.fullmatch(origin)
    return found is not None and is_loopback(found["host"])
