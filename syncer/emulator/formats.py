"""The formats of field values, one check each.

In: texts. Out: whether they have the format. Sources: docs.clarify.io/api/1.1/types/fields and
the constraints declared by pyclarify 0.7.0 and node-red-contrib-clarify 2.2.1.
"""

import re

from syncer.emulator.ids import ID_PATTERN

LONGEST_NAME = 128
LONGEST_DESCRIPTION = 1000
LONGEST_UNIT = 255
LONGEST_ENUM_TEXT = 128

VALUE_TYPES = ("numeric", "enum")
SOURCE_TYPES = ("measurement", "aggregation", "prediction")

_ID = re.compile(ID_PATTERN, re.ASCII)
_INPUT = re.compile(r"[a-zA-Z0-9\-_:.#+/]{1,128}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9\-_/]{1,128}", re.ASCII)
_STATE = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)


def is_id(text: str) -> bool:
    """Tell whether the text is a resource ID."""
    return _ID.fullmatch(text) is not None


def is_input(text: str) -> bool:
    """Tell whether the text is an input ID."""
    return _INPUT.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Tell whether the text can name a label or an annotation."""
    return _KEY.fullmatch(text) is not None


def is_state(text: str) -> bool:
    """Tell whether the text is an enum value's number, 0 to 9999."""
    return _STATE.fullmatch(text) is not None
