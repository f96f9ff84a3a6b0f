"""`syncer drift` on the embedded Clarify, and on a Clarify on a socket."""

import json

from tests.cli.conftest import Here
from tests.e2e.conftest import LOCAL, STAND
from tests.e2e.people import change_item, change_signal, live


def test_after_an_apply_nothing_has_drifted(applied: Here) -> None:
    told = applied.run("drift")

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Environment local at ")
    assert told.out.endswith("\nNo drift. Nobody changed what syncer applied.\n")


def test_what_others_changed_exits_2_and_git_alone_does_not(applied: Here) -> None:
    applied.edit("stand", "name: Status", "name: State")

    pending = applied.run("drift")
    change_signal(applied, "status", enumValues={"0": "fine", "1": "on fire"})
    drifted = applied.run("drift")

    assert pending.code == 0
    assert "  update  signals/pier/status  name\n" in pending.out
    assert drifted.code == 2
    assert '      enumValues  0: "ok" -> "fine"\n' in drifted.out
    assert "1 field of 1 resource drifted, 1 pending" in drifted.out


def test_where_both_moved_the_journal_tells_what_was_applied(applied: Here) -> None:
    change_item(applied, "amount", name="Cash")
    applied.edit("stand", "name: Money", "name: Takings")

    assert '      name  "Money" -> "Cash"  (Git moved too: "Takings")' in applied.run("drift").out


def test_without_a_readable_journal_the_base_is_only_known_to_be_something_else(
    applied: Here,
) -> None:
    change_item(applied, "amount", name="Cash")
    applied.edit("stand", "name: Money", "name: Takings")
    for path in (applied.path / ".syncer").rglob("*.jsonl"):
        path.write_bytes(b"{}\n" + path.read_bytes())

    told = applied.run("drift")

    assert told.code == 2
    assert '      name  something else -> "Cash"  (Git moved too: "Takings")' in told.out


def test_targets_and_exclusions_narrow_it(applied: Here) -> None:
    change_signal(applied, "amount", name="Cash")

    assert applied.run("drift", "--target", "signals/pier/status").code == 0
    assert applied.run("drift", "--exclude", "*/amount").code == 0
    assert applied.run("drift", "--target", "*/amount").code == 2
    assert applied.run("drift", "--target", "nothing").code == 64


def test_nothing_is_written(applied: Here) -> None:
    change_signal(applied, "amount", name="Cash")
    before = live(applied), applied.run("history").out

    applied.run("drift", "-o", "json")

    assert (live(applied), applied.run("history").out) == before


def test_json_goes_to_stdout_and_the_environment_to_stderr(applied: Here) -> None:
    change_signal(applied, "amount", labels={})

    told = applied.run("drift", "-o", "json")

    (drift,) = json.loads(told.out)["drifts"]
    assert drift["updated_at"].endswith("Z")
    assert drift["fields"][0] == {
        "field": "labels.site",
        "moved": "live",
        "base": ["Pier"],
        "base_known": True,
        "base_hash": drift["fields"][0]["base_hash"],
        "live": None,
        "git": ["Pier"],
        "source": {"file": "manifests/stand.yaml", "line": 2, "column": 55},
    }
    assert told.err.startswith("Environment local at ")


def test_markdown_is_a_comment_that_can_be_found_again(applied: Here) -> None:
    assert applied.run("drift", "-o", "markdown").out.startswith(
        "<!-- syncer-drift -->\n### syncer drift: no drift\n"
    )


def test_an_environment_is_chosen_and_read_with_one_credential(remote: Here) -> None:
    remote.write(stand=STAND)
    assert remote.run("apply", "--auto-approve").code == 0

    assert remote.run("drift").code == 0
    assert remote.run("drift", "--env", "local").out.startswith("Environment local at ")


def test_an_integration_that_answers_empty_is_no_clean_bill(applied: Here) -> None:
    for path in (applied.path / ".syncer").glob("local.db*"):
        path.unlink()

    refused = applied.run("drift")
    believed = applied.run("drift", "--allow-empty")

    assert refused.code == 5
    assert "error[PLN-EMPTY-LIVE]: pier answers with no signals" in refused.out
    assert believed.code == 0
    assert "  create  signals/pier/amount" in believed.out


def test_it_is_written_in_the_formats_it_has(local: Here) -> None:
    local.write(syncer=LOCAL)

    assert local.run("drift", "-o", "csv").code == 64
