"""CSV tables to samples: wide, with a column for each input, or long, with a row for each value.

In: the text of a file, and what was said about it. Out: a `Reading`. Core.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from difflib import get_close_matches
from functools import partial
from typing import Final

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.samples.cells import MalformedError, Record, Sheet
from syncer.samples.collecting import Collector
from syncer.samples.model import Number, Reading
from syncer.samples.values import Instant, Refusal, read_number, read_time, shorten

TIME_NAMES: Final = ("time", "timestamp", "datetime", "date", "ts")
INPUT_NAMES: Final = ("input", "input_id", "inputid", "signal", "series", "tag", "key")
VALUE_NAMES: Final = ("value", "values", "val")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is to be read; names are those of its header.

    `form` is `wide`, `long`, or `auto`: long when the header has a column of each kind.
    """

    zone: tzinfo | None = None
    has_comma: bool = False
    form: str = "auto"
    time: str | None = None
    input: str | None = None
    value: str | None = None


def read_table(file: str, text: str, layout: Layout) -> Reading:
    """Return the samples of a CSV text, with every error that it has."""
    sheet, collector = Sheet(file, text), Collector(file)
    try:
        return _Table(sheet, collector, layout).read()
    except MalformedError as error:
        rule = "the file is read as CSV, with double quotes around texts (RFC 4180)"
        refusal = Refusal("DAT-CSV", error.summary, rule, error.hint)
        collector.refuse(refusal, partial(sheet.locate, error.offset))
    return collector.finish()


