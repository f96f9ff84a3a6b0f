"""`syncer emulator` as its users start it: settings and faults from the command line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from syncer.emulator.switches import list_switches

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "syncer", "emulator")
STAND = "c618rbfqfsj7mjkj0ss0"
BODY: Any = {"jsonrpc": "2.0", "id": 1, "method": "clarify.selectItems", "params": {"x": 1}}


def run(folder: Path, *options: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*COMMAND, *options],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout, done.stderr


@contextmanager
def serving(folder: Path, *options: str, lines: int = 1) -> Iterator[list[str]]:
    """Serve while the block runs, and give the URLs that were printed."""
    process = subprocess.Popen(
        [*COMMAND, "--credentials-dir", ".", "--integration", f"{STAND}=stand", *options],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield [process.stdout.readline().strip() for _ in range(lines)]
    process.terminate()
    rest, errors = process.communicate(timeout=10)
    assert (rest, errors, process.returncode) == ("", "", 0)


def post(folder: Path, url: str) -> requests.Response:
    document = json.loads((folder / "stand.basic-auth.json").read_text())
    secret = document["credentials"]["clientSecret"]
    return requests.post(f"{url}rpc", json=BODY, auth=(STAND, secret), timeout=5)


def test_settings_are_set(tmp_path: Path) -> None:
    options = ("--set", "error-style=params", "--set", "requests-per-second=0.01")
    with serving(tmp_path, *options) as [url]:
        first, second = post(tmp_path, url), post(tmp_path, url)

    assert first.json()["error"]["data"]["params"] == {"x": ["unknown parameter"]}
    assert (second.status_code, int(second.headers["retry-after"]) > 90) == (429, True)


def test_settings_are_listed(tmp_path: Path) -> None:
    code, listed, errors = run(tmp_path, "--set", "help")

    assert (code, errors) == (0, "")
    for switch in list_switches():
        assert f"{switch.name}={switch.default}  ({switch.choices})\n    " in listed


def test_an_unknown_setting_is_refused_with_the_nearest(tmp_path: Path) -> None:
    code, out, errors = run(tmp_path, "--set", "eror-style=params")

    assert (code, out) == (64, "")
    assert "--set: 'eror-style' is no setting; did you mean 'error-style'?" in errors


def test_faults_have_a_url_of_their_own(tmp_path: Path) -> None:
    with serving(tmp_path, "--enable-faults", lines=2) as [url, faults]:
        schedule: Any = [{"when": "before_exec", "do": "status", "status": 503}]
        loaded = requests.post(faults, json=schedule, timeout=5)
        statuses = [post(tmp_path, url).status_code for _ in range(2)]
        report = requests.get(faults, timeout=5)
        cleared = requests.delete(faults, timeout=5)
        hidden = requests.get(faults[:-1], timeout=5)

    assert faults.startswith(f"{url}__faults/")
    assert (loaded.json(), statuses) == ({"rules": 1}, [503, 200])
    assert report.json()["fired"] == [{"rule": 0, "name": "clarify.selectItems"}]
    assert (cleared.status_code, hidden.status_code) == (204, 404)


def test_without_the_option_there_are_no_faults(tmp_path: Path) -> None:
    with serving(tmp_path) as [url]:
        assert requests.get(f"{url}__faults/", timeout=5).status_code == 404


def test_faults_are_for_loopback_only(tmp_path: Path) -> None:
    code, out, errors = run(tmp_path, "--enable-faults", "--host", "0.0.0.0")  # noqa: S104 - refused

    assert (code, out) == (64, "")
    assert "--enable-faults: listen on loopback" in errors
