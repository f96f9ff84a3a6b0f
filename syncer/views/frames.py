"""Data as a summary with a sparkline for each series, as CSV, or as JSON.

In: times, values by series, and what is known of each series. Out: text that ends in a newline.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias

from syncer.sinks import csv, json_text, leading, quoted, terminal

Values: TypeAlias = Sequence[int | float | None]

BLOCKS: Final = "▁▂▃▄▅▆▇█"
_ASCII: Final = "_.-~=+*#"
_WIDTH: Final = 24


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a series: the item's name and unit, and the rest of its metadata."""

    name: str = ""
    unit: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameTable:
    """Series over shared times. A rollup's series are `<item ID>_avg` and the like.

    `items` tells of items by ID; a series of a calculation has none.
    """

    times: Sequence[datetime]
    series: Mapping[str, Values]
    items: Mapping[str, About] = field(default_factory=dict)

    def about(self, key: str) -> About:
        """Return what is known of a series."""
        return self.items.get(key) or self.items.get(key.partition("_")[0]) or About()


def frame_text(table: FrameTable, *, has_blocks: bool) -> str:
    """Return a line for each series: its key, name, count, least, most and last value, its shape.

    `has_blocks` says that the terminal can draw block characters; else the shape is in ASCII.
    """
    rows = [_cells(table, key, has_blocks=has_blocks) for key in table.series]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.append(f"{_plural(len(rows), 'series', 'series')}, {_plural(len(table.times), 'time')}")
    return "\n".join(lines) + "\n"


def frame_csv(table: FrameTable, *, has_names: bool = False) -> str:
    """Return a row for each time: texts quoted, numbers plain, no sample an empty cell.

    Columns are headed by the series' keys, or by their items' names.
    """
    heads = _names(table) if has_names else list(table.series)
    lines = [",".join(map(csv, ["time", *heads]))]
    for time, *values in zip(table.times, *table.series.values(), strict=True):
        cells = ("" if value is None else repr(value) for value in values)
        lines.append(",".join((_moment(time), *cells)))
    return "\n".join(lines) + "\n"


def frame_json(table: FrameTable) -> str:
    """Return `times`, `series` and `items` as JSON, ASCII only."""
    document = {
        "times": [_moment(time) for time in table.times],
        "series": {key: list(values) for key, values in table.series.items()},
        "items": {key: about.fields for key, about in table.items.items()},
    }
    return json_text(document, indent=None)


def sparkline(values: Values, *, has_blocks: bool) -> str:
    """Return the course of the values in a few characters; a gap is a space."""
    levels = BLOCKS if has_blocks else _ASCII
    means = [_mean(part) for part in _parts(values)]
    known = [mean for mean in means if mean is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)
    return "".join(" " if mean is None else levels[_level(mean, least, most)] for mean in means)


def _cells(table: FrameTable, key: str, *, has_blocks: bool) -> list[str]:
    values = table.series[key]
    known = [value for value in values if value is not None]
    about = table.about(key)
    told = [quoted(about.name)] if about.name else []
    told += [terminal(about.unit)] if about.unit else []
    cells = [leading(key), " ".join(told), f"n {len(known)}"]
    if known:
        numbers = (("min", min(known)), ("max", max(known)), ("last", known[-1]))
        cells += [f"{name} {value:.6g}" for name, value in numbers]
        return [*cells, sparkline(values, has_blocks=has_blocks)]
    return [*cells, "", "", "", ""]


def _parts(values: Values) -> list[Values]:
    """Return the values in at most so many parts of about the same length."""
    count = min(len(values), _WIDTH)
    borders = [len(values) * part // count for part in range(count + 1)] if count else []
    return [values[start:stop] for start, stop in pairwise(borders)]


def _mean(values: Values) -> float | None:
    known = [value for value in values if value is not None]
    # Divided first: the sum of large values may be larger than any float.
    return sum(value / len(known) for value in known) if known else None


def _level(mean: float, least: float, most: float) -> int:
    spread = most / 2 - least / 2  # of halves, as the whole may be larger than any float
    if not spread:
        return 0
    share = (mean / 2 - least / 2) / spread
    return min(int(share * len(BLOCKS)), len(BLOCKS) - 1)


def _names(table: FrameTable) -> list[str]:
    """Return a head for each series: the item's name, with the key where that says more."""
    names = [table.about(key).name for key in table.series]
    counts = Counter(names)
    return [
        key if not name else name if counts[name] == 1 else f"{name} ({key})"
        for key, name in zip(table.series, names, strict=True)
    ]


def _moment(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _plural(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
