"""Findings as data: what is wrong, where, why, and how to mend it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Location(NamedTuple):
    """A place in a file, 1-based, columns in code points; line 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Severity(IntEnum):
    """How much a finding weighs: an error refuses, a warning does not."""

    ERROR = 0
    WARNING = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `summary` quotes the offending value, `rule` is the why, `hint` the remedy."""

    code: str
    summary: str
    location: Location | None = None
    rule: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR
    width: int = 1  # code points to underline

    def _order(self) -> tuple[str, int, int, int, str, str]:
        place = self.location or Location("")
        return (*place, self.severity, self.code, self.summary)


class Diagnostics:
    """Collects the findings of a run; iterates them sorted by place, each once."""

    def __init__(self, findings: Iterable[Diagnostic] = ()) -> None:
        self._findings = set(findings)

    def add(self, finding: Diagnostic) -> None:
        """Take in one finding."""
        self._findings.add(finding)

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        """Take in several findings."""
        self._findings.update(findings)

    @property
    def has_errors(self) -> bool:
        """Whether any finding refuses."""
        return any(finding.severity is Severity.ERROR for finding in self._findings)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._findings, key=Diagnostic._order))

    def __len__(self) -> int:
        return len(self._findings)
