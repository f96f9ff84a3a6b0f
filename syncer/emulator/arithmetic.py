"""What formulas compute with: constants, operators and functions.

In: numbers, or None where there is no value. Out: a number, or None when an operand has no value
or the result is none that JSON can say. Source: docs.clarify.io/users/admin/items/calculated-items.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = float | None

CONSTANTS: Mapping[str, float] = {"PI": math.pi, "E": math.e}
GAPFILL = "gapfill"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of numbers."""

    compute: Callable[..., float]
    takes_many: bool = False
    """Whether it takes any number of them, and not just one."""


def _round(number: float) -> float:
    whole = math.trunc(number)
    return float(whole + math.copysign(abs(number - whole) >= 1 / 2, number))


# assumed: arithmetic is that of Go's package math: halves are rounded away from zero, and the
# remainder of a division has the sign of the dividend.
OPERATORS: Mapping[str, Callable[..., float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": math.fmod,
    "^": math.pow,
    "<": lambda left, right: float(left < right),
    "<=": lambda left, right: float(left <= right),
    ">": lambda left, right: float(left > right),
    ">=": lambda left, right: float(left >= right),
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "negate": lambda number: -number,
}
# assumed: of these the vendor's samples show sin, max, floor and gapfill.
FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(abs),
    "ceil": Function(lambda number: float(math.ceil(number))),
    "cos": Function(math.cos),
    "exp": Function(math.exp),
    "floor": Function(lambda number: float(math.floor(number))),
    "log": Function(math.log),
    "max": Function(lambda *numbers: max(numbers), takes_many=True),
    "min": Function(lambda *numbers: min(numbers), takes_many=True),
    "round": Function(_round),
    "sin": Function(math.sin),
    "sqrt": Function(math.sqrt),
    "tan": Function(math.tan),
    GAPFILL: Function(lambda number: number),
}


def compute(name: str, columns: Sequence[Sequence[Cell]]) -> Sequence[Cell]:
    """Return an operator or a function of whole columns, row by row."""
    if name == GAPFILL:
        return _fill(columns[0])
    function = OPERATORS.get(name) or FUNCTIONS[name].compute
    return [_apply(function, cells) for cells in zip(*columns, strict=True)]


def _apply(function: Callable[..., float], cells: Sequence[Cell]) -> Cell:
    if None in cells:
        return None
    try:
        number = function(*cells)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _fill(column: Sequence[Cell]) -> Sequence[Cell]:
    # assumed: a gap is filled with the value before it.
    filled: list[Cell] = []
    newest: Cell = None
    for cell in column:
        newest = newest if cell is None else cell
        filled.append(newest)
    return filled
