"""Credentials are read, judged by origin, and never quoted."""

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Location
from syncer.errors import AccessDenied
from syncer.redaction import Secret
from syncer.transport.credentials import (
    Credentials,
    CredentialsKind,
    is_loopback,
    parse_credentials,
    password_credentials,
)

ID = "c618rbfqfsj7mjkj0ss0"
CANARY = "CANARY-4711-secret"


def text(api_url: object = "https://api.clarify.io/v1/", **inner: object) -> str:
    secret = {"type": "client-credentials", "clientId": "cid", "clientSecret": CANARY, **inner}
    return json.dumps({"apiUrl": api_url, "integration": ID, "credentials": secret}, indent=1)


def refusal(content: str, **options: tuple[str, ...]) -> AccessDenied:
    with pytest.raises(AccessDenied) as caught:
        parse_credentials(content, "creds.json", **options)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.findings)
    assert CANARY not in shown
    assert caught.value.__context__ is None
    return caught.value


def test_a_downloaded_file_gives_client_credentials() -> None:
    kind = CredentialsKind.CLIENT_CREDENTIALS

    found = parse_credentials(text(), "creds.json")

    assert found == Credentials("https://api.clarify.io/v1/", ID, kind, "cid", Secret(CANARY))
    assert found.origin == "https://api.clarify.io"
    assert CANARY not in repr(found)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_credentials("\ufeff" + text(), "creds.json").integration == ID


def test_user_name_and_password_give_basic_auth() -> None:
    found = password_credentials(ID, CANARY, "CLARIFY_USERNAME")

    kind = CredentialsKind.BASIC_AUTH
    assert found == Credentials("https://api.clarify.io/v1/", ID, kind, ID, Secret(CANARY))


def test_a_user_name_that_is_no_integration_is_refused() -> None:
    with pytest.raises(AccessDenied) as caught:
        password_credentials("me@example.com", CANARY, "CLARIFY_USERNAME")

    assert caught.value.findings[0].code == "CRD-FORMAT"
    assert caught.value.findings[0].location == Location("CLARIFY_USERNAME")


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://api.clarify.io/v1", "https://api.clarify.io/v1/"),
        ("https://api.clarify.io/v1//", ""),
        ("HTTPS://API.Clarify.IO:443/v1/", "https://api.clarify.io/v1/"),
        ("https://api.clarify.cloud/v1/", "https://api.clarify.cloud/v1/"),
        ("https://api.clarify.cloud", "https://api.clarify.cloud/"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/"),
        ("http://127.9.9.9/v1/", "http://127.9.9.9/v1/"),
        ("http://localhost:1/v1/", "http://localhost:1/v1/"),
        ("http://[::1]:5000/v1/", "http://[::1]:5000/v1/"),
        ("http://[::1]/v1/", "http://[::1]/v1/"),
        ("https://clarify.example.com:8443/v1/", "https://clarify.example.com:8443/v1/"),
        ("http://api.clarify.io/v1/", ""),
        ("http://clarify.example.com:8443/v1/", ""),
        ("https://clarify.example.com/v1/", ""),
        ("https://api.clarify.io.evil.tld/v1/", ""),
        ("https://api-clarify.io/v1/", ""),
        ("https://api.clarify.io./v1/", ""),
        ("https://api.clarify.io:8443/v1/", ""),
        ("https://api.clarify.io:99999/v1/", ""),
        ("https://api.clarify.io@evil.tld/v1/", ""),
        ("https://evil.tld\\@api.clarify.io/v1/", ""),
        ("https://user:pw@api.clarify.io/v1/", ""),
        ("https://api.clarify.io/v1/?x=1", ""),
        ("https://api.clarify.io/v1/#x", ""),
        ("https://api.clarify.io/v1/\n", ""),
        (" https://api.clarify.io/v1/", ""),
        ("https://аpi.clarify.io/v1/", ""),  # noqa: RUF001 - the first letter is Cyrillic
        ("https://api.clarify.io%2eevil.tld/v1/", ""),
        ("ftp://api.clarify.io/v1/", ""),
        ("http://127.0.0.1.evil.tld/v1/", ""),
        ("http://localhost.evil.tld/v1/", ""),
        ("http://2130706433/v1/", ""),
        ("https://api..clarify.io/", ""),
        (f"https://{'x' * 64}.example/", ""),
        ("api.clarify.io", ""),
        (CANARY, ""),
    ],
)
def test_only_known_origins_receive_credentials(url: str, normal: str) -> None:
    allowed = ("https://clarify.example.com:8443/", "http://clarify.example.com:8443", "nonsense")
    if normal:
        found = parse_credentials(text(url), "creds.json", allowed_origins=allowed)
        assert found.api_url == normal
        assert found.is_loopback == normal.startswith("http:")
    else:
        assert refusal(text(url), allowed_origins=allowed).findings[0].code == "CRD-ORIGIN"


