"""No secret leaves, in any form, whatever fails: streams and files are searched for canaries."""

import base64
import json
import os
import tempfile
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncer.emulator.messages import Request, Response
from syncer.seams import SystemClock
from tests.cli.conftest import Here
from tests.e2e.command import Result
from tests.e2e.conftest import PIER, Site

SECRET = 'CANARY-9f8e7d/+"q-6c5b4a3e2d1f'  # noqa: S105 - looked for everywhere
VALUES = "time,amount\n2026-01-01T00:00:00Z,1\n"
COMMANDS = [
    ("doctor",),
    ("doctor", "-o", "json"),
    ("validate",),
    ("plan", "-v"),
    ("plan", "-o", "json", "--out", "plan.json"),
    ("show", "plan.json", "-o", "markdown"),
    ("apply", "--auto-approve", "-v"),
    ("apply", "plan.json", "-o", "json"),
    ("plan", "--detailed-exitcode"),
    ("select", "signals"),
    ("select", "items", "-o", "csv"),
    ("insert", "values.csv"),
    ("frame", "--filter", "{}"),
    ("explain", "signals/pier/amount"),
]


def forms(secret: str) -> set[bytes]:
    """Return every form in which a secret could be found."""
    data = secret.encode()
    texts = {secret, json.dumps(secret)[1:-1], data.hex(), data.hex().upper()}
    texts |= {urllib.parse.quote(secret), urllib.parse.quote(secret, safe="")}
    texts |= {urllib.parse.quote_plus(secret), repr(secret)[1:-1]}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        middle = encoded[4 if shift else 0 : len(encoded) - 4]
        texts |= {middle, middle.replace("+", "-").replace("/", "_")}
    return {text.encode() for text in texts}


@dataclass
class Watch:
    """Runs commands and searches what they leave behind."""

    folder: Here
    reports: Path
    secrets: set[str]

    def run(self, *arguments: str, **variables: str) -> Result:
        """Run a command; raises when a secret is in a stream or a file."""
        found = self.folder.run(*arguments, **variables)
        self.search(found.out.encode(), "stdout")
        self.search(found.err.encode(), "stderr")
        assert "Traceback" not in found.out + found.err
        for root in (self.folder.path, self.reports):
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    self.search(path.read_bytes(), str(path))
        return found

    def search(self, data: bytes, where: str) -> None:
        for secret in self.secrets:
            assert [form for form in forms(secret) if form in data] == [], where


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: True)


