"""clarify.evaluate: aggregated items, groups of them, and formulas over both."""

from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.settings import Settings
from syncer.emulator.states import MOST_BUCKETS
from tests.emulator.feeding import DAY, at, fill

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

HOUR = 3_600_000_000
MIDNIGHT = 1_704_067_200_000_000
TWO = {at("00:10:00"): 1.5, at("00:20:00"): 2.5, at("02:00:00"): -4}
NOBODY = "c618rbfqfsj7mjkj0ssg"


def evaluate(clarify: "Clarify", version: str = "1.1", /, **params: Any) -> Any:
    """Return the frame of hours of 2024-01-01, unless the data query says otherwise."""
    data = {"filter": {"times": DAY}, "rollup": "PT1H"} | params.pop("data", {})
    return clarify.call("clarify.evaluate", {"data": data} | params, version)["data"]


def series(clarify: "Clarify", version: str = "1.1", /, **params: Any) -> Any:
    return evaluate(clarify, version, **params)["series"]


def refused(clarify: "Clarify", version: str = "1.1", /, **params: Any) -> Any:
    given = {"data": {"rollup": "PT1H"}} | params
    found = clarify.refusal("clarify.evaluate", given, version)
    return {path.removeprefix("params."): message for path, message in found.items()}


def term(item: str, alias: str = "a", aggregation: str = "avg", **more: object) -> Any:
    return {"id": item, "aggregation": aggregation, "alias": alias} | more


def formula(text: object, alias: str = "c") -> Any:
    return {"formula": text, "alias": alias}


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("count", [2, 1]),
        ("min", [1.5, -4]),
        ("max", [2.5, -4]),
        ("sum", [4, -4]),
        ("avg", [2, -4]),
        ("first", [1.5, -4]),
        ("last", [2.5, -4]),
    ],
)
def test_items_are_aggregated(clarify: "Clarify", aggregation: str, expected: list[float]) -> None:
    [item] = fill(clarify, TWO)

    assert evaluate(clarify, items=[term(item, aggregation=aggregation)]) == {
        "times": [at("00:00:00"), at("02:00:00")],
        "series": {"a": expected},
    }


@pytest.mark.parametrize(
    ("aggregation", "state", "expected"),
    [
        ("state-seconds", 1, [900, 1800]),
        ("state-percent", 1, [25, 50]),
        ("state-rate", 1, [0.25, 0.5]),
        ("state-rate", 7, [0, 0]),
        ("state-histogram-seconds", 2, [1800, 1800]),
        ("state-histogram-percent", 2, [50, 50]),
        ("state-histogram-rate", 2, [0.5, 0.5]),
    ],
)
def test_states_are_measured(
    clarify: "Clarify", aggregation: str, state: int, expected: list[float]
) -> None:
    clarify.now = MIDNIGHT + 2 * HOUR
    samples = {at("00:15:00"): 1, at("00:30:00"): 2, at("01:30:00"): 1}
    [item] = fill(clarify, samples, valueType="enum")

    found = evaluate(clarify, items=[term(item, aggregation=aggregation, state=state)])

    assert found == {"times": [at("00:00:00"), at("01:00:00")], "series": {"a": expected}}


def test_lag_and_lead_shift_buckets_and_reach_out_of_the_window(clarify: "Clarify") -> None:
    [item] = fill(clarify, {"2023-12-31T23:30:00Z": 7} | TWO | {"2024-01-02T00:10:00Z": 9})

    found = evaluate(
        clarify,
        items=[
            term(item, "here"),
            term(item, "lag", lag=1),
            term(item, "lead", lead=1),
            term(item, "both", lag=3, lead=2),
            term(item, "none", lag=1, lead=1),
        ],
    )

    assert found["times"] == [at(f"{hour:02}:00:00") for hour in (0, 1, 2, 3, 23)]
    assert found["series"] == {
        "here": [2, None, -4, None, None],
        "none": [2, None, -4, None, None],
        "lag": [7, 2, None, -4, None],
        "both": [7, 2, None, -4, None],
        "lead": [None, -4, None, None, 9],
    }