class _Table:
    def __init__(self, sheet: Sheet, collector: Collector, layout: Layout) -> None:
        self._sheet = sheet
        self._collector = collector
        self._layout = layout
        self._times: dict[str, Instant | Refusal] = {}

    def read(self) -> Reading:
        records = self._sheet.records()
        header = next(records, None)
        if header is None:
            rule = "the first row names the columns"
            self._collector.refuse(Refusal("DAT-EMPTY", "the file is empty", rule), self._top)
            return self._collector.finish()
        columns = self._find_columns(header)
        if isinstance(columns, Refusal):
            self._collector.refuse(columns, partial(self._sheet.place, header))
            return self._collector.finish()
        if len(columns) == 1:
            self._read_wide(header, columns[0], records)
            return self._collector.finish()
        self._read_long(columns, len(header.cells), records)
        return self._collector.finish(tuple(self._unread(header, columns)))

    def _find_columns(self, header: Record) -> tuple[int, ...] | Refusal:
        """Return the columns of time, input and value; of a wide table, that of time alone."""
        layout, names = self._layout, [cell.lower() for cell in header.cells]
        said = (layout.time, layout.input, layout.value)
        found = [
            _find(names, name, known)
            for name, known in zip(said, (TIME_NAMES, INPUT_NAMES, VALUE_NAMES), strict=True)
        ]
        is_long = layout.form == "long" or (
            layout.form == "auto" and (layout.input or layout.value or None not in found)
        )
        if not is_long and layout.time is None:
            found = [0]
        elif not is_long:
            found = found[:1]
        kinds = ("--time-column", "--input-column", "--value-column")
        for place, name, kind in zip(found, said, kinds, strict=False):
            if place is None:
                return _missing_column(header.cells, name, kind)
        return tuple(place for place in found if place is not None)

    def _read_wide(self, header: Record, at: int, records: Iterator[Record]) -> None:
        columns: list[tuple[int, dict[int, Number]]] = []
        seen: set[str] = set()
        last = len(header.cells)
        while last > 1 and not header.cells[last - 1]:  # what spreadsheets leave behind
            last -= 1
        for index, key in enumerate(header.cells[:last]):
            place = partial(self._sheet.place, header, index)
            if index == at:
                continue
            if key in seen:
                rule = "each column is another input"
                refusal = Refusal("DAT-INPUT", f"{shorten(key)} heads two columns", rule)
                self._collector.refuse(refusal, place)
            elif (values := self._collector.declare(key, place)) is not None:
                columns.append((index, values))
            seen.add(key)
        for record in records:
            cells = record.cells
            if len(cells) < last or any(cells[last:]):
                self._refuse_width(record, last)
            elif any(cells):
                self._read_row(record, at, columns)

    def _read_row(
        self, record: Record, at: int, columns: Sequence[tuple[int, dict[int, Number]]]
    ) -> None:
        time = self._time(record, at)
        cells = record.cells
        # A million cells: this loop is most of what reading costs.
        for index, values in columns:
            if cells[index]:
                self._take(record, index, values, time)

    def _read_long(self, columns: tuple[int, ...], width: int, records: Iterator[Record]) -> None:
        time_at, input_at, value_at = columns
        for record in records:
            cells = record.cells
            if len(cells) != width:
                self._refuse_width(record, width)
                continue
            if not any(cells):
                continue
            time = self._time(record, time_at)
            place = partial(self._sheet.place, record, input_at)
            values = self._collector.declare(cells[input_at], place)
            self._take(record, value_at, {} if values is None else values, time)

    def _take(
        self, record: Record, index: int, values: dict[int, Number], time: int | None
    ) -> None:
        value = read_number(record.cells[index], has_comma=self._layout.has_comma)
        if isinstance(value, Refusal):
            self._collector.refuse(value, partial(self._sheet.place, record, index))
        elif value is not None and time is not None:
            if time in values:
                place = partial(self._sheet.place, record, index)
                self._collector.warn("DAT-DUPLICATE", place)
            values[time] = value

    def _time(self, record: Record, at: int) -> int | None:
        text = record.cells[at]
        # A long table says the same time for each of its inputs.
        time = self._times.get(text)
        if time is None:
            time = self._times[text] = read_time(text, self._layout.zone)
        if isinstance(time, Refusal):
            self._collector.refuse(time, partial(self._sheet.place, record, at))
            return None
        if time.is_cut:
            self._collector.warn("DAT-PRECISION", partial(self._sheet.place, record, at))
        return time.microseconds

    def _refuse_width(self, record: Record, width: int) -> None:
        summary = f"the row has {len(record.cells)} cells, and the header {width}"
        hint = ""
        if self._sheet.separator == "," and not self._layout.has_comma:
            hint = "decimal commas need another separator, or quotes"
        refusal = Refusal("DAT-CSV", summary, "every row has a cell for each column", hint)
        self._collector.refuse(refusal, partial(self._sheet.place, record, width))

    def _unread(self, header: Record, columns: tuple[int, ...]) -> Iterator[Diagnostic]:
        for index, name in enumerate(header.cells):
            if index not in columns and name:
                yield Diagnostic(
                    "DAT-COLUMN",
                    f"the column {shorten(name)} is not read",
                    self._sheet.place(header, index),
                    rule="of a long table, time, input and value are read",
                    hint="is this a wide table? --layout wide",
                    severity=Severity.WARNING,
                )

    @property
    def _top(self) -> Callable[[], Location]:
        return partial(Location, self._sheet.file, 1, 1)


def _find(names: Sequence[str], name: str | None, known: Sequence[str]) -> int | None:
    """Return the column of a name that was said, or of the first known one."""
    wanted = known if name is None else (name.strip().lower(),)
    return next((names.index(each) for each in wanted if each in names), None)


def _missing_column(header: Sequence[str], name: str | None, option: str) -> Refusal:
    rule = "the first row names the columns"
    if name is None:
        kind = option.removeprefix("--").removesuffix("-column")
        hint = f"name the column of the {kind}: {option} NAME"
        return Refusal("DAT-HEADER", f"no column is known as that of the {kind}", rule, hint)
    near = get_close_matches(name, header, 1)
    hint = f"did you mean {shorten(near[0])}?" if near else ""
    return Refusal("DAT-HEADER", f"no column is called {shorten(name)} ({option})", rule, hint)
