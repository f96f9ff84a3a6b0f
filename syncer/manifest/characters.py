"""Bytes of a file as text, with every character that acts on its reader refused.

libyaml reads UTF-16, takes U+0085, U+2028 and U+2029 as line breaks even in comments, and reports
control characters by byte only, so all of this is judged before it sees the bytes.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from syncer.diagnostics import Diagnostic, Location

_PRINTED_ASCII = bytes([9, 10, 13, *range(32, 127)])
_BREAK = re.compile("\n")
_BARE_RETURN = re.compile(r"\r(?!\n)")
_MARK = b"\xef\xbb\xbf"

# Control characters, line breaks of YAML 1.1, private use, and what is no character at all.
CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufeff\ufdd0-\ufdef"
    "\ufffe\uffff\U000f0000-\U0010ffff]"
)
# What turns the direction of text: the reviewer reads another value than the program.
BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What draws nothing, or draws like an ordinary space.
INVISIBLE: Final = re.compile(
    "[\u00a0\u00ad\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200d\u202f\u205f-\u2065"
    "\u206a-\u206f\u3000\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, and what kinds of character it holds."""

    file: str
    text: str
    foreign: str  # each character beyond ASCII, once
    has_escapes: bool


def decode(file: str, data: bytes) -> Text | Diagnostic:
    """Return the text of a file, or why it is not text that can be read safely."""
    data = data.removeprefix(_MARK)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_text(file, data, error.start)
    # Dropping the ASCII bytes leaves valid UTF-8, so each odd character is looked at only once.
    odd = "".join(sorted(set(data.translate(None, _PRINTED_ASCII).decode("utf-8"))))
    refused = [text.index(character) for character in CONTROL.findall(odd)]
    if "\r" in text and (bare := _BARE_RETURN.search(text)):
        refused.append(bare.start())
    if refused:
        return _control(file, text, min(refused))
    return Text(file, text, odd, "\\" in text)


class Lines:
    """Line and column of any offset; the lines are counted once, when the first is asked for."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] = []

    def locate(self, offset: int) -> Location:
        """Return the place of the character at an offset."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        line = bisect_right(self._starts, offset)
        return Location(self.file, line, offset - self._starts[line - 1] + 1)


def _control(file: str, text: str, index: int) -> Diagnostic:
    return Diagnostic(
        "YML-CTRL",
        f"the file contains the character U+{ord(text[index]):04X}",
        Lines(file, text).locate(index),
        rule="control characters, private characters and line breaks other than LF and CRLF"
        " are not read: editors and YAML readers disagree about them",
        hint="remove it; inside a text write a space or leave it out",
    )


def _not_text(file: str, data: bytes, start: int) -> Diagnostic:
    before = data[:start].decode("utf-8")
    return Diagnostic(
        "YML-ENC",
        f"the file is not UTF-8: byte {start} is 0x{data[start]:02x}",
        Lines(file, before).locate(len(before)),
        rule="manifests are UTF-8 text",
        hint="save the file as UTF-8",
    )
