"""Filters for `Client.select_signals`, `select_items` and `data_frame`, and their nine operators.

In: fields and values. Out: `Filter`, which composes with `&` and `|`. The names are those of
PyClarify's guide (docs.clarify.io): `from syncer.query import Filter, Regex`.
"""

from syncer.providers.clarify.filters import (
    Comparison,
    Equal,
    Filter,
    Greater,
    GreaterOrEqual,
    In,
    Less,
    LessOrEqual,
    NotEqual,
    NotIn,
    Regex,
)

__all__ = [
    "Comparison",
    "Equal",
    "Filter",
    "Greater",
    "GreaterOrEqual",
    "In",
    "Less",
    "LessOrEqual",
    "NotEqual",
    "NotIn",
    "Regex",
]
