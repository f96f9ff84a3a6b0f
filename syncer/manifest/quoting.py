"""How a text is written as a scalar: plain where every reader of YAML takes it for that text."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from syncer.manifest.characters import BIDI, CONTROL, INVISIBLE
from syncer.manifest.scalars import resolve
from syncer.resources import Value

# What other readers of YAML, and version 1.1, take for something else than text.
_OTHERWISE: Final = re.compile(
    r"[yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF"
    r"|[tT]rue|TRUE|[fF]alse|FALSE|[nN]ull|NULL|~|=|<<"
    r"|[-+]?0[bB][01_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO]?[0-7_]+"
    r"|[-+]?[0-9][0-9_,]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"
)
_FIRST: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[-?:](?=[^\s,\[\]{}])")
_ENDS_PLAIN: Final = re.compile(r":(?:\s|$)|\s#")
# libyaml takes a colon at the beginning for an indicator there, whatever follows.
_ENDS_PLAIN_IN_FLOW: Final = re.compile(r"^:|[,\[\]{}?]|:(?:[\s,\[\]{}]|$)")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n"}


def write_text(text: str, *, in_flow: bool) -> str:
    """Return the text as a scalar: plain where that is safe, else in double quotes."""
    return text if is_safe_plain(text, in_flow=in_flow) else quote(text)


def is_safe_plain(text: str, *, in_flow: bool) -> bool:
    """Whether the text may stand without quotes and be read as this text by everybody."""
    return (
        _FIRST.match(text) is not None
        and not is_read_otherwise(text)
        and text == text.strip()
        and not text.startswith("---")
        and text != "..."
        and _ENDS_PLAIN.search(text) is None
        and not (in_flow and _ENDS_PLAIN_IN_FLOW.search(text))
        and _is_shown(text)
    )


def is_read_otherwise(text: str) -> bool:
    """Whether a plain scalar of this text is no text, here or for another reader of YAML."""
    return _OTHERWISE.fullmatch(text) is not None or not is_text(text)


def is_text(text: str) -> bool:
    """Whether our own reader takes a plain scalar for text."""
    try:
        return isinstance(resolve(text), str)
    except OverflowError:
        return False


def is_writable(text: str) -> bool:
    """Whether a manifest can hold the text: in no spelling are control characters read."""
    return CONTROL.search(text) is None and BIDI.search(text) is None and "\r" not in text


def write_key(key: str) -> str:
    """Return a key as it is written; numbers, which enum texts have, stay plain."""
    is_number = key.isascii() and key.isdigit() and (key == "0" or key[0] != "0")
    return key if is_number else write_text(key, in_flow=True)


def write_inline(value: Value) -> str:
    """Return any value of a manifest on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            pairs = (f"{write_key(key)}: {write_inline(each)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(write_inline, value)) + "]"
        case _:
            return write_text(str(value), in_flow=True)


def quote(text: str) -> str:
    """Return the text in double quotes, with what cannot be seen as escapes."""
    return '"' + "".join(map(_escape, text)) + '"'


def quote_singly(text: str) -> str | None:
    """Return the text in single quotes; None if it has what must be escaped."""
    return "'" + text.replace("'", "''") + "'" if _is_shown(text) else None


def _is_shown(text: str) -> bool:
    """Whether every character draws something, and would still do so on its own."""
    if text.isascii():
        return text.isprintable()
    return all(map(_is_seen, text))


def _is_seen(character: str) -> bool:
    return (
        character.isprintable()
        and INVISIBLE.match(character) is None
        and not unicodedata.category(character).startswith("M")
    )


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    # Marks join the letter before them; written out, both can be seen.
    if _is_seen(character):
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
