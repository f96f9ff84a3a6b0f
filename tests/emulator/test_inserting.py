"""Inserting samples: signals made on the way, microseconds kept, nothing half done."""

from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.records import Sample
from syncer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

NOON = "2024-01-01T12:00:00Z"
NOON_AT = 1_704_110_400_000_000


def insert(clarify: "Clarify", times: object, series: object) -> Any:
    data = {"times": times, "series": series}
    params = {"integration": clarify.caller.id, "data": data}
    return clarify.call("integration.insert", params)["signalsByInput"]


def refusal(clarify: "Clarify", times: object, series: object) -> Any:
    data = {"times": times, "series": series}
    return clarify.refusal("integration.insert", {"integration": clarify.caller.id, "data": data})


def samples(clarify: "Clarify", signal: str) -> list[tuple[int, float]]:
    return [(sample.time, sample.value) for sample in clarify.store.samples(signal, clarify.now)]


def test_samples_are_kept_to_the_microsecond(clarify: "Clarify") -> None:
    times = ["2024-01-01T13:00:00.1234567+01:00", 1_704_110_401, "2024-01-01T12:00:02Z"]
    signal = insert(clarify, times, {"a": [1.5, 2, None]})["a"]["id"]

    assert samples(clarify, signal) == [(NOON_AT + 123_456, 1.5), (NOON_AT + 1_000_000, 2.0)]


def test_a_later_sample_overwrites_one_of_its_time(clarify: "Clarify") -> None:
    signal = insert(clarify, [NOON], {"a": [1]})["a"]["id"]
    insert(clarify, [NOON, NOON], {"a": [2, 3]})
    insert(clarify, [NOON], {"a": [None]})

    assert samples(clarify, signal) == [(NOON_AT, 3.0)]


def test_missing_signals_are_created_empty(clarify: "Clarify") -> None:
    clarify.save({"old": {"name": "Old"}})

    created = insert(clarify, [NOON], {"old": [1], "new": [None]})

    assert {key: summary["created"] for key, summary in created.items()} == {
        "old": False,
        "new": True,
    }
    assert all(summary.keys() == {"id", "created"} for summary in created.values())
    assert [signal["attributes"]["name"] for signal in clarify.signals()] == ["Old", "new"]


def test_inserting_nothing_is_no_error(clarify: "Clarify") -> None:
    assert insert(clarify, [], {}) == {}
    assert list(insert(clarify, [], {"a": []})) == ["a"]


@pytest.mark.parametrize(
    ("times", "series", "expected"),
    [
        ([NOON], {"a": [1, 2]}, {"series.a": "not same length as times"}),
        ([NOON], {"a": {}}, {"series.a": "must be an array"}),
        ([NOON], {"a": ["1"]}, {"series.a.0": "must be a number or null"}),
        ([NOON] * 3, {"a": [1, "1", None]}, {"series.a.1": "must be a number or null"}),
        ([NOON], {"a": [True]}, {"series.a.0": "must be a number or null"}),
        ([NOON], {"a": [10**400]}, {"series.a.0": "must be a number or null"}),
        ([NOON], {"a b": [1]}, {"series.a b": "key must match ^[a-zA-Z0-9-_:.#+/]{1,128}$"}),
        (["noon"], {"a": [1]}, {"times.0": "must be an RFC 3339 timestamp or UNIX seconds"}),
        ([1.5], {"a": [1]}, {"times.0": "must be an RFC 3339 timestamp or UNIX seconds"}),
        (NOON, {}, {"times": "must be an array"}),
        ([], [], {"series": "must be an object"}),
    ],
)
def test_malformed_data_is_refused_whole(
    clarify: "Clarify", times: object, series: object, expected: dict[str, str]
) -> None:
    found = refusal(clarify, times, series)

    assert found == {f"params.data.{path}": message for path, message in expected.items()}
    assert clarify.signals() == []


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_are_none_are_refused(clarify: "Clarify", number: bytes) -> None:
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"integration.insert","params":{"integration":'
        b'"c618rbfqfsj7mjkj0ss0","data":{"times":[0],"series":{"a":[%s]}}}}' % number
    )

    assert b'"error"' in clarify.post(body).body
    assert clarify.signals() == []


def test_missing_and_unknown_members_are_told(clarify: "Clarify") -> None:
    params = {"integration": clarify.caller.id, "times": [], "data": {"rows": []}}

    assert clarify.refusal("integration.insert", params) == {
        "params.data.times": "required",
        "params.data.series": "required",
        "params.data.rows": "unknown parameter",
        "params.times": "unknown parameter",
    }


def test_samples_can_become_readable_later(clarify: "Clarify") -> None:
    clarify.use(Settings(insert_delay_seconds=1.5))
    signal = insert(clarify, [NOON], {"a": [1]})["a"]["id"]

    assert clarify.store.samples(signal, clarify.now + 1_499_999) == ()
    readable_at = clarify.now + 1_500_000
    assert clarify.store.samples(signal, readable_at) == (
        Sample(signal, NOON_AT, 1.0, readable_at),
    )