def test_an_unknown_origin_is_named_with_the_flag_that_allows_it() -> None:
    finding = refusal(text("https://clarify.example.com/v1/")).findings[0]

    assert '"https://clarify.example.com"' in finding.summary
    assert finding.hint.endswith("--allow-origin https://clarify.example.com")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"clientSecret" "' + CANARY + '"}', (1, 17)),
        ("", (1, 1)),
        ("{\n  'a': 1}", (2, 3)),
        ("[" * 60_000, (1, 1)),
        ("x" * 70_000, (0, 0)),
        ('{"apiUrl": 1, "apiUrl": 2}', (1, 1)),
        (f'"{CANARY}"', (1, 1)),
        ("{}", (1, 1)),
        ('{"apiUrl": "x",\n "credentials": "' + CANARY + '"}', (2, 2)),
        (text(type="password"), (5, 3)),
        (text(clientSecret=""), (7, 3)),
        (text(clientId=7), (6, 3)),
        (text(7), (2, 2)),
        (text().replace(ID, "too-short"), (3, 2)),
        (text().replace("integration", "integrations"), (1, 1)),
    ],
)
def test_bad_credentials_are_located_but_not_quoted(content: str, place: tuple[int, int]) -> None:
    finding = refusal(content).findings[0]

    assert (finding.code, finding.location) == ("CRD-FORMAT", Location("creds.json", *place))


@pytest.mark.parametrize("control", ["\n", "\r", "\0", "\x1b", "\u2028", "\x7f"])
@pytest.mark.parametrize("member", ["clientId", "clientSecret"])
def test_control_characters_are_refused_before_any_request(control: str, member: str) -> None:
    finding = refusal(text(**{member: f"{CANARY}{control}X-Evil: 1"})).findings[0]

    assert finding.code == "CRD-HEADER"
    assert member in finding.summary


@pytest.mark.property
@given(st.text())
def test_any_text_is_read_or_refused(content: str) -> None:
    """Reading is total: no text raises anything but AccessDenied."""
    with pytest.raises(AccessDenied):
        parse_credentials(content, "creds.json")


@pytest.mark.property
@given(st.from_regex(r"https?://[a-z0-9.:@/\\-]{0,30}", fullmatch=True))
def test_no_url_leaves_the_known_origins(url: str) -> None:
    """What is accepted starts with a known origin and a slash, or is loopback."""
    try:
        found = parse_credentials(text(url), "creds.json")
    except AccessDenied:
        return
    assert found.is_loopback or found.api_url.startswith(
        ("https://api.clarify.io/", "https://api.clarify.cloud/")
    )


def test_a_host_name_is_loopback_only_when_it_is_this_machine() -> None:
    hosts = ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"]

    assert all(map(is_loopback, hosts))
    assert not any(map(is_loopback, ["", "example.com", "10.0.0.1", "127.1", "localhost.x"]))
