"""Data frames: what they take, what they refuse, and that nothing is lost on the way."""

import math
import types
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.errors import TransportError
from syncer.providers.clarify.frames import DataFrame, check_keys
from syncer.providers.clarify.refusals import InvalidInput

START = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"]

moments = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
numbers = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
keys = st.text("abz019-_:.#+/", min_size=1, max_size=8)


@st.composite
def frames(draw: st.DrawFn) -> DataFrame:
    times = draw(st.lists(moments, max_size=6))
    columns = st.lists(numbers, min_size=len(times), max_size=len(times))
    return DataFrame(draw(st.dictionaries(keys, columns, max_size=4)), times)


@pytest.mark.property
@given(frames())
def test_a_frame_survives_its_json(frame: DataFrame) -> None:
    """DataFrame.from_json(frame.to_json()) == frame, to the microsecond."""
    assert DataFrame.from_json(frame.to_json()) == frame


@pytest.mark.property
@given(frames(), frames())
def test_merged_frames_have_every_value_and_the_later_one_wins(
    first: DataFrame, second: DataFrame
) -> None:
    """merge is the union of both by series and time, the second frame and row over the first."""
    merged = DataFrame.merge([first, second])

    expected = {**cells(first), **cells(second)}
    assert cells(merged) == expected
    assert set(merged.series) == {*first.series, *second.series}
    assert list(merged.times) == sorted({*first.times, *second.times})


def cells(frame: DataFrame) -> dict[tuple[str, datetime], object]:
    return {
        (key, time): value
        for key, values in frame.series.items()
        for time, value in zip(frame.times, values, strict=True)
        if value is not None
    }


@pytest.mark.property
@given(frames(), st.integers(min_value=1, max_value=4))
def test_the_newest_values_are_the_last_ones_of_each_series(frame: DataFrame, count: int) -> None:
    """newest(n) keeps the last n values of each series, and no row without any."""
    newest = frame.newest(count)

    for key, values in frame.series.items():
        filled = [value for value in values if value is not None]
        assert [value for value in newest.series[key] if value is not None] == filled[-count:]
    for at in range(len(newest.times)):
        assert any(values[at] is not None for values in newest.series.values())


def test_times_are_kept_in_utc() -> None:
    frame = DataFrame({}, ["2026-01-01T01:00:00.123456+01:00", "2026-01-01 00:00:00z", START])

    assert frame.times == (START + timedelta(microseconds=123456), START, START)
    assert {time.tzinfo for time in frame.times} == {UTC}


class Array:
    """An array of another library, which gives its elements away by `tolist`."""

    def __init__(self, *values: object) -> None:
        self._values = values

    def tolist(self) -> list[object]:
        return list(self._values)

    def __iter__(self) -> Iterator[object]:
        raise AssertionError("elements are taken by tolist")


class Scalar:
    """A number of another library, which becomes Python's own by `item`."""

    def item(self) -> float:
        return 2.5


class NAType:
    """What pandas has for a missing value, by its name."""


