"""What evaluate is asked for is checked before it is sent."""

from typing import Any

import pytest

from syncer.providers.clarify.calculations import (
    Calculation,
    GroupAggregation,
    ItemAggregation,
    check_entries,
    items_json,
    read_entries,
    sees_beyond_buckets,
)
from syncer.providers.clarify.refusals import InvalidInput

ID = "c618rbfqfsj7mjkj0ss0"


def item(**values: Any) -> ItemAggregation:
    return ItemAggregation(**{"id": ID, "aggregation": "avg", "alias": "a", **values})


def group(**values: Any) -> GroupAggregation:
    given = {"filter": {}, "time_aggregation": "avg", "group_aggregation": "sum", "alias": "g"}
    return GroupAggregation(**{**given, **values})


def test_mappings_say_what_dataclasses_do() -> None:
    given: list[Any] = [
        item(state=3, aggregation="state-seconds", lag=1),
        {"id": ID, "alias": "a", "aggregation": "state-seconds", "state": 3, "lag": 1},
        {"id": ID, "alias": "a", "timeAggregation": "state-seconds", "state": 3, "lag": 1},
    ]

    first, second, third = items_json(read_entries(ItemAggregation, given))

    assert first == second == third
    assert first == {
        "id": ID,
        "aggregation": "state-seconds",
        "state": 3,
        "lag": 1,
        "alias": "a",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"id": ID, "alias": "a", "aggregate": "avg"}, 'has no "aggregate"'),
        ({"id": ID}, "missing"),
        (ID, "and no mapping"),
    ],
)
def test_other_mappings_are_refused(given: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_entries(ItemAggregation, [given])


@pytest.mark.parametrize(
    ("items", "groups", "calculations", "message"),
    [
        ([], [], [], "nothing is to be evaluated"),
        ([item(id=f"{at}", alias=f"a{at}") for at in range(51)], [], [], "51 different items"),
        ([], [], [Calculation("1", f"c{at}") for at in range(101)], "101 calculations"),
        ([item(), item()], [], [], "used twice"),
        ([item(alias="1a")], [], [], "not beginning with a digit"),
        ([item(alias=None)], [], [], "alias"),
        ([item(aggregation="mean")], [], [], "aggregations are count"),
        ([item(aggregation="state-rate")], [], [], "without a state"),
        ([item(state=10_000)], [], [], "state 10000"),
        ([item(lag=1001)], [], [], "lag 1001"),
        ([item(lead=True)], [], [], "lead True"),
        ([], [group(group_aggregation="first")], [], "group aggregations are"),
        ([], [group(time_aggregation="mean")], [], "aggregations are count"),
        ([], [], [Calculation(" ", "c")], "the formula is empty"),
    ],
)
def test_what_the_api_would_refuse_is_refused(
    items: Any, groups: Any, calculations: Any, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        check_entries(items, groups, calculations)


def test_some_calculations_see_beyond_their_buckets() -> None:
    assert sees_beyond_buckets([item(lead=-1)])
    assert sees_beyond_buckets([Calculation("1 + gapfill (a)", "c")])
    assert not sees_beyond_buckets([item(lag=0), group(), Calculation("a + b", "c")])
