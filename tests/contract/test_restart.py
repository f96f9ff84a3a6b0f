"""A served file across restarts and kills, seen by pyclarify."""

import json
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
import requests

with warnings.catch_warnings():
    # It is declared with names of pydantic 1.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyclarify

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SERVE = """
import sys
from pathlib import Path
from syncer.emulator.credentials import write_credentials
from syncer.emulator.server import serve
from syncer.emulator.service import Service
from syncer.emulator.store import open_store

folder = Path(sys.argv[1])
store = open_store(folder / "local.db")
integration = store.ensure_integration("c618rbfqfsj7mjkj0ss0", "stand")

def ready(url):
    write_credentials(folder, integration, url)
    print(url, flush=True)

serve(Service(store).handle, on_ready=ready)
store.close()
"""


def start(folder: Path) -> "subprocess.Popen[str]":
    """Serve the folder's file, and return once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    return process


def client(folder: Path) -> Any:
    return pyclarify.Client(str(folder / "stand.client-credentials.json"))


def save(target: Any, name: str) -> str:
    saved = target.save_signals(signals_by_input={name: pyclarify.Signal(name=name)})
    return str(saved.result.signalsByInput[name].id)


def save_until_it_fails(target: Any, acknowledged: dict[str, str]) -> None:
    for number in range(900):
        acknowledged[f"s{number}"] = save(target, f"s{number}")


def ids(target: Any) -> dict[str, str]:
    found = target.select_signals(limit=1000, sort=["id"]).result.data
    return {signal.attributes.input: signal.id for signal in found}


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    process = start(tmp_path)
    secret = json.loads((tmp_path / "stand.basic-auth.json").read_text())["credentials"]
    first = save(client(tmp_path), "a")
    process.terminate()
    output, errors = process.communicate(timeout=10)
    assert (output, errors, process.returncode) == ("", "", 0)

    process = start(tmp_path)
    second = save(client(tmp_path), "b")

    assert ids(client(tmp_path)) == {"a": first, "b": second}
    assert first < second
    again = json.loads((tmp_path / "stand.basic-auth.json").read_text())["credentials"]
    assert again == secret
    process.terminate()
    process.communicate(timeout=10)


def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    process = start(tmp_path)
    target = client(tmp_path)
    acknowledged: dict[str, str] = {}
    threading.Timer(0.3, process.kill).start()

    with pytest.raises(requests.RequestException):
        save_until_it_fails(target, acknowledged)
    process.communicate(timeout=10)

    process = start(tmp_path)
    kept = ids(client(tmp_path)) if acknowledged else {}
    process.terminate()
    process.communicate(timeout=10)
    # The one in flight may be there or not.
    assert {name: kept.get(name) for name in acknowledged} == acknowledged
    assert len(kept) - len(acknowledged) in (0, 1)