def test_windows_can_be_shifted_too(clarify: "Clarify") -> None:
    [item] = fill(clarify, {"2023-12-31T23:30:00Z": 7} | TWO)

    shifted = series(clarify, items=[term(item, lag=1)], data={"rollup": "window"})
    months = evaluate(clarify, items=[term(item, lag=1)], data={"rollup": "P1M"})

    assert shifted == {"a": [7]}
    assert months == {"times": [at("00:00:00")], "series": {"a": [7]}}


def test_formulas_see_items_and_earlier_formulas(clarify: "Clarify") -> None:
    one, two = fill(clarify, TWO, {at("00:30:00"): 10, at("05:00:00"): 1})

    found = evaluate(
        clarify,
        items=[term(one), term(two, "b", "max")],
        calculations=[formula("a + b", "c"), formula("c**2 / bucket_seconds", "d")],
    )

    assert found == {
        "times": [at("00:00:00"), at("02:00:00"), at("05:00:00")],
        "series": {
            "a": [2, -4, None],
            "b": [10, None, 1],
            "c": [12, None, None],
            "d": [0.04, None, None],
        },
    }


def test_series_last_and_include_shape_the_answer(clarify: "Clarify") -> None:
    [item] = fill(clarify, TWO)
    data = {
        "filter": {"times": DAY, "series": {"$in": ["c"]}},
        "rollup": "PT1H",
        "last": 1,
        "outsidePoints": True,
    }
    params = {
        "items": [term(item)],
        "calculations": [formula("time_seconds")],
        "data": data,
        "include": ["item"],
        "format": {"groupIncludedByType": True},
        "integration": clarify.caller.id,
    }

    result = clarify.call("clarify.evaluate", params)

    assert result == {
        "meta": {
            "total": -1,
            "format": {
                "dataAsArray": False,
                "groupIncludedByType": True,
                "flattenResourceFields": False,
                "includeResourceHashFields": True,
            },
        },
        "data": {"times": [at("02:00:00")], "series": {"c": [1_704_074_400]}},
        "included": {"items": clarify.items()},
    }


def test_gaps_between_values_are_filled(clarify: "Clarify") -> None:
    [item] = fill(clarify, {at("01:00:00"): 1, at("04:00:00"): 2})

    found = evaluate(clarify, items=[term(item)], calculations=[formula("gapfill(a) * 2")])

    assert found == {
        "times": [at(f"0{hour}:00:00") for hour in range(1, 5)],
        "series": {"a": [1, None, None, 2], "c": [2, 2, 2, 4]},
    }


def test_formulas_alone_have_every_bucket(clarify: "Clarify") -> None:
    found = evaluate(clarify, calculations=[formula("1+1")], data={"rollup": "PT6H"}, items=None)
    months = series(
        clarify,
        calculations=[formula("bucket_seconds / 3600")],
        data={
            "filter": {"times": {"$gte": "2024-03-15T00:00:00Z", "$lt": "2024-05-01T00:00:00Z"}},
            "rollup": "P1M",
            "timeZone": "Europe/Oslo",
        },
    )

    assert found["times"] == [at(f"{hour:02}:00:00") for hour in (0, 6, 12, 18)]
    assert found["series"] == {"c": [2, 2, 2, 2]}
    # March had 31 days without an hour; of May the first two hours of Oslo's lie in the window.
    assert months == {"c": [743, 720, 744]}


def test_nothing_makes_an_empty_frame(clarify: "Clarify") -> None:
    nothing: dict[str, object] = {"times": [], "series": {}}
    window = {"$gte": at("01:00:00"), "$lt": at("00:00:00")}
    [item] = fill(clarify, TWO)

    assert evaluate(clarify) == nothing
    assert evaluate(clarify, items=[term(NOBODY)])["series"] == {"a": []}
    backwards = {"filter": {"times": window}}
    assert series(clarify, items=[term(item, lag=1)], data=backwards) == {"a": []}
    calculated = series(
        clarify, items=[term(NOBODY)], calculations=[formula("gapfill(a)")], data=backwards
    )
    assert calculated == {"a": [], "c": []}


