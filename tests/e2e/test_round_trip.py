"""`syncer emulator` as a process, and the way to it and back over HTTP."""

import json
import signal
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Folder, Process
from tests.e2e.conftest import PIER, REMOTE, STAND

with warnings.catch_warnings():
    # It is declared with names of pydantic 1.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyclarify

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

SERVED = ("--db", "clarify.db", "--credentials-dir", "credentials")


@contextmanager
def emulator(folder: Folder, *arguments: str) -> Iterator[tuple[Process, str]]:
    """Yield a running emulator and its URL."""
    with folder.start("emulator", *arguments) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().rstrip("\n")
        finally:
            process.kill()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A project, and an emulator that serves it."""
    path = tmp_path_factory.mktemp("served")
    folder = Folder(path, {"CLARIFY_PIER": str(path / "credentials/pier.client-credentials.json")})
    folder.write(syncer=REMOTE, stand=STAND)
    with emulator(folder, *SERVED):
        yield folder


@pytest.fixture
def project(served: Folder) -> Folder:
    """The project, applied as it is declared."""
    served.write(stand=STAND)
    assert served.run("apply", "--auto-approve").code == 0
    return served


def test_what_was_applied_is_planned_empty(project: Folder) -> None:
    planned = project.run("plan", "--detailed-exitcode")

    assert planned.code == 0
    assert planned.out.endswith("\n\nNo changes. Live state matches the manifests.\n")


def test_a_changed_field_is_exactly_what_is_shown_and_made(project: Folder) -> None:
    project.edit("stand", "1: on fire", "1: burning")

    changed = project.run("plan", "--detailed-exitcode")

    assert changed.code == 2
    assert changed.out.split("\n\n", 1)[1] == (
        "Change of meaning. Stored values are not converted.\n"
        '  ~ signals/pier/status  enumValues 1: "on fire" -> "burning"\n\n'
        "Plan: 1 to update.\n"
    )
    assert project.run("apply", "--auto-approve").out.endswith("1 updated; verified 1/1.\n")
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_an_edit_by_another_client_outlives_an_unrelated_apply(project: Folder) -> None:
    client = pyclarify.Client(project.environment({})["CLARIFY_PIER"])
    _save(client, "amount", description="Counted twice.", annotations={"bluth/till": "7"})
    assert project.run("plan", "--detailed-exitcode").code == 0

    project.edit("stand", "name: Amount", "name: Takings")
    assert project.run("apply", "--auto-approve").code == 0

    kept = _signal(client, "amount")
    assert (kept["name"], kept["description"]) == ("Takings", "Counted twice.")
    assert kept["annotations"]["bluth/till"] == "7"


def test_an_edit_of_a_managed_field_is_planned_back(project: Folder) -> None:
    client = pyclarify.Client(project.environment({})["CLARIFY_PIER"])
    _save(client, "amount", name="Cash")

    planned = project.run("plan", "--detailed-exitcode")

    assert planned.code == 2
    revert = '  ~ signals/pier/amount  name "Cash" -> "Amount"  (changed in Clarify)\n'
    assert "Revert. Somebody changed these in Clarify; the plan sets them back." in planned.out
    assert revert in planned.out
    assert "Plan: 1 to update.\n" in planned.out


def test_live_metadata_is_selected_as_text_and_as_json(project: Folder) -> None:
    rows = json.loads(project.run("select", "signals", "-o", "json").out)

    assert [row["input"] for row in rows] == ["amount", "status"]
    assert rows[0]["engUnit"] == "USD"
    assert rows[0]["integration"] == "pier"
    filtered = project.run("select", "signals", "--filter", '{"engUnit": "USD"}', "--limit", "5")
    assert filtered.out.endswith("1 row\n")
    assert '"Money"' in project.run("select", "items").out


def test_credentials_are_written_for_their_owner(served: Folder) -> None:
    files = sorted((served.path / "credentials").iterdir())

    assert [path.name for path in files] == [
        "pier.basic-auth.json",
        "pier.client-credentials.json",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    document = json.loads(files[0].read_text())
    assert document["integration"] == PIER
    assert document["apiUrl"].startswith("http://127.0.0.1:")
    assert document["apiUrl"].endswith("/")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_a_restart_keeps_its_state(
    tmp_path: Path, number: signal.Signals
) -> None:
    variables = {"CLARIFY_PIER": str(tmp_path / "credentials/pier.basic-auth.json")}
    folder = Folder(tmp_path, variables)
    folder.write(syncer=REMOTE, stand=STAND)
    with emulator(folder, *SERVED) as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert folder.run("apply", "--auto-approve").code == 0
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")

    with emulator(folder, *SERVED):
        assert folder.run("plan", "--detailed-exitcode").code == 0


def test_outside_a_project_integrations_are_named(tmp_path: Path) -> None:
    named = ("--integration", f"{PIER}=pier", "--credentials-dir", ".")

    with emulator(Folder(tmp_path, {}), *named) as (_, url):
        document = json.loads((tmp_path / "pier.client-credentials.json").read_text())

    assert document["apiUrl"] == url
    assert document["integration"] == PIER


def test_an_address_in_use_is_an_error(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {})
    with emulator(folder) as (_, url):
        port = url.split(":")[2].partition("/")[0]
        refused = folder.run("emulator", "--port", port)

    assert refused.code == 1
    assert "error[CLI-IO]: " in refused.err
    assert "in use" in refused.err


def _save(client: Any, key: str, **changes: Any) -> None:
    """Save the signal as an editor does: what was read, with the changes in it."""
    fields = {**_signal(client, key), **changes}
    client.save_signals(input_ids=[key], signals=[pyclarify.Signal(**fields)], create_only=False)


def _signal(client: Any, key: str) -> dict[str, Any]:
    """Return all fields of a signal, with its annotations."""
    rows = client.select_signals().result.data
    found = next(row for row in rows if row.attributes.input == key)
    fields: dict[str, Any] = found.attributes.model_dump()
    known = {name: fields[name] for name in pyclarify.Signal.model_fields if name in fields}
    return {**known, "annotations": found.meta.annotations}
