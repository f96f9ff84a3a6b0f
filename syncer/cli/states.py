"""Where a project's runs are remembered: in files below it, or in a database that a team shares."""

import getpass
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from syncer.cli.app import App
from syncer.engine.memory import Memory, Operator
from syncer.engine.state import FileState, State
from syncer.errors import SyncerError

FOLDER: Final = ".syncer"
URL_VARIABLE: Final = "SYNCER_STATE_URL"
_FOR_GIT: Final = ("PATH", "HOME", "XDG_CONFIG_HOME")


def open_state(app: App) -> State:
    """Return the memory of this project's runs; nothing is opened or made yet.

    Raises ManifestError outside a project, and SyncerError where SYNCER_STATE_URL cannot be used.
    """
    url = os.environ.get(URL_VARIABLE, "")
    if url:
        return _open_shared(app, url)
    root = app.root
    return FileState(root / FOLDER, lock_folders(os.environ), lambda: state_folder(root))


def open_memory(app: App) -> Memory:
    """Return where this project's runs are remembered, and who makes them."""
    return Memory(open_state(app), lambda: _operator(app.root), app.clock, app.rng)


def _operator(root: Path) -> Operator:
    return Operator(
        who=_user(os.environ),
        host=platform.node(),
        pid=os.getpid(),
        folder=str(root.resolve()),
        commit=_commit(root),
    )


def _user(environment: Mapping[str, str]) -> str:
    """Return who started the program; in CI who started the job, by the variables of the runner."""
    for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if environment.get(name):
            return environment[name]
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _commit(root: Path) -> str:
    """Return the commit that the manifests are checked out from; empty outside Git."""
    command = ["git", "rev-parse", "--verify", "HEAD"]
    # Variables hold credentials, and Git may start programs that the user's settings name.
    variables = {name: os.environ[name] for name in _FOR_GIT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            command,
            cwd=root,
            env=variables,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def state_folder(root: Path) -> Path:
    """Return the project's folder for local state, made when missing, and kept out of Git."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def lock_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where this machine's locks are kept; nowhere when the user has no home.

    The XDG base directory specification: a relative path in XDG_STATE_HOME is ignored.
    """
    told = environment.get("XDG_STATE_HOME", "")
    if told.startswith("/"):
        return (Path(told) / "syncer/lock",)
    home = environment.get("HOME", "")
    return (Path(home) / ".local/state/syncer/lock",) if home.startswith("/") else ()


def _open_shared(app: App, url: str) -> State:
    try:
        # Only teams have the database's driver, and only they wait for it to load.
        from syncer.engine.shared_state import SharedState
    except ImportError as error:
        raise SyncerError.of(
            "STA-DRIVER",
            f"{URL_VARIABLE} names a PostgreSQL server, and its driver psycopg is not installed",
            hint='pip install "clarify-syncer[postgres]"',
        ) from error
    return SharedState(url, app.redactor)
