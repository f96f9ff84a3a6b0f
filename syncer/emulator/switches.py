"""Settings as texts, for a command line.

In: texts `NAME=VALUE`. Out: `Settings`, or SwitchError with the nearest valid name; and one
`Switch` per setting, to be listed.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_type_hints

from syncer.emulator.durations import parse_duration
from syncer.emulator.settings import Settings

_FLAGS = {"true": True, "false": False}


class SwitchError(ValueError):
    """A text that sets nothing."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One setting: its name, what it may be, what it is, and what for."""

    name: str
    choices: str
    default: str
    doc: str


def list_switches() -> tuple[Switch, ...]:
    """Return every setting, in the order of `Settings`."""
    hints = get_type_hints(Settings, include_extras=True)
    return tuple(
        Switch(
            name=field.name.replace("_", "-"),
            choices=_describe(field.default),
            default=_write(field.default),
            doc=getattr(hints[field.name], "__metadata__", ("",))[0],
        )
        for field in fields(Settings)
    )


def read_switches(texts: Iterable[str], settings: Settings | None = None) -> Settings:
    """Return the settings with what the texts set; raises SwitchError."""
    found = settings or Settings()
    for text in texts:
        name, sign, value = text.partition("=")
        field_name = _find_name(name.strip())
        if not sign:
            raise SwitchError(f"{text!r} is not NAME=VALUE")
        read = _read(field_name, getattr(found, field_name), value.strip())
        change: dict[str, Any] = {field_name: read}
        found = replace(found, **change)
    return found


def _find_name(name: str) -> str:
    known = [switch.name for switch in list_switches()]
    wanted = name.replace("_", "-").lower()
    if wanted in known:
        return wanted.replace("-", "_")
    near = get_close_matches(wanted, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
    raise SwitchError(f"{name!r} is no setting{hint}")


def _read(name: str, before: object, text: str) -> object:
    found = _convert(before, text)
    is_duration = name.endswith("gap_detection")
    if found is None or (is_duration and not parse_duration(text)):
        choices = "a fixed RFC 3339 duration" if is_duration else _describe(before)
        near = get_close_matches(text, choices.split(" or "), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SwitchError(f"{text!r} does not set {name.replace('_', '-')}: give {choices}{hint}")
    return found


def _convert(before: object, text: str) -> object:
    """Return the text as a value of the type that the setting has, or None."""
    match before:
        case Enum():
            return next((member for member in type(before) if member.value == text), None)
        case bool():
            return _FLAGS.get(text.lower())
        case int():
            return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        case float():
            return _read_number(text)
        case _:
            return text


def _read_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _describe(default: object) -> str:
    match default:
        case Enum():
            return " or ".join(str(member.value) for member in type(default))
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number"
        case _:
            return "a text"


def _write(default: object) -> str:
    match default:
        case Enum():
            return str(default.value)
        case bool():
            return str(default).lower()
        case _:
            return str(default)
