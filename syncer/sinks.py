"""Escapers, one per place where text leaves the program.

Text from manifests or the API goes in; text that cannot act in that place comes out, on one line.
"""

import json
import re
import unicodedata

# Other, format, surrogate, private use and line separators: invisible, or acting on what is shown.
_ACTIVE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAMED_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IDENTIFIER = re.compile(r"\w[\w./+-]*", re.ASCII)
_BACKTICKS = re.compile("`+")
# Beginnings that spreadsheets take for formulas, the full-width ones too (OWASP, CSV injection).
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def terminal(text: str) -> str:
    """Return the text on one line, with nothing in it that acts on a terminal or a CI log.

    The result is injective: two different texts never look the same.
    """
    if not (text.isascii() and text.isprintable() and "\\" not in text):
        composed = unicodedata.is_normalized("NFC", text)
        text = "".join(_visible(character, composed=composed) for character in text)
    # `##[` and `##vso[` are commands to GitHub's and Azure's runners, anywhere in a line.
    return text.replace("##", "#\\x23")


def leading(text: str) -> str:
    """Return text that begins a line: as `terminal` does, in quotes unless it is like an ID.

    `::add-mask::` is a command at the beginning of a line, and `Plan: 0 to change` is a lie there.
    """
    return text if _IDENTIFIER.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """Return the text as `terminal` does, in double quotes."""
    return '"' + terminal(text).replace('"', '\\"') + '"'


def markdown(text: str) -> str:
    """Return the text as a code span in which no Markdown, HTML or mention is active."""
    return code_span(terminal(text))


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return the value as JSON with sorted keys, ASCII only, ending in a newline.

    Readers see the value as it is. `##` is written with an escape: `##[...]` and `##vso[...]` are
    commands wherever they stand in a CI log.
    """
    text = json.dumps(value, indent=indent, sort_keys=True, allow_nan=False)
    return text.replace("##", "#\\u0023") + "\n"


def code_span(shown: str) -> str:
    """Return text that `terminal` or `quoted` made as a Markdown code span."""
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    # A pipe ends a table cell even inside a code span.
    return f"{fence}{padding}{shown}{padding}{fence}".replace("|", "\\|")


def csv(text: str) -> str:
    """Return the text as a quoted cell of a CSV file that no spreadsheet takes for a formula.

    What would be one begins with an apostrophe, and characters that draw nothing are escaped.
    """
    begins = text.startswith(_FORMULAS) or text.lstrip().startswith(_FORMULAS)
    if not text.isprintable():
        text = "".join(each if each == " " else _drawn(each) for each in text)
    guard = "'" if begins else ""
    return '"' + guard + text.replace('"', '""') + '"'


def _drawn(character: str) -> str:
    return character if character.isprintable() else _visible(character, composed=True)


def _visible(character: str, *, composed: bool) -> str:
    named = _NAMED_ESCAPES.get(character)
    if named is not None:
        return named
    if character.isascii():
        return character if character.isprintable() else f"\\x{ord(character):02x}"
    category = unicodedata.category(character)
    hidden = category in _ACTIVE_CATEGORIES or category == "Zs"
    if hidden or (category == "Mn" and not composed) or _is_blank(character):
        return _escape(ord(character))
    return character


def _is_blank(character: str) -> bool:
    # Letters that draw nothing (Hangul fillers), variation selectors and the grapheme joiner.
    return character in "\u115f\u1160\u3164\uffa0\u034f" or "\ufe00" <= character <= "\ufe0f"


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
