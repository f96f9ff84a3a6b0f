"""What goes wrong around a process: disks, permissions, links, and kills."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from syncer.emulator.store import open_store
from tests.e2e.command import ROOT, Folder
from tests.e2e.conftest import PIER, Site

TWENTY = "".join(f"  tag-{number}: {{name: Tag {number}}}\n" for number in range(20))
APPLY = f'exec "{sys.executable}" -m syncer apply --auto-approve'
# Root may write anywhere; without these capabilities it is treated as everybody else.
_HUMBLE = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def written(site: Site) -> list[str]:
    """The keys that were written with effect, in order."""
    return [e.key for e in site.store.ledger.entries() if e.effect.value in ("created", "updated")]


@pytest.mark.parametrize(
    ("kibibytes", "code", "sent"),
    [(0, 1, 0), (1, 1, 0), (12, 4, 20), (20, 4, 40), (1000, 0, 40)],
    ids=["begin", "first intent", "second intent", "second result", "nothing"],
)
def test_a_disk_that_fills_up_stops_the_apply_before_what_it_cannot_note(
    remote: Folder, site: Site, kibibytes: int, code: int, sent: int
) -> None:
    remote.write(stand=f"signals:\n{TWENTY}items:\n{TWENTY}")

    # No file may grow beyond this: what the test is named by no longer fits into the journal.
    # Coverage would want to write a file of its own.
    ended = remote.shell(f"unset COVERAGE_PROCESS_CONFIG; ulimit -f {kibibytes}; {APPLY}")

    assert (ended.code, len(written(site))) == (code, sent)
    assert ("error[JRN-WRITE]" in ended.err) == (code != 0)
    assert ("Not in the journal: " in ended.err) == (kibibytes in (1, 12, 20))
    assert "Traceback" not in ended.err
    assert remote.run("apply", "--auto-approve").code == 0
    assert len(written(site)) == 40


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root, no setpriv")
def test_a_project_that_may_only_be_read_is_planned_and_not_applied(
    remote: Folder, site: Site
) -> None:
    humble = " ".join(_HUMBLE) if os.geteuid() == 0 else ""
    remote.path.chmod(0o500)

    planned = remote.shell(f'{humble} "{sys.executable}" -m syncer plan')
    refused = remote.shell(APPLY.replace("exec", f"exec {humble}"))
    remote.path.chmod(0o700)

    assert (planned.code, refused.code) == (0, 1)
    assert "error[JRN-WRITE]" in refused.err
    assert written(site) == []


def test_a_pipe_in_place_of_the_database_is_not_waited_for(local: Folder) -> None:
    (local.path / ".syncer").mkdir()
    os.mkfifo(local.path / ".syncer/local.db")

    ended = local.run("plan")

    assert ended.code == 1
    assert "error[" in ended.err


def test_a_manifest_that_becomes_a_pipe_is_not_waited_for(remote: Folder) -> None:
    os.mkfifo(remote.path / "manifests/pipe.yaml")

    ended = remote.run("plan")

    assert ended.code == 3
    assert "error[PTH-KIND]" in ended.err


WRITER = f"""
import json, sys
from pathlib import Path
from syncer.emulator.store import open_store
from syncer.providers.clarify.client import Client
from syncer.redaction import Redactor
from syncer.emulator.service import Service
from syncer.transport.credentials import password_credentials
from syncer.transport.in_process import in_process
from tests.engine.sites import URL, handling
from tests.transport.fakes import Highest, VirtualClock

store = open_store(Path(sys.argv[1]))
password = store.ensure_integration("{PIER}", "pier").password
client = Client(password_credentials("{PIER}", password, "pier", api_url=URL),
    in_process(handling(Service(store))), clock=VirtualClock(), rng=Highest(), redactor=Redactor())
for batch in range(1000):
    views = {{f"{{batch}}.{{n}}": {{"name": "x" * 100}} for n in range(100)}}
    client.save_signals("{PIER}", views, create_only=False)
    print(batch, flush=True)
"""


@pytest.mark.parametrize("batches", [1, 4])
def test_an_emulator_that_is_killed_while_it_commits_keeps_requests_whole(
    tmp_path: Path, batches: int
) -> None:
    path = tmp_path / "local.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    for _ in range(batches):
        writer.stdout.readline()
    writer.kill()
    rest, _ = writer.communicate()
    acknowledged = batches + len(rest.split("\n")[:-1])

    store = open_store(path)

    inputs = [f"{batch}.{n}" for batch in range(acknowledged + 2) for n in range(100)]
    rows = len(store.signals(PIER, inputs))
    assert rows == len(store.ledger.entries())
    assert rows % 100 == 0
    assert rows // 100 - acknowledged in (0, 1)
    store.close()
