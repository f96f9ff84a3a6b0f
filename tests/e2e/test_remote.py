"""An environment behind a URL: its guards, its credentials, and what never leaves."""

import json

import pytest

from syncer.emulator.messages import Request, Response
from tests.e2e.command import Folder
from tests.e2e.conftest import PIER, REMOTE, STAND, YACHT, Site

TWO = f"""\
version: 1
project: stand
integrations: [pier, yacht]
environments:
  dev:
    integrations:
      pier: {{id: {PIER}, credentials_env: CLARIFY_PIER}}
      yacht: {{id: {YACHT}, credentials_env: CLARIFY_YACHT}}
    admin: {{credentials_env: CLARIFY_ADMIN}}
"""
FLEET = "integration: yacht\nsignals: {draught: {name: Draught}}\n"


def test_creates_are_counted_and_capped(remote: Folder) -> None:
    remote.write(syncer=REMOTE + "guards: {max_creates: 1}\n")

    refused = remote.run("plan", "--out", "plan.json")

    assert refused.code == 5
    assert "1 refusal" in refused.out.splitlines()[0]
    assert "the plan creates 2 signals in pier, and the limit is 1" in refused.out
    assert "--allow-creates 2" in refused.out
    assert json.loads((remote.path / "plan.json").read_text())["applyable"] is False
    assert remote.run("apply", "--auto-approve").code == 5
    assert remote.run("apply", "plan.json").code == 5
    assert remote.run("apply", "plan.json", "--allow-creates", "2").code == 0


def test_admin_credentials_are_enough_to_plan(remote: Folder, site: Site) -> None:
    remote.write(syncer=TWO, stand=f"integration: pier\n{STAND}", fleet=FLEET)
    admin = Folder(remote.path, {"CLARIFY_ADMIN": site.path("yacht")})

    assert admin.run("plan", "--detailed-exitcode").code == 2
    refused = admin.run("apply", "--auto-approve")
    assert refused.code == 6
    assert "CLARIFY_PIER is not set" in refused.err
    assert "CLARIFY_YACHT is not set" in refused.err
    assert "--exclude 'signals/yacht/*'" in refused.err
    assert admin.run("select", "signals").out == "0 rows\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "error[CRD-MISSING]: environment dev cannot read pier: CLARIFY_PIER or CLARIFY_CRED"),
        ("nowhere.json", "error[CRD-FILE]: the file that CLARIFY_PIER names cannot be read: No su"),
        ("manifests", "error[CRD-FILE]: the file that CLARIFY_PIER names cannot be read: Is a d"),
        ("syncer.yaml", "warning[CRD-MODE]: others can read the file that CLARIFY_PIER names"),
        ("{", "error[CRD-FORMAT]: CLARIFY_PIER: the text is not JSON"),
        ("{}", "error[CRD-FORMAT]: CLARIFY_PIER: credentials is not a JSON object"),
    ],
)
def test_unusable_credentials_name_the_variable(remote: Folder, value: str, message: str) -> None:
    found = remote.run("plan", CLARIFY_PIER=value)

    assert (found.code, found.out) == (6, "")
    assert found.err.startswith(message)


def test_credentials_that_the_server_refuses_are_told(remote: Folder, site: Site) -> None:
    for kind in ("client-credentials", "basic-auth"):
        document = json.loads(site.text("pier", kind))
        document["credentials"]["clientSecret"] = "canary-secret"
        found = remote.run("plan", CLARIFY_PIER=json.dumps(document))
        assert (found.code, found.out) == (6, "")
        assert "CLARIFY_PIER" in found.err
        assert "canary" not in found.err


def test_no_secret_is_in_any_output(remote: Folder, site: Site) -> None:
    secrets = site.secrets()
    assert len(secrets) == 4
    text = site.text("pier")
    runs = [
        remote.run(*command, CLARIFY_PIER=value)
        for command in (("plan", "-v"), ("select", "items"))
        for value in (text, text[:-5], text.replace(PIER, YACHT))
    ]
    # A server that sends back what it was sent.
    site.answer_with(_echo)
    runs += [remote.run("plan", "-v", CLARIFY_PIER=site.text("pier", "basic-auth"))]

    written = "".join(run.out + run.err for run in runs)
    assert not [secret for secret in secrets if secret in written]


def _echo(request: Request) -> Response:
    told = {"error": {"code": -32602, "message": str(dict(request.headers)), "data": {}}}
    body = json.dumps({"jsonrpc": "2.0", "id": json.loads(request.body)["id"], **told})
    return Response(200, {"content-type": "application/json"}, body.encode())