@pytest.mark.parametrize(
    ("method", "expected"),
    [("count", [2, 1]), ("sum", [12, -4]), ("avg", [6, -4]), ("min", [2, -4]), ("max", [10, -4])],
)
def test_groups_make_one_number_of_many_items(
    clarify: "Clarify", method: str, expected: list[float]
) -> None:
    fill(clarify, TWO, {at("00:30:00"): 10}, labels={"site": ["oslo"]})
    fill_other = {"labels": {"site": ["bergen"]}}
    clarify.publish({clarify.save_ids("other")[0]: {"name": "o"} | fill_other})
    group = {
        "filter": {"labels.site": "oslo"},
        "timeAggregation": "avg",
        "groupAggregation": method,
        "alias": "g",
        "engUnit": "m",
    }

    found = evaluate(clarify, "1.2", groups=[group], calculations=[formula("g*1")])

    assert found["series"] == {"g": expected, "c": expected}


def test_group_items_come_along_and_can_lag(clarify: "Clarify") -> None:
    fill(clarify, TWO)
    group = {
        "filter": {},
        "timeAggregation": "sum",
        "groupAggregation": "sum",
        "alias": "g",
        "lag": 1,
    }
    params = {
        "groups": [group],
        "items": None,
        "calculations": None,
        "data": {"filter": {"times": DAY}, "rollup": "PT1H"},
        "include": ["item"],
    }

    result = clarify.call("clarify.evaluate", params, "1.2")

    assert result["data"]["series"] == {"g": [4, -4]}
    assert result["included"] == clarify.items("1.2")


def test_the_pre_releases_of_1_2_choose_groups_by_query(clarify: "Clarify") -> None:
    fill(clarify, TWO)
    group = {"timeAggregation": "sum", "groupAggregation": "count", "alias": "g"}
    old = [group | {"query": {"filter": {"name": "x"}}}]
    new = [group | {"filter": {"name": "x"}}]

    assert series(clarify, "1.2beta1", groups=old) == {"g": [1, 1]}
    assert series(clarify, "1.2", groups=new) == {"g": [1, 1]}
    assert refused(clarify, "1.2", groups=old) == {
        "groups.0.filter": "required",
        "groups.0.query": "unknown parameter",
    }
    assert refused(clarify, "1.2beta1", groups=new) == {
        "groups.0.query": "required",
        "groups.0.filter": "unknown parameter",
    }
    assert refused(clarify, "1.1", groups=[]) == {"groups": "unknown parameter"}


@pytest.mark.parametrize("version", ["1.1", "1.2alpha1"])
def test_clarify_go_sends_null_for_what_it_has_none_of(clarify: "Clarify", version: str) -> None:
    [item] = fill(clarify, TWO)
    params = {
        "calculations": None,
        "data": {"filter": {"times": DAY, "series": {}}, "rollup": "PT1H"},
        "format": {"dataAsArray": False, "groupIncludedByType": False},
        "groups": None,
        "include": [],
        "items": [term(item)],
    }

    result = clarify.call("clarify.evaluate", params, version, user_agent="clarify-go/v0.4.0")

    assert result["data"]["series"] == {"a": [2, -4]}


def test_1_2_names_the_aggregation_anew(clarify: "Clarify") -> None:
    [item] = fill(clarify, TWO)
    new = {"id": item, "timeAggregation": "sum", "alias": "a", "engUnit": "m"}

    assert series(clarify, "1.2", items=[new]) == {"a": [4, -4]}
    assert series(clarify, "1.2", items=[term(item)]) == {"a": [2, -4]}
    assert refused(clarify, "1.2", items=[new | {"aggregation": "sum"}]) == {
        "items.0.aggregation": "must not be given beside timeAggregation"
    }
    assert refused(clarify, items=[new]) == {
        "items.0.aggregation": "required",
        "items.0.timeAggregation": "unknown parameter",
        "items.0.engUnit": "unknown parameter",
    }


