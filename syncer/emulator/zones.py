"""Time zones: the offset of their clocks at an instant, and the instant of a wall time.

In: a name of the IANA database, and whole microseconds. Out: whole microseconds, for instants
since 1970 in UTC, for wall times since 1970 on that zone's clocks. The database is the system's,
or that of the package tzdata.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST = -62_135_596_800_000_000
LATEST = 253_402_300_799_999_999
DAY = 86_400_000_000

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time has no zone
_MICROSECOND = timedelta(microseconds=1)


class Zone:
    """A time zone."""

    def __init__(self, info: tzinfo) -> None:
        self._info = info

    def offset(self, instant: int) -> int:
        """Return how far the clocks are ahead of UTC."""
        # The calendar's first and last day may lie outside of it on other clocks.
        inside = min(max(instant, EARLIEST + DAY), LATEST - DAY)
        return _measure(read_wall(inside).replace(tzinfo=UTC).astimezone(self._info))

    def instant(self, wall: int) -> int:
        """Return when the clocks show the wall time first.

        A time that they skip counts as if they had not been set forward yet.
        """
        return wall - _measure(read_wall(wall).replace(tzinfo=self._info))

    def find_change(self, low: int, high: int) -> int:
        """Return the first instant whose offset is not that of `low`; `high` must be one."""
        before = self.offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset(middle) == before:
                low = middle
            else:
                high = middle
        return high


UTC_ZONE = Zone(UTC)


@lru_cache(maxsize=64)
def find_zone(name: str) -> Zone | None:
    """Return the zone of the name, None when there is none."""
    try:
        return Zone(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        # Raised for unknown names, for paths that lead elsewhere, and for directories.
        return None


def read_wall(wall: int) -> datetime:
    """Return a wall time as date and time of day, the nearest one of the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=min(max(wall, EARLIEST), LATEST))


def write_wall(moment: datetime) -> int:
    """Return date and time of day as a wall time."""
    return (moment - _EPOCH) // _MICROSECOND


def _measure(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // _MICROSECOND
