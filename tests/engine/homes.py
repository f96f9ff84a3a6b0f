"""The two homes of state, opened by a text that a process can be given."""

from pathlib import Path

from syncer.engine.state import FileState, State
from syncer.redaction import Redactor


def open_home(home: str) -> State:
    """Return the home: a folder, or the URL of a database."""
    if home.startswith("postgresql://"):
        from syncer.engine.shared_state import SharedState

        return SharedState(home, Redactor())
    return FileState(Path(home) / ".syncer", [Path(home) / "lock"])
