"""pyclarify 0.7.0, unmodified, against the service on a real socket."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from syncer.emulator.credentials import make_credentials
from syncer.emulator.server import Handler, running
from syncer.emulator.service import Service
from syncer.emulator.store import open_store

with warnings.catch_warnings():
    # It is declared with names of pydantic 1.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyclarify
    from pyclarify import query

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

STAND = "c618rbfqfsj7mjkj0ss0"


class Connection:
    """The service's URL and one integration's credentials document."""

    def __init__(self, credentials: Mapping[str, object]) -> None:
        self.credentials = credentials

    def client(self, version: str | None = None, **changes: object) -> Any:
        return pyclarify.Client({**self.credentials, **changes}, api_version=version)


@pytest.fixture(scope="module")
def handlers() -> Iterator[tuple[str, list[Handler]]]:
    """One socket for all tests, as stopping takes a moment, and its handler of the day."""
    handlers: list[Handler] = []
    with running(lambda request: handlers[-1](request)) as url:
        yield url, handlers


@pytest.fixture
def connection(handlers: tuple[str, list[Handler]]) -> Iterator[Connection]:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    url, stack = handlers
    stack.append(Service(store).handle)
    yield Connection(make_credentials(integration, url)["client-credentials"])
    store.close()


def names(response: Any) -> list[str]:
    assert response.error is None
    return [resource.attributes.name for resource in response.result.data]


def save(client: Any, *given: str) -> dict[str, str]:
    """Save a signal per name, labelled by its first letter; return IDs by name."""
    signals = {
        name: pyclarify.Signal(name=name, labels={"letter": [name[0]]}, engUnit="m")
        for name in given
    }
    saved = client.save_signals(signals_by_input=signals)
    return {name: summary.id for name, summary in saved.result.signalsByInput.items()}


@pytest.mark.parametrize("version", ["1.1", "1.2beta1", "1.2"])
def test_a_saved_signal_reads_back_as_sent(connection: Connection, version: str) -> None:
    client = connection.client(version)
    signal = pyclarify.Signal(
        name="Level",
        description="A & B < °C",
        labels={"site": ["Pier", "Yacht"]},
        valueType="enum",
        enumValues={"0": "off", "1": "on"},
        engUnit="m",
        sampleInterval="PT1M",
        gapDetection="PT2H",
        annotations={"k/v": "1"},
    )

    summary = client.save_signals(signals_by_input={"a": signal}).result.signalsByInput["a"]
    [read] = client.select_signals().result.data

    assert (summary.created, summary.updated) == (True, False)
    assert read.id == summary.id
    expected = signal.model_dump() | {"input": "a", "integration": None, "item": None}
    assert read.attributes.model_dump() | {"annotations": read.meta.annotations} == expected


def test_create_only_leaves_an_existing_signal_alone(connection: Connection) -> None:
    client = connection.client()
    save(client, "a")

    changed = {"a": pyclarify.Signal(name="new")}
    saved = client.save_signals(signals_by_input=changed, create_only=True)

    summary = saved.result.signalsByInput["a"]
    assert (summary.created, summary.updated) == (False, False)
    assert names(client.select_signals()) == ["a"]


def test_a_second_save_updates(connection: Connection) -> None:
    client = connection.client()
    save(client, "a")

    saved = client.save_signals(input_ids=["a"], signals=[pyclarify.Signal(name="new")])

    summary = saved.result.signalsByInput["a"]
    assert (summary.created, summary.updated) == (False, True)
    assert names(client.select_signals()) == ["new"]


def test_insert_creates_signals(connection: Connection) -> None:
    client = connection.client()
    data = pyclarify.DataFrame(
        series={"a": [1, None], "b": [None, 5]},
        times=["2021-11-01T21:50:06Z", "2021-11-02T21:50:06.123456Z"],
    )

    first, second = client.insert(data), client.insert(data)

    assert [first.result.signalsByInput[key].created for key in "ab"] == [True, True]
    assert [second.result.signalsByInput[key].created for key in "ab"] == [False, False]


FILTERS = {
    "equal": (query.Filter(fields={"name": query.Equal(value="ab")}), ["ab"]),
    "text": (query.Filter(fields={"name": "ab"}), ["ab"]),
    "not equal": (query.Filter(fields={"name": query.NotEqual(value="ab")}), ["aa", "ba", "bb"]),
    "regex": (query.Filter(fields={"name": query.Regex(value="b$")}), ["ab", "bb"]),
    "in": (query.Filter(fields={"name": query.In(value=["aa", "bb", "x"])}), ["aa", "bb"]),
    "not in": (query.Filter(fields={"name": query.NotIn(value=["aa", "bb"])}), ["ab", "ba"]),
    "less": (query.Filter(fields={"name": query.Less(value="ab")}), ["aa"]),
    "greater": (query.Filter(fields={"name": query.Greater(value="ab")}), ["ba", "bb"]),
    "at least": (query.Filter(fields={"name": query.GreaterOrEqual(value="ba")}), ["ba", "bb"]),
    "label": (query.Filter(fields={"labels.letter": query.In(value=["b"])}), ["ba", "bb"]),
    "and": (
        query.Filter(fields={"labels.letter": "a"})
        & query.Filter(fields={"name": query.Regex(value="b")}),
        ["ab"],
    ),
    "or": (
        query.Filter(fields={"name": "aa"}) | query.Filter(fields={"labels.letter": "b"}),
        ["aa", "ba", "bb"],
    ),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters_select_what_they_say(connection: Connection, case: str) -> None:
    client = connection.client()
    save(client, "aa", "ab", "ba", "bb")
    given, expected = FILTERS[case]

    assert names(client.select_signals(filter=given, sort=["name"])) == expected


def test_paging_reads_everything_once(connection: Connection) -> None:
    client = connection.client()
    saved = save(client, *(f"s{number:04}" for number in range(1100)))

    everything = client.select_signals(limit=2000, sort=["id"])
    page = client.select_signals(limit=2, skip=1, sort=["-id"], total=True)

    assert names(everything) == list(saved)
    assert (names(page), page.result.meta.total) == (["s1098", "s1097"], 1100)


@pytest.mark.parametrize("version", ["1.1", "1.2beta1", "1.2"])
def test_a_published_item_is_selected(connection: Connection, version: str) -> None:
    client = connection.client(version)
    signal = save(client, "a")["a"]
    item = pyclarify.Item(name="Money", labels={"site": ["Pier"]}, visible=True)

    summary = client.publish_signals(items_by_signal={signal: item}).result.itemsBySignal[signal]
    [read] = client.select_items(filter=query.Filter(fields={"name": "Money"})).result.data
    [linked] = client.select_signals().result.data

    assert (summary.created, summary.updated) == (True, False)
    assert read.id == summary.id == linked.relationships.item.data.id
    assert (read.attributes.visible, read.attributes.labels) == (True, {"site": ["Pier"]})


def test_items_are_filtered_sorted_and_paged(connection: Connection) -> None:
    client = connection.client()
    saved = save(client, "a", "b", "c", "d")
    client.publish_signals(
        signal_ids=list(saved.values()),
        items=[pyclarify.Item(name=name, visible=name != "b") for name in saved],
    )

    shown = client.select_items(
        filter=query.Filter(fields={"visible": query.Equal(value=True)}),
        sort=["-name"],
        limit=2,
        skip=1,
        total=True,
    )

    assert (names(shown), shown.result.meta.total) == (["c", "a"], 3)
    assert names(client.select_items(sort=["name"])) == ["a", "b", "c", "d"]


def test_publishing_with_create_only_skips_an_existing_item(connection: Connection) -> None:
    client = connection.client()
    signal = save(client, "a")["a"]
    client.publish_signals(signal_ids=[signal], items=[pyclarify.Item(name="first")])

    again = client.publish_signals(
        signal_ids=[signal], items=[pyclarify.Item(name="second")], create_only=True
    )

    summary = again.result.itemsBySignal[signal]
    assert (summary.created, summary.updated) == (False, False)
    assert names(client.select_items()) == ["first"]


def test_errors_come_back_as_responses(connection: Connection) -> None:
    client = connection.client()

    included = client.select_signals(include=["item"])
    unknown = client.select_items(filter={"nothing": 1})

    assert (str(included.error.code), included.error.message) == ("-32602", "Invalid params")
    found = {"path": "params.query.filter.nothing", "error": "unknown filter field"}
    assert unknown.error.data.model_dump(exclude_unset=True) == {"pathErrors": [found]}


def test_an_unknown_version_is_an_http_error(connection: Connection) -> None:
    error = connection.client("9.9").select_items().error

    assert (str(error.code), error.data) == (
        "400",
        "Version matching X-API-Version header not found",
    )


def test_a_wrong_secret_is_an_auth_error(connection: Connection) -> None:
    wrong = {"type": "client-credentials", "clientId": "x", "clientSecret": "y"}

    with pytest.raises(pyclarify.__utils__.exceptions.AuthError):
        connection.client(credentials=wrong).select_items()
