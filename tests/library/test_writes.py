"""Writes by the public client: cut into requests, paced, and honest about what was written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncer import (
    AccessDenied,
    ApiRejection,
    BatchTooLarge,
    Client,
    DataFrame,
    InvalidInput,
    Item,
    OutcomeUnknown,
    PartlyInserted,
    PartlyWritten,
    Signal,
)
from syncer.providers.clarify import chunks
from tests.library.site import OTHER, STAND, Site, fine, rpc_error, status

START = datetime(2026, 1, 1, tzinfo=UTC)


def signals(count: int) -> dict[str, Signal]:
    return {f"s{at:05}": Signal(name=f"S{at}", engUnit="m") for at in range(count)}


def frame(times: int, *keys: str) -> DataFrame:
    moments = [START + timedelta(minutes=at) for at in range(times)]
    return DataFrame({key: [float(at) for at in range(times)] for key in keys}, moments)


def test_a_large_save_takes_a_request_for_each_500_signals(site: Site) -> None:
    told: list[tuple[int, int]] = []
    client = site.client(progress=lambda done, total: told.append((done, total)))

    saved = client.save_signals(signals_by_input=signals(1200))

    assert site.methods() == ["integration.saveSignals"] * 3
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]
    assert (len(saved), all(each.created for each in saved.values())) == (1200, True)


def test_a_save_of_long_texts_is_cut_by_bytes(site: Site) -> None:
    enum = dict.fromkeys(range(1000), "x" * 128)
    given = {f"s{at}": Signal(name="S", valueType="enum", enumValues=enum) for at in range(100)}

    site.client().save_signals(signals_by_input=given)

    assert len(site.sizes) == 2
    assert max(site.sizes) <= 8 << 20


def test_a_signal_that_no_request_can_hold_is_refused(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks.chunk_views, "__kwdefaults__", {"max_count": 500, "max_bytes": 99})

    with pytest.raises(InvalidInput, match="a request may have 99"):
        client.save_signals(["a"], [Signal(name="A" * 100)])

    assert site.calls == []


def test_both_forms_of_a_save_say_the_same(client: Client, site: Site) -> None:
    client.save_signals(["a"], [Signal(name="A")])
    client.save_signals(signals_by_input={"a": Signal(name="A")})

    first, second = site.params()
    assert first == second


def test_a_save_sends_every_attribute_and_no_annotations_unless_given(
    client: Client, site: Site
) -> None:
    client.save_signals(["a", "b"], [Signal(name="A"), Signal(name="B", annotations={"k": ""})])

    sent = site.params()[0]["signalsByInput"]
    assert sent["a"] == {
        "name": "A",
        "description": "",
        "labels": {},
        "sourceType": "measurement",
        "valueType": "numeric",
        "engUnit": "",
        "enumValues": {},
        "sampleInterval": None,
        "gapDetection": None,
    }
    assert sent["b"]["annotations"] == {"k": ""}


def test_what_was_read_can_be_saved_as_it_is(client: Client) -> None:
    given = Signal(
        name="Level",
        description="°C",
        labels={"site": ["Pier", "Yacht"]},
        annotations={"acme/plc": "7"},
        engUnit="m",
        valueType="enum",
        sourceType="prediction",
        enumValues={0: "off", 1: "on"},
        sampleInterval="PT1M",
        gapDetection=timedelta(hours=2),
    )
    client.save_signals(["a"], [given])
    [read] = client.select_signals()

    again = client.save_signals(["a"], [read.attributes])

    assert (read.attributes, again["a"].updated) == (given, False)


def test_an_item_carries_annotations(client: Client) -> None:
    signal = client.save_signals(["a"], [Signal(name="A")])["a"].id
    item = Item(name="A", annotations={"acme/plc": "7"}, visible=True)

    client.publish_signals(items_by_signal={signal: item})

    [read] = client.select_items()
    assert (read.attributes, read.meta.annotations) == (
        Item(name="A", annotations={"acme/plc": "7"}, visible=True, gapDetection="P40D"),
        {"acme/plc": "7"},
    )


def test_create_only_is_passed_on(client: Client, site: Site) -> None:
    signal = client.save_signals(["a"], [Signal(name="A")], create_only=True)["a"].id
    client.publish_signals([signal], [Item(name="A")], create_only=True)

    assert [call["createOnly"] for call in site.params()] == [True, True]


def test_nothing_to_write_sends_nothing(client: Client, site: Site) -> None:
    assert client.save_signals() == {}
    assert client.publish_signals() == {}
    assert client.insert({"times": ["2026-01-01T00:00:00Z"], "series": {}}) == {}
    assert site.calls == []


def test_a_large_insert_is_cut_by_bytes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks.chunk_frame, "__kwdefaults__", {"max_bytes": 1 << 20})
    told: list[tuple[int, int]] = []
    client = site.client(progress=lambda done, total: told.append((done, total)))
    given = frame(9_000, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n")

    saved = client.insert(given)

    assert len(site.sizes) == 2
    assert max(site.sizes) <= (1 << 20) + 4096
    assert told[-1] == (126_000, 126_000)
    assert {each.created for each in saved.values()} == {True}


def test_none_and_nan_are_no_samples(client: Client, site: Site) -> None:
    client.insert({"times": ["2026-01-01T00:00:00Z"] * 2, "a": [float("nan"), 1], "b": [None, 2]})

    assert site.params()[0]["data"]["series"] == {"a": [None, 1], "b": [None, 2]}


def test_a_save_for_another_integration_is_refused_unsent(client: Client, site: Site) -> None:
    with pytest.raises(AccessDenied, match="belongs to integration"):
        client.save_signals(["a"], [Signal(name="A")], integration=OTHER)

    assert site.calls == []


def test_an_admin_publishes_for_another_integration(site: Site) -> None:
    with site.client() as own:
        signal = own.save_signals(["a"], [Signal(name="A")])["a"].id
    with Client(site.other_credentials, admin=site.credentials) as client:
        client.publish_signals([signal], [Item(name="A")], integration=STAND)

        assert [item.attributes.name for item in client.select_items()] == ["A"]


def test_a_refusal_keeps_what_the_api_said(client: Client, site: Site) -> None:
    data = {"trace": "abc-1", "params": {"signalsByInput.a.name": ["too dull"]}}
    site.faults.append(rpc_error(-32602, "Invalid params", data))

    with pytest.raises(ApiRejection) as caught:
        client.save_signals(["a"], [Signal(name="A")])

    error = caught.value.error
    assert error is not None
    assert (error.code, error.message, error.trace) == (-32602, "Invalid params", "abc-1")
    assert caught.value.details == {"signalsByInput.a.name": ("too dull",)}


def test_a_refusal_in_the_middle_says_what_was_written(client: Client, site: Site) -> None:
    site.faults += [fine, rpc_error(-32602, "Invalid params")]

    with pytest.raises(PartlyWritten, match="500 written, 700 not sent") as caught:
        client.save_signals(signals_by_input=signals(1200))

    error = caught.value
    assert list(error.saved) == list(signals(500))
    assert (error.unknown, error.unsent) == ((), tuple(signals(1200))[500:])
    assert isinstance(error.__cause__, ApiRejection)


def test_a_lost_answer_in_the_middle_is_unknown(client: Client, site: Site) -> None:
    site.faults += [fine, status(502)]

    with pytest.raises(PartlyWritten) as caught:
        client.save_signals(signals_by_input=signals(1200))

    keys = tuple(signals(1200))
    assert (caught.value.unknown, caught.value.unsent) == (keys[500:1000], keys[1000:])


def test_a_lost_answer_of_the_first_of_several_is_unknown_too(client: Client, site: Site) -> None:
    site.faults += [status(502)]

    with pytest.raises(PartlyWritten, match="0 written, 100 not sent, 500 unknown"):
        client.save_signals(signals_by_input=signals(600))


def test_the_only_request_fails_with_its_own_error(client: Client, site: Site) -> None:
    site.faults += [status(502)]

    with pytest.raises(OutcomeUnknown):
        client.save_signals(signals_by_input=signals(3))


def test_the_first_of_several_refused_is_its_own_error(client: Client, site: Site) -> None:
    site.faults += [rpc_error(-32602, "Invalid params")]

    with pytest.raises(ApiRejection):
        client.save_signals(signals_by_input=signals(600))


def test_a_save_that_is_too_large_for_the_server_is_halved(client: Client, site: Site) -> None:
    site.faults += [status(413), status(413)]

    saved = client.save_signals(signals_by_input=signals(8))

    sizes = [len(params["signalsByInput"]) for params in site.params()]
    assert (sizes, len(saved)) == ([8, 4, 2, 2, 4], 8)


def test_an_insert_that_is_too_large_is_halved_by_time_then_by_series(
    client: Client, site: Site
) -> None:
    site.faults += [status(413)] * 2

    client.insert(frame(2, "a", "b"))

    shapes = [
        (len(params["data"]["times"]), len(params["data"]["series"])) for params in site.params()
    ]
    assert shapes == [(2, 2), (1, 2), (1, 1), (1, 1), (1, 2)]


def test_what_cannot_be_halved_is_an_error(client: Client, site: Site) -> None:
    site.faults += [status(413)] * 2

    with pytest.raises(BatchTooLarge):
        client.insert(frame(2, "a"))
    site.faults += [status(413)]
    with pytest.raises(BatchTooLarge):
        client.save_signals(["a"], [Signal(name="A")])
    site.faults += [status(413), fine, status(413)]
    with pytest.raises(PartlyInserted) as caught:
        client.insert(frame(2, "a"))

    assert caught.value.rest.times == (START + timedelta(minutes=1),)


def test_the_rest_of_an_insert_completes_it(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks.chunk_frame, "__kwdefaults__", {"max_bytes": 2000})
    site.faults += [fine, status(502)]
    given = frame(100, "a", "b")

    with pytest.raises(PartlyInserted, match="times may be missing") as caught:
        client.insert(given)
    client.insert(caught.value.rest)

    items = client.publish_signals(
        [each.id for each in client.select_signals()], [Item(name="A"), Item(name="B")]
    )
    read = client.data_frame(gte=START, lt=START + timedelta(days=1)).data
    assert read.times == given.times
    assert list(read.series.values()) == list(given.series.values())
    assert set(read.series) == {item.id for item in items.values()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_ids": ["a b"], "signals": [Signal(name="A")]}, "no input ID"),
        ({"input_ids": ["a"], "signals": []}, "1 input_ids and 0 signals"),
        ({"input_ids": ["a", "a"], "signals": [Signal(name="A")] * 2}, "same key twice"),
        ({"input_ids": "a", "signals": [Signal(name="A")]}, "input_ids is a str"),
        ({"signals_by_input": {"a": {"name": "A"}}}, r"it is a Signal \(Signal"),
        ({"signals_by_input": {"a": Item(name="A")}}, "is a Item"),
        ({"integration": "stand"}, "integration: .* is no ID"),
    ],
)
def test_a_wrong_save_is_refused_unsent(
    client: Client, site: Site, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        client.save_signals(**arguments)

    assert site.calls == []


def test_a_signal_id_is_checked(client: Client) -> None:
    with pytest.raises(InvalidInput, match="20 characters"):
        client.publish_signals(["a"], [Item(name="A")])
