"""Values as they are read, and what is wrong with the others: some in full, the rest counted.

In: values of inputs at instants, and refusals with their places. Out: a `Reading`. Core.
"""

import re
from collections.abc import Callable
from typing import Final

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.samples.model import Number, Reading, Samples
from syncer.samples.values import Refusal, shorten

MOST_FINDINGS: Final = 100
_INPUT: Final = re.compile(r"[a-zA-Z0-9_:.#+/-]{1,128}", re.ASCII)
_RULE: Final = "an input ID is 1 to 128 of the characters a-z A-Z 0-9 - _ : . # + /"

Place = Callable[[], Location]


class Collector:
    """Takes in what a file says, piece by piece."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._series: dict[str, dict[int, Number]] = {}
        self._places: dict[str, Location] = {}
        self._errors: list[Diagnostic] = []
        self._unshown = 0
        self._warnings: dict[str, tuple[int, Location]] = {}

    def declare(self, key: str, place: Place) -> dict[int, Number] | None:
        """Return the values of an input by instant, to be filled; None for what is no input ID."""
        if key in self._series:
            return self._series[key]
        if _INPUT.fullmatch(key) is None:
            what = f"{shorten(key)} is no input ID" if key else "an input ID is missing"
            self.refuse(Refusal("DAT-INPUT", what, _RULE), place)
            return None
        self._places[key] = place()
        return self._series.setdefault(key, {})

    def refuse(self, refusal: Refusal, place: Place) -> None:
        """Take in an error."""
        if len(self._errors) >= MOST_FINDINGS:
            self._unshown += 1
            return
        code, summary = refusal.code, refusal.summary
        finding = Diagnostic(code, summary, place(), rule=refusal.rule, hint=refusal.hint)
        self._errors.append(finding)

    def warn(self, code: str, place: Place) -> None:
        """Count a warning; it is told once, with its first place."""
        count, first = self._warnings.get(code) or (0, place())
        self._warnings[code] = (count + 1, first)

    def finish(self, warnings: tuple[Diagnostic, ...] = ()) -> Reading:
        """Return what was read."""
        samples = Samples.of(self._series)
        findings = [*self._errors, *warnings]
        if self._unshown:
            summary = f"and {self._unshown} more errors like these"
            findings.append(Diagnostic("DAT-MORE", summary, Location(self._file)))
        if not findings and not samples.series:
            rule = "a file without values inserts nothing"
            place = Location(self._file)
            findings.append(Diagnostic("DAT-EMPTY", "the file has no values", place, rule=rule))
        findings += (_warning(code, *told) for code, told in self._warnings.items())
        return Reading(samples, self._places, tuple(findings))


def _warning(code: str, count: int, first: Location) -> Diagnostic:
    summary, rule = _WARNINGS[code]
    severity = Severity.WARNING
    return Diagnostic(code, f"{summary}: {count}", first, rule=rule, severity=severity)


_WARNINGS: Final = {
    "DAT-DUPLICATE": (
        "values at a time that the same input had before",
        "of several values at one time the last one of the file is inserted",
    ),
    "DAT-PRECISION": (
        "times finer than microseconds, which were cut",
        "Clarify keeps microseconds",
    ),
}