def test_arrays_of_other_libraries_are_taken() -> None:
    frame = DataFrame({"a": Array(1, math.nan), "b": [Scalar(), NAType()]}, Array(*TIMES))

    assert frame.series == {"a": (1, None), "b": (2.5, None)}


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([datetime(2026, 1, 1)], r"times\[0\]: .* has no zone: a time without"),  # noqa: DTZ001
        (["2026-01-01T00:00:00Z", "2026-01-01T00:00:00"], r"times\[1\]: .* has no zone"),
        (["2026-02-31T00:00:00Z"], "is no time"),
        (["yesterday"], "is no time"),
        ([1700000000], "is no time"),
    ],
)
def test_a_time_that_is_none_is_refused(times: list[object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        DataFrame({}, times)


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({"a b": [1, 2]}, "no input ID"),
        ({"": [1, 2]}, "no input ID"),
        ({"a": [1]}, "1 values for 2 times"),
        ({"a": [1, math.inf]}, r"series\['a'\]\[1\]: "),
        ({"a": [1, True]}, "finite number"),
        ({"a": [1, "2"]}, "finite number"),
    ],
)
def test_a_series_that_is_none_is_refused(series: dict[str, list[object]], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        DataFrame(series, TIMES)


def test_a_mapping_is_a_frame_in_both_forms() -> None:
    frame = DataFrame({"a": [1, 2]}, TIMES)

    assert DataFrame.of(frame) is frame
    assert DataFrame.of({"times": TIMES, "series": {"a": [1, 2]}}) == frame
    assert DataFrame.of({"times": TIMES, "a": [1, 2]}) == frame


@pytest.mark.parametrize("data", [{"a": [1]}, [1], None])
def test_anything_else_is_no_frame(data: Any) -> None:
    with pytest.raises(InvalidInput, match="is no data frame"):
        DataFrame.of(data)


def test_one_frame_merges_to_itself() -> None:
    frame = DataFrame({"a": [1, 2]}, TIMES)

    assert DataFrame.merge([frame]) == frame
    assert DataFrame.merge([]) == DataFrame({}, [])


@pytest.mark.parametrize(
    "answer",
    [
        {"times": {"a": 1}},
        {"times": [], "series": [1]},
        {"times": ["2026-01-01"], "series": {}},
        {"times": TIMES, "series": {"a": [1]}},
        {"times": TIMES, "series": {"a": [1, "x"]}},
        {"times": TIMES, "series": {"a": 1}},
    ],
)
def test_an_answer_of_another_shape_is_a_transport_error(answer: object) -> None:
    with pytest.raises(TransportError, match="the API's answer"):
        DataFrame.from_json(answer)


def test_no_data_is_an_empty_frame() -> None:
    assert DataFrame.from_json(None) == DataFrame({}, [])


def test_keys_of_a_frame_that_was_read_can_be_checked() -> None:
    with pytest.raises(InvalidInput, match="series: "):
        check_keys([7], "series")


def test_without_pandas_only_the_conversion_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)

    with pytest.raises(ImportError):
        DataFrame({}, []).to_pandas()


class Column:
    """The little of a pandas column that is used."""

    def __init__(self, *values: object) -> None:
        self.values = values

    def astype(self, kind: type) -> "Column":
        assert kind is object
        return self

    def notna(self) -> list[bool]:
        return [value == value for value in self.values]

    def where(self, kept: list[bool], other: object) -> "Column":
        pairs = zip(self.values, kept, strict=True)
        return Column(*(value if is_kept else other for value, is_kept in pairs))

    def tolist(self) -> list[object]:
        return list(self.values)


class Columns:
    def __init__(self, *columns: Column) -> None:
        self.columns = columns

    def __getitem__(self, place: tuple[slice, int]) -> Column:
        return self.columns[place[1]]


class Table:
    """The little of a pandas frame that is used; with pandas installed, see below."""

    def __init__(self, index: list[Any], names: list[object], *columns: Column) -> None:
        self.index = index
        self.columns = names
        self.iloc = Columns(*columns)


class Stamp:
    def to_pydatetime(self, *, warn: bool) -> datetime:
        assert not warn
        return START


def test_a_pandas_frame_becomes_a_frame() -> None:
    table = Table(
        [Stamp(), START + timedelta(hours=1)], ["a", 7], Column(1.0, math.nan), Column(2, 3)
    )

    assert DataFrame.of(table) == DataFrame({"a": [1.0, None], "7": [2, 3]}, TIMES)


def test_a_pandas_frame_has_each_column_once() -> None:
    with pytest.raises(InvalidInput, match="two columns of one name"):
        DataFrame.from_pandas(Table([START], ["a", "a"], Column(1), Column(2)))


def test_a_frame_becomes_a_pandas_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    pandas = types.SimpleNamespace(
        DatetimeIndex=lambda times, tz: (times, tz),
        DataFrame=lambda data, index: made.update(data=data, index=index),
    )
    monkeypatch.setitem(__import__("sys").modules, "pandas", pandas)

    DataFrame({"a": [1, None]}, TIMES).to_pandas()

    assert made["index"] == ((START, START + timedelta(hours=1)), "UTC")
    assert made["data"]["a"][0] == 1
    assert math.isnan(made["data"]["a"][1])


def test_a_frame_survives_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = DataFrame({"a": [1.5, None], "b": [None, 2.5]}, TIMES)

    table = frame.to_pandas()

    assert DataFrame.from_pandas(table) == frame
    assert DataFrame.of(table.convert_dtypes()) == DataFrame.of(frame)
    with pytest.raises(InvalidInput, match="has no zone"):
        DataFrame.of(pandas.DataFrame({"a": [1]}, index=pandas.DatetimeIndex(["2026-01-01"])))
