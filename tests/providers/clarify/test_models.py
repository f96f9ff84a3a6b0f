"""Signals and items are judged when they are made."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncer.providers.clarify.models import Item, Signal
from syncer.providers.clarify.refusals import InvalidInput


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "Signal.name: .* 1 to 128 characters"),
        ({"name": "x" * 129}, "1 to 128 characters"),
        ({"name": 7}, "1 to 128 characters"),
        ({"description": "x" * 1001}, "0 to 1000 characters"),
        ({"engUnit": "x" * 256}, "0 to 255 characters"),
        ({"labels": {"a b": ["x"]}}, "Signal.labels: .*a key is 1 to 128"),
        ({"labels": {"a": "x"}}, r"a list of texts \(\['x'\]\)"),
        ({"labels": {"a": 7}}, "a list of texts"),
        ({"labels": {"a": [7]}}, r"Signal.labels\['a'\]: .*it is a text"),
        ({"labels": ["a"]}, "it is a mapping"),
        ({"annotations": {"a": ["x"]}}, "it is a text"),
        ({"annotations": {"a.b": "x"}}, "a key is 1 to 128"),
        ({"valueType": "number"}, "one of numeric, enum"),
        ({"sourceType": "aggregate"}, "one of measurement, aggregation, prediction"),
        ({"enumValues": {"01": "x"}}, "from 0 to 9999"),
        ({"enumValues": {True: "x"}}, "from 0 to 9999"),
        ({"enumValues": {1: ""}}, "1 to 128 characters"),
        ({"sampleInterval": "1h"}, "Signal.sampleInterval: "),
        ({"gapDetection": "P1M"}, "months have no fixed length"),
        ({"gapDetection": 60}, "a duration is a timedelta"),
    ],
)
def test_what_breaks_a_rule_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Signal(**{"name": "A", **values})


def test_everything_wrong_is_said_at_once() -> None:
    labels: Any = {f"a {at}": ["x"] for at in range(9)}

    with pytest.raises(InvalidInput) as caught:
        Signal(name="", labels=labels)

    assert len(caught.value.findings) == 6
    assert str(caught.value).endswith("and 5 more findings like these")


def test_a_signal_refuses_what_it_does_not_know() -> None:
    unknown: Any = {"unit": "m"}

    with pytest.raises(TypeError, match="unit"):
        Signal(name="A", **unknown)


def test_values_are_brought_into_one_form() -> None:
    signal = Signal(name="A", labels={"k": ["x"]}, enumValues={1: "on"}, gapDetection="PT1H30M")

    assert signal.labels == {"k": ("x",)}
    assert signal.enumValues == {"1": "on"}
    assert signal.gapDetection == timedelta(minutes=90)
    assert signal.to_json()["gapDetection"] == "PT1H30M"


def test_a_changed_copy_is_judged_too() -> None:
    item = Item(name="A", visible=True)

    assert replace(item, name="B") == Item(name="B", visible=True)
    with pytest.raises(InvalidInput):
        replace(item, name="")


def test_visible_is_a_boolean() -> None:
    yes: Any = "yes"

    with pytest.raises(InvalidInput, match=r"Item\.visible"):
        Item(name="A", visible=yes)
