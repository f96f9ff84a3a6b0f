"""Typed reading of one JSON object's members.

In: an object, its path and a list for findings. Out: values of the wanted type; a member of a
wrong type, or one that nobody asked for, becomes a finding and reading goes on.
"""

from collections.abc import Mapping

from syncer.emulator.jsontext import JsonValue
from syncer.emulator.problems import UNKNOWN_PARAMETER, Problems


class Fields:
    """The members of one object; `close` reports those that were not read."""

    def __init__(self, value: JsonValue, path: str, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self._members: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
        self._unread = set(self._members)
        if not isinstance(value, dict):
            problems.note(path, "must be an object")

    def has(self, name: str) -> bool:
        """Tell whether the object has the member."""
        return name in self._members

    def value(self, name: str) -> JsonValue:
        """Return the member as it is, None when absent."""
        self._unread.discard(name)
        return self._members.get(name)

    def text(self, name: str, most: int | None = None) -> str:
        """Return a string of up to so many characters, empty when absent."""
        value = self.value(name)
        if name not in self._members:
            return ""
        if not isinstance(value, str):
            self.note(name, "must be a string")
            return ""
        if most is not None and len(value) > most:
            self.note(name, f"must have at most {most} characters")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.value(name)
        if name not in self._members:
            return default
        if not isinstance(value, bool):
            self.note(name, "must be a boolean")
            return default
        return value

    def whole(self, name: str, default: int) -> int:
        """Return an integer; 1.0 is none, as in Go."""
        value = self.value(name)
        if name not in self._members:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(name, "must be an integer")
            return default
        return value

    def array(self, name: str) -> list[JsonValue]:
        """Return an array, empty when absent."""
        value = self.value(name)
        if name not in self._members:
            return []
        if not isinstance(value, list):
            self.note(name, "must be an array")
            return []
        return value

    def members(self, name: str) -> Mapping[str, JsonValue]:
        """Return an object's members, none when absent."""
        value = self.value(name)
        if name not in self._members:
            return {}
        if not isinstance(value, dict):
            self.note(name, "must be an object")
            return {}
        return value

    def inner(self, name: str) -> "Fields":
        """Return a reader for an object below this one, empty when absent."""
        return Fields(dict(self.members(name)), f"{self.path}.{name}", self.problems)

    def require(self, name: str) -> bool:
        """Tell whether the member is there, and note when it is not."""
        if name not in self._members:
            self.note(name, "required")
        return name in self._members

    def note(self, name: str, message: str) -> None:
        """Add a finding about a member."""
        self.problems.note(f"{self.path}.{name}", message)

    def close(self) -> None:
        """Note every member that was not read, in the object's order."""
        for name in self._members:
            if name in self._unread:
                self.note(name, UNKNOWN_PARAMETER)
