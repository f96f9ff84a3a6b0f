"""The Python guide of docs.clarify.io, block by block, with unmodified pyclarify 0.7.0."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncer.emulator.credentials import write_credentials
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.store import open_store

with warnings.catch_warnings():
    # It is declared with names of pydantic 1.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyclarify
    from pyclarify import query

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

STAND = "c618rbfqfsj7mjkj0ss0"

# Verbatim from the guide "Python SDK" of docs.clarify.io, but for placeholders of IDs, for one
# misspelt name (item_dict), and for the indentation.
CONNECT = """
from pyclarify import Client

client = Client("./clarify-credentials.json")
"""
MODEL = """
from pyclarify import {model}

{name} = {model}(
    name = "Home temperature",
    description = "Temperature in the bedroom",
    labels = {{
        "data-source": ["Raspberry Pi"],
        "location": ["Home"]
    }}{more}
)
"""
SAVE = """
input_dict = {
    "INPUT_ID" : signal
}

response = client.save_signals(
    signals_by_input=input_dict
)
"""
SAVE_ARRAYS = """
response = client.save_signals(
    input_ids=['INPUT_ID'],
    signals=[signal]
)
"""
INSERT = """
from pyclarify import DataFrame

timestamps = ["2021-11-01T21:50:06Z", "2021-11-02T21:50:06Z"]

data = DataFrame(
    series={"INPUT_ID_1": [1, None], "INPUT_ID_2": [None, 5]},
    times=timestamps,
)

response = client.insert(data)
"""
SELECT = """
response = client.select_signals(
    skip=10,
    limit=50,
    sort=["-id"]
)
"""
PUBLISH = """
items_dict = {
    SIGNAL_ID: item
}

response = client.publish_signals(
    items_by_signal=items_dict
)
"""
PUBLISH_ARRAYS = """
response = client.publish_signals(
    signal_ids=[SIGNAL_ID],
    items=[item],
    create_only=False
)
"""
FILTER = """
from pyclarify.query import Filter, Regex

only_raspberries = Filter(
    fields={
        "labels.data-source": Regex(value="Raspberry")
    }
)

response = client.select_items(
    filter=only_raspberries
)
"""
DATA = """
response = client.data_frame(
    filter=only_raspberries,
    include=["item"]
)
"""


class Reader:
    """Someone who types the guide's blocks into one session."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}

    def type(self, block: str) -> Any:
        """Run a block and return its response, which must be no error."""
        exec(block, self.names)  # noqa: S102 - the guide's own text
        response = self.names.get("response")
        assert response is None or response.error is None, response
        return response


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    with running(Service(store).handle) as url:
        path, _ = write_credentials(tmp_path, integration, url)
        path.rename(tmp_path / "clarify-credentials.json")
        monkeypatch.chdir(tmp_path)
        yield Reader()
    store.close()


def test_the_guide_works_from_its_first_block_to_its_last(reader: Reader) -> None:
    signal = MODEL.format(model="Signal", name="signal", more="")
    item = MODEL.format(model="Item", name="item", more=",\n    visible=True")

    reader.type(CONNECT)
    saved = reader.type(signal + SAVE).result.signalsByInput["INPUT_ID"]
    again = reader.type(signal + SAVE_ARRAYS).result.signalsByInput["INPUT_ID"]
    inserted = reader.type(INSERT).result.signalsByInput
    beyond = reader.type(SELECT).result.data
    reader.names["SIGNAL_ID"] = saved.id
    published = reader.type(item + PUBLISH).result.itemsBySignal[saved.id]
    republished = reader.type(item + PUBLISH_ARRAYS).result.itemsBySignal[saved.id]
    [found] = reader.type(FILTER).result.data

    assert (saved.created, again.id, again.created) == (True, saved.id, False)
    assert [summary.created for summary in inserted.values()] == [True, True]
    assert beyond == []
    assert (published.created, republished.id) == (True, published.id)
    assert (found.id, found.attributes.visible) == (published.id, True)
    frame = reader.type(DATA).result
    assert frame.data.series == {} or set(frame.data.series) == {found.id}


class Connection:
    """A client of API 1.2 with two signals, the first of which has an item."""

    def __init__(self, client: Any) -> None:
        self.client = client
        signals = {key: pyclarify.Signal(name=key) for key in ("a", "b")}
        saved = client.save_signals(signals_by_input=signals).result.signalsByInput
        self.first, self.second = saved["a"].id, saved["b"].id
        published = client.publish_signals(
            signal_ids=[self.first], items=[pyclarify.Item(name="Money")]
        )
        self.item = published.result.itemsBySignal[self.first].id

    def links(self) -> list[str | None]:
        return _links(self.client.select_signals(sort=["input"]))


def _links(response: Any) -> list[str | None]:
    assert response.error is None, response
    data = [signal.relationships.item.data for signal in response.result.data]
    return [found and found.id for found in data]


@pytest.fixture(params=["1.2", "1.2beta1", "1.2alpha1"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    settings = Settings(accepts_include=True)
    with running(Service(store, settings=settings).handle) as url:
        path, _ = write_credentials(tmp_path, integration, url)
        yield Connection(pyclarify.Client(os.fspath(path), api_version=request.param))
    store.close()


def test_pyclarify_connects_and_disconnects(connection: Connection) -> None:
    client, item = connection.client, connection.item
    only_b = query.Filter(fields={"input": query.Equal(value="b")})

    dry = client.connect_signals(item=item, filter=only_b, dry_run=True, include=["item"])
    before = connection.links()
    wet = client.connect_signals(item=item, filter=only_b, total=True)
    connected = connection.links()
    parted = client.disconnect_signals(filter=only_b)

    assert (_links(dry), [found.id for found in dry.result.included.items]) == ([item], [item])
    assert (before, _links(wet), wet.result.meta.total) == ([item, None], [item], 1)
    assert (connected, _links(parted)) == ([item, item], [None])
    assert connection.links() == [item, None]


def test_pyclarify_is_told_of_an_unknown_item(connection: Connection) -> None:
    error = connection.client.connect_signals(item="c0000000000000000000").error

    [found] = error.data.model_dump(exclude_unset=True)["pathErrors"]
    assert found == {"path": "params.item", "error": "not found"}
