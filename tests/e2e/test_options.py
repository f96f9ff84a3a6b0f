"""Options before and after the command, and their variables."""

import json

import pytest

from tests.e2e.command import Folder


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_are_taken_before_and_after_the_command(local: Folder, place: str) -> None:
    elsewhere = Folder(local.path.parent, {})
    options: tuple[str, ...] = (
        "-C",
        str(local.path),
        "--env",
        "local",
        "-o",
        "json",
        "--color",
        "never",
        "-q",
    )
    options += ("-v", "--no-input", "--allow-origin", "https://clarify.example")

    arguments = (*options, "plan") if place == "before" else ("plan", *options)
    found = elsewhere.run(*arguments)

    assert (found.code, found.err) == (0, "")
    assert json.loads(found.out)["environment"] == "local"


def test_a_commands_own_options_have_variables(local: Folder) -> None:
    assert local.run("plan", SYNCER_PLAN_DETAILED_EXITCODE="1").code == 2
    assert "1 to create" in local.run("plan", SYNCER_PLAN_TARGET="signals/pier/status").out
    assert local.run("plan", SYNCER_PLAN_FILTER="nothing").code == 64


def test_a_version_pinned_in_the_environment_is_no_wish_to_see_it(local: Folder) -> None:
    for pinned in ("1", "0.1.0"):
        assert local.run("plan", SYNCER_VERSION=pinned).out.startswith("Environment local")


def test_help_is_there_for_every_command_without_a_project(local: Folder) -> None:
    (local.path / "syncer.yaml").unlink()

    for arguments in (("--help",), ("-h",), ("plan", "--help"), ("apply", "-h")):
        found = local.run(*arguments)
        assert (found.code, found.err) == (0, "")
        assert found.out.startswith("Usage: syncer")


def test_the_version_is_one_line(local: Folder) -> None:
    assert local.run("--version").out.startswith("syncer 0.")
