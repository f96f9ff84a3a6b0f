"""`syncer demo`: what a newcomer sees first."""

from pathlib import Path

import pytest

from tests.e2e.command import Folder, Result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Folder]:
    """What the demo wrote, and the folder that it left."""
    folder = tmp_path_factory.mktemp("demo")
    # The folder of temporary files is the one thing that the demo takes from its surroundings.
    result = Folder(folder, {"TMPDIR": str(folder), "SYNCER_ENV": "prod"}).run("demo")
    (project,) = folder.glob("syncer-demo-*/banana-stand")
    return result, Folder(project, {})


def test_it_shows_the_whole_way(demo: tuple[Result, Folder]) -> None:
    result, _ = demo

    assert result.code == 0
    assert "Checked 5 resources: no findings." in result.out
    assert "Applied: 5 created; verified 5/5." in result.out
    assert "No changes. Live state matches the manifests." in result.out
    assert '~ signals/stand/banana-stand/amount  engUnit "USD" -> "EUR"' in result.out


def test_what_it_suggests_works(demo: tuple[Result, Folder]) -> None:
    result, project = demo
    _, _, suggestions = result.out.partition("Try next:")
    lines = [line.strip() for line in suggestions.splitlines() if line.startswith("  ")]

    assert lines[0] == f"cd {project.path}"
    assert project.run("apply", "--auto-approve").code == 0
    assert project.run("select", "items").code == 0
    assert project.run("explain", "signals/stand/banana-stand/amount").code == 0


def test_it_needs_no_home_and_no_terminal(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"TMPDIR": str(tmp_path), "HOME": "/nonexistent"})

    assert folder.run("demo", "--no-input").code == 0
