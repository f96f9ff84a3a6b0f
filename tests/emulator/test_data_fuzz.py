"""Whatever the parameters of the data methods hold, the answer is an answer."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.feeding import at, insert, publish

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

VERSIONS = ("1.0", "1.1beta1", "1.1beta2", "1.1", "1.2beta1", "1.2")
METHODS = ("clarify.dataFrame", "clarify.evaluate", "clarify.selectItems", "integration.insert")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
NAMES = st.sampled_from(
    [
        "query",
        "filter",
        "sort",
        "limit",
        "skip",
        "total",
        "data",
        "times",
        "series",
        "$gte",
        "$lt",
        "$in",
        "rollup",
        "timeZone",
        "last",
        "origin",
        "firstDayOfWeek",
        "outsidePoints",
        "include",
        "format",
        "dataAsArray",
        "groupIncludedByType",
        "items",
        "groups",
        "id",
        "calculations",
        "formula",
        "alias",
        "aggregation",
        "timeAggregation",
        "groupAggregation",
        "state",
        "lead",
        "lag",
        "notBefore",
        "before",
        "integration",
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner, max_size=6)
    ),
    max_leaves=25,
)
TIMES = (
    st.sampled_from(["2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
    | st.integers(-62_135_596_800, 253_402_300_799)
    | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
)
ROLLUPS = st.sampled_from(
    ["window", "PT1H", "PT24H", "P1W", "P1M", "P3Y", "P999999Y", "PT2562047H", "PT0.5S", "P1D"]
)
# Mostly valid, so that the calls get far.
DATA = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.fixed_dictionaries(
            {},
            optional={"times": st.fixed_dictionaries({}, optional={"$gte": TIMES, "$lt": TIMES})},
        ),
        "rollup": ROLLUPS,
        "timeZone": st.sampled_from(["Europe/Oslo", "America/Havana", "Pacific/Apia", "UTC"]),
        "firstDayOfWeek": st.integers(1, 7),
        "origin": TIMES,
        "last": st.integers(-3, 3),
        "outsidePoints": st.booleans(),
    },
)
FORMULAS = st.sampled_from(["a", "a+1", "gapfill(a)*b", "time_seconds/a", "max(a,b)^a", "1", "a%b"])
SHIFTS = st.integers(-1000, 1000)
STATES = st.sampled_from(["avg", "first", "state-rate", "state-seconds", "state-percent"])


def ask(clarify: "Clarify", method: str, params: object, version: str) -> object:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    response = clarify.post(body, x_api_version=version)
    answer = json.loads(response.body)
    assert response.status == 200
    assert ("result" in answer) != ("error" in answer)
    return answer.get("result") or answer["error"]["code"]


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(METHODS),
    st.sampled_from(VERSIONS),
    st.dictionaries(NAMES, JSON, max_size=6) | st.lists(JSON, max_size=5),
)
def test_random_parameters_get_an_answer(
    clarify: "Clarify", method: str, version: str, params: object
) -> None:
    """No JSON in the parameters makes the service fail."""
    assert ask(clarify, method, params, version)


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(DATA, SHIFTS, SHIFTS, STATES, FORMULAS)
def test_random_data_queries_get_an_answer(
    clarify: "Clarify", data: dict[str, object], lag: int, lead: int, method: str, formula: str
) -> None:
    """A data query of valid members is answered, or refused for its many buckets."""
    if not clarify.items():
        ends = {at("00:00:00"): 1.0, "9999-12-31T23:59:59Z": 2.0, "0001-01-01T00:00:01Z": 0.0}
        numeric, enum = insert(
            clarify, {"a": ends, "b": {at("01:00:00"): 5, "2999-01-01T00:00:00Z": 1}}
        )
        publish(clarify, [numeric])
        publish(clarify, [enum], valueType="enum")
    one, two = (item["id"] for item in clarify.items())
    terms = [
        {"id": one, "aggregation": method, "state": 1, "alias": "a", "lag": lag},
        {"id": two, "aggregation": method, "state": 5, "alias": "b", "lead": lead},
    ]
    evaluated = {
        "items": terms,
        "calculations": [{"alias": "c", "formula": formula}],
        "data": {"rollup": "PT1H"} | data,
    }

    for found in (
        ask(clarify, "clarify.dataFrame", {"data": data}, "1.1"),
        ask(clarify, "clarify.evaluate", evaluated, "1.2"),
    ):
        assert found == -32602 or isinstance(found, dict)
