"""Commands run in this process, on projects in temporary folders."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncer.cli.main import main
from tests.e2e.command import Folder, Result
from tests.e2e.conftest import LOCAL, REMOTE, STAND, Site, site, socket

__all__ = ["site", "socket"]  # the fixtures of processes serve here too


@dataclass(frozen=True)
class Here(Folder):
    """A folder whose commands run in this process, which takes a tenth of the time."""

    call: Callable[[Folder, tuple[str, ...], dict[str, str]], Result]

    def run(self, *arguments: str, **variables: str) -> Result:
        """Run the command as if a process did."""
        return self.call(self, arguments, {**self.variables, **variables})


@pytest.fixture
def local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    """A project without environments."""

    def call(folder: Folder, arguments: tuple[str, ...], variables: dict[str, str]) -> Result:
        with monkeypatch.context() as patch:
            patch.chdir(folder.path)
            for name, value in variables.items():
                patch.setenv(name, value)
            capsys.readouterr()
            code = main(list(arguments))
        return Result(code, *capsys.readouterr())

    folder = Here(tmp_path, {}, call)
    folder.write(syncer=LOCAL, stand=STAND)
    return folder


@pytest.fixture
def remote(local: Here, site: Site) -> Here:
    """A project whose only environment is the site."""
    folder = Here(local.path, {"CLARIFY_PIER": site.path("pier")}, local.call)
    folder.write(syncer=REMOTE)
    return folder


@pytest.fixture
def applied(local: Here) -> Here:
    """A project that was applied as it is declared."""
    assert local.run("apply", "--auto-approve").code == 0
    return local


@pytest.fixture
def planned(applied: Here) -> Here:
    """A project with plan.json, which changes one unit and its item's."""
    applied.edit("stand", "engUnit: USD", "engUnit: EUR")
    assert applied.run("plan", "--out", "plan.json").code == 0
    return applied
