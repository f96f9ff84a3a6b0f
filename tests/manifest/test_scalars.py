import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.manifest.scalars import TYPED_START, Scalar, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.10", 1.1),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_core_schema_scalars_have_a_type(text: str, value: Scalar) -> None:
    resolved = resolve(text)

    assert (type(resolved), resolved) == (type(value), value)


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "yes",
        "on",
        "off",
        "1_000",
        "1:30",
        "2024-01-01",
        "tRUE",
        "nULL",
        "0b1",
        "-",
        ".",
        "=",
        "0o8",
        "0xg",
        "-0x1",
        "e3",
        "1e",
        "\u0663",
        "true ",
        "null\n",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text


def test_nan_is_a_number() -> None:
    value = resolve(".nan")

    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_number_has_at_most_32_characters() -> None:
    assert resolve("1" * 32) == int("1" * 32)
    with pytest.raises(OverflowError):
        resolve("1" * 33)


@pytest.mark.property
@given(st.text(min_size=1, max_size=12))
def test_a_text_that_begins_otherwise_stays_text(text: str) -> None:
    """The first character tells what need not be resolved."""
    if text[0] not in TYPED_START:
        assert resolve(text) == text
