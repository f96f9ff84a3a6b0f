"""An apply whose streams break: what is written to Clarify never depends on what can be told."""

from pathlib import Path

import pytest

from tests.e2e.command import Folder

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")

APPLY = "syncer apply --auto-approve"


def count(folder: Folder) -> str:
    """Return the last line of what is live."""
    return folder.run("select", "signals").out.splitlines()[-1]


def test_a_plan_that_cannot_be_shown_is_not_applied(local: Folder) -> None:
    done = local.shell(f"{APPLY} > /dev/full")

    assert (done.code, done.err) == (
        1,
        "error[CLI-IO]: standard output: No space left on device\n",
    )
    assert count(local) == "0 rows"


@pytest.mark.parametrize("stdout", ["> /dev/full", "1</dev/null"])
def test_a_report_that_cannot_be_written_is_told_on_stderr(local: Folder, stdout: str) -> None:
    done = local.shell(f"{APPLY} -o json {stdout}")

    assert done.code == 1
    assert '"status": "done"' in done.err
    assert done.err.splitlines()[-1].startswith("error[CLI-IO]: standard output: ")
    assert count(local) == "2 rows"


def test_a_report_that_nobody_can_read_leaves_the_apply_whole(local: Folder) -> None:
    done = local.shell(f"{APPLY} -o json > /dev/full 2>/dev/full")

    assert (done.code, done.out, done.err) == (1, "", "")
    assert count(local) == "2 rows"
    assert local.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "2> >(exec true)"])
def test_a_stderr_that_takes_nothing_does_not_matter(local: Folder, stderr: str) -> None:
    done = local.shell(f"{APPLY} -o json {stderr}")

    assert (done.code, done.err) == (0, "")
    assert '"verified": 3' in done.out


def test_a_reader_that_leaves_before_the_report_hides_nothing(local: Folder) -> None:
    done = local.shell(f"{APPLY} -o json | true; exit ${{PIPESTATUS[0]}}")

    assert done.code == 1
    assert '"status": "done"' in done.err
    assert count(local) == "2 rows"


def test_a_terminal_that_knows_only_ascii_is_enough(local: Folder) -> None:
    local.edit("stand", "USD", "°C")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    done = Folder(local.path, {**local.variables, **ascii_only}).run("apply", "--auto-approve")

    assert done.code == 0
    assert "\\xb0C" in done.out
