"""Plain scalars as the core schema of YAML 1.2 reads them (yaml.org/spec/1.2.2, section 10.3)."""

import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

# A plain scalar that begins otherwise is text; "" is null and begins with nothing.
TYPED_START: Final = frozenset("-+.0123456789tTfFnN~")
LONGEST_NUMBER: Final = 32

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|(?P<octal>0o[0-7]+)|(?P<hexadecimal>0x[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def resolve(text: str) -> Scalar:
    """Return what a plain scalar means; text that is no null, boolean or number stays text.

    Raises OverflowError for a number of more than 32 characters.
    """
    if text in _WORDS:
        return _WORDS[text]
    integer = _INTEGER.fullmatch(text)
    if integer is None and _FLOAT.fullmatch(text) is None:
        return text
    if len(text) > LONGEST_NUMBER:
        raise OverflowError
    if integer is None:
        return float(text)
    return int(text, {None: 10, "octal": 8, "hexadecimal": 16}[integer.lastgroup])
