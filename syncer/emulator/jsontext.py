"""JSON as the service reads and writes it.

In: bytes of a request, or values. Out: values without duplicate members, or the bytes that Go's
encoding/json would write, which the resource hashes are made of.
"""

import json
import re
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_GO_ESCAPES = (
    ("&", "\\u0026"),
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


class NotJsonError(ValueError):
    """The bytes are not one JSON value with unique member names."""


def read_json(body: bytes) -> JsonValue:
    """Return the value in the bytes; raises NotJsonError."""
    try:
        value: JsonValue = json.loads(
            body.decode(), object_pairs_hook=_unique_members, parse_constant=_refuse_constant
        )
        return _pair_surrogates(value) if _SURROGATE.search(body) else value
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from error


def write_json(value: object) -> str:
    """Return the value as Go writes it: compact, and HTML escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _GO_ESCAPES:
        if character in text:
            text = text.replace(character, escape)
    return text


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotJsonError("an object has two members of the same name")
    return members


def _refuse_constant(name: str) -> JsonValue:
    raise NotJsonError(f"{name} is not JSON")


def _pair_surrogates(value: JsonValue) -> JsonValue:
    # Go reads an unpaired surrogate as U+FFFD; Python would keep it, and SQLite cannot store it.
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_pair_surrogates(element) for element in value]
        case dict():
            return {str(_pair_surrogates(key)): _pair_surrogates(value[key]) for key in value}
        case _:
            return value
