"""`plan --out`, `show`, and `apply` of a file: only the plan that was reviewed is run."""

import pytest

from tests.cli.conftest import Here
from tests.e2e.conftest import REMOTE, Site


def test_a_plan_file_is_named_from_the_folder_of_the_project(local: Here) -> None:
    (local.path / "elsewhere").mkdir()
    there = Here(local.path / "elsewhere", {}, local.call)

    assert there.run("-C", "..", "plan", "--out", "plan.json").code == 0
    assert (local.path / "plan.json").exists()


def test_a_plan_can_be_named_by_its_variable(local: Here) -> None:
    local.run("plan", SYNCER_PLAN_OUT="plan.json")

    assert (local.path / "plan.json").exists()


def test_a_plan_that_was_made_already_is_done(planned: Here) -> None:
    planned.run("apply", "plan.json")

    again = planned.run("apply", "plan.json")

    assert again.code == 0
    assert "Made already: signals/pier/amount, items/pier/amount\n" in again.err


def test_comments_and_moved_files_do_not_make_a_plan_stale(planned: Here) -> None:
    manifest = planned.path / "manifests/stand.yaml"
    (planned.path / "manifests/moved.yaml").write_text("# moved\n\n" + manifest.read_text())
    manifest.unlink()

    assert planned.run("apply", "plan.json").code == 0


def test_other_pending_changes_are_named_and_left_alone(planned: Here) -> None:
    planned.edit("stand", "name: Status", "name: State")

    applied = planned.run("apply", "plan.json")

    assert applied.code == 0
    assert "Pending, and not in this plan: signals/pier/status\n" in applied.err
    assert "~ signals/pier/status" in planned.run("plan").out


@pytest.mark.parametrize("new", ["engUnit: GBP", "engUnit: USD", "description: x"])
def test_a_plan_whose_manifests_moved_is_refused_whole(planned: Here, new: str) -> None:
    planned.edit("stand", "engUnit: EUR", new)

    refused = planned.run("apply", "plan.json")

    assert refused.code == 5
    assert "error[PLN-STALE]: signals/pier/amount" in refused.err
    assert '"USD"' in planned.run("select", "signals").out


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", "\x00", "\udcff", '{"format_version": "2.0"}']
)
def test_what_is_no_plan_is_refused(planned: Here, content: str) -> None:
    (planned.path / "plan.json").write_bytes(content.encode("utf-8", "surrogateescape"))

    refused = planned.run("apply", "plan.json")

    assert (refused.code, refused.out) == (5, "")
    assert refused.err.startswith("error[PLN-FORMAT]: ")


def test_a_folder_is_no_plan(planned: Here) -> None:
    refused = planned.run("show", "manifests")

    assert (refused.code, refused.err) == (1, "error[CLI-IO]: manifests: Is a directory\n")


def test_a_plan_for_another_integration_is_refused(remote: Here, site: Site) -> None:
    remote.run("plan", "--out", "plan.json")
    remote.write(syncer=REMOTE.replace("c618rbfqfsj7mjkj0ss0", "c7a1bbfqfsj7mjkj0ss0"))

    refused = remote.run("apply", "plan.json", CLARIFY_PIER=site.path("yacht"))

    assert refused.code == 5
    assert "PLN-TARGET" in refused.err


def test_a_saved_plan_is_not_narrowed(planned: Here) -> None:
    refused = planned.run("apply", "plan.json", "--target", "signals/*")

    assert refused.code == 64
    assert "narrow it when it is made" in refused.err


def _saved(folder: Here) -> str:
    return (folder.path / "plan.json").read_text()
