"""Formulas: what they compute, and how a bad one is told."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.emulator.formulas import FormulaError, parse_formula, run

COLUMNS: dict[str, Sequence[float | None]] = {
    "a": [1.5, -2, None, 0],
    "b": [2, 3, 4, None],
    "max": [1, 1, 1, 1],
}


def compute(text: str) -> list[float | None]:
    return list(run(parse_formula(text, frozenset(COLUMNS)), COLUMNS, 4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", [3.5, 1, None, None]),
        ("a*2 - 1", [2, -5, None, -1]),
        ("1 / a", [2 / 3, -0.5, None, None]),
        ("a % 2", [1.5, 0, None, 0]),
        ("-7 % 3", [-1] * 4),
        ("b^2", [4, 9, 16, None]),
        ("b**2", [4, 9, 16, None]),
        ("2^3^2", [512] * 4),
        ("-2^2", [-4] * 4),
        ("2^-1", [0.5] * 4),
        ("(-8)^0.5", [None] * 4),
        ("+a", [1.5, -2, None, 0]),
        ("--a", [1.5, -2, None, 0]),
        ("a < 1", [0, 1, None, 1]),
        ("1.5 == a", [1, 0, None, 0]),
        ("(a != 0) + (a >= 0) * (b > 0)", [2, 1, None, None]),
        ("a <= 0", [0, 1, None, 1]),
        ("max(a, b, 2.5)", [2.5, 3, None, None]),
        ("max", [1] * 4),
        ("min(a)", [1.5, -2, None, 0]),
        ("gapfill(a)", [1.5, -2, -2, 0]),
        ("gapfill(b) + 0", [2, 3, 4, 4]),
        ("round(a) + round(-0.5) + round(0.49999999999999994)", [1, -3, None, -1]),
        ("floor(a) + ceil(a)", [3, -4, None, 0]),
        ("sqrt(a)", [math.sqrt(1.5), None, None, 0]),
        ("log(E^3)", [math.log(math.pow(math.e, 3))] * 4),
        ("exp(1000)", [None] * 4),
        ("1e308 * 10", [None] * 4),
        ("sin(PI) + cos(0) + tan(0)", [math.sin(math.pi) + 1] * 4),
        (" abs( a )\n", [1.5, 2, None, 0]),
        (".5 + 1. + 1e1", [11.5] * 4),
    ],
)
def test_formulas_compute(text: str, expected: list[float | None]) -> None:
    assert compute(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unexpected end"),
        ("a +", "unexpected end"),
        ("(a", "unexpected end"),
        ("a)", 'unexpected ")" at 2'),
        ("a b", 'unexpected "b" at 3'),
        ("max()", 'unexpected ")" at 5'),
        ("max(a b)", 'unexpected "b" at 7'),
        ("a $ b", 'unexpected character at 2 of "a $ b"'),
        ("a = b", 'unexpected character at 2 of "a = b"'),
        ("c", 'unknown name "c"'),
        ("sin", 'unknown name "sin"'),
        ("c(1)", 'unknown function "c"'),
        ("sin(1, 2)", '"sin" takes 1 argument, not 2'),
        ("1e999", '"1e999" is too large'),
        ("(" * 60 + "a" + ")" * 60, "must be nested at most 50 deep"),
        ("-" * 60 + "a", "must be nested at most 50 deep"),
        ("1+" * 600 + "1", "must have at most 1000 characters"),
    ],
)
def test_bad_formulas_are_told(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        compute(text)

    assert str(caught.value) == message


def test_long_formulas_need_no_stack() -> None:
    assert compute("1" + "+1" * 499) == [500.0] * 4


NUMBERS = st.integers(-50, 50).map(lambda number: f"({number / 4})")
EXPRESSIONS = st.recursive(
    NUMBERS | st.sampled_from(["a", "b"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(" ".join),
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"({text})**2"),
        st.tuples(st.sampled_from(["abs", "floor", "ceil", "sin", "cos"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
    ),
    max_leaves=8,
).filter(lambda text: len(text) < 900)


@pytest.mark.property
@given(EXPRESSIONS, st.integers(-20, 20), st.integers(-20, 20))
def test_formulas_compute_what_python_does(text: str, a: int, b: int) -> None:
    """A formula that Python reads too has Python's value, or none where Python has none."""
    names = {"a": a / 2, "b": b / 2, "floor": math.floor, "ceil": math.ceil, "abs": abs}
    names |= {"sin": math.sin, "cos": math.cos, "min": min, "max": max}
    try:
        expected: float | None = float(eval(text, {"__builtins__": {}}, names))  # noqa: S307 - our own text
    except (ZeroDivisionError, OverflowError, ValueError):
        expected = None

    columns = {"a": [a / 2], "b": [b / 2]}
    [found] = run(parse_formula(text, frozenset(columns)), columns, 1)

    if expected is None or not math.isfinite(expected):
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.property
@given(st.text(alphabet="ab+-*/%^(),.<>=! 019eE", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_formula_or_an_error(text: str) -> None:
    """No text breaks the parser or the machine."""
    try:
        found = compute(text)
    except FormulaError:
        return

    assert len(found) == 4
    assert all(cell is None or math.isfinite(cell) for cell in found)