@pytest.fixture
def watch(
    remote: Here,
    site: Site,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Watch:
    """A remote project, whose tokens become known to the watch as they are handed out."""
    reports = tmp_path_factory.mktemp("reports")
    monkeypatch.setattr(tempfile, "tempdir", str(reports))
    (remote.path / "values.csv").write_text(VALUES)
    watch = Watch(remote, reports, {*site.secrets(), SECRET})
    whole = site.handlers[-1]

    def listen(request: Request) -> Response:
        response = whole(request)
        if request.path.endswith("/oauth/token") and response.status == 200:
            watch.secrets.add(json.loads(response.body)["access_token"])
        return response

    site.answer_with(listen)
    return watch


@pytest.mark.parametrize("kind", ["client-credentials", "basic-auth"])
def test_nothing_leaves_where_everything_works(watch: Watch, site: Site, kind: str) -> None:
    known = len(watch.secrets)
    codes = [
        watch.run(*arguments, CLARIFY_PIER=site.text("pier", kind)).code for arguments in COMMANDS
    ]

    assert 0 in codes
    assert 1 not in codes
    assert (len(watch.secrets) > known) == (kind == "client-credentials")


def echo(request: Request) -> str:
    """Return everything that a request carried, as a talkative server would quote it."""
    return f"{request.body.decode()} {request.header('authorization')} {SECRET}"


def rpc_error(request: Request) -> bytes:
    """Return an error whose every text quotes the request."""
    said = echo(request)
    data = {"trace": said, "params": {said: [said]}, "invalidResources": [{"message": said}]}
    error = {"code": -32602, "message": said, "data": data}
    number = json.loads(request.body).get("id") if request.body[:1] == b"{" else None
    return json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode()


FAILURES: dict[str, Callable[[Request], Response]] = {
    **{
        f"{status}": lambda request, status=status: Response(  # type: ignore[misc]
            status, {}, echo(request).encode()
        )
        for status in (200, 400, 401, 403, 404, 413, 418, 500)
    },
    "503": lambda request: Response(503, {"retry-after": SECRET}, echo(request).encode()),
    "redirect": lambda request: Response(
        307, {"location": f"https://{SECRET}@evil.example/"}, echo(request).encode()
    ),
    "RPC error": lambda request: Response(200, {}, rpc_error(request)),
    "RPC error as 403": lambda request: Response(403, {}, rpc_error(request)),
    "truncated": lambda request: Response(200, {}, rpc_error(request)[:-9]),
    "token of another type": lambda request: Response(
        200, {}, json.dumps({"access_token": SECRET, "token_type": "mac"}).encode()
    ),
    "token of two lines": lambda request: Response(
        200, {}, json.dumps({"access_token": f"{SECRET}\n{SECRET}"}).encode()
    ),
}


@pytest.mark.parametrize("failing", FAILURES)
@pytest.mark.parametrize("place", ["/oauth/token", "/rpc"])
def test_nothing_leaves_where_the_server_fails_and_quotes(
    watch: Watch, site: Site, failing: str, place: str
) -> None:
    # The server's own secret is known to nobody but it: what is quoted must be the caller's.
    if place == "/rpc":
        watch.secrets.discard(SECRET)
    whole, fail = site.handlers[-1], FAILURES[failing]
    site.answer_with(lambda r: fail(r) if r.path.endswith(place) else whole(r))

    for arguments in (
        ("plan",),
        ("apply", "--auto-approve"),
        ("insert", "values.csv"),
        ("doctor",),
    ):
        for kind in ("client-credentials", "basic-auth"):
            found = watch.run(*arguments, CLARIFY_PIER=site.text("pier", kind))
            assert found.code in (0, 1, 3, 4, 6)


def test_nothing_leaves_where_every_write_is_lost(watch: Watch, site: Site) -> None:
    whole = site.handlers[-1]

    def lose(request: Request) -> Response:
        is_write = b"saveSignals" in request.body or b"publishSignals" in request.body
        return Response(500, {}, echo(request).encode()) if is_write else whole(request)

    site.answer_with(lose)
    watch.secrets.discard(SECRET)

    assert watch.run("apply", "--auto-approve").code in (1, 4)
    watch.run("history")
    watch.run("apply", "--auto-approve", "-o", "json")


def document(**members: object) -> str:
    """Return credentials with the canary, and what differs."""
    inner = {"type": "client-credentials", "clientId": "c", "clientSecret": SECRET}
    whole = {"apiUrl": "http://127.0.0.1:9/v1/", "integration": PIER, "credentials": inner}
    return json.dumps({**whole, **members})


BROKEN = {
    "truncated": document()[:-3],
    "no JSON": f"{{{SECRET}",
    "a member twice": document().replace('"apiUrl"', f'"apiUrl": "{SECRET[:6]}x", "apiUrl"', 1),
    "wrong origin": document(apiUrl="https://evil.example/v1/"),
    "userinfo": document(apiUrl=f"https://u:{urllib.parse.quote(SECRET, safe='')}@evil.example/"),
    "query": document(apiUrl=f"https://api.clarify.io/v1/?{urllib.parse.quote(SECRET, safe='')}"),
    "integration": document(integration=SECRET),
    "type": document(credentials={"type": SECRET, "clientId": "c", "clientSecret": SECRET}),
    "line break": document(
        credentials={"type": "basic-auth", "clientId": PIER, "clientSecret": f"{SECRET}\n"}
    ),
    "other integration": document(integration="c7a1bbfqfsj7mjkj0ss0"),
    "nobody there": document(),
    "nobody there, basic": document(
        credentials={"type": "basic-auth", "clientId": PIER, "clientSecret": SECRET}
    ),
    "the secret itself": SECRET,
    "a list": f'["{SECRET[:6]}"]',
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("as_file", [True, False])
def test_nothing_leaves_where_credentials_are_broken(
    watch: Watch, tmp_path_factory: pytest.TempPathFactory, broken: str, as_file: bool
) -> None:
    value = BROKEN[broken]
    if as_file:
        path = tmp_path_factory.mktemp("keys") / "key.json"
        path.write_bytes(value.encode() + (b"\xff" if broken == "truncated" else b""))
        value = str(path)

    for arguments in COMMANDS:
        for name in ("CLARIFY_PIER", "CLARIFY_CREDENTIALS"):
            assert watch.run(*arguments, **{"CLARIFY_PIER": "", name: value}).code != 2


def test_nothing_leaves_of_a_name_and_a_password(watch: Watch) -> None:
    pair = {"CLARIFY_PIER": "", "CLARIFY_USERNAME": PIER, "CLARIFY_PASSWORD": SECRET}

    for arguments in COMMANDS:
        watch.run(*arguments, **pair, SYNCER_ALLOW_ORIGINS=f"https://u:{SECRET[:6]}@x.example")


def test_nothing_leaves_through_a_bug(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("syncer.transport.rpc.encode_request", fail)
    kind = {"type": "basic-auth", "clientId": PIER, "clientSecret": SECRET}

    found = watch.run("plan", CLARIFY_PIER=document(credentials=kind))

    assert (found.code, found.err.splitlines()[0]) == (
        1,
        "error[CLI-BUG]: a bug in syncer: ZeroDivisionError",
    )
    assert list(watch.reports.iterdir())


@pytest.mark.parametrize("where", ["stdout", "stderr", "file"])
@pytest.mark.parametrize("form", sorted(forms(SECRET)))
def test_what_is_searched_for_would_be_found(watch: Watch, where: str, form: bytes) -> None:
    with pytest.raises(AssertionError, match=where):
        watch.search(b"x" + form + b"y", where)


def test_git_is_started_without_credentials(remote: Here, tmp_path: Path) -> None:
    told = tmp_path / "told.txt"
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\nenv > {told}\necho 0123abcd\n")
    git.chmod(0o700)

    done = remote.run("apply", "--auto-approve", PATH=f"{git.parent}:{os.environ['PATH']}")

    assert done.code == 0, done.err
    names = {line.partition("=")[0] for line in told.read_text().splitlines()}
    assert "PATH" in names
    assert not {name for name in names if name.startswith(("CLARIFY", "SYNCER"))}
    assert '"commit":"0123abcd"' in next(remote.path.glob(".syncer/journal/*")).read_text()
