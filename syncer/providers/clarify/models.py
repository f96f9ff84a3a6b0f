"""Signals and items as programs write them, judged when they are made.

In: attributes, in the API's own spelling. Out: values that a save or publish sends as they are.
Rules: docs.clarify.io/api/1.1/types/fields and views, and pyclarify 0.7.0 for lengths.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final, Literal, Self, TypeAlias, get_args

from syncer.diagnostics import Diagnostic
from syncer.providers.clarify.moments import Duration, duration_text, read_duration
from syncer.providers.clarify.refusals import refuse
from syncer.providers.clarify.wire import Json
from syncer.sinks import quoted

ValueType: TypeAlias = Literal["numeric", "enum"]
SourceType: TypeAlias = Literal["measurement", "aggregation", "prediction"]

_KEY: Final = re.compile(r"[A-Za-z0-9_/-]{1,128}", re.ASCII)
_STATE: Final = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)
_LONGEST: Final = {"name": 128, "description": 1000, "engUnit": 255}
_KEY_RULE: Final = "a key is 1 to 128 of the characters a-z A-Z 0-9 - _ /"


@dataclass(frozen=True, init=False)
class _Attributes:
    """What signals and items have in common."""

    name: str
    description: str
    engUnit: str  # noqa: N815 - the API's own spelling, here and below
    labels: Mapping[str, tuple[str, ...]]
    annotations: Mapping[str, str]
    valueType: ValueType  # noqa: N815
    sourceType: SourceType  # noqa: N815
    enumValues: Mapping[str, str]  # noqa: N815
    sampleInterval: timedelta | None  # noqa: N815
    gapDetection: timedelta | None  # noqa: N815

    def to_json(self) -> Json:
        """Return the fields as a save sends them; no annotations means none are changed."""
        view: dict[str, object] = {field.name: getattr(self, field.name) for field in fields(self)}
        view["labels"] = {key: list(values) for key, values in self.labels.items()}
        for name in ("sampleInterval", "gapDetection"):
            value = view[name]
            view[name] = duration_text(value) if isinstance(value, timedelta) else None
        if not self.annotations:
            del view["annotations"]
        return view

    @classmethod
    def from_row(cls, row: Json) -> Self:
        """Return what the API answered, which is not judged again."""
        return cls._of(
            {
                **row,
                "labels": {key: tuple(values) for key, values in _pairs(row["labels"])},
                "sampleInterval": _answered_duration(row["sampleInterval"]),
                "gapDetection": _answered_duration(row["gapDetection"]),
            }
        )

    @classmethod
    def _of(cls, values: Json) -> Self:
        made = cls.__new__(cls)
        made._fill(values)
        return made

    def _fill(self, values: Json) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, values[field.name])

    def _judge(self, values: dict[str, object]) -> None:
        del values["self"]
        refuse(_check(type(self).__name__, values))
        for name in ("sampleInterval", "gapDetection"):
            values[name] = read_duration(values[name], f"{type(self).__name__}.{name}")
        values["labels"] = {key: tuple(texts) for key, texts in _pairs(values["labels"])}
        values["annotations"] = dict(_pairs(values["annotations"]))
        values["enumValues"] = {str(key): text for key, text in _pairs(values["enumValues"])}
        self._fill(values)


@dataclass(frozen=True, init=False)
class Signal(_Attributes):
    """A signal's metadata: what an integration says about one of its series.

    Saving replaces every attribute, those left out by their default, and merges annotations: an
    annotation left out is kept, an empty text removes it.

    - `name`: 1 to 128 characters. `description`: up to 1000. `engUnit`: up to 255, `"kPa"`.
    - `labels`: lists of texts by key, `{"site": ["Pier"]}`; `annotations`: texts by key. Keys are
      1 to 128 of a-z A-Z 0-9 - _ /.
    - `valueType`: `"numeric"` or `"enum"`; `enumValues`: texts by state, 0 to 9999.
    - `sourceType`: `"measurement"`, `"aggregation"` or `"prediction"`.
    - `sampleInterval`, `gapDetection`: a timedelta or a text like `PT15M`; None is unset.

    Raises InvalidInput, naming every argument that breaks a rule. Source:
    docs.clarify.io/api/1.1/types/views, "Signal save".
    """

    def __init__(
        self,
        *,
        name: str,
        description: str = "",
        labels: Mapping[str, Sequence[str]] | None = None,
        annotations: Mapping[str, str] | None = None,
        engUnit: str = "",  # noqa: N803 - the API's own spelling, here and below
        valueType: ValueType = "numeric",  # noqa: N803
        sourceType: SourceType = "measurement",  # noqa: N803
        enumValues: Mapping[str, str] | Mapping[int, str] | None = None,  # noqa: N803
        sampleInterval: Duration | None = None,  # noqa: N803
        gapDetection: Duration | None = None,  # noqa: N803
    ) -> None:
        self._judge(locals())


@dataclass(frozen=True, init=False)
class Item(_Attributes):
    """An item's metadata: what people see of a published signal.

    The arguments are those of `Signal`, and `visible`: whether the organization sees the item.
    Publishing again without `visible=True` hides it, because publishing replaces every attribute.
    `gapDetection=None` takes the service's own default. Raises InvalidInput. Source:
    docs.clarify.io/api/1.1/types/views, "Item save".
    """

    visible: bool

    def __init__(
        self,
        *,
        name: str,
        description: str = "",
        labels: Mapping[str, Sequence[str]] | None = None,
        annotations: Mapping[str, str] | None = None,
        engUnit: str = "",  # noqa: N803
        valueType: ValueType = "numeric",  # noqa: N803
        sourceType: SourceType = "measurement",  # noqa: N803
        enumValues: Mapping[str, str] | Mapping[int, str] | None = None,  # noqa: N803
        sampleInterval: Duration | None = None,  # noqa: N803
        gapDetection: Duration | None = None,  # noqa: N803
        visible: bool = False,
    ) -> None:
        self._judge(locals())


def _check(kind: str, values: Json) -> Iterator[Diagnostic]:
    for name, longest in _LONGEST.items():
        yield from _check_text(f"{kind}.{name}", values[name], name == "name", longest)
    for name, choices in (("valueType", get_args(ValueType)), ("sourceType", get_args(SourceType))):
        if values[name] not in choices:
            rule = f"it is one of {', '.join(choices)}"
            yield _finding(f"{kind}.{name}", values[name], rule)
    yield from _check_map(f"{kind}.labels", values["labels"], _is_key, _KEY_RULE, _check_texts)
    yield from _check_map(
        f"{kind}.annotations", values["annotations"], _is_key, _KEY_RULE, _check_string
    )
    rule = "a state is a whole number from 0 to 9999"
    yield from _check_map(
        f"{kind}.enumValues", values["enumValues"], _is_state, rule, _check_state_text
    )
    if not isinstance(values.get("visible", False), bool):
        yield _finding(f"{kind}.visible", values["visible"], "it is True or False")


def _check_map(
    where: str,
    value: object,
    is_key: Callable[[object], bool],
    rule: str,
    check: Callable[[str, object], Iterator[Diagnostic]],
) -> Iterator[Diagnostic]:
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield _finding(where, value, "it is a mapping")
        return
    for key, entry in value.items():
        if not is_key(key):
            yield _finding(where, key, rule)
        yield from check(f"{where}[{key!r}]", entry)


def _check_texts(where: str, value: object) -> Iterator[Diagnostic]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        hint = f"[{value!r}]" if isinstance(value, str) else ""
        yield _finding(where, value, "a label has a list of texts", hint)
        return
    for text in value:
        yield from _check_string(where, text)


def _check_string(where: str, value: object) -> Iterator[Diagnostic]:
    if not isinstance(value, str):
        yield _finding(where, value, "it is a text")


def _check_state_text(where: str, value: object) -> Iterator[Diagnostic]:
    yield from _check_text(where, value, True, 128)


def _check_text(where: str, value: object, is_filled: bool, longest: int) -> Iterator[Diagnostic]:
    shortest = 1 if is_filled else 0
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        yield _finding(where, value, f"it is a text of {shortest} to {longest} characters")


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _is_state(key: object) -> bool:
    return type(key) in (int, str) and _STATE.fullmatch(str(key)) is not None


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from value.items()


def _answered_duration(value: object) -> timedelta | None:
    return read_duration(value or None, "the answer")


def _finding(where: str, value: object, rule: str, hint: str = "") -> Diagnostic:
    return Diagnostic("LIB-VALUE", f"{where}: {quoted(repr(value)[:60])}", rule=rule, hint=hint)
