"""`syncer fmt`: what it writes, what it only tells, and what it leaves alone."""

import pytest

from tests.cli.conftest import Here

LOOSE = "signals:\n    a: {name:   A, engUnit: NO}  # c\r\n"
TIDY = 'signals:\n  a: {name: A, engUnit: "NO"}  # c\n'


@pytest.fixture
def loose(local: Here) -> Here:
    """A project with one file that is not canonical."""
    local.write(stand=TIDY)
    (local.path / "manifests/loose.yaml").write_bytes(LOOSE.encode())
    return local


def text(here: Here, name: str = "loose") -> str:
    return (here.path / f"manifests/{name}.yaml").read_bytes().decode()


def test_files_are_rewritten_once_with_their_mode(loose: Here) -> None:
    (loose.path / "manifests/loose.yaml").chmod(0o640)

    done = loose.run("fmt")

    assert (done.code, done.out) == (0, "formatted manifests/loose.yaml\n")
    assert "3 files: 1 changed." in done.err
    assert text(loose) == TIDY
    assert (loose.path / "manifests/loose.yaml").stat().st_mode & 0o777 == 0o640
    assert loose.run("fmt").out == ""
    assert loose.run("fmt", "--check").code == 0


def test_check_names_the_files_and_writes_nothing(loose: Here) -> None:
    done = loose.run("fmt", "--check")

    assert (done.code, done.out) == (3, "would format manifests/loose.yaml\n")
    assert text(loose) == LOOSE


def test_diff_shows_the_lines_and_writes_nothing(loose: Here) -> None:
    loose.write(commands="signals:\n    x:  {}\n    ::add-mask::e: {}\n#\\ ##[group]\n")

    done = loose.run("fmt", "--diff", "manifests/commands.yaml")

    assert done.code == 3
    assert done.out == (
        "--- manifests/commands.yaml\n+++ manifests/commands.yaml\n@@ -1,5 +1,5 @@\n signals:\n"
        "-    x:  {}\n-    \\x3a:add-mask::e: {}\n+  x: {}\n+  \\x3a:add-mask::e: {}\n"
        " #\\\\ #\\x23[group]\n \n"
    )
    assert loose.run("fmt", "--diff", "manifests/stand.yaml").code == 0


def test_paths_limit_the_files(loose: Here) -> None:
    (loose.path / "sub").mkdir()

    assert loose.run("fmt", "--check", "manifests/stand.yaml", "syncer.yaml").code == 0
    assert loose.run("fmt", "--check", "sub").code == 0
    assert loose.run("fmt", "--check", "manifests").code == 3
    assert loose.run("fmt", "--check", ".").code == 3
    assert loose.run("fmt", "nowhere").code == 64
    assert loose.run("fmt", "/").code == 64
    assert loose.run("fmt", "--check", "--diff").code == 64


def test_defaults_and_the_project_file_are_formatted_too(loose: Here) -> None:
    (loose.path / "manifests/_defaults.yaml").write_text("signals:   {}\n")
    project = loose.path / "syncer.yaml"
    project.write_text(project.read_text() + "guards:\n    {max_creates: 5}\n")

    done = loose.run("fmt")

    assert done.out.splitlines() == [
        "formatted manifests/_defaults.yaml",
        "formatted manifests/loose.yaml",
        "formatted syncer.yaml",
    ]


def test_what_is_no_yaml_is_told_and_left_alone(loose: Here) -> None:
    loose.write(broken="a: [\n", tagged="a:   !x b\n")

    done = loose.run("fmt")

    assert (done.code, done.out) == (3, "formatted manifests/loose.yaml\n")
    assert "YML-SYNTAX" in done.err
    assert "YML-TAG" in done.err
    assert "2 with errors" in done.err
    assert text(loose, "tagged") == "a:   !x b\n"


def test_links_are_not_followed(loose: Here) -> None:
    target = loose.path / "outside.txt"
    target.write_text(LOOSE)
    (loose.path / "manifests/link.yaml").symlink_to(target)

    done = loose.run("fmt")

    assert done.code == 3
    assert "PTH-SYMLINK" in done.err
    assert target.read_text() == LOOSE.replace("\r\n", "\n")


def test_a_file_that_is_too_large_is_told(loose: Here) -> None:
    done = loose.run("fmt", SYNCER_LIMIT_FILE="40")

    assert done.code == 3
    assert "LIM-FILE" in done.err


@pytest.mark.parametrize("content", ["version: [", "version: 2\n"])
def test_without_a_valid_project_nothing_is_done(loose: Here, content: str) -> None:
    (loose.path / "syncer.yaml").write_text(content)

    assert loose.run("fmt").code == 3
    assert text(loose) == LOOSE


def test_a_text_that_would_mean_something_else_is_left_alone(
    loose: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncer.cli.commands.fmt.canonical", lambda text: text + "b: 1\n")

    done = loose.run("fmt")

    assert done.code == 3
    assert "FMT-MEANING" in done.err
    assert text(loose) == LOOSE


def test_a_project_file_that_is_a_link_is_not_read(loose: Here) -> None:
    project = loose.path / "syncer.yaml"
    project.rename(loose.path / "elsewhere.yaml")
    project.symlink_to(loose.path / "elsewhere.yaml")

    assert loose.run("fmt").code == 3
    assert text(loose) == LOOSE
