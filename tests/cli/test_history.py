"""Runs that were made are told offline, and locks of runs that are gone can be forgotten."""

import json
import os
from pathlib import Path

import pytest

from syncer.cli.states import lock_folders
from syncer.engine.records import End, Intent, IntentEntry, Record, Result
from syncer.engine.state import FileState
from tests.cli.conftest import Here
from tests.engine.locking import lockers
from tests.engine.runs import AT, BEGIN, HOLDER, RECORDS, RUN, signal, told, update, write

LATER = RUN.replace("2026", "2027")


@pytest.fixture
def state(local: Here) -> FileState:
    return FileState(local.path / ".syncer", lock_folders(os.environ))


def save(state: FileState, run: str, *records: Record) -> None:
    log = state.begin(run)
    log.append(b"".join(write(records)))
    log.close()


def renamed(run: str) -> Record:
    told = {name: getattr(BEGIN, name) for name in BEGIN.__slots__}
    return type(BEGIN)(**{**told, "run": run, "who": "\x1b[31mbob"})


def test_a_project_without_runs_has_none(local: Here) -> None:
    assert local.run("history").out == "0 runs\n"
    assert json.loads(local.run("history", "-o", "json").out)["runs"] == []
    assert not (local.path / ".syncer").exists()


def test_runs_are_listed_newest_first(local: Here, state: FileState) -> None:
    save(state, RUN, *RECORDS)
    save(state, LATER, renamed(LATER), Intent(1, AT, (update("c"),)))

    done = local.run("history")

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"{LATER}  {AT}  \\x1b[31mbob  apply  prod  0123456789ab  "
        "0 done, 0 failed, 1 unknown, interrupted\n"
        f"{RUN}  {AT}  ada          apply  prod  0123456789ab  "
        "2 done, 1 failed, 0 unknown, partial\n"
        "2 runs\n"
    )


def test_a_broken_run_is_listed_with_its_line_beside_the_others(
    local: Here, state: FileState
) -> None:
    save(state, RUN, *RECORDS)
    log = state.begin(LATER)
    log.append(b"".join(write(RECORDS)[1:]))
    log.close()

    lines = local.run("history").out.splitlines()
    listed = json.loads(local.run("history", "-o", "json").out)["runs"]
    alone = local.run("history", LATER)
    found = local.run("history", "*/a")

    assert lines[0].startswith(LATER)
    assert "broken: JRN-CHAIN: line 1 of the journal is not as it was written" in lines[0]
    assert lines[2] == "2 runs"
    assert [(run["run"], run["ended"]) for run in listed] == [(LATER, "broken"), (RUN, "partial")]
    assert (listed[0]["code"], listed[0]["line"]) == ("JRN-CHAIN", 1)
    assert alone.code == 1
    assert f"{LATER}.jsonl:1" in alone.err
    assert f"warning: run {LATER} is left out" in found.err
    assert "signals/stand/a" in found.out


def test_a_run_is_told_with_each_resource_and_its_fields(local: Here, state: FileState) -> None:
    save(state, RUN, *RECORDS)

    assert (
        local.run("history", RUN).out
        == f"""\
Run {RUN}
  command      apply
  environment  prod (https://api.clarify.io)
  project      banana-stand
  by           ada on laptop
  at           {AT}
  commit       0123456789abcdef
  planned      1 to create, 1 to update
  ended        partial

  create  signals/stand/a  done
      name  "a"
  create  signals/stand/b  failed  API-INVALID
      name  "b"
  update  signals/stand/c  done
      labels.site  none -> ["Øst\\u2028"]
2 done, 1 failed, 0 unknown
"""
    )


def test_a_run_as_json_has_everything(local: Here, state: FileState) -> None:
    save(state, RUN, *RECORDS)

    document = json.loads(local.run("history", RUN, "-o", "json").out)

    assert document["format_version"] == "1.0"
    run = document["run"]
    resources = run.pop("resources")
    assert run == {
        "run": RUN,
        "at": AT,
        "who": "ada",
        "host": "laptop",
        "command": "apply",
        "project": "banana-stand",
        "environment": "prod",
        "origin": "https://api.clarify.io",
        "commit": "0123456789abcdef",
        "plan": "",
        "planned": {"create": 1, "update": 1},
        "counts": {"done": 2, "failed": 1, "unknown": 0},
        "ended": "partial",
    }
    assert resources[1] == {
        "address": "signals/stand/b",
        "action": "create",
        "status": "failed",
        "id": "id-b",
        "code": "API-INVALID",
        "changed": [{"field": "name", "before": None, "after": "b"}],
    }


