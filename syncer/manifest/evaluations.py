"""A file of formulas for `syncer evaluate`: its sections as pydantic judges them.

In: bytes of YAML. Out: an `Evaluation`, or findings with places. Core.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final, Literal, Required, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from syncer.diagnostics import Diagnostic
from syncer.manifest.documents import Document
from syncer.manifest.formats import Rule
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.manifest.validation import judge

_STRICT: Final = ConfigDict(strict=True, extra="forbid")
_INPUT: Final = r"[a-zA-Z0-9_:.#+/-]{1,128}"

Alias: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,27}$"),
    Rule("DAT-FORMULA", "an alias is 1 to 28 of a-z A-Z 0-9 _, not beginning with a digit"),
]
ItemName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=rf"^([a-v0-9]{{20}}|items/[a-z][a-z0-9-]*/{_INPUT})$"),
    Rule("DAT-ITEM", "an item is its ID of 20 characters, or items/<integration>/<input id>"),
]
Formula: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=10_000),
    Rule("DAT-FORMULA", "a formula is a text like `a / b`"),
]
Rollup: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(window|P[0-9A-Z.]{1,100})$"),
    Rule("DAT-FORMULA", "a rollup is a duration like PT1H or P1M, or window"),
]
State: TypeAlias = Annotated[
    int, Field(ge=0, le=9999), Rule("DAT-ITEM", "a state is a whole number from 0 to 9999")
]
Shift: TypeAlias = Annotated[
    int, Field(ge=-1000, le=1000), Rule("DAT-ITEM", "lead and lag are from -1000 to 1000 buckets")
]
Aggregation: TypeAlias = Literal[
    "count",
    "min",
    "max",
    "sum",
    "avg",
    "first",
    "last",
    "state-seconds",
    "state-percent",
    "state-rate",
]


@with_config(_STRICT)
class ItemSection(TypedDict, total=False):
    """An item, and how its values are put together."""

    item: Required[ItemName]
    aggregation: Aggregation
    state: State
    lead: Shift
    lag: Shift


@with_config(_STRICT)
class EvaluationFile(TypedDict, total=False):
    """A file of formulas: items and calculations by alias."""

    rollup: Rollup
    items: dict[Alias, ItemSection]
    calculations: dict[Alias, Formula]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a file says; calculations may use the aliases above them."""

    text: str = ""
    rollup: str | None = None
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    calculations: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()


def read_evaluation(file: str, data: bytes, limits: Limits) -> Evaluation:
    """Return what the file says, or its findings."""
    scanned = scan(file, data, limits)
    document = scanned.document
    if document is None:
        return Evaluation(findings=scanned.findings)
    findings = [*scanned.findings]
    findings += (problem.finding for problem in judge(document, _adapter(), EvaluationFile))
    if findings:
        return Evaluation(document.text, findings=tuple(findings))
    value = document.value if isinstance(document.value, dict) else {}
    items, calculations = value.get("items", {}), value.get("calculations", {})
    twice = tuple(_find_twice(document, items, calculations))
    return Evaluation(document.text, value.get("rollup"), items, calculations, twice)


def _find_twice(
    document: Document, items: Mapping[str, object], calculations: Mapping[str, object]
) -> Iterator[Diagnostic]:
    for alias in calculations:
        if alias in items:
            path = ("calculations", alias)
            yield Diagnostic(
                "DAT-FORMULA",
                f"the alias {alias} is an item's too",
                document.locate(path, at_key=True),
                rule="an alias names one series",
                hint="rename one of the two",
                width=len(alias),
            )


@cache
def _adapter() -> TypeAdapter[EvaluationFile]:
    return TypeAdapter(EvaluationFile)
