"""What `syncer evaluate` is told on the command line: items and formulas under aliases.

In: `flow=items/stand/pump-1:avg,lead=1` and `total=flow * 3600`. Out: entries, or refusals. Core.
"""

import re
from dataclasses import dataclass
from typing import Final

from syncer.samples.values import Refusal, shorten

AGGREGATIONS: Final = (
    *("count", "min", "max", "sum", "avg", "first", "last"),
    *("state-seconds", "state-percent", "state-rate"),
)
DEFAULT_AGGREGATION: Final = "avg"
_ALIAS: Final = r"[A-Za-z_][A-Za-z0-9_]{0,27}"
_NAMED: Final = re.compile(rf"(?P<alias>{_ALIAS})=(?P<rest>.+)", re.ASCII | re.DOTALL)
_ID: Final = re.compile(r"[a-v0-9]{20}", re.ASCII)
_ADDRESS: Final = re.compile(
    r"items/(?P<integration>[a-z][a-z0-9-]*)/(?P<key>[a-zA-Z0-9_:.#+/-]{1,128})", re.ASCII
)
_SHIFTS: Final = re.compile(r"(state|lead|lag)=(-?\d{1,4})", re.ASCII)
_ITEM_RULE: Final = (
    "an item is ALIAS=ITEM[:AGGREGATION[,state=N][,lead=N][,lag=N]], where ITEM is an ID or"
    " items/<integration>/<input id>"
)


@dataclass(frozen=True, slots=True)
class ItemWish:
    """An item under an alias; `item` is its ID, or the address of one of its signals."""

    alias: str
    item: str
    aggregation: str = DEFAULT_AGGREGATION
    state: int | None = None
    lead: int | None = None
    lag: int | None = None

    @property
    def signal(self) -> tuple[str, str] | None:
        """The integration and input ID of an address; None for an ID."""
        found = _ADDRESS.fullmatch(self.item)
        return (found["integration"], found["key"]) if found else None


@dataclass(frozen=True, slots=True)
class FormulaWish:
    """A formula under an alias."""

    alias: str
    formula: str


def read_item_wish(text: str) -> ItemWish | Refusal:
    """Return the item of `--item`; what follows its last colon may be an aggregation."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return Refusal("DAT-ITEM", f"{shorten(text)} is no item", _ITEM_RULE)
    item, colon, told = found["rest"].rpartition(":")
    aggregation, *shifts = told.split(",")
    # An input ID may hold colons, so only a known word ends it.
    if not colon or (aggregation not in AGGREGATIONS and is_item(found["rest"])):
        item, aggregation, shifts = found["rest"], DEFAULT_AGGREGATION, []
    if not is_item(item):
        return Refusal(
            "DAT-ITEM", f"{shorten(item)} is neither an item's ID nor address", _ITEM_RULE
        )
    if aggregation not in AGGREGATIONS:
        rule = f"aggregations are {', '.join(AGGREGATIONS)}"
        return Refusal("DAT-ITEM", f"{shorten(aggregation)} is no aggregation", rule)
    numbers: dict[str, int] = {}
    for shift in shifts:
        part = _SHIFTS.fullmatch(shift)
        if part is None or part[1] in numbers:
            return Refusal("DAT-ITEM", f"{shorten(shift)} is not understood", _ITEM_RULE)
        numbers[part[1]] = int(part[2])
    return ItemWish(found["alias"], item, aggregation, **numbers)


def read_formula_wish(text: str) -> FormulaWish | Refusal:
    """Return the formula of `--formula`."""
    found = _NAMED.fullmatch(text)
    if found is None or not found["rest"].strip():
        rule = "a formula is ALIAS=EXPRESSION, an alias 1 to 28 of a-z A-Z 0-9 _"
        hint = "for example: --formula 'total=a + b'"
        return Refusal("DAT-FORMULA", f"{shorten(text)} is no formula", rule, hint)
    return FormulaWish(found["alias"], found["rest"])


def is_item(text: str) -> bool:
    """Whether the text is an item's ID, or an address."""
    return _ID.fullmatch(text) is not None or _ADDRESS.fullmatch(text) is not None
