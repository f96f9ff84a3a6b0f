"""Files of values: what is read, what is refused, and where."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syncer.diagnostics import Diagnostic, Severity
from syncer.samples.calculated import (
    FormulaWish,
    ItemWish,
    read_formula_wish,
    read_item_wish,
)
from syncer.samples.cells import MalformedError, Sheet
from syncer.samples.collecting import MOST_FINDINGS
from syncer.samples.declared import find_undeclared, tell_undeclared
from syncer.samples.decoding import decode
from syncer.samples.documents import read_document
from syncer.samples.model import Number, Reading, Samples, write_instant
from syncer.samples.pieces import cut, encode, halve
from syncer.samples.spans import read_bound
from syncer.samples.tables import Layout, read_table
from syncer.samples.values import Instant, Refusal, read_number, read_time

OSLO = ZoneInfo("Europe/Oslo")
NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z
MINUTE = 60_000_000

keys = st.text("aZ9-_:.#+/", min_size=1, max_size=8)
numbers = st.one_of(st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False))
instants = st.integers(-(10**15), 4 * 10**15)
series = st.dictionaries(instants, numbers, min_size=1, max_size=5)
many = st.dictionaries(keys, series, min_size=1, max_size=4)


def read(text: str, layout: Layout | None = None) -> Reading:
    return read_table("x.csv", text, layout or Layout())


def told(reading: Reading) -> list[str]:
    return [f"{each.code} {each.location}" for each in reading.findings]


def values_of(reading: Reading) -> dict[str, list[Number]]:
    return {key: list(values.values()) for key, values in reading.samples.series.items()}


def plain(samples: Samples) -> dict[str, dict[int, float]]:
    return {key: {t: float(v) for t, v in s.items()} for key, s in samples.series.items()}


# -- wide and long tables


def test_a_wide_table_has_a_column_for_each_input() -> None:
    found = read("t,a,b\n2026-01-01T12:00:00Z,1,\n2026-01-01T13:01:00+01:00,2.5,nan\n")

    assert found.samples == Samples({"a": {NOON: 1, NOON + MINUTE: 2.5}})
    assert found.findings == ()
    assert str(found.places["a"]) == "x.csv:1:3"


def test_a_long_table_has_a_row_for_each_value() -> None:
    found = read("Time,Tag,Value\n2026-01-01T12:00:00Z,b,1\n2026-01-01T12:00:00Z,a,-2e3\n")

    assert found.samples == Samples({"a": {NOON: -2000}, "b": {NOON: 1}})
    assert [str(place) for place in found.places.values()] == ["x.csv:2:22", "x.csv:3:22"]


def test_columns_are_found_by_the_names_that_were_said() -> None:
    text = "wert,wann,name\n1,2026-01-01T12:00:00Z,a\n"

    found = read(text, Layout(time="Wann", input="name", value="wert"))

    assert found.samples == Samples({"a": {NOON: 1}})


def test_a_wide_table_may_have_columns_that_look_long() -> None:
    text = "time,input,value\n2026-01-01T12:00:00Z,1,2\n"

    assert values_of(read(text, Layout(form="wide"))) == {"input": [1], "value": [2]}
    assert values_of(read("a,t\n1,2026-01-01T12:00:00Z\n", Layout(time="t"))) == {"a": [1]}


def test_rows_need_no_order_and_the_later_of_two_values_wins() -> None:
    text = "t,a\n2026-01-01T12:01:00Z,1\n2026-01-01T12:00:00Z,2\n2026-01-01T13:00:00+01:00,3\n"

    found = read(text)

    assert values_of(found) == {"a": [3, 1]}
    assert told(found) == ["DAT-DUPLICATE x.csv:4:27"]
    assert found.findings[0].severity is Severity.WARNING


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_recognised(separator: str, end: str) -> None:
    text = end.join(["t,a,b", "2026-01-01T12:00:00Z,1,2", "", ",,", ""])

    assert values_of(read(text.replace(",", separator))) == {"a": [1], "b": [2]}


def test_excel_may_announce_its_separator() -> None:
    found = read("sep=;\nt;a\n2026-01-01T12:00:00Z;x\n")

    assert told(found) == ["DAT-NUMBER x.csv:3:22"]


def test_trailing_separators_of_spreadsheets_are_passed_over() -> None:
    assert values_of(read("t,a,,\n2026-01-01T12:00:00Z,1,,\n2026-01-01T12:01:00Z,2\n")) == {
        "a": [1, 2]
    }


def test_decimal_commas_are_read_when_they_are_said() -> None:
    text = 't;a\n2026-01-01T12:00:00Z;-1,5\n2026-01-01T12:01:00Z;2\n2026-01-01T12:02:00Z;"3,25"'

    assert values_of(read(text, Layout(has_comma=True))) == {"a": [-1.5, 2, 3.25]}
    assert "--decimal-comma" in read(text).findings[0].hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["DAT-EMPTY x.csv:1:1"]),
        ("\n \n", ["DAT-EMPTY x.csv:1:1"]),
        ("t,a\n", ["DAT-EMPTY x.csv"]),
        ("t,a\n2026-01-01T12:00:00Z,\n", ["DAT-EMPTY x.csv"]),
        ("t,a b,\x00\n", ["DAT-INPUT x.csv:1:3", "DAT-INPUT x.csv:1:7"]),
        ("t,a,a\n", ["DAT-INPUT x.csv:1:5"]),
        ("t,,a\n2026-01-01T12:00:00Z,1,1\n", ["DAT-INPUT x.csv:1:3"]),
        ("t,a\n2026-01-01T12:00:00Z\n", ["DAT-CSV x.csv:2:21"]),
        ("t,a\n2026-01-01T12:00:00Z,1,2\n", ["DAT-CSV x.csv:2:24"]),
        ("t,a\n,1\n", ["DAT-TIME x.csv:2:1"]),
        ("t,a\nx,y\n", ["DAT-TIME x.csv:2:1", "DAT-NUMBER x.csv:2:3"]),
        ('t,a\n"2026-01-01T12:00:00Z","=1+1"\n', ["DAT-NUMBER x.csv:2:24"]),
        ('t,a\n"\n\n2026-01-01T12:00:00Z",1\n"x', ["DAT-CSV x.csv:5:1"]),
        ('t,a\n2026-01-01T12:00:00Z,"1"2\n', ["DAT-CSV x.csv:2:25"]),
        ('t,a\n2026-01-01T12:00:00Z,"1\n\n2"\n', ["DAT-NUMBER x.csv:2:22"]),
        ("time,input,value\n2026-01-01T12:00:00Z,a\n", ["DAT-CSV x.csv:2:23"]),
        ("time,input,value\n,,\n2026-01-01T12:00:00Z,a b,x\n",
         ["DAT-INPUT x.csv:3:22", "DAT-NUMBER x.csv:3:26"]),
        ("time,input,value,unit,\n2026-01-01T12:00:00Z,a,1,bar,\n", ["DAT-COLUMN x.csv:1:18"]),
    ],
)  # fmt: skip
def test_every_error_has_a_place(text: str, expected: list[str]) -> None:
    found = read(text)

    assert told(found) == expected
    assert all(each.rule for each in found.findings)


def test_columns_that_are_not_there_are_named() -> None:
    missing = read("t,a\n", Layout(form="long"))
    wrong = read("wann,a\n", Layout(time="wan"))
    strange = read("wann,a\n", Layout(time="zzzzz"))

    assert missing.findings[0].hint == "name the column of the time: --time-column NAME"
    assert wrong.findings[0].hint == 'did you mean "wann"?'
    assert strange.findings[0].hint == ""


def test_of_many_errors_the_first_ones_are_told_and_the_others_counted() -> None:
    found = read("t,a\n" + "x,1\n" * 1000)

    assert len(found.findings) == MOST_FINDINGS + 1
    assert found.findings[-1].summary == "and 900 more errors like these"


def test_huge_cells_are_cut_in_messages() -> None:
    found = read("t,a\n" + "x" * 10_000_000 + ",1\n")

    assert len(found.findings[0].summary) < 100


# -- values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-0", 0), ("+1.50", 1.5), (".5", 0.5), ("1.", 1), ("1e3", 1000),
        ("9007199254740992", 2**53), ("9007199254740993", 2**53), ("1e17", 1e17), ("1e-400", 0),
        ("", None), ("NaN", None), ("nan", None),
    ],
)  # fmt: skip
def test_numbers_are_read(text: str, value: Number | None) -> None:
    found = read_number(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5", "are these decimal commas? --decimal-comma"),
        ("1,500,000", "write numbers without thousands separators"),
        ("1 500", "write numbers without thousands separators"),
        ("inf", "leave the cell empty"),
        ("-Infinity", "leave the cell empty"),
        ("1e400", ""), ("1_000", ""), ("٣", ""), ("0x10", ""), ("=1+1", ""), ("1.2.3", ""),
        ("true", ""), ("\x00", ""), ("9" * 500, ""),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str, hint: str) -> None:
    found = read_number(text)

    assert isinstance(found, Refusal)
    assert (found.code, found.hint) == ("DAT-NUMBER", hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("1.5", ""), ("1.500,5", "write numbers without thousands separators"), ("x", "")],
)
def test_with_decimal_commas_a_dot_is_refused(text: str, hint: str) -> None:
    found = read_number(text, has_comma=True)

    assert isinstance(found, Refusal)
    assert found.hint == hint


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-01-01T12:00:00Z", None, NOON),
        ("2026-01-01t13:00:00+01:00", None, NOON),
        ("2026-01-01 13:00 +0100", OSLO, NOON),
        ("2026-01-01T13:00", OSLO, NOON),
        ("2026-01-01", UTC, NOON - 720 * MINUTE),
        ("2026-01-01T12:00:00.000001Z", None, NOON + 1),
        ("2026-01-01T12:00:00.5Z", None, NOON + 500_000),
    ],
)
def test_times_are_read(text: str, zone: ZoneInfo | None, instant: int) -> None:
    assert read_time(text, zone) == Instant(instant)


def test_times_are_cut_to_microseconds() -> None:
    assert read_time("2026-01-01T12:00:00.000000999Z", None) == Instant(NOON, is_cut=True)
    assert read_time("2026-01-01T12:00:00.000001000Z", None) == Instant(NOON + 1)
    assert told(read("t,a\n2026-01-01T12:00:00.1234567Z,1\n")) == ["DAT-PRECISION x.csv:2:1"]


@pytest.mark.parametrize(
    ("text", "zone", "code", "words"),
    [
        ("2026-01-01T12:00:00", None, "DAT-ZONE", "--timezone"),
        ("2026-10-25T02:30:00", OSLO, "DAT-ZONE",
         "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"),
        ("2026-03-29T02:30:00", OSLO, "DAT-ZONE", "write it with its offset"),
        ("2026-02-30T00:00:00Z", None, "DAT-TIME", ""),
        ("2026-01-01T24:00:01Z", None, "DAT-TIME", ""),
        ("0001-01-01T00:00:00+01:00", None, "DAT-TIME", ""),
        ("9999-12-31T23:00:00", ZoneInfo("America/New_York"), "DAT-TIME", ""),
        ("1767268800", None, "DAT-TIME", "seconds since 1970"),
        ("01.01.2026 12:00", None, "DAT-TIME", ""),
        ("", None, "DAT-TIME", ""),
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(
    text: str, zone: ZoneInfo | None, code: str, words: str
) -> None:
    found = read_time(text, zone)

    assert isinstance(found, Refusal)
    assert found.code == code
    assert words in found.hint


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("now", 0), ("-7d", -604_800), ("+1h30m", 5400), ("-1w2s", -604_802)],
)
def test_bounds_may_be_relative(text: str, seconds: int) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    assert read_bound(text, now, None) == now + timedelta(seconds=seconds)


def test_bounds_may_be_times() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    assert read_bound("2026-01-01", now, UTC) == now - timedelta(hours=12)
    for text, code in (("x", "DAT-TIME"), ("-9999999w", "DAT-TIME"), ("2026-01-01", "DAT-ZONE")):
        found = read_bound(text, now, None)
        assert isinstance(found, Refusal)
        assert found.code == code


# -- bytes, and JSON


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"t,a\nx;\xe6", "x:2:3"), (b"\xef\xbb\xbf\xff", "x:1:1"), (b"\xff\xfea\x00", "x:1:1"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_utf_8_are_refused(data: bytes, place: str) -> None:
    found = decode("x", data)

    assert isinstance(found, Diagnostic)
    assert (found.code, str(found.location)) == ("DAT-ENCODING", place)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decode("x", b"\xef\xbb\xbfa") == "a"


def test_a_data_frame_in_json_is_read() -> None:
    document = {"times": ["2026-01-01T12:00:00Z", 1_767_268_860], "series": {"a": [1, None]}}

    found = read_document("x", json.dumps(document), None)

    assert found.samples == Samples({"a": {NOON: 1}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["DAT-JSON x:1:1"]),
        ('{\n"times": [}', ["DAT-JSON x:2:11"]),
        ("[" * 100_000, ["DAT-JSON x:1:1"]),
        ('{"times": [' + "1" * 5000 + '], "series": {}}', ["DAT-JSON x:1:1"]),
        ('{"times": [], "times": []}', ["DAT-JSON x:1:1"]),
        ('{"times": [1], "series": {"a": [NaN]}}', ["DAT-JSON x:1:1"]),
        ("[]", ["DAT-JSON x"]),
        ('{"times": [], "series": {}, "data": 1}', ["DAT-JSON x"]),
        ('{"times": [], "series": {}}', ["DAT-EMPTY x"]),
        ('{"times": [1], "series": {"a": 1, "b": [], "c d": [1]}}',
         ["DAT-JSON x", "DAT-JSON x", "DAT-INPUT x"]),
        ('{"times": [true, 1e3, 99999999999999, "x", "2026-01-01"], "series": {}}',
         ["DAT-TIME x", "DAT-TIME x", "DAT-TIME x", "DAT-TIME x", "DAT-ZONE x"]),
        ('{"times": [1, "x"], "series": {"a": [true, "1"], "b": [1, 1]}}',
         ["DAT-TIME x", "DAT-NUMBER x", "DAT-NUMBER x"]),
        ('{"times": [1], "series": {"a": [1' + "0" * 400 + "]}}", ["DAT-NUMBER x"]),
        ('{"times": [1, 1], "series": {"a": [1, 2]}}', ["DAT-DUPLICATE x"]),
        ('{"times": ["2026-01-01T12:00:00.0000001Z"], "series": {"a": [1]}}',
         ["DAT-PRECISION x"]),
    ],
)  # fmt: skip
def test_other_json_is_refused(text: str, expected: list[str]) -> None:
    assert told(read_document("x", text, None)) == expected


# -- laws


@given(many)
def test_what_is_written_as_csv_is_read_back(raw: Mapping[str, Mapping[int, Number]]) -> None:
    """read(write(samples)) == samples, in both layouts and with either decimal sign."""
    samples = Samples.of(raw)
    wide = ["time;" + ";".join(samples.series)]
    for time in samples.times:
        cells = ("" if time not in s else repr(s[time]) for s in samples.series.values())
        wide.append(";".join([write_instant(time), *cells]))
    long = ["time;input;value"]
    for key, each in samples.series.items():
        long += (f'{write_instant(time)};"{key}";{value!r}' for time, value in each.items())

    found = read("\n".join(wide), Layout(form="wide"))
    assert plain(found.samples) == plain(samples)
    assert plain(read("\n".join(long)).samples) == plain(samples)
    rows = (line.rsplit(";", 1) for line in long)
    commas = "\n".join(f"{first};{value.replace('.', ',')}" for first, value in rows)
    assert plain(read(commas, Layout(has_comma=True)).samples) == plain(samples)
    document = read_document("x", json.dumps(samples.to_json()), None)
    assert plain(document.samples) == plain(samples)


@settings(max_examples=300)
@given(
    st.one_of(st.binary(max_size=80), st.text('t,;"\n\r1.e-Z:= \x00', max_size=60).map(str.encode))
)
@example(b't,a\n"')
@example(b"sep=,")
def test_any_bytes_give_samples_or_findings(data: bytes) -> None:
    """No bytes make a reader raise, and without an error there is at least one value."""
    text = decode("x", data)
    if isinstance(text, Diagnostic):
        return
    for zone in (None, OSLO):
        for found in (
            read(text, Layout(zone)),
            read(text, Layout(zone, has_comma=True, form="long")),
            read_document("x", text, zone),
        ):
            has_errors = any(each.severity is Severity.ERROR for each in found.findings)
            assert has_errors or found.samples.count
            for values in found.samples.series.values():
                assert all(math.isfinite(value) for value in values.values())


@given(st.text('a",;\n ', max_size=30))
def test_cells_are_those_of_their_places(text: str) -> None:
    """Every cell stands where its place says, and records begin on the lines that they say."""
    sheet = Sheet("x", text)
    lines = text.split("\n")
    with suppress(MalformedError):
        for record in sheet.records():
            for index, cell in enumerate(record.cells):
                place = sheet.place(record, index)
                begins = lines[place.line - 1][place.column - 1 :]
                if not begins.startswith('"'):
                    assert begins.lstrip().startswith(cell)
            assert sheet.place(record).line == record.line


@given(many, st.integers(40, 400))
def test_pieces_hold_every_value_once(
    raw: Mapping[str, Mapping[int, Number]], max_bytes: int
) -> None:
    """The pieces are disjoint, their union is everything, and only single values are too large."""
    samples = Samples.of(raw)
    pieces = list(cut(samples, max_bytes=max_bytes))

    joined: dict[str, dict[int, Number]] = {}
    for piece in pieces:
        assert piece.count == 1 or len(encode(piece)) <= max_bytes
        for key, values in piece.series.items():
            assert not joined.setdefault(key, {}).keys() & values.keys()
            joined[key] |= values
    assert Samples.of(joined) == samples
    assert sum(piece.count for piece in pieces) == samples.count


def test_nothing_is_cut_into_nothing() -> None:
    assert list(cut(Samples({}))) == []


def test_series_with_their_own_times_are_cut_apart() -> None:
    lonely = Samples.of({f"s{n}": {n * 1000 + m: 1 for m in range(50)} for n in range(8)})
    shared = Samples.of({f"s{n}": dict.fromkeys(range(50), 1) for n in range(8)})

    assert [len(half.series) for half in halve(lonely)] == [4, 4]
    assert [len(half.series) for half in halve(shared)] == [8, 8]
    assert [len(half.series) for half in halve(Samples({"a": {1: 1}, "b": {1: 1}}))] == [1, 1]


# -- what no manifest declares


def test_undeclared_inputs_are_told_with_the_nearest_name() -> None:
    reading = read("t,amuont,x\n2026-01-01T12:00:00Z,1,1\n")
    undeclared = find_undeclared(reading, {"amount"})

    first, second = tell_undeclared(reading, undeclared, {"amount"}, "pier")

    assert undeclared == ["amuont", "x"]
    assert 'did you mean "amount"?' in first.hint
    assert str(first.location) == "x.csv:1:3"
    assert "--allow-undeclared" in second.hint


def test_of_many_undeclared_inputs_some_are_told() -> None:
    reading = read(
        "t," + ",".join(f"s{n}" for n in range(30)) + "\n2026-01-01T12:00:00Z" + ",1" * 30
    )

    found = list(tell_undeclared(reading, find_undeclared(reading, ()), (), "pier"))

    assert len(found) == 21
    assert found[-1].summary == "and 10 more inputs that no manifest declares"


# -- what is evaluated

ID = "c618rbfqfsj7mjkj0ss0"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (f"a={ID}", ItemWish("a", ID)),
        (f"a={ID}:max", ItemWish("a", ID, "max")),
        (
            f"a={ID}:state-seconds,state=1,lead=-2,lag=3",
            ItemWish("a", ID, "state-seconds", 1, -2, 3),
        ),
        ("a=items/pier/x:y", ItemWish("a", "items/pier/x:y")),
        ("a=items/pier/x:y:sum", ItemWish("a", "items/pier/x:y", "sum")),
    ],
)
def test_items_are_named_under_an_alias(text: str, wish: ItemWish) -> None:
    assert read_item_wish(text) == wish


def test_an_address_names_a_signal() -> None:
    assert ItemWish("a", "items/pier/x/y").signal == ("pier", "x/y")
    assert ItemWish("a", ID).signal is None


@pytest.mark.parametrize(
    "text",
    ["", "a", f"1={ID}", "a=x", f"a={ID}:median", f"a={ID}:avg,leed=1", f"a={ID}:avg,lead=1,lead=2",
     f"a={ID}:avg,lead=x"],
)  # fmt: skip
def test_other_items_are_refused(text: str) -> None:
    found = read_item_wish(text)

    assert isinstance(found, Refusal)
    assert found.code == "DAT-ITEM"


def test_formulas_are_named_under_an_alias() -> None:
    assert read_formula_wish("t=a = b") == FormulaWish("t", "a = b")
    for text in ("", "t", "t=", "t= ", "a b=c"):
        assert isinstance(read_formula_wish(text), Refusal)
