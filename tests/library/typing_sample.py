"""The public library as a typed program uses it; never run, only judged by mypy."""

from datetime import UTC, datetime, timedelta
from typing import assert_type

from syncer import (
    Calculation,
    Client,
    DataFrame,
    Filter,
    FrameSelection,
    Item,
    ItemAggregation,
    PartlyInserted,
    Saved,
    SelectedItem,
    SelectedSignal,
    Selection,
    Signal,
)
from syncer.query import In, Regex


def write(client: Client) -> None:
    signal = Signal(name="A", labels={"site": ["Pier"]}, gapDetection=timedelta(hours=1))
    assert_type(client.save_signals(["a"], [signal]), dict[str, Saved])
    assert_type(client.save_signals(signals_by_input={"a": signal}), dict[str, Saved])
    assert_type(client.publish_signals(items_by_signal={"s": Item(name="A")}), dict[str, Saved])
    assert_type(signal.gapDetection, timedelta | None)


def insert(client: Client) -> None:
    frame = DataFrame(
        series={"a": [1, None]}, times=["2026-01-01T00:00:00Z", datetime.max.replace(tzinfo=UTC)]
    )
    try:
        client.insert(frame)
    except PartlyInserted as error:
        client.insert(error.rest)


def read(client: Client) -> None:
    pier = Filter({"labels.site": In(["Pier"])}) & Filter({"name": Regex("^A")})
    signals = client.select_signals(pier, sort=["-name"], include=["item"])
    assert_type(signals, Selection[SelectedSignal])
    assert_type(signals[0], SelectedSignal)
    assert_type(signals[0:2], tuple[SelectedSignal, ...])
    assert_type(signals[0].attributes, Signal)
    assert_type(signals.included.items, tuple[SelectedItem, ...])
    items = client.select_items({"visible": True})
    assert_type([item.attributes.visible for item in items], list[bool])


def calculate(client: Client) -> None:
    frame = client.data_frame(gte=datetime(2026, 1, 1, tzinfo=UTC), lt="2026-02-01T00:00:00Z")
    assert_type(frame, FrameSelection)
    assert_type(frame.data.times, tuple[datetime, ...])
    client.evaluate(
        items=[ItemAggregation("c618rbfqfsj7mjkj0ss0", "avg", alias="a")],
        calculations=[Calculation("a * 2", alias="b")],
        rollup=timedelta(hours=1),
    )