METHODS = "count, max, min, sum, first, last, state-percent, state-rate, state-seconds"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"items": [1]}, None),
        ({"items": {}}, {"items": "must be an array"}),
        (
            {"items": [{}]},
            {
                "items.0.id": "required",
                "items.0.alias": "required",
                "items.0.aggregation": "required",
            },
        ),
        ({"items": [term("x")]}, {"items.0.id": "must match ^[a-v0-9]{20}$"}),
        ({"items": [term(NOBODY, "1a")]}, None),
        ({"items": [term(NOBODY, "a" * 29)]}, None),
        ({"items": [term(NOBODY), term(NOBODY)]}, {"items.1.alias": "must be unique"}),
        (
            {"items": [term(NOBODY, aggregation="mean")]},
            {"items.0.aggregation": f"must be one of avg, {METHODS}"},
        ),
        ({"items": [term(NOBODY, aggregation="state-rate")]}, {"items.0.state": "required"}),
        ({"items": [term(NOBODY, state=10_000)]}, {"items.0.state": "must be from 0 to 9999"}),
        ({"items": [term(NOBODY, lag=1001)]}, {"items.0.lag": "must be from -1000 to 1000"}),
        ({"items": [term(NOBODY, lead="1")]}, {"items.0.lead": "must be an integer"}),
        ({"items": [term(NOBODY, x=1)]}, {"items.0.x": "unknown parameter"}),
        ({"data": {}}, {"data.rollup": "required"}),
        ({"data": {"rollup": None}}, {"data.rollup": "required"}),
        ({"include": ["signal"]}, {"include.0": "no enum values registered"}),
        ({"calculations": [formula("x")]}, {"calculations.0.formula": 'unknown name "x"'}),
        ({"calculations": [formula("c")]}, {"calculations.0.formula": 'unknown name "c"'}),
        (
            {"calculations": [formula("d", "c"), formula("c", "d")]},
            {"calculations.0.formula": 'unknown name "d"'},
        ),
        ({"calculations": [formula("1 +")]}, {"calculations.0.formula": "unexpected end"}),
        ({"calculations": [formula(1)]}, None),
        ({"calculations": [{"alias": "c"}]}, {"calculations.0.formula": "required"}),
        (
            {"calculations": [formula("1"), formula("2")]},
            {"calculations.1.alias": "must be unique"},
        ),
        (
            {"calculations": [formula("1", f"c{number}") for number in range(101)]},
            {"calculations": "must have at most 100 calculations"},
        ),
        (
            {"items": [term(f"{number:020}", f"a{number}") for number in range(51)]},
            {"items": "must have at most 50 different items"},
        ),
    ],
)
def test_malformed_parameters_are_refused(
    clarify: "Clarify", params: dict[str, Any], expected: dict[str, str] | None
) -> None:
    found = refused(clarify, **params)

    assert found == expected if expected else found


def test_the_data_query_is_required(clarify: "Clarify") -> None:
    assert clarify.refusal("clarify.evaluate", {}) == {
        "params.data": "required",
        "params.data.rollup": "required",
    }


def test_fifty_items_may_have_more_aggregations(clarify: "Clarify") -> None:
    items = [term(f"{number % 50:020}", f"a{number}") for number in range(60)]

    assert len(series(clarify, items=items)) == 60


def test_groups_are_limited(clarify: "Clarify") -> None:
    fill(clarify, *([TWO] * 51))
    group = {"filter": {}, "timeAggregation": "sum", "groupAggregation": "sum"}
    many = [group | {"alias": f"g{number}"} for number in range(51)]

    assert refused(clarify, "1.2", groups=many[:1]) == {
        "groups": "must match at most 50 different items"
    }
    assert refused(clarify, "1.2", groups=many) == {"groups": "must have at most 50 groups"}


def test_too_many_buckets_are_refused(clarify: "Clarify") -> None:
    times = {"$gte": "2000-01-01T00:00:00Z", "$lt": "2024-01-01T00:00:00Z"}
    data = {"filter": {"times": times}, "rollup": "PT0.000001S"}

    found = refused(clarify, calculations=[formula("1")], data=data)

    assert found == {"data.rollup": f"must make at most {MOST_BUCKETS} buckets"}


def test_evaluating_has_no_window_of_ten_years(clarify: "Clarify") -> None:
    clarify.use(Settings(limits_windows=True))
    times = {"$gte": "2014-01-01T00:00:00Z", "$lt": "2024-01-01T00:00:00Z"}

    assert refused(clarify, data={"filter": {"times": times}, "rollup": "P1M"}) == {
        "data.filter.times": "must be at most 1900 days"
    }


@pytest.mark.parametrize("version", ["1.0", "1.1beta1", "1.1beta2"])
def test_older_versions_do_not_evaluate(clarify: "Clarify", version: str) -> None:
    assert clarify.answer("clarify.evaluate", {}, version)["error"]["code"] == -32601
