"""pyclarify 0.7.0, unmodified, writing data and reading it back over a real socket."""

import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncer.emulator.credentials import make_credentials
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import open_store

with warnings.catch_warnings():
    # It is declared with names of pydantic 1.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyclarify
    from pyclarify import query
    from pyclarify.views.evaluate import Calculation, GroupAggregation, ItemAggregation

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

STAND = "c618rbfqfsj7mjkj0ss0"
DAY = {"gte": "2024-01-01T00:00:00Z", "lt": "2024-01-02T00:00:00Z"}


class Plant:
    """Two published signals, of which "a" has three samples and "b" two."""

    def __init__(self, credentials: Mapping[str, object]) -> None:
        self._credentials = credentials
        client = self.client()
        data = pyclarify.DataFrame(
            times=["2024-01-01T00:10:00Z", "2024-01-01T00:20:00.000001Z", "2024-01-01T02:00:00Z"],
            series={"a": [1.5, 2.5, -4], "b": [10, None, 20]},
        )
        made = client.insert(data).result.signalsByInput
        items = {
            made[key].id: pyclarify.Item(name=key, labels={"site": ["oslo"]}, visible=True)
            for key in "ab"
        }
        summaries = client.publish_signals(items_by_signal=items).result.itemsBySignal
        self.a, self.b = (summaries[made[key].id].id for key in "ab")

    def client(self, version: str | None = None) -> Any:
        return pyclarify.Client(dict(self._credentials), api_version=version)


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    with running(Service(store).handle) as url:
        yield Plant(make_credentials(integration, url)["client-credentials"])
    store.close()


def frame(response: Any) -> dict[str, list[float | None]]:
    """Return the columns of a response, by the minute of the day first."""
    assert response.error is None, response.error
    data = response.result.data
    minutes = [moment - datetime(2024, 1, 1, tzinfo=UTC) for moment in data.times]
    return {"minutes": [minute / timedelta(minutes=1) for minute in minutes], **data.series}


@pytest.mark.parametrize("version", ["1.1", "1.2beta1", "1.2"])
def test_raw_data_reads_as_it_was_inserted(plant: Plant, version: str) -> None:
    response = plant.client(version).data_frame(**DAY)

    assert frame(response) == {
        "minutes": [10, 20 + 1 / 60_000_000, 120],
        plant.a: [1.5, 2.5, -4],
        plant.b: [10, None, 20],
    }
    assert response.result.meta.total == 2


def test_a_rollup_has_a_bucket_per_hour(plant: Plant) -> None:
    only = query.Filter(fields={"name": query.Equal(value="a")})

    hours = plant.client().data_frame(filter=only, rollup=timedelta(hours=1), **DAY)

    assert frame(hours) == {
        "minutes": [0, 120],
        f"{plant.a}_avg": [2, -4],
        f"{plant.a}_count": [2, 1],
        f"{plant.a}_max": [2.5, -4],
        f"{plant.a}_min": [1.5, -4],
        f"{plant.a}_sum": [4, -4],
    }


def test_a_window_is_one_bucket(plant: Plant) -> None:
    response = plant.client().data_frame(rollup="window", **DAY)

    assert frame(response)[f"{plant.b}_sum"] == [30]
    assert frame(response)["minutes"] == [0]


def test_a_month_begins_in_its_time_zone(plant: Plant) -> None:
    response = plant.client().data_frame(rollup="P1M", timeZone="Europe/Oslo", **DAY)

    assert frame(response)["minutes"] == [-60]


def test_last_returns_the_newest(plant: Plant) -> None:
    response = plant.client().data_frame(last=1, **DAY)

    assert frame(response) == {"minutes": [120], plant.a: [-4], plant.b: [20]}


def test_items_are_included(plant: Plant) -> None:
    response = plant.client().data_frame(include=["item"], limit=1, sort=["-name"], **DAY)

    [item] = response.result.included.items
    assert (item.id, item.attributes.name) == (plant.b, "b")
    assert list(frame(response)) == ["minutes", plant.b]


def test_long_windows_are_read_in_parts(plant: Plant) -> None:
    response = plant.client().data_frame(gte="2023-06-01T00:00:00Z", lt="2024-06-01T00:00:00Z")

    assert frame(response)[plant.a] == [1.5, 2.5, -4]


@pytest.mark.parametrize("version", ["1.1", "1.2beta1", "1.2"])
def test_items_and_formulas_are_evaluated(plant: Plant, version: str) -> None:
    response = plant.client(version).evaluate(
        items=[
            ItemAggregation(id=plant.a, aggregation="avg", alias="i1"),
            ItemAggregation(id=plant.b, aggregation="max", alias="i2", lag=2),
        ],
        calculations=[
            Calculation(formula="i1**2", alias="power2"),
            Calculation(formula="floor(power2 / i2 * 100)", alias="ratio"),
        ],
        rollup="PT1H",
        **DAY,
    )

    assert frame(response) == {
        "minutes": [0, 120, 240],
        "i1": [2, -4, None],
        "i2": [None, 10, 20],
        "power2": [4, 16, None],
        "ratio": [None, 160, None],
    }


def test_chosen_series_are_evaluated(plant: Plant) -> None:
    response = plant.client().evaluate(
        items=[ItemAggregation(id=plant.a, aggregation="sum", alias="i1")],
        calculations=[Calculation(formula="i1 + bucket_seconds", alias="c1")],
        series=["c1"],
        rollup="P1D",
        timeZone="Europe/Oslo",
        firstDayOfWeek=7,
        outsidePoints=True,
        include=["item"],
        **DAY,
    )

    assert frame(response) == {"minutes": [-60], "c1": [86_400]}
    assert [item.id for item in response.result.included.items] == [plant.a]


@pytest.mark.parametrize("version", ["1.2alpha1", "1.2beta1", "1.2"])
def test_groups_are_evaluated_from_1_2(plant: Plant, version: str) -> None:
    group = GroupAggregation(
        filter={"labels.site": "oslo"}, timeAggregation="avg", groupAggregation="sum", alias="g1"
    )

    response = plant.client(version).evaluate(groups=[group], rollup="PT10M", **DAY)

    assert frame(response) == {"minutes": [10, 20, 120], "g1": [11.5, 2.5, 16]}


def test_a_bad_formula_is_an_error_response(plant: Plant) -> None:
    response = plant.client().evaluate(
        items=[ItemAggregation(id=plant.a, aggregation="avg", alias="i1")],
        calculations=[Calculation(formula="i1 + i2", alias="c1")],
        rollup="PT1H",
        **DAY,
    )

    found = {"path": "params.calculations.0.formula", "error": 'unknown name "i2"'}
    assert str(response.error.code) == "-32602"
    assert response.error.data.model_dump(exclude_unset=True) == {"pathErrors": [found]}
