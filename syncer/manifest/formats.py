"""The formats of single values, each with the code and the words it is refused with.

From docs.clarify.io/api/1.1/types/fields, and pyclarify 0.7.0 where the page gives no length.
"""

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from pydantic import StringConstraints

LONG_NAME: Final = 100  # beyond it, some of the service's pages cut a name


@dataclass(frozen=True, slots=True)
class Rule:
    """How a format is refused: the code, the rule in a user's words, and the remedy."""

    code: str
    text: str
    hint: str = ""
    is_filled: bool = True  # whether the empty text breaks the rule


# With these numbers of digits no duration is too long for the service's 64 bits of nanoseconds.
_SECONDS = r"[0-9]{1,9}(\.[0-9]{1,9})?S"
_MINUTES = rf"[0-9]{{1,7}}M({_SECONDS})?"
_TIME = rf"T([0-9]{{1,6}}H({_MINUTES}|{_SECONDS})?|{_MINUTES}|{_SECONDS})"
_DAYS = r"[0-9]{1,4}D"
_DURATION = rf"^-?P(([0-9]{{1,3}}W({_DAYS})?|{_DAYS})({_TIME})?|{_TIME})$"
_KEY = r"^[A-Za-z0-9_/-]{1,128}$"
_ALIAS = r"[a-z][a-z0-9-]*"
_INPUT = r"[a-zA-Z0-9_:.#+/-]{1,128}"

InputId: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=f"^{_INPUT}$"),
    Rule("MAN-ID", "an input ID is 1 to 128 of the characters a-z A-Z 0-9 - _ : . # + /"),
]
MapKey: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=_KEY),
    Rule("MAN-KEY", "a key is 1 to 128 of the characters a-z A-Z 0-9 - _ /"),
]
VocabularyKey: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(\*|[A-Za-z0-9_/-]{1,128})$"),
    Rule("MAN-KEY", 'a label key is 1 to 128 of the characters a-z A-Z 0-9 - _ /, or "*"'),
]
EnumKey: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})$"),
    Rule("MAN-ENUM-KEY", "an enum key is a whole number from 0 to 9999 without leading zeros"),
]
SignalAddress: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=f"^signals/{_ALIAS}/{_INPUT}$"),
    Rule("MAN-ID", "a signal's address is signals/<integration>/<input id>"),
]
Alias: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=f"^{_ALIAS}$"),
    Rule(
        "MAN-ID",
        "an integration alias begins with a letter, then has a-z 0-9 and -",
    ),
]
Duration: TypeAlias = Annotated[
    Annotated[str, StringConstraints(pattern=_DURATION)] | None,
    Rule("MAN-DURATION", "a duration is weeks, days, hours, minutes and seconds"),
]
Name: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    Rule("MAN-LENGTH", "a name has 1 to 128 characters"),
]
EnumText: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    Rule("MAN-LENGTH", "an enum text has 1 to 128 characters"),
]
Description: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=1000),
    Rule("MAN-LENGTH", "a description has at most 1000 characters", is_filled=False),
]
Unit: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=255),
    Rule("MAN-LENGTH", "a unit has at most 255 characters", is_filled=False),
]
Pattern: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=256),
    Rule("MAN-LENGTH", "a pattern has at most 256 characters", is_filled=False),
]
FieldPath: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^(name|description|engUnit|valueType|sourceType|enumValues|sampleInterval"
        r"|gapDetection|visible|(labels|annotations)(\.[A-Za-z0-9_/-]{1,128})?)$"
    ),
    Rule("MAN-VALUE", "what can be ignored is a field, labels.<key> or annotations.<key>"),
]
