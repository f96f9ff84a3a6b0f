"""Data as text, CSV, JSON and Parquet."""

import csv
import io
import json
import sys
import types
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer import sinks
from syncer.errors import Misuse
from syncer.samples.outcome import Inserted
from syncer.views.frames import (
    BLOCKS,
    About,
    FrameTable,
    frame_csv,
    frame_json,
    frame_text,
    sparkline,
)
from syncer.views.insertions import inserted_json, inserted_text
from syncer.views.parquet import frame_parquet
from syncer.views.rows import rows_csv

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TIMES = [NOON, NOON + timedelta(minutes=1)]
TABLE = FrameTable(
    TIMES,
    {"i1_avg": [1, 2.5], "i1_max": [None, -3], "total": [None, None]},
    {"i1": About("=Money\x1b", "USD", {"name": "=Money\x1b"})},
)
values = st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=60)
FORMULAS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def test_text_is_a_line_for_each_series() -> None:
    assert frame_text(TABLE, has_blocks=True) == (
        'i1_avg  "=Money\\x1b" USD  n 2  min 1   max 2.5  last 2.5  ▁█\n'
        'i1_max  "=Money\\x1b" USD  n 1  min -3  max -3   last -3    ▁\n'
        "total                     n 0\n"
        "3 series, 2 times\n"
    )


def test_a_terminal_without_blocks_gets_ascii() -> None:
    assert frame_text(TABLE, has_blocks=False).isascii()
    assert frame_text(FrameTable([], {}), has_blocks=False) == "0 series, 0 times\n"


def test_csv_has_plain_numbers_and_quoted_heads() -> None:
    assert frame_csv(TABLE) == (
        '"time","i1_avg","i1_max","total"\n2026-01-01T12:00:00Z,1,,\n2026-01-01T12:01:00Z,2.5,-3,\n'
    )


def test_csv_heads_are_names_when_asked() -> None:
    single = FrameTable(TIMES, {"i1": [1, 2]}, TABLE.items)

    assert frame_csv(TABLE, has_names=True).startswith(
        '"time","\'=Money\\x1b (i1_avg)","\'=Money\\x1b (i1_max)","total"\n'
    )
    assert frame_csv(single, has_names=True).startswith('"time","\'=Money\\x1b"\n')


def test_json_holds_times_series_and_items() -> None:
    text = frame_json(TABLE)

    assert text.isascii()
    assert json.loads(text) == {
        "times": ["2026-01-01T12:00:00Z", "2026-01-01T12:01:00Z"],
        "series": {"i1_avg": [1, 2.5], "i1_max": [None, -3], "total": [None, None]},
        "items": {"i1": {"name": "=Money\x1b"}},
    }


@given(values, st.booleans())
def test_a_sparkline_is_short_and_never_fails(given_: list[float | None], blocks: bool) -> None:
    """A sparkline has a character for up to 24 parts; the greatest part has the highest one."""
    line = sparkline(given_, has_blocks=blocks)

    assert len(line) == min(len(given_), 24)
    if blocks:
        assert set(line) <= {*BLOCKS, " "}


def test_a_sparkline_shows_the_course() -> None:
    assert sparkline([1, 2, None, 8], has_blocks=True) == "▁▂ █"
    assert sparkline([5, 5], has_blocks=True) == "▁▁"
    assert sparkline([-1.7e308, 1.7e308], has_blocks=False) == "_#"
    assert sparkline([1.7e308] * 96, has_blocks=True) == "▁" * 24


# -- csv cells


@given(st.text())
def test_a_csv_cell_is_text_that_no_spreadsheet_calculates(text: str) -> None:
    """A cell reads back as one printable text, the same unless it had to be made harmless."""
    ((cell,),) = csv.reader(io.StringIO(sinks.csv(text), newline=""))

    assert cell.isprintable()
    assert not cell.lstrip().startswith(FORMULAS)
    if text.isprintable() and not text.lstrip().startswith(FORMULAS):
        assert cell == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1"])
def test_formulas_begin_with_an_apostrophe(text: str) -> None:
    assert sinks.csv(text).startswith("\"'")


def test_csv_keeps_backslashes_and_doubles_quotes() -> None:
    assert sinks.csv('C:\\a "b"\x00') == '"C:\\a ""b""\\x00"'


def test_rows_have_a_column_for_each_field_label_and_annotation() -> None:
    rows = [
        {"id": "s1", "name": "=A", "labels": {"site": ["Pier", "Yacht"]}, "visible": True,
         "enumValues": {"0": "ok"}, "item": None},
        {"id": "s2", "name": "B", "labels": {}, "annotations": {"a/b": "x"}, "visible": False},
    ]  # fmt: skip

    assert rows_csv(rows) == (
        '"id","item","name","enumValues","visible","annotations.a/b","labels.site"\n'
        '"s1","","\'=A","{""0"": ""ok""}","true","","Pier, Yacht"\n'
        '"s2","","B","","false","x",""\n'
    )
    assert rows_csv([]) == '"id"\n'


# -- parquet, and what came of an insert


def test_parquet_needs_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(Misuse, match="needs pyarrow"):
        frame_parquet(TABLE)


def test_parquet_has_typed_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    arrow, parquet, written = types.ModuleType("pyarrow"), types.ModuleType("parquet"), []
    stand_in: Any = arrow
    stand_in.timestamp = lambda unit, tz: f"timestamp {unit} {tz}"
    stand_in.float64 = lambda: "float"
    stand_in.field = lambda name, kind, metadata=None: (name, kind, metadata)
    stand_in.array = lambda listed, type: types.SimpleNamespace(type=type, values=list(listed))  # noqa: A006
    stand_in.schema = list
    stand_in.table = lambda columns, schema: ([column.values for column in columns], schema)
    stand_in.BufferOutputStream = lambda: types.SimpleNamespace(
        getvalue=lambda: types.SimpleNamespace(to_pybytes=lambda: b"PAR1")
    )
    stand_in_parquet: Any = parquet
    stand_in_parquet.write_table = lambda table, buffer: written.append(table)
    monkeypatch.setitem(sys.modules, "pyarrow", arrow)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)

    assert frame_parquet(TABLE) == b"PAR1"
    columns, schema = written[0]
    assert columns == [TIMES, [1.0, 2.5], [None, -3.0], [None, None]]
    assert schema[0] == ("time", "timestamp us UTC", None)
    assert schema[1] == ("i1_avg", "float", {"name": "=Money\x1b", "engUnit": "USD"})


def test_an_insert_is_told_with_what_is_missing() -> None:
    done = Inserted(20, 2, accepted=4, before=3, resent=2, unknown=5, requests=1)
    done.created = {f"s{n}" for n in range(12)}

    assert inserted_text(done) == (
        "Created 12 signals: s0, s1, s10, s11, s2, s3, s4, s5, s6, s7 and 2 more\n"
        "Accepted by the interrupted insert, and not sent again: 3\n"
        "Sent again, as nobody knew whether they had been accepted: 2\n"
        "Sent, and nobody knows whether they were accepted: 5\n"
        "Not inserted: 8\n"
        "Inserted 4 values of 2 signals in 1 request.\n"
    )
    assert json.loads(inserted_json(done))["unsent"] == 8
