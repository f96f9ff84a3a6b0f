"""A PostgreSQL server of the tests' own, on a socket in a temporary folder."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PLACES = "/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"
_SETTINGS = ("fsync=off", "listen_addresses=", "max_connections=40", "shared_buffers=8MB")


@dataclass(frozen=True)
class Server:
    """A server that runs, and whoever may use it."""

    folder: Path
    user: str

    def url(self, database: str = "postgres") -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://{self.user}@/{database}?host={self.folder}"


def find_binaries() -> Path | None:
    """Return the folder of initdb and postgres, or None."""
    found = [path.parent for place in _PLACES for path in Path(place).glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    candidates = [*sorted(found, reverse=True), *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextmanager
def serve(binaries: Path) -> Iterator[Server]:
    """Yield a new server; it is stopped, and its files are removed, at the end."""
    user = _other_user() if os.geteuid() == 0 else getpass.getuser()
    owner: dict[str, Any] = {}  # the server refuses to run as root
    if os.geteuid() == 0:
        found = pwd.getpwnam(user)
        owner = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    # Not in pytest's folder: another user may not enter it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="syncer-pg-"))
    try:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        data = str(folder / "data")
        options = ("-A", "trust", "-N", "-E", "UTF8", "--locale=C", "-U", user)
        subprocess.run(
            [binaries / "initdb", "-D", data, *options],
            check=True,
            capture_output=True,
            cwd=folder,
            **owner,
        )
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *settings],
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            **owner,
        )
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            assert any("ready to accept connections" in line for line in lines)
            yield Server(folder, user)
        finally:
            process.terminate()
            process.communicate()
    finally:
        shutil.rmtree(folder)


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
