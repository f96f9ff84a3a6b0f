"""Bytes of a file to text, or to why they are no text that can be trusted.

In: bytes. Out: text without a byte order mark, or a finding at the first byte that is wrong. Core.
"""

import codecs
from typing import Final

from syncer.diagnostics import Diagnostic, Location

_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_RULE: Final = "files are UTF-8, so that every letter means the same on every machine"


def decode(file: str, data: bytes) -> str | Diagnostic:
    """Return the text, or the finding for bytes that are not UTF-8."""
    if data.startswith(_MARKS):
        hint = "save it as UTF-8 (in Excel: CSV UTF-8)"
        place = Location(file, 1, 1)
        return Diagnostic("DAT-ENCODING", "the file is UTF-16", place, rule=_RULE, hint=hint)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = data[error.start]
        summary = f"the file is not UTF-8: byte {error.start} is 0x{byte:02x}"
        hint = "save it as UTF-8 (in Excel: CSV UTF-8), or: iconv -f CP1252 -t UTF-8"
        place = Location(file, line, column)
        return Diagnostic("DAT-ENCODING", summary, place, rule=_RULE, hint=hint)
