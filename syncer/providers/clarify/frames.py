"""Data frames: series of values over shared times, to and from the API's JSON.

In: texts, datetimes and numbers, or the parts of a pandas frame. Out: a `DataFrame` of instants in
UTC and of ints, floats and None. docs.clarify.io/api/1.1/methods/integration/insert.
"""

import importlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from syncer.errors import SyncerError, TransportError
from syncer.providers.clarify.moments import Moment, moment_text, read_moment, read_moments
from syncer.providers.clarify.refusals import InvalidInput, invalid
from syncer.providers.clarify.wire import Json
from syncer.sinks import quoted

Number: TypeAlias = int | float | None
Series: TypeAlias = Mapping[str, tuple[Number, ...]]

_INPUT: Final = re.compile(r"[a-zA-Z0-9_:.#+/-]{1,128}", re.ASCII)
_PLAIN: Final = frozenset({int, float, type(None)})
_NUMBER_RULE: Final = "a value is a finite number, or None for no sample"


@runtime_checkable
class PandasFrame(Protocol):
    """A pandas data frame: an index with a time zone, and one column for each series."""

    @property
    def index(self) -> Any:
        """The times."""

    @property
    def columns(self) -> Any:
        """The names of the series."""


@dataclass(frozen=True, init=False)
class DataFrame:
    """Values of several series at the same times.

    >>> DataFrame(series={"a": [1, None], "b": [None, 5]}, times=["2021-11-01T21:50:06Z", ...])

    `times` are instants: datetimes with a zone or RFC 3339 texts, kept in UTC to the microsecond.
    `series` maps input IDs (1 to 128 of a-z A-Z 0-9 - _ : . # + /) to as many values as there are
    times; None and NaN mean no sample. Arrays of numpy and columns of pandas are taken too. Raises
    InvalidInput for times without a zone, and for arrays of another length. Frames that the client
    returns have the same form: an item's ID, `<id>_avg` of a rollup, or an alias, for each series.
    """

    times: tuple[datetime, ...]
    series: Series

    def __init__(
        self, series: Mapping[str, Iterable[object]], times: Iterable[Moment | object]
    ) -> None:
        moments = read_moments(_listed(times), "times")
        checked = {key: _column(key, values, len(moments)) for key, values in series.items()}
        self._fill(moments, checked)

    @classmethod
    def of(cls, data: "DataFrame | PandasFrame | Mapping[str, Any]") -> "DataFrame":
        """Return a frame from any form that `Client.insert` takes.

        A mapping has `times` and `series`, or `times` and the series themselves.
        """
        match data:
            case DataFrame():
                return data
            case Mapping() if "times" in data:
                series = data.get("series")
                if not isinstance(series, Mapping):
                    series = {key: values for key, values in data.items() if key != "times"}
                return cls(series, data["times"])
            case PandasFrame():
                return cls.from_pandas(data)
            case _:
                rule = "insert takes a DataFrame, a pandas one, or a mapping with times and series"
                raise invalid("LIB-SHAPE", f"{type(data).__name__} is no data frame", rule)

    @classmethod
    def from_pandas(cls, frame: PandasFrame) -> "DataFrame":
        """Return the frame of a pandas one: its index needs a time zone, columns become series.

        NaN, NaT and NA mean no sample; nanoseconds are cut to microseconds.
        """
        table: Any = frame
        times = [_instant(value) for value in table.index]
        # A name may stand over two columns, so columns are taken by position.
        columns = [table.iloc[:, position] for position in range(len(table.columns))]
        names = [str(name) for name in table.columns]
        if len(set(names)) < len(names):
            raise invalid("LIB-SHAPE", "the pandas frame has two columns of one name")
        values = [column.astype(object).where(column.notna(), None) for column in columns]
        return cls(dict(zip(names, values, strict=True)), times)

    @classmethod
    def from_json(cls, data: object) -> "DataFrame":
        """Return the frame that the API answered; raises TransportError for another shape."""
        members = data if isinstance(data, dict) else {}
        times, series = members.get("times") or [], members.get("series") or {}
        if not isinstance(times, list) or not isinstance(series, dict):
            raise _unreadable("times and series")
        try:
            moments = read_moments(times, "result.data.times")
        except InvalidInput:
            raise _unreadable("times with a zone") from None
        for values in series.values():
            if not isinstance(values, list) or len(values) != len(moments):
                raise _unreadable("as many values as times")
            if not set(map(type, values)) <= _PLAIN:
                raise _unreadable("numbers or null")
        return cls._made(moments, {key: tuple(values) for key, values in series.items()})

    @classmethod
    def merge(cls, frames: "Sequence[DataFrame]") -> "DataFrame":
        """Return all frames as one, sorted by time; where two have a value, the later frame wins.

        A None does not replace a value.
        """
        frames = [frames] if isinstance(frames, DataFrame) else list(frames)
        times = tuple(sorted({time for frame in frames for time in frame.times}))
        places = {time: place for place, time in enumerate(times)}
        merged: dict[str, list[Number]] = {}
        for frame in frames:
            rows = [places[time] for time in frame.times]
            for key, values in frame.series.items():
                column = merged.setdefault(key, [None] * len(times))
                for row, value in zip(rows, values, strict=True):
                    if value is not None:
                        column[row] = value
        return cls._made(times, {key: tuple(column) for key, column in merged.items()})

    def rows(self, start: int, stop: int) -> "DataFrame":
        """Return the times from one position to another, with every series."""
        cut = {key: values[start:stop] for key, values in self.series.items()}
        return self._made(self.times[start:stop], cut)

    def columns(self, keys: Iterable[str]) -> "DataFrame":
        """Return some series, with every time."""
        return self._made(self.times, {key: self.series[key] for key in keys})

    def newest(self, count: int) -> "DataFrame":
        """Return each series' newest values, this many; times that then have none are left out."""
        kept: dict[str, list[Number]] = {}
        for key, values in self.series.items():
            filled = [at for at, value in enumerate(values) if value is not None][-count:]
            kept[key] = [None] * len(values)
            for at in filled:
                kept[key][at] = values[at]
        rows = [
            at for at in range(len(self.times)) if any(c[at] is not None for c in kept.values())
        ]
        times = tuple(self.times[at] for at in rows)
        return self._made(times, {key: tuple(c[at] for at in rows) for key, c in kept.items()})

    def to_json(self) -> Json:
        """Return the frame as insert takes it."""
        series = {key: list(values) for key, values in self.series.items()}
        return {"times": [moment_text(time) for time in self.times], "series": series}

    def to_pandas(self) -> Any:
        """Return a pandas data frame: an index in UTC, one column of floats for each series.

        Raises ImportError when pandas is not installed; syncer does not need it.
        """
        pandas = importlib.import_module("pandas")
        index = pandas.DatetimeIndex(self.times, tz="UTC")
        return pandas.DataFrame(
            {
                key: [math.nan if value is None else value for value in values]
                for key, values in self.series.items()
            },
            index=index,
        )

    @classmethod
    def _made(cls, times: tuple[datetime, ...], series: Series) -> "DataFrame":
        made = cls.__new__(cls)
        made._fill(times, series)
        return made

    def _fill(self, times: tuple[datetime, ...], series: Series) -> None:
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "series", series)


