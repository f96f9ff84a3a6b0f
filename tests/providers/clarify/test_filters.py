"""Filters: their JSON, how they compose, and what they mean here and in the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.providers.clarify.filters import read_filter
from syncer.providers.clarify.refusals import InvalidInput
from syncer.query import (
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

SITE = Filter({"labels.site": "Pier"})
NAME = Filter({"name": Regex("^A")})
MONEY = Filter({"engUnit": In(["USD", "EUR"])})


@pytest.mark.parametrize(
    ("value", "json", "holds"),
    [
        ("b", "b", [False, True, False]),
        (Equal("b"), "b", [False, True, False]),
        (NotEqual("b"), {"$ne": "b"}, [True, False, True]),
        (Regex("[ab]"), {"$regex": "[ab]"}, [True, True, False]),
        (In(["a", "c"]), {"$in": ["a", "c"]}, [True, False, True]),
        (NotIn(("a", "c")), {"$nin": ["a", "c"]}, [False, True, False]),
        (Less("b"), {"$lt": "b"}, [True, False, False]),
        (LessOrEqual("b"), {"$lte": "b"}, [True, True, False]),
        (Greater("b"), {"$gt": "b"}, [False, False, True]),
        (GreaterOrEqual("b"), {"$gte": "b"}, [False, True, True]),
        ([Greater("a"), Less("c")], {"$gt": "a", "$lt": "c"}, [False, True, False]),
        ([Equal("b"), NotEqual("c")], {"$in": ["b"], "$ne": "c"}, [False, True, False]),
    ],
)
def test_operators_say_and_mean_what_they_are_called(
    value: Any, json: object, holds: list[bool]
) -> None:
    made = Filter(fields={"name": value})

    assert made.to_json() == {"name": json}
    assert [made.matches({"name": name}) for name in "abc"] == holds


def test_python_s_own_times_and_durations_are_written_as_the_api_does() -> None:
    made = Filter(
        {
            "createdAt": GreaterOrEqual(datetime(2026, 1, 1, tzinfo=UTC)),
            "gapDetection": timedelta(minutes=90),
        }
    )

    assert made.to_json() == {
        "createdAt": {"$gte": "2026-01-01T00:00:00Z"},
        "gapDetection": "PT1H30M",
    }


def test_filters_compose_without_nesting_more_than_they_read() -> None:
    both = SITE & NAME & MONEY
    either = SITE | NAME | MONEY

    assert both.to_json() == {"$and": [SITE.to_json(), NAME.to_json(), MONEY.to_json()]}
    assert either.to_json() == {"$or": [SITE.to_json(), NAME.to_json(), MONEY.to_json()]}
    assert (SITE | NAME & MONEY).to_json() == {
        "$or": [SITE.to_json(), {"$and": [NAME.to_json(), MONEY.to_json()]}]
    }


def test_no_fields_mean_all() -> None:
    assert Filter() & SITE == SITE == SITE & Filter()
    assert Filter() | SITE == Filter()
    assert Filter().matches({})


filters = st.sampled_from([SITE, NAME, MONEY, Filter(), NAME | MONEY, SITE & NAME])
views = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A", "B"]),
        "engUnit": st.sampled_from(["USD", "m"]),
        "labels": st.sampled_from([{}, {"site": ["Pier", "Yacht"]}]),
    }
)


@pytest.mark.property
@given(filters, filters, views)
def test_composed_filters_mean_and_and_or(one: Filter, other: Filter, view: Any) -> None:
    """(a & b) holds where both do, (a | b) where either does."""
    assert (one & other).matches(view) == (one.matches(view) and other.matches(view))
    assert (one | other).matches(view) == (one.matches(view) or other.matches(view))


def test_json_is_a_filter() -> None:
    json = {"$or": [{"name": "A"}, {"labels.site": {"$in": ["Pier"]}}]}

    assert Filter.from_json(json).to_json() == json
    assert read_filter(json) == json
    assert read_filter(None) == {}
    assert Filter.from_json(json) == Filter({"name": "A"}) | Filter({"labels.site": In(["Pier"])})


def test_filters_are_values() -> None:
    assert Filter({"labels.site": "Pier"}) == SITE
    assert SITE.to_json() != SITE
    assert len({SITE, Filter({"labels.site": "Pier"})}) == 1
    assert eval(repr(SITE)) == SITE  # noqa: S307 - our own text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"nothing": 1}, "no field of a filter"),
        ({"name": Regex("(")}, "regular expression cannot be used"),
        ({"name": ["a", "b"]}, "name"),
        ({"name": [Less("b"), "a"]}, "mixed"),
        ({"name": [Less("b"), Less("c")]}, "compared twice"),
        ({"createdAt": Less(datetime(2026, 1, 1))}, "has no zone"),  # noqa: DTZ001
    ],
)
def test_a_wrong_filter_is_refused(fields: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Filter(fields)


def test_a_filter_of_many_comparisons_is_for_the_service_alone() -> None:
    many = Filter()
    for at in range(300):
        many = many | NAME if many.to_json() else Filter({"name": str(at)})

    assert len(str(many.to_json())) > 300
    with pytest.raises(InvalidInput, match="compares 300 times"):
        many.matches({"name": "A"})