def test_a_resource_is_told_with_its_last_run(local: Here, state: FileState) -> None:
    save(state, RUN, *RECORDS)
    save(state, LATER, renamed(LATER), Intent(1, AT, (update("c"),)), Result(1, AT, (told("x"),)))

    found = local.run("history", "signals/*/c")
    listed = json.loads(local.run("history", "*", "-o", "json").out)["resources"]
    none = local.run("history", "items/*")

    assert found.out == (
        "  update  signals/stand/c  unknown\n"
        '      labels.site  none -> ["Øst\\u2028"]\n'
        f"      run {LATER}, {AT}, by \\x1b[31mbob\n"
        "1 resource\n"
    )
    assert [(each["address"], each["run"]["run"]) for each in listed] == [
        ("signals/stand/a", RUN),
        ("signals/stand/b", RUN),
        ("signals/stand/c", LATER),
        ("signals/stand/x", LATER),
    ]
    assert (none.code, none.out) == (0, "0 resources\n")


def test_other_statuses_are_counted_behind_the_known_ones(local: Here, state: FileState) -> None:
    entries = (told("a", "skipped"), told("b", "unsent"), told("c"))
    save(state, RUN, BEGIN, Result(1, AT, entries), End(AT, "recovered"))

    assert "1 done, 0 failed, 0 unknown, 1 skipped, 1 unsent, recovered" in local.run("history").out


def test_text_of_a_run_cannot_act(local: Here, state: FileState) -> None:
    value = "\x1b[2J::error::##[group]"
    entry = IntentEntry(signal(value), value, None, {}, ((f"labels.{value}", None, [value]),))
    save(state, RUN, renamed(RUN), Intent(1, AT, (entry,)))

    for arguments in (("history",), ("history", RUN), ("history", "*"), ("history", "-o", "json")):
        done = local.run(*arguments)
        assert "\x1b" not in done.out + done.err
        assert "##[" not in done.out + done.err


@pytest.mark.parametrize("run", ["20200101T000000Z-00000000", "..", ""])
def test_a_run_that_is_not_there_is_a_misuse(local: Here, run: str) -> None:
    done = local.run("history", run)

    assert done.code == 64
    assert "JRN-RUN" in done.err


def test_a_run_that_was_never_begun_is_not_there(local: Here, state: FileState) -> None:
    state.begin(RUN).close()

    assert local.run("history").out == "0 runs\n"
    assert local.run("history", RUN).code == 64


def test_a_lock_is_forgotten_when_its_holder_is_gone(
    local: Here, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = tmp_path_factory.mktemp("machine")
    (machine / "syncer").mkdir()
    variables = {"XDG_STATE_HOME": str(machine)}
    with lockers(str(machine / "syncer"), 1) as (other,):
        other.ask("pier")
        assert other.answer() == "got"
        held = local.run("force-unlock", RUN, **variables)
    gone = local.run("force-unlock", RUN, **variables)
    again = local.run("force-unlock", RUN, **variables)

    assert held.code == 5
    assert "LCK-HELD" in held.err
    assert f"end process {HOLDER.pid} on {HOLDER.host}" in held.err
    assert (gone.code, gone.out, gone.err) == (0, "", f"The lock of run {RUN} is gone\n")
    assert again.code == 64
    assert "LCK-NONE" in again.err


@pytest.mark.parametrize(
    ("variables", "folders"),
    [
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, (Path("/x/syncer/lock"),)),
        ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, (Path("/h/.local/state/syncer/lock"),)),
        ({"HOME": "/h"}, (Path("/h/.local/state/syncer/lock"),)),
        ({"HOME": ""}, ()),
        ({}, ()),
    ],
)
def test_locks_are_kept_where_the_machine_keeps_state(
    variables: dict[str, str], folders: tuple[Path, ...]
) -> None:
    assert lock_folders(variables) == folders


def test_another_place_for_runs_is_a_database(local: Here) -> None:
    url = "postgresql://ada:swordfish@127.0.0.1:1/team"
    wrong = local.run("history", SYNCER_STATE_URL="mysql://ada:swordfish@host/team")
    gone = local.run("history", SYNCER_STATE_URL=url)

    assert (wrong.code, gone.code) == (1, 1)
    assert "STA-URL" in wrong.err
    assert "STA-CONNECT" in gone.err
    assert "127.0.0.1, database team" in gone.err
    assert "swordfish" not in wrong.err + gone.err
