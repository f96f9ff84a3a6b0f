"""The service against an independent model, over random sequences of calls."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncer.emulator.settings import Settings
from syncer.emulator.store import open_store
from tests.emulator.conftest import Clarify

INPUTS = ("a", "b", "c", "d")
START = 1_704_067_200
HOUR = 3600
TIMES = {"$gte": "2024-01-01T00:00:00Z", "$lt": "2024-01-01T06:00:00Z"}
DEFAULTS: Mapping[str, Any] = {
    "description": "",
    "valueType": "numeric",
    "sourceType": "measurement",
    "engUnit": "",
    "sampleInterval": None,
    "gapDetection": None,
    "labels": {},
    "enumValues": {},
}

names = st.sampled_from(["", "x", "y", "z"])
texts = st.sampled_from(["", "u", "v"])
views = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "description": texts,
        "engUnit": texts,
        "labels": st.dictionaries(st.sampled_from("kl"), st.lists(texts, max_size=2), max_size=2),
        "annotations": st.dictionaries(st.sampled_from("pq"), texts, max_size=2),
        "sampleInterval": st.sampled_from([None, "PT1M", "PT2H"]),
        "sourceType": st.sampled_from(["", "measurement", "prediction"]),
    },
)
moments = st.integers(0, 6 * HOUR - 1).map(lambda second: START + second // 600 * 600)
values = st.one_of(st.none(), st.integers(-5, 5))
somes = st.lists(st.sampled_from(INPUTS), unique=True)


@dataclass
class Resource:
    """A signal or an item as the documentation describes it."""

    id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    item: str | None = None
    samples: dict[int, float] = field(default_factory=dict)

    def save(self, view: Mapping[str, Any], **others: Any) -> bool:
        """Replace the attributes, merge the annotations; tell whether anything changed."""
        before = (self.attributes, self.annotations)
        given = {key: value for key, value in view.items() if key != "annotations"}
        given = {**others, **given, "sourceType": view.get("sourceType") or "measurement"}
        self.attributes = {**DEFAULTS, **given, "name": view.get("name") or others["name"]}
        merged = self.annotations | view.get("annotations", {})
        self.annotations = {key: value for key, value in merged.items() if value}
        return before != (self.attributes, self.annotations)


class Model(RuleBasedStateMachine):
    """Random calls, each answered as the model says, and a state that reads back the same."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store()
        self.clarify = Clarify(self.store, Settings())
        self.signals: dict[str, Resource] = {}
        self.items: dict[str, Resource] = {}

    def teardown(self) -> None:
        self.store.close()

    @rule(given=st.dictionaries(st.sampled_from(INPUTS), views), create_only=st.booleans())
    def save(self, given: dict[str, Any], create_only: bool) -> None:
        answered = self.clarify.save(given, createOnly=create_only)

        for key, view in given.items():
            is_new = key not in self.signals
            signal = self.signals.setdefault(key, Resource(answered[key]["id"]))
            is_changed = (is_new or not create_only) and signal.save(view, name=key, input=key)
            summary = {"id": signal.id, "created": is_new, "updated": is_changed and not is_new}
            assert answered[key] == summary
        assert list(answered) == list(given)

    @rule(
        times=st.lists(moments, max_size=4),
        inputs=somes,
        data=st.data(),
    )
    def insert(self, times: list[int], inputs: list[str], data: st.DataObject) -> None:
        lists = st.lists(values, min_size=len(times), max_size=len(times))
        series = {key: data.draw(lists) for key in inputs}
        params = {"integration": self.clarify.caller.id, "data": {"times": times, "series": series}}
        answered = self.clarify.call("integration.insert", params)["signalsByInput"]

        for key, column in series.items():
            is_new = key not in self.signals
            signal = self.signals.setdefault(key, Resource(answered[key]["id"]))
            if is_new:
                signal.save({}, name=key, input=key)
            pairs = zip(times, column, strict=True)
            signal.samples |= {time: value for time, value in pairs if value is not None}
            assert answered[key] == {"id": signal.id, "created": is_new}

    @rule(given=st.dictionaries(st.sampled_from(INPUTS), views), create_only=st.booleans())
    def publish(self, given: dict[str, Any], create_only: bool) -> None:
        chosen = {key: view for key, view in given.items() if key in self.signals}
        items = {self.signals[key].id: view for key, view in chosen.items()}
        answered = self.clarify.publish(items, createOnly=create_only)

        for key, view in chosen.items():
            signal = self.signals[key]
            found = answered[signal.id]
            is_new = signal.item is None
            signal.item = signal.item or found["id"]
            item = self.items.setdefault(signal.item, Resource(signal.item))
            defaults = {"gapDetection": "PT960H", "visible": False}
            others = defaults | {"name": signal.attributes["name"]}
            is_changed = (is_new or not create_only) and item.save(view, **others)
            summary = {"id": item.id, "created": is_new, "updated": is_changed and not is_new}
            assert found == summary

    @rule(inputs=somes, number=st.integers(0, 3), is_dry=st.booleans())
    def connect(self, inputs: list[str], number: int, is_dry: bool) -> None:
        if number < len(self.items):
            item = list(self.items)[number]
            self._relink("connect", inputs, item, dryRun=is_dry, item=item)

    @rule(inputs=somes, is_dry=st.booleans())
    def disconnect(self, inputs: list[str], is_dry: bool) -> None:
        self._relink("disconnect", inputs, None, dryRun=is_dry)

    def _relink(self, verb: str, inputs: list[str], target: str | None, **params: Any) -> None:
        query = {"filter": {"input": {"$in": inputs}}, "sort": ["input"]}
        given = {"integration": self.clarify.caller.id, "query": query} | params
        answered = self.clarify.call(f"admin.signals.{verb}", given, "1.2")["data"]

        chosen = [self.signals[key] for key in sorted(inputs) if key in self.signals]
        shown = {"type": "items", "id": target} if target else None
        assert [(found["id"], found["relationships"]["item"]["data"]) for found in answered] == [
            (signal.id, shown) for signal in chosen
        ]
        if not params["dryRun"]:
            for signal in chosen:
                signal.item = target

    @rule(
        name=names,
        negates=st.booleans(),
        limit=st.integers(0, 4),
        skip=st.integers(0, 3),
        descends=st.booleans(),
    )
    def select(self, name: str, negates: bool, limit: int, skip: int, descends: bool) -> None:
        query = {
            "filter": {"name": {"$ne": name} if negates else name},
            "sort": ["-name" if descends else "name", "id"],
            "limit": limit,
            "skip": skip,
            "total": True,
        }
        given = {"integration": self.clarify.caller.id, "query": query}
        answered = self.clarify.call("admin.selectSignals", given)

        def matches(signal: Resource) -> bool:
            return (signal.attributes["name"] == name) is not negates

        found = sorted(filter(matches, self.signals.values()), key=lambda signal: signal.id)
        found.sort(key=lambda signal: signal.attributes["name"], reverse=descends)
        assert answered["meta"]["total"] == len(found)
        assert [one["id"] for one in answered["data"]] == [
            signal.id for signal in found[skip : skip + limit]
        ]

    @rule()
    def roll_up(self) -> None:
        expected: dict[str, dict[int, float]] = defaultdict(dict)
        for item, samples in self._samples().items():
            hours: dict[int, list[float]] = defaultdict(list)
            for time, value in samples.items():
                hours[time // HOUR * HOUR].append(value)
            for hour, found in hours.items():
                results = {"count": len(found), "min": min(found), "max": max(found)}
                results |= {"sum": sum(found), "avg": sum(found) / len(found)}
                for aggregate, value in results.items():
                    expected[f"{item}_{aggregate}"][hour] = value

        read = self._read({"rollup": "PT1H"})
        assert {key: column for key, column in read.items() if column} == expected

    @invariant()
    def signals_read_back(self) -> None:
        found = self.clarify.signals(sort=["input"])
        assert [
            (
                signal["id"],
                signal["attributes"],
                signal["meta"]["annotations"],
                (signal["relationships"]["item"]["data"] or {}).get("id"),
            )
            for signal in found
        ] == [
            (signal.id, signal.attributes, signal.annotations, signal.item)
            for _, signal in sorted(self.signals.items())
        ]

    @invariant()
    def items_read_back(self) -> None:
        found = self.clarify.items(sort=["id"], limit=1000)
        assert [
            (item["id"], item["attributes"], item["meta"]["annotations"]) for item in found
        ] == [
            (item.id, item.attributes, item.annotations)
            for item in sorted(self.items.values(), key=lambda item: item.id)
        ]

    @invariant()
    def samples_read_back(self) -> None:
        found = self._read({})
        expected = self._samples()
        assert {key: column for key, column in found.items() if column} == expected

    def _samples(self) -> dict[str, dict[int, float]]:
        """Return the samples by item; of signals that share one, the last created wins."""
        merged: dict[str, dict[int, float]] = defaultdict(dict)
        for signal in sorted(self.signals.values(), key=lambda signal: signal.id):
            if signal.item and signal.samples:
                merged[signal.item] |= signal.samples
        return merged

    def _read(self, data: dict[str, Any]) -> dict[str, dict[int, float]]:
        """Return the frame of all items: values by time by series."""
        read: dict[str, dict[int, float]] = {}
        for skip in range(0, len(self.items), 50):
            params = {
                "query": {"limit": 50, "skip": skip, "sort": ["id"]},
                "data": {"filter": {"times": TIMES}, **data},
            }
            frame = self.clarify.call("clarify.dataFrame", params)["data"]
            times = [self._seconds(text) for text in frame["times"]]
            for key, column in frame["series"].items():
                pairs = zip(times, column, strict=True)
                read[key] = {time: value for time, value in pairs if value is not None}
        return read

    @staticmethod
    def _seconds(text: str) -> int:
        hour, minute, second = text.removesuffix("Z").partition("T")[2].split(":")
        return START + int(hour) * HOUR + int(minute) * 60 + int(float(second))


Model.TestCase.settings = settings(max_examples=80, stateful_step_count=25)
TestModel = pytest.mark.property(Model.TestCase)