def check_keys(keys: Iterable[object], where: str) -> None:
    """Raise InvalidInput for the first key that is no input ID."""
    for key in keys:
        if not isinstance(key, str) or _INPUT.fullmatch(key) is None:
            rule = "an input ID is 1 to 128 of the characters a-z A-Z 0-9 - _ : . # + /"
            raise invalid("LIB-ID", f"{where}: {quoted(repr(key)[:60])} is no input ID", rule)


def _column(key: str, values: Iterable[object], length: int) -> tuple[Number, ...]:
    check_keys([key], "series")
    column = _listed(values)
    where = f"series[{key!r}]"
    if len(column) != length:
        summary = f"{where}: {len(column)} values for {length} times"
        raise invalid("LIB-SHAPE", summary, "every series has one value for each time")
    # A million values: what is plain and equal to itself, which NaN is not, needs no closer look.
    if set(map(type, column)) <= _PLAIN and all(map(_is_finite, column)):
        return tuple(column)
    return tuple(_number(value, f"{where}[{at}]") for at, value in enumerate(column))


def _is_finite(value: Any) -> bool:
    # math.isfinite cannot take the largest ints.
    return value is None or value - value == 0


def _number(value: Any, where: str) -> Number:
    plain = value.item() if hasattr(value, "item") else value
    # pandas has a value of its own for what is missing.
    if plain is None or type(plain).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(plain, float) and math.isnan(plain):
        return None
    if isinstance(plain, bool) or not isinstance(plain, int | float) or not _is_finite(plain):
        raise invalid("LIB-NUMBER", f"{where}: {quoted(repr(value)[:60])}", _NUMBER_RULE)
    return plain


def _listed(values: Iterable[Any]) -> list[Any]:
    """Return the values as a list; arrays and columns turn their elements into Python's own."""
    if hasattr(values, "tolist"):
        return list(values.tolist())
    return list(values)


def _instant(value: Any) -> datetime:
    # pandas keeps nanoseconds, and warns when they are dropped.
    plain = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    return read_moment(plain, "index")


def _unreadable(wanted: str) -> SyncerError:
    return TransportError.of("API-SHAPE", f"the API's answer: result.data has not {wanted}")
