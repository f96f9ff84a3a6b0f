"""Formulas: their text, made a program for a stack of columns.

In: a text and the names that it may use. Out: a `Program`, or a FormulaError that tells why not.
Source: docs.clarify.io/users/admin/items/calculated-items.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from syncer.emulator.arithmetic import CONSTANTS, FUNCTIONS, Cell, compute

LONGEST_FORMULA = 1_000
DEEPEST_FORMULA = 50

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%^(),<>]))",
    re.ASCII,
)
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class FormulaError(Exception):
    """A formula that cannot be computed."""


@dataclass(frozen=True, slots=True)
class Name:
    """Put the column of the name on the stack."""

    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Replace so many columns on top of the stack by what they make."""

    name: str
    count: int


Program: TypeAlias = Sequence[float | Name | Operation]


def parse_formula(text: str, names: frozenset[str]) -> Program:
    """Return the program of a formula; raises FormulaError."""
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(f"must have at most {LONGEST_FORMULA} characters")
    return _Parser(_cut(text), names).run()


def run(program: Program, columns: Mapping[str, Sequence[Cell]], length: int) -> Sequence[Cell]:
    """Return the column, of that length, that the program computes."""
    stack: list[Sequence[Cell]] = []
    for step in program:
        if isinstance(step, Name):
            stack.append(columns[step.text])
        elif isinstance(step, Operation):
            stack[-step.count :] = [compute(step.name, stack[-step.count :])]
        else:
            stack.append([step] * length)
    return stack[0]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _cut(text: str) -> Sequence[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise FormulaError(f"unexpected character at {position + 1} of {_quote(text)}")
        kind = found.lastgroup
        tokens.append(_Token(kind, found[kind], found.start(kind) + 1))
        position = found.end()
    return [*tokens, _Token("end", "", end + 1)]


class _Parser:
    """Reads by recursive descent, weakest operators first."""

    def __init__(self, tokens: Sequence[_Token], names: frozenset[str]) -> None:
        self._tokens = tokens
        self._names = names
        self._next = 0
        self._depth = 0
        self._program: list[float | Name | Operation] = []

    def run(self) -> Program:
        self._compare()
        if self._token.kind != "end":
            raise self._refuse()
        return self._program

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *signs: str) -> str:
        """Return the next token, when it is one of the signs, and go on."""
        token = self._token
        if token.kind != "sign" or token.text not in signs:
            return ""
        self._next += 1
        return token.text

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._refuse()

    def _refuse(self) -> FormulaError:
        token = self._token
        if token.kind == "end":
            return FormulaError("unexpected end")
        return FormulaError(f"unexpected {_quote(token.text)} at {token.position}")

    def _compare(self) -> None:
        self._add()
        while sign := self._take(*_COMPARISONS):
            self._add()
            self._program.append(Operation(sign, 2))

    def _add(self) -> None:
        self._multiply()
        while sign := self._take("+", "-"):
            self._multiply()
            self._program.append(Operation(sign, 2))

    def _multiply(self) -> None:
        self._sign()
        while sign := self._take("*", "/", "%"):
            self._sign()
            self._program.append(Operation(sign, 2))

    def _sign(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST_FORMULA:
            raise FormulaError(f"must be nested at most {DEEPEST_FORMULA} deep")
        sign = self._take("-", "+")
        if sign:
            self._sign()
            self._program += [Operation("negate", 1)] if sign == "-" else []
        else:
            self._raise()
        self._depth -= 1

    def _raise(self) -> None:
        self._atom()
        # pyclarify's samples write powers as `**`.
        if self._take("^", "**"):
            self._sign()
            self._program.append(Operation("^", 2))

    def _atom(self) -> None:
        token = self._token
        if self._take("("):
            self._compare()
            self._expect(")")
            return
        if token.kind not in ("number", "name"):
            raise self._refuse()
        self._next += 1
        if token.kind == "number":
            self._program.append(_read_number(token.text))
        elif self._take("("):
            self._call(token.text)
        else:
            self._program.append(self._find(token.text))

    def _call(self, name: str) -> None:
        function = FUNCTIONS.get(name)
        if function is None:
            raise FormulaError(f"unknown function {_quote(name)}")
        self._compare()
        count = 1
        while self._take(","):
            self._compare()
            count += 1
        self._expect(")")
        if count > 1 and not function.takes_many:
            raise FormulaError(f"{_quote(name)} takes 1 argument, not {count}")
        self._program.append(Operation(name, count))

    def _find(self, name: str) -> float | Name:
        if name in self._names:
            return Name(name)
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise FormulaError(f"unknown name {_quote(name)}")


def _read_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise FormulaError(f"{_quote(text)} is too large")
    return number


def _quote(text: str) -> str:
    return f'"{text[:40]}"'
