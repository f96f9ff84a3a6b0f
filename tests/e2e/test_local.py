"""`local`, the embedded Clarify in a file of the project."""

import stat

from tests.e2e.command import Folder


def test_its_folder_is_private_and_ignored_by_git(local: Folder) -> None:
    local.run("plan")

    folder = local.path / ".syncer"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "local.db").stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_second_process_is_refused_until_the_first_ends(local: Folder) -> None:
    arguments = ("--db", ".syncer/local.db", "--credentials-dir", ".syncer")
    assert local.run("plan").code == 0
    with local.start("emulator", *arguments) as first:
        assert first.stdout is not None
        first.stdout.readline()

        for command in (("plan",), ("apply", "--auto-approve"), ("emulator", *arguments)):
            refused = local.run(*command)
            assert (refused.code, refused.out) == (5, "")
            assert "error[CLI-DB-IN-USE]: " in refused.err
        first.terminate()

    assert first.returncode == 0
    assert local.run("plan").code == 0


def test_a_file_that_is_something_else_is_kept(local: Folder) -> None:
    local.run("plan")
    (local.path / ".syncer/local.db").write_text("minutes of the meeting\n" * 100)

    found = local.run("plan")

    assert found.code == 1
    assert "error[CLI-DB]: " in found.err
    assert (local.path / ".syncer/local.db").read_text().startswith("minutes")


def test_a_changed_field_is_all_that_the_plan_shows(applied: Folder) -> None:
    applied.edit("stand", "name: Status", "name: State")

    found = applied.run("plan", "--detailed-exitcode")

    assert found.code == 2
    assert found.out.split("\n\n", 1)[1] == (
        'Update\n  ~ signals/pier/status  name "Status" -> "State"\n\nPlan: 1 to update.\n'
    )
