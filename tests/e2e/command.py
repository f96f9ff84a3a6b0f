"""The command as its users run it: a process with its own folder and environment variables."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import syncer

ROOT = Path(syncer.__file__).parents[1]
SYNCER = (sys.executable, "-m", "syncer")
SECONDS = 30

Process: TypeAlias = "subprocess.Popen[str]"


@dataclass(frozen=True)
class Result:
    """What a run left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Folder:
    """A folder that the command is started in, and the variables it is started with."""

    path: Path
    variables: Mapping[str, str]

    def run(self, *arguments: str, **variables: str) -> Result:
        """Run the command to its end, without a terminal."""
        done = subprocess.run(
            [*SYNCER, *arguments],
            cwd=self.path,
            env=self.environment(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **pipes: Any) -> Process:
        """Start the command and leave it running."""
        return subprocess.Popen(
            [*SYNCER, *arguments],
            cwd=self.path,
            env=self.environment({}),
            text=True,
            encoding="utf-8",
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes},
        )

    def shell(self, script: str) -> Result:
        """Run a line of bash in which `syncer` is the command."""
        function = f'syncer() {{ "{sys.executable}" -m syncer "$@"; }}; '
        done = subprocess.run(
            ["bash", "-c", function + script],
            cwd=self.path,
            env=self.environment({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return all environment variables of a run."""
        return {**os.environ, "PYTHONPATH": str(ROOT), **self.variables, **variables}

    def write(self, **files: str) -> None:
        """Write manifests by name, and the project file as `syncer`."""
        for name, text in files.items():
            path = self.path / ("syncer.yaml" if name == "syncer" else f"manifests/{name}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a manifest."""
        path = self.path / f"manifests/{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
