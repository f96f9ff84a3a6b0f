"""Every exit code that this version can produce, from a process."""

import json
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from syncer.emulator.messages import Request, Response, text_response
from tests.e2e.command import Folder, Process
from tests.e2e.conftest import LOCAL, PIER, REMOTE, Site


def test_0_is_done(local: Folder) -> None:
    assert local.run("validate").code == 0
    assert local.run("plan").code == 0
    assert local.run("apply", "--auto-approve").code == 0
    assert local.run("plan", "--detailed-exitcode").code == 0


def test_1_is_a_server_that_answers_with_something_else(remote: Folder, site: Site) -> None:
    whole = site.handlers[-1]
    moved = Response(307, {"location": "https://clarify.example/"}, b"")
    site.answer_with(lambda r: whole(r) if r.path.endswith("/token") else moved)

    found = remote.run("plan", "--detailed-exitcode")

    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("error[NET-REDIRECT]: ")


def test_1_is_a_file_that_cannot_be_written(local: Folder) -> None:
    found = local.run("plan", "--out", "nowhere/plan.json")

    assert found.code == 1
    assert found.err == "error[CLI-IO]: nowhere/plan.json: No such file or directory\n"


def test_2_is_only_changes_and_only_when_asked_for(local: Folder) -> None:
    assert local.run("plan").code == 0
    assert local.run("plan", "--detailed-exitcode").code == 2


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"stand": "signals: {amount: {nam: Amount}}\n"}, "MAN-UNKNOWN-FIELD"),
        ({"stand": "signals: [\n"}, "YML-SYNTAX"),
        ({"syncer": "version: 1\nproject: stand\n"}, "MAN-REQUIRED"),
    ],
)
def test_3_is_manifests_that_are_invalid(local: Folder, files: dict[str, str], code: str) -> None:
    local.write(**files)

    validated, planned = local.run("validate"), local.run("plan", "--detailed-exitcode")

    assert (validated.code, planned.code) == (3, 3)
    assert f"error[{code}]" in validated.out
    assert f"error[{code}]" in planned.err
    assert planned.out == ""


def test_3_is_a_project_without_manifests(local: Folder) -> None:
    (local.path / "manifests/stand.yaml").unlink()

    assert "MAN-NONE" in local.run("validate").out
    assert local.run("validate").code == 3


def test_3_is_a_folder_without_a_project(local: Folder) -> None:
    (local.path / "syncer.yaml").unlink()

    found = local.run("plan")

    assert found.code == 3
    assert f"no syncer.yaml in {local.path} or above it" in found.err
    assert "-C DIR" in found.err


def test_4_is_an_apply_that_was_made_in_part(remote: Folder, site: Site) -> None:
    whole = site.handlers[-1]
    site.answer_with(
        lambda request: (
            text_response(400, "no") if b"admin.publishSignals" in request.body else whole(request)
        )
    )

    found = remote.run("apply", "--auto-approve")

    assert found.code == 4
    assert "+ items/pier/amount  failed" in found.out
    assert found.out.endswith("Applied: 2 created; verified 2/3.\n")
    site.answer_with(whole)
    assert remote.run("apply", "--auto-approve").out.endswith("1 created; verified 1/1.\n")


def test_5_is_an_apply_that_nobody_approves(local: Folder) -> None:
    found = local.run("apply")

    assert found.code == 5
    assert "error[APP-NOT-APPROVED]" in found.err
    assert "--auto-approve" in found.err
    assert local.run("select", "signals").out == "0 rows\n"


def test_6_is_credentials_that_are_missing(remote: Folder) -> None:
    found = remote.run("plan", "--detailed-exitcode", CLARIFY_PIER="")

    assert (found.code, found.out) == (6, "")
    assert "CLARIFY_PIER" in found.err


def test_64_is_a_command_line_that_makes_no_sense(local: Folder) -> None:
    for arguments in ((), ("plan", "--otu", "x"), ("apply", "nowhere.json")):
        found = local.run(*arguments)
        assert (found.code, found.out) == (64, "")
        assert found.err.startswith("Usage: syncer ")


def test_64_suggests_what_was_meant(local: Folder) -> None:
    assert "Did you mean 'plan'?" in local.run("plann").err
    assert "Did you mean '--exclude'?" in local.run("plan", "--exlude", "x").err
    assert "did you mean 'local'?" in local.run("plan", "--env", "locl").err


@pytest.fixture
def silent(local: Folder) -> Iterator[Process]:
    """A plan that waits for a server which takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        local.write(syncer=REMOTE)
        credentials = _credentials(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/")
        waiting = Folder(local.path, {"CLARIFY_PIER": credentials}).start("plan")
        connection, _ = listener.accept()
        with connection, waiting:
            yield waiting
            waiting.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_are_an_interrupted_wait(
    silent: Process, number: signal.Signals, code: int
) -> None:
    time.sleep(0.05)  # noqa: TID251 - it has connected; let it reach the wait
    silent.send_signal(number)

    out, err = silent.communicate(timeout=10)

    assert (silent.returncode, out) == (code, "")
    assert "Traceback" not in err


def test_an_interrupted_apply_is_finished_by_the_next(remote: Folder, site: Site) -> None:
    whole = site.handlers[-1]

    def interrupt(request: Request) -> Response:
        if b"admin.publishSignals" in request.body:
            applying.send_signal(signal.SIGTERM)
            applying.wait(10)
        return whole(request)

    site.answer_with(interrupt)
    with remote.start("apply", "--auto-approve") as applying:
        applying.communicate(timeout=20)

    assert applying.returncode == 143
    site.answer_with(whole)
    assert remote.run("apply", "--auto-approve").code == 0
    assert remote.run("plan", "--detailed-exitcode").code == 0


def test_no_other_failure_exits_2(local: Folder) -> None:
    local.write(syncer=LOCAL + "environments: 5\n")

    codes = [
        local.run(command, "--detailed-exitcode" if command == "plan" else "-q").code
        for command in ("plan", "apply", "validate", "select", "emulator")
    ]

    assert 2 not in codes


def _credentials(url: str) -> str:
    secret = {"type": "basic-auth", "clientId": PIER, "clientSecret": "canary-secret"}
    return json.dumps({"apiUrl": url, "integration": PIER, "credentials": secret})
