"""`syncer rollback`: from a run or a plan file to earlier values, reviewed like any plan."""

import json
from pathlib import Path

import pytest

from syncer.cli.main import main
from tests.cli.conftest import Here


@pytest.fixture
def changed(planned: Here) -> Here:
    """A project whose plan.json was applied: one unit and its item's are EUR now."""
    assert planned.run("apply", "plan.json").code == 0
    return planned


def last_run(here: Here) -> str:
    return sorted(path.stem for path in (here.path / ".syncer/journal").iterdir())[-1]


def units(here: Here) -> set[object]:
    rows = json.loads(here.run("select", "signals", "-o", "json").out)
    return {row["engUnit"] for row in rows if row["input"].endswith("amount")}


def test_a_run_is_taken_back_and_git_is_named(changed: Here) -> None:
    assert units(changed) == {"EUR"}

    done = changed.run("rollback", last_run(changed), "--auto-approve")

    assert done.code == 0
    assert '"EUR" -> "USD"' in done.out
    assert "the manifests still declare engUnit" in done.out
    assert "Applied: 2 updated; verified 2/2." in done.out
    assert units(changed) == {"USD"}
    assert changed.run("plan", "--detailed-exitcode").code == 2
    assert "rollback" in changed.run("history").out


def test_the_plan_file_alone_is_enough(changed: Here) -> None:
    for path in (changed.path / ".syncer/journal").iterdir():
        path.unlink()

    done = changed.run("rollback", "plan.json", "--auto-approve")

    assert (done.code, units(changed)) == (0, {"USD"})


def test_a_saved_rollback_is_planned_again_from_the_journal(changed: Here) -> None:
    assert changed.run("rollback", last_run(changed), "--out", "back.json").code == 0
    assert json.loads((changed.path / "back.json").read_text())["kind"] == "rollback"
    assert units(changed) == {"EUR"}

    assert changed.run("apply", "back.json").code == 0
    assert units(changed) == {"USD"}
    again = changed.run("apply", "back.json")
    assert (again.code, "Made already" in again.err) == (0, True)


def test_a_rollback_of_a_plan_file_is_saved_and_applied_where_its_run_is_remembered(
    changed: Here,
) -> None:
    assert changed.run("rollback", "plan.json", "--out", "back.json").code == 0

    assert changed.run("apply", "back.json").code == 0
    assert units(changed) == {"USD"}


def test_a_saved_rollback_is_refused_where_nothing_is_remembered(changed: Here) -> None:
    assert changed.run("rollback", last_run(changed), "--out", "back.json").code == 0
    for path in (changed.path / ".syncer/journal").iterdir():
        path.unlink()

    refused = changed.run("apply", "back.json")

    assert (refused.code, units(changed)) == (5, {"EUR"})
    assert "PLN-NO-RUN" in refused.err


def test_a_saved_rollback_is_stale_when_somebody_edits(changed: Here) -> None:
    assert changed.run("rollback", last_run(changed), "--out", "back.json").code == 0
    changed.edit("stand", "engUnit: EUR", "engUnit: NOK")
    assert changed.run("apply", "--auto-approve").code == 0

    refused = changed.run("apply", "back.json")

    assert (refused.code, units(changed)) == (5, {"NOK"})
    assert "PLN-STALE" in refused.err


def test_a_plan_that_was_carried_out_is_not_applied_twice(changed: Here) -> None:
    done = changed.run("apply", "plan.json")
    assert (done.code, "Made already" in done.err) == (0, True)
    assert changed.run("rollback", last_run(changed), "--auto-approve").code == 0

    refused = changed.run("apply", "plan.json")

    assert (refused.code, units(changed)) == (5, {"USD"})
    assert "PLN-REPLAYED" in refused.err


def test_nobody_is_asked_without_a_terminal(changed: Here) -> None:
    refused = changed.run("rollback", last_run(changed))

    assert (refused.code, units(changed)) == (5, {"EUR"})
    assert "APP-NOT-APPROVED" in refused.err


def test_guards_hold_for_a_rollback_too(changed: Here) -> None:
    changed.edit("stand", "engUnit: EUR", "engUnit: EUR, lifecycle: {protected: true}")

    refused = changed.run("rollback", "plan.json", "--auto-approve")
    saved = changed.run("rollback", "plan.json", "--out", "back.json")

    assert (refused.code, saved.code, units(changed)) == (5, 5, {"EUR"})
    assert "PLN-PROTECTED" in refused.err
    allowed = ("--allow-protected", "signals/*")
    assert changed.run("rollback", "plan.json", "--auto-approve", *allowed).code == 0
    assert units(changed) == {"USD"}


def test_what_cannot_be_rolled_back_is_said(applied: Here) -> None:
    nothing = applied.run("rollback", last_run(applied), "--auto-approve")

    assert (nothing.code, nothing.out.count("a create cannot be undone")) == (0, 1)
    assert applied.run("rollback", "20200101T000000Z-00000000").code == 64
    other = applied.path / "other"
    assert main(["-C", str(other.parent), "rollback", str(Path("no") / "run")]) == 64


def test_a_rollback_is_not_rolled_back_from_its_file_or_at_another_place(changed: Here) -> None:
    assert changed.run("rollback", last_run(changed), "--out", "back.json").code == 0
    assert changed.run("rollback", "back.json").code == 64

    changed.write(syncer="version: 1\nproject: other\nintegrations: [pier]\n")
    elsewhere = changed.run("rollback", "plan.json", "--auto-approve")
    run = changed.run("rollback", last_run(changed), "--auto-approve")

    assert (elsewhere.code, run.code) == (5, 5)
    assert "PLN-TARGET" in elsewhere.err
    assert "PLN-TARGET" in run.err


def test_a_run_that_was_cut_off_is_closed_and_taken_back(changed: Here) -> None:
    """Killed before it noted what the API answered: what was done is found out first."""
    journal = changed.path / f".syncer/journal/{last_run(changed)}.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    assert b'"kind":"end"' in lines[-1]
    journal.write_bytes(b"".join(lines[:-2]))

    done = changed.run("rollback", journal.stem, "--auto-approve")

    assert (done.code, units(changed)) == (0, {"USD"})
    assert "was cut off; written: items/pier/amount" in done.err
    assert "Applied: 2 updated; verified 2/2." in done.out
