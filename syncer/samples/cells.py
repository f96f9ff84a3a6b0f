"""Text of a CSV file to records of cells, and the place of any cell.

In: text, and the separator. Out: records in order, with the line that each begins on. Quotes are
those of RFC 4180; a cell may hold line ends. Core.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Location

_SEPARATORS: Final = ",;\t"
_ANNOUNCED: Final = re.compile(r"sep=([,;\t])\n?")
_QUOTE: Final = '"'


class MalformedError(Exception):
    """The quotes of a record do not add up; `offset` is where."""

    def __init__(self, offset: int, summary: str, hint: str) -> None:
        super().__init__(summary)
        self.offset = offset
        self.summary = summary
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Record:
    """A row: where it begins, and its cells without quotes and the spaces around them."""

    start: int
    line: int
    cells: list[str]


class Sheet:
    """The rows of one CSV text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = text
        # Excel announces its separator in a line before the header.
        announced = _ANNOUNCED.match(text)
        self._start = announced.end() if announced else 0
        self.separator = announced[1] if announced else _find_separator(text)
        self._scanned: tuple[int, list[tuple[int, str]], int] = (-1, [], 0)
        self._plain = re.compile(f"[^{self.separator}\n]*")

    def records(self) -> Iterator[Record]:
        """Yield all rows but blank ones; raises MalformedError where quotes do not add up."""
        text, separator = self._text, self.separator
        at, line, length = self._start, text.count("\n", 0, self._start) + 1, len(self._text)
        while at < length:
            end = text.find("\n", at)
            end = length if end < 0 else end
            source = text[at:end]
            if _QUOTE in source:
                cells, end = self._scan(at)
                yield Record(at, line, [cell.strip() for _, cell in cells])
            elif source and not source.isspace():
                yield Record(at, line, [cell.strip() for cell in source.split(separator)])
            line += text.count("\n", at, end) + 1
            at = end + 1

    def place(self, record: Record, index: int = 0) -> Location:
        """Return where a cell of a record begins; a cell that it lacks would begin at its end."""
        if self._scanned[0] != record.start:  # a header is asked for the place of every cell
            self._scanned = (record.start, *self._scan(record.start))
        _, cells, end = self._scanned
        offset = cells[index][0] if index < len(cells) else end
        line = record.line + self._text.count("\n", record.start, offset)
        return self._locate(offset, line)

    def locate(self, offset: int) -> Location:
        """Return the line and column of an offset."""
        return self._locate(offset, self._text.count("\n", 0, offset) + 1)

    def _locate(self, offset: int, line: int) -> Location:
        return Location(self.file, line, offset - self._text.rfind("\n", 0, offset))

    def _scan(self, start: int) -> tuple[list[tuple[int, str]], int]:
        """Return the cells of the record at an offset, each with its own, and where it ends."""
        text, at = self._text, start
        cells: list[tuple[int, str]] = []
        while True:
            end = self._end_of_cell(at)
            if text.startswith(_QUOTE, at):
                cells.append((at, text[at + 1 : end - 1].replace('""', '"')))
            else:
                cells.append((at, text[at:end]))
            if end == len(text) or text[end] == "\n":
                return cells, end
            if text[end] != self.separator:
                hint = "double a quote that stands inside quotes"
                raise MalformedError(end, "text follows the closing quote of a cell", hint)
            at = end + 1

    def _end_of_cell(self, at: int) -> int:
        text = self._text
        if not text.startswith(_QUOTE, at):
            plain = self._plain.match(text, at)
            return plain.end() if plain else at
        end = text.find(_QUOTE, at + 1)
        while text.startswith('""', end) and end >= 0:
            end = text.find(_QUOTE, end + 2)
        if end < 0:
            hint = "close it, or double it if it belongs to the text"
            raise MalformedError(at, "a quote is never closed", hint)
        return end + 1


def _find_separator(text: str) -> str:
    """Return which separator the first line has most of; an input ID can hold none of them."""
    header = next((line for line in text[: 1 << 20].split("\n") if line.strip()), "")
    return max(_SEPARATORS, key=header.count)
