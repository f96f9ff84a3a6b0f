"""JSON data frames, in the API's own form, to samples.

In: text with `times` and `series`. Out: a `Reading`; places are lines for text that is no JSON, and
paths such as `series["a"][3]` for values. docs.clarify.io/api/1.1/methods/integration/insert. Core.
"""

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Final, NoReturn

from syncer.diagnostics import Location
from syncer.samples.collecting import Collector
from syncer.samples.model import Number, Reading, read_instant
from syncer.samples.values import Refusal, read_time, shorten

_MEMBERS: Final = ("times", "series")
_FORM: Final = 'a data frame is {"times": [...], "series": {"<input ID>": [...]}}'
_NUMBER_RULE: Final = "a value is a finite number, or null for no sample"


def read_document(file: str, text: str, zone: tzinfo | None) -> Reading:
    """Return the samples of a JSON text, with every error that it has."""
    collector = Collector(file)
    refusal: Refusal | None = None
    place = Location(file, 1, 1)
    document: object = None
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        refusal = Refusal("DAT-JSON", f"the text is no JSON: {error.msg}", _FORM)
        place = Location(file, error.lineno, error.colno)
    except _NotPlainError as error:
        refusal = Refusal("DAT-JSON", str(error), _FORM)
    except (ValueError, RecursionError):
        refusal = Refusal("DAT-JSON", "the text is nested too deeply, or has endless digits", _FORM)
    if refusal is not None:
        collector.refuse(refusal, lambda: place)
    else:
        _Frame(file, collector, zone).read(document)
    return collector.finish()


class _NotPlainError(Exception):
    """A name stands twice, or a constant is no JSON."""


class _Frame:
    def __init__(self, file: str, collector: Collector, zone: tzinfo | None) -> None:
        self._file = file
        self._collector = collector
        self._zone = zone

    def read(self, document: object) -> None:
        members = document if isinstance(document, dict) else {}
        for name in members.keys() - _MEMBERS:
            self._refuse("DAT-JSON", f"{shorten(name)} is no member of a data frame", _FORM)
        times, series = members.get("times"), members.get("series")
        if not isinstance(times, list) or not isinstance(series, dict):
            self._refuse("DAT-JSON", "times and series are not both there", _FORM)
            return
        instants = [self._time(f"times[{at}]", time) for at, time in enumerate(times)]
        for key, column in series.items():
            values = self._collector.declare(key, self._place)
            self._read_series(key, column, {} if values is None else values, instants)

    def _read_series(
        self,
        key: str,
        column: object,
        values: dict[int, Number],
        instants: Sequence[int | None],
    ) -> None:
        name = f"series[{shorten(key)}]"
        if not isinstance(column, list) or len(column) != len(instants):
            what = f"has {len(column)} values" if isinstance(column, list) else "is no array"
            summary = f"{name} {what}, and there are {len(instants)} times"
            self._refuse("DAT-JSON", summary, "every series has one value, or null, for each time")
            return
        for at, (time, value) in enumerate(zip(instants, column, strict=True)):
            if value is None:
                continue
            number = _read_value(value)
            if number is None:
                summary = f"{name}[{at}] is {shorten(_written(value))}"
                self._refuse("DAT-NUMBER", summary, _NUMBER_RULE)
            elif time is not None:
                if time in values:
                    self._collector.warn("DAT-DUPLICATE", self._place)
                values[time] = number

    def _time(self, where: str, value: object) -> int | None:
        found = _read_moment(value, self._zone)
        if isinstance(found, Refusal):
            self._refuse(found.code, f"{where}: {found.summary}", found.rule, found.hint)
            return None
        instant, is_cut = found
        if is_cut:
            self._collector.warn("DAT-PRECISION", self._place)
        return instant

    def _refuse(self, code: str, summary: str, rule: str, hint: str = "") -> None:
        self._collector.refuse(Refusal(code, summary, rule, hint), self._place)

    @property
    def _place(self) -> Callable[[], Location]:
        return partial(Location, self._file)


def _read_moment(value: object, zone: tzinfo | None) -> tuple[int, bool] | Refusal:
    """Return an instant, and whether it was cut; a whole number is seconds since 1970."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return read_instant(datetime.fromtimestamp(value, UTC)), False
        except (ValueError, OverflowError, OSError):
            rule = "a whole number is seconds since 1970"
            return Refusal("DAT-TIME", f"{shorten(str(value))} is out of range", rule)
    if not isinstance(value, str):
        rule = "a time is an RFC 3339 text, or whole seconds since 1970"
        return Refusal("DAT-TIME", f"{shorten(_written(value))} is no time", rule)
    found = read_time(value, zone)
    return found if isinstance(found, Refusal) else (found.microseconds, found.is_cut)


def _read_value(value: object) -> Number | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(float(value)) else None
    except OverflowError:  # a whole number beyond the largest float
        return None


def _written(value: object) -> str:
    return json.dumps(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotPlainError("a name stands twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise _NotPlainError(f"{name} is no JSON; null means no sample")
