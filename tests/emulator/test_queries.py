"""Filters, sorting and paging, compared with a model that reads them naively."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.emulator.queries import DEEPEST_FILTER, MOST_PATTERNS

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

SIGNALS: dict[str, dict[str, Any]] = {
    "a": {"name": "Alpha", "engUnit": "m", "labels": {"site": ["Pier", "Yacht"], "area": ["1"]}},
    "b": {"name": "beta", "labels": {"site": ["Yacht"]}, "gapDetection": "PT1M"},
    "c": {
        "name": "Gamma",
        "valueType": "enum",
        "gapDetection": "PT1H",
        "annotations": {"k/v": "1"},
    },
    "d": {"name": "Ål", "sampleInterval": "PT0S", "labels": {"site": []}},
}


@pytest.fixture
def plant(clarify: "Clarify") -> "Clarify":
    for name, view in SIGNALS.items():
        clarify.save({name: view})
        clarify.now += 1_000_000
    return clarify


@pytest.mark.parametrize(
    ("given_filter", "expected"),
    [
        ({}, "abcd"),
        ({"name": "Alpha"}, "a"),
        ({"name": "alpha"}, ""),
        ({"name": {"$ne": "Alpha"}}, "bcd"),
        ({"name": {"$in": ["Alpha", "Gamma"]}}, "ac"),
        ({"name": {"$in": []}}, ""),
        ({"name": {"$nin": ["Alpha", "Gamma"]}}, "bd"),
        ({"name": {"$nin": []}}, "abcd"),
        ({"name": {"$regex": "a$"}}, "abc"),
        ({"name": {"$regex": "(?i)^al"}}, "a"),
        ({"name": {"$regex": "^Å"}}, "d"),
        ({"name": {"$gte": "Gamma", "$lt": "c"}}, "bc"),
        ({"name": {"$gt": "beta"}}, "d"),
        ({"name": {"$lte": "Alpha"}}, "a"),
        ({"name": None}, ""),
        ({"engUnit": ""}, "bcd"),
        ({"valueType": "enum"}, "c"),
        ({"sourceType": "measurement"}, "abcd"),
        ({"description": {"$ne": ""}}, ""),
        ({"input": {"$in": ["a", "d"]}}, "ad"),
        ({"labels.site": "Yacht"}, "ab"),
        ({"labels.site": {"$ne": "Pier"}}, "bcd"),
        ({"labels.site": {"$nin": ["Pier", "Yacht"]}}, "cd"),
        ({"labels.site": {"$regex": "^P"}}, "a"),
        ({"labels.site": {"$gt": "Q"}}, "ab"),
        ({"labels.site": None}, "cd"),
        ({"labels.site": {"$ne": None}}, "ab"),
        ({"labels.site": {"$in": ["Pier", None]}}, "acd"),
        ({"annotations.k/v": "1"}, "c"),
        ({"annotations.k/v": {"$ne": "1"}}, "abd"),
        ({"gapDetection": {"$gte": "P0DT0H1M0.000000S"}}, "bc"),
        ({"gapDetection": "PT60M"}, "c"),
        ({"gapDetection": None}, "ad"),
        ({"gapDetection": {"$ne": "PT1H"}}, "abd"),
        ({"gapDetection": {"$nin": ["PT1H", None]}}, "b"),
        ({"sampleInterval": "PT0S"}, "d"),
        ({"createdAt": {"$gt": "2023-11-14T22:13:21Z"}}, "cd"),
        ({"createdAt": "2023-11-14T23:13:21+01:00"}, "b"),
        ({"updatedAt": {"$lte": "2023-11-14T22:13:20.000Z"}}, "a"),
        ({"name": "Alpha", "engUnit": "s"}, ""),
        ({"$and": [{"labels.site": "Yacht"}, {"engUnit": "m"}]}, "a"),
        ({"$or": [{"name": "Alpha"}, {"$and": [{"name": "beta"}]}]}, "ab"),
        ({"$or": [{"name": "Alpha"}, {"name": "beta"}], "engUnit": ""}, "b"),
    ],
)
def test_a_filter_selects(plant: "Clarify", given_filter: object, expected: str) -> None:
    assert "".join(plant.inputs(filter=given_filter, sort=["input"])) == expected


TIME_RULE = "must be an RFC 3339 timestamp"


@pytest.mark.parametrize(
    ("given_filter", "path", "message"),
    [
        ([], "", "must be an object"),
        (None, "", "must be an object"),
        ({"depth": 1}, ".depth", "unknown filter field"),
        ({"labels": "x"}, ".labels", "unknown filter field"),
        ({"labels.": "x"}, ".labels.", "unknown filter field"),
        ({"visible": True}, ".visible", "unknown filter field"),
        ({"attributesHash": "x"}, ".attributesHash", "unknown filter field"),
        ({"$not": {}}, ".$not", "unknown filter operator"),
        ({"name": {"$exists": True}}, ".name.$exists", "unknown filter operator"),
        ({"name": {}}, ".name", "must have an operator"),
        ({"name": 1}, ".name", "must be a string"),
        ({"name": True}, ".name", "must be a string"),
        ({"name": ["x"]}, ".name", "must be a string"),
        ({"name": {"$lt": None}}, ".name.$lt", "must be a string"),
        ({"name": {"$in": "x"}}, ".name.$in", "must be an array"),
        ({"name": {"$nin": None}}, ".name.$nin", "must be an array"),
        ({"name": {"$in": ["x", 1]}}, ".name.$in.1", "must be a string"),
        ({"name": {"$regex": "("}}, ".name.$regex", "must be a regular expression"),
        ({"name": {"$regex": "(?=x)"}}, ".name.$regex", "must be a regular expression"),
        (
            {"name": {"$regex": 1}},
            ".name.$regex",
            "must be a string of at most 1000 characters",
        ),
        ({"gapDetection": {"$regex": "x"}}, ".gapDetection.$regex", "unknown filter operator"),
        ({"gapDetection": "1h"}, ".gapDetection", "must be a fixed RFC 3339 duration"),
        ({"createdAt": {"$gt": "now"}}, ".createdAt.$gt", TIME_RULE),
        ({"createdAt": {"$gt": 0}}, ".createdAt.$gt", TIME_RULE),
        ({"$or": None}, ".$or", "must be an array of filters"),
        ({"$or": []}, ".$or", "must be an array of filters"),
        ({"$and": [{}, 1]}, ".$and.1", "must be an object"),
    ],
)
def test_a_filter_outside_the_language_is_refused(
    clarify: "Clarify", given_filter: object, path: str, message: str
) -> None:
    params = {"integration": clarify.caller.id, "query": {"filter": given_filter}}

    found = clarify.refusal("admin.selectSignals", params)

    assert found == {f"params.query.filter{path}": message}


def test_items_are_filtered_by_visibility(clarify: "Clarify") -> None:
    shown, hidden = clarify.save_ids("a", "b")
    clarify.publish({shown: {"visible": True}, hidden: {}})

    assert [item["attributes"]["name"] for item in clarify.items(filter={"visible": True})] == ["a"]
    assert len(clarify.items(filter={"visible": {"$ne": None}})) == 2
    assert clarify.refusal(
        "clarify.selectItems",
        {"query": {"filter": {"visible": {"$gt": False}, "input": "a"}}},
    ) == {
        "params.query.filter.visible.$gt": "unknown filter operator",
        "params.query.filter.input": "unknown filter field",
    }
    for value in (1, "true"):
        found = clarify.refusal("clarify.selectItems", {"query": {"filter": {"visible": value}}})
        assert found == {"params.query.filter.visible": "must be a boolean"}


def test_a_filter_may_have_some_regular_expressions(plant: "Clarify") -> None:
    branches = [{"name": {"$regex": f"^b{'e' * number}"}} for number in range(MOST_PATTERNS)]
    params = {
        "integration": plant.caller.id,
        "query": {"filter": {"$or": [*branches, branches[0]]}},
    }

    assert plant.inputs(filter={"$or": branches}) == ["b"]
    assert plant.refusal("admin.selectSignals", params) == {
        "params.query.filter": f"must have at most {MOST_PATTERNS} regular expressions"
    }


def test_a_filter_may_be_wide_but_not_endless(plant: "Clarify") -> None:
    wide = {"$or": [{"name": f"n{number}"} for number in range(2000)] + [{"name": "beta"}]}
    endless = {"id": {"$in": [f"{number}" for number in range(40_000)]}}
    params = {"integration": plant.caller.id, "query": {"filter": endless}}

    assert plant.inputs(filter=wide) == ["b"]
    found = plant.refusal("admin.selectSignals", params)
    assert found == {"params.query.filter": "must have at most 30000 values"}


def nest(depth: int, width: int) -> dict[str, Any]:
    """Return a filter whose innermost condition, the last in every list, decides."""
    nested: dict[str, Any] = {"labels.site": {"$nin": ["Pier", None], "$regex": "^Y"}}
    for _ in range(depth):
        nested = {"engUnit": "", "$or": [*([{"name": "no"}] * width), nested]}
    return nested


@pytest.mark.parametrize(("depth", "width"), [(DEEPEST_FILTER, 1), (DEEPEST_FILTER, 20), (2, 2000)])
def test_a_filter_may_be_nested(plant: "Clarify", depth: int, width: int) -> None:
    assert plant.inputs(filter=nest(depth, width)) == ["b"]


@pytest.mark.parametrize(
    ("depth", "width", "message"),
    [
        (DEEPEST_FILTER + 1, 1, f"must be nested at most {DEEPEST_FILTER} deep"),
        (DEEPEST_FILTER, 1000, "must be nested less"),
        (300, 1, f"must be nested at most {DEEPEST_FILTER} deep"),
    ],
)
def test_a_filter_nested_deeper_is_refused(
    clarify: "Clarify", depth: int, width: int, message: str
) -> None:
    params = {"integration": clarify.caller.id, "query": {"filter": nest(depth, width)}}

    assert set(clarify.refusal("admin.selectSignals", params).values()) == {message}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ([], "abcd"),
        (["id"], "abcd"),
        (["-id"], "dcba"),
        (["name"], "acbd"),
        (["-name"], "dbca"),
        (["engUnit", "-id"], "dcba"),
        (["gapDetection"], "adbc"),
        (["-createdAt", "name"], "dcba"),
        (["name", "-name"], "acbd"),
        (["engUnit", "valueType"] * 10_000 + ["-name"], "cdba"),
    ],
)
def test_rows_are_sorted(plant: "Clarify", sort: list[str], expected: str) -> None:
    assert "".join(plant.inputs(sort=sort)) == expected


def test_unknown_sort_fields_are_refused(clarify: "Clarify") -> None:
    query = {"sort": ["labels.site", 1, "name", "--name"]}
    params = {"integration": clarify.caller.id, "query": query}

    assert clarify.refusal("admin.selectSignals", params) == {
        f"params.query.sort.{position}": "unknown sort field" for position in (0, 1, 3)
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": 2}, "ab"),
        ({"limit": 0}, ""),
        ({"limit": -1}, "abcd"),
        ({"limit": 2, "skip": 1}, "bc"),
        ({"skip": -5}, "abcd"),
        ({"skip": 10**30}, ""),
    ],
)
def test_limit_and_skip_choose_a_part(
    plant: "Clarify", query: dict[str, int], expected: str
) -> None:
    assert "".join(plant.inputs(**query)) == expected


def test_the_limit_is_20_by_default_and_1000_at_most(clarify: "Clarify") -> None:
    clarify.save({f"s{number}": {} for number in range(1001)})
    params = {"integration": clarify.caller.id, "query": {"limit": 1001}}

    assert (len(clarify.inputs()), len(clarify.inputs(limit=-1))) == (20, 1000)
    found = clarify.refusal("admin.selectSignals", params)
    assert found == {"params.query.limit": "must be at most 1000"}


NAMES = ["Alpha", "beta", "Gamma", "Ål", "x", ""]
SITES = ["Pier", "Yacht", "Q"]
TEXT_FIELDS = {"name": NAMES, "labels.site": SITES, "annotations.k/v": ["1", "2"]}
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "$lt": str.__lt__,
    "$lte": str.__le__,
    "$gt": str.__gt__,
    "$gte": str.__ge__,
    "$regex": lambda value, pattern: re.search(pattern, value) is not None,
}


def values_of(name: str, field: str) -> list[str]:
    view = SIGNALS[name]
    category, _, key = field.partition(".")
    if not key:
        return [view[field]]
    found = view.get(category, {}).get(key, [])
    return found if isinstance(found, list) else [found]


def holds(name: str, field: str, operator: str, operand: Any) -> bool:
    values: list[str | None] = [*values_of(name, field)] or [None]
    if operator in ("$in", "$nin"):
        return any(value in operand for value in values) is (operator == "$in")
    if operator == "$ne":
        return operand not in values
    return any(value is not None and COMPARE[operator](value, operand) for value in values)


def evaluate(name: str, node: dict[str, Any]) -> bool:
    """Tell whether the signal matches, by the words of the documentation."""
    for key, value in node.items():
        if key == "$and":
            found = all(evaluate(name, branch) for branch in value)
        elif key == "$or":
            found = any(evaluate(name, branch) for branch in value)
        elif isinstance(value, dict):
            found = all(holds(name, key, each, value[each]) for each in value)
        else:
            found = holds(name, key, "$in", [value])
        if not found:
            return False
    return True


def conditions(field: str) -> st.SearchStrategy[Any]:
    text = st.sampled_from(TEXT_FIELDS[field])
    several = st.lists(text | st.none(), max_size=3)
    operators = st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("$lt", "$lte", "$gt", "$gte", "$regex"), text),
            "$ne": text | st.none(),
            "$in": several,
            "$nin": several,
        },
    )
    return st.one_of(text, st.none(), operators.filter(bool))


LEAVES = st.fixed_dictionaries({}, optional={field: conditions(field) for field in TEXT_FIELDS})
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "$and": st.lists(inner, min_size=1, max_size=3),
            "$or": st.lists(inner, min_size=1, max_size=3),
            "name": conditions("name"),
        },
    ),
    max_leaves=8,
)


@pytest.mark.property
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(node=FILTERS)
def test_sql_and_a_naive_reading_agree(plant: "Clarify", node: dict[str, Any]) -> None:
    """A filter selects exactly the signals for which it evaluates to true."""
    expected = [name for name in SIGNALS if evaluate(name, node)]

    assert plant.inputs(filter=node) == expected
