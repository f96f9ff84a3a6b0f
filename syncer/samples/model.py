"""Samples: values of series at instants, as a program holds them.

In: instants in microseconds since 1970, and numbers. Out: the same by series, and the API's own
data frame. Core.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from syncer.diagnostics import Diagnostic, Location

Number: TypeAlias = int | float
Series: TypeAlias = Mapping[int, Number]  # by instant, oldest first

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Samples:
    """The series by input ID, sorted; none is empty."""

    series: Mapping[str, Series]

    @classmethod
    def of(cls, series: Mapping[str, Series]) -> "Samples":
        """Return the samples sorted by input ID and time, without empty series."""
        return cls({key: _sorted(series[key]) for key in sorted(series) if series[key]})

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(map(len, self.series.values()))

    @property
    def times(self) -> list[int]:
        """Every instant that has a value, oldest first."""
        return sorted(set().union(*self.series.values()))

    @property
    def time_count(self) -> int:
        """How many different instants have a value."""
        return len(set().union(*self.series.values()))

    def to_json(self) -> dict[str, object]:
        """Return the API's data frame; null where a series has no value at a time."""
        times = self.times
        return {
            "times": [write_instant(time) for time in times],
            "series": {
                key: [values.get(time) for time in times] for key, values in self.series.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its samples, where each input is named first, and all findings."""

    samples: Samples
    places: Mapping[str, Location]
    findings: tuple[Diagnostic, ...]


def read_instant(moment: datetime) -> int:
    """Return a datetime with a zone in microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def read_moment(instant: int) -> datetime:
    """Return an instant as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def write_instant(instant: int) -> str:
    """Return an instant as RFC 3339 in UTC: `2026-01-31T10:00:00.000001Z`."""
    return read_moment(instant).isoformat().replace("+00:00", "Z")


def _sorted(values: Series) -> Series:
    if _is_sorted(values):
        return values
    return {time: values[time] for time in sorted(values)}


def _is_sorted(times: Iterable[int]) -> bool:
    listed = list(times)
    return all(map(int.__lt__, listed, listed[1:]))
