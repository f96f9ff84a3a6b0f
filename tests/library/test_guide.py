"""Every snippet of PyClarify's guide, with the import line changed and the placeholders filled.

The guide (docs.clarify.io, "Python SDK") names its last dictionary `items_dict` and then passes
`item_dict`; here the first name is as it is passed.
"""

import json
import pydoc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import syncer
from tests.library.site import Site

CONNECT = """
from syncer import Client

client = Client("./clarify-credentials.json")
"""
SIGNAL = """
from syncer import Signal

signal = Signal(
name = "Home temperature",
description = "Temperature in the bedroom",
labels = {
"data-source": ["Raspberry Pi"],
"location": ["Home"]
}
)
"""
SAVE_MAPPING = (
    SIGNAL
    + """
input_dict = {
"<INPUT_ID>" : signal
}

response = client.save_signals(
signals_by_input=input_dict
)
"""
)
SAVE_LISTS = (
    SIGNAL
    + """
response = client.save_signals(
input_ids=['<INPUT_ID>'],
signals=[signal]
)
"""
)
INSERT = """
from syncer import DataFrame

timestamps = ["2021-11-01T21:50:06Z", "2021-11-02T21:50:06Z"]

data = DataFrame(
series={"<INPUT_ID_1>": [1, None], "<INPUT_ID_2>": [None, 5]},
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
ITEM = """
from syncer import Item

item = Item(
name = "Home temperature",
description = "Temperature in the bedroom",
labels = {
"data-source": ["Raspberry Pi"],
"location": ["Home"]
},
visible=True
)
"""
PUBLISH_MAPPING = (
    ITEM
    + """
item_dict = {
"<SIGNAL_ID>": item
}

response = client.publish_signals(
items_by_signal=item_dict
)
"""
)
PUBLISH_LISTS = (
    ITEM
    + """
response = client.publish_signals(
signal_ids=['<SIGNAL_ID>'],
items=[item],
create_only=False
)
"""
)
FILTER = """
from syncer.query import Filter, Regex

only_raspberries = Filter(
fields={
"labels.data-source": Regex(value="Raspberry")
}
)

response = client.select_items(
filter=only_raspberries
)
"""
FRAME = """
response = client.data_frame(
filter=only_raspberries,
include=["item"]
)
"""


@pytest.fixture
def run(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Run a snippet after the guide's first one, and return its `response`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clarify-credentials.json").write_text(json.dumps(site.credentials))
    names: dict[str, Any] = {}
    exec(CONNECT, names)  # noqa: S102 - the guide's own text

    def run(snippet: str, **ids: str) -> Any:
        for name, value in ids.items():
            snippet = snippet.replace(f"<{name}>", value)
        exec(snippet, names)  # noqa: S102
        return names["response"]

    yield run
    names["client"].close()


@pytest.mark.parametrize("snippet", [SAVE_MAPPING, SAVE_LISTS])
def test_saving_a_signal(run: Callable[..., Any], client: syncer.Client, snippet: str) -> None:
    response = run(snippet, INPUT_ID="home/temperature")

    assert (response["home/temperature"].created, len(response["home/temperature"].id)) == (
        True,
        20,
    )
    [read] = client.select_signals()
    assert read.attributes == syncer.Signal(
        name="Home temperature",
        description="Temperature in the bedroom",
        labels={"data-source": ["Raspberry Pi"], "location": ["Home"]},
    )


def test_inserting_data(run: Callable[..., Any], client: syncer.Client) -> None:
    response = run(INSERT, INPUT_ID_1="a", INPUT_ID_2="b")

    assert {key: saved.created for key, saved in response.items()} == {"a": True, "b": True}
    assert [signal.input for signal in client.select_signals()] == ["a", "b"]


def test_selecting_signals(run: Callable[..., Any], client: syncer.Client) -> None:
    client.save_signals(
        signals_by_input={f"s{at:02}": syncer.Signal(name=f"S{at:02}") for at in range(70)}
    )

    response = run(SELECT)

    names = [signal.attributes.name for signal in response.data]
    assert names == [f"S{at:02}" for at in range(59, 9, -1)]


@pytest.mark.parametrize("snippet", [PUBLISH_MAPPING, PUBLISH_LISTS])
def test_publishing(run: Callable[..., Any], client: syncer.Client, snippet: str) -> None:
    signal = run(SAVE_LISTS, INPUT_ID="a")["a"].id

    response = run(snippet, SIGNAL_ID=signal)

    [item] = client.select_items()
    assert (response[signal].id, item.attributes.visible) == (item.id, True)


def test_filtering_items_and_reading_their_data(run: Callable[..., Any]) -> None:
    inserted = run(INSERT, INPUT_ID_1="a", INPUT_ID_2="b")
    run(SAVE_LISTS, INPUT_ID="a")
    item = run(PUBLISH_LISTS, SIGNAL_ID=inserted["a"].id)[inserted["a"].id].id

    [found] = run(FILTER).data
    response = run(FRAME)

    assert found.id == item
    # Without times it is a week around now, and the data is of 2021.
    assert response.data.times == ()
    assert [included.id for included in response.included.items] == [item]


def test_the_example_of_the_help(run: Callable[..., Any], client: syncer.Client) -> None:
    inserted = run(INSERT, INPUT_ID_1="a", INPUT_ID_2="b")
    run(PUBLISH_LISTS, SIGNAL_ID=inserted["a"].id)
    item = run(PUBLISH_LISTS, SIGNAL_ID=inserted["b"].id)[inserted["b"].id].id

    response = run(
        """
from syncer import query

response = client.data_frame(
filter = query.Filter(fields={"name": query.NotEqual(value="Air Temperature")}),
sort = ["-id"],
limit = 5,
skip = 0,
total = False,
gte="2021-11-01T01:01:01Z",
lt="2021-11-09T01:01:01Z",
rollup="PT24H",
)
"""
    )

    assert response.data.series[f"{item}_sum"] == (None, 5.0)
    assert response.meta.total == 2


def test_help_says_what_a_call_takes() -> None:
    text = pydoc.render_doc(syncer.Client.data_frame)

    for word in ("window_size", "40 days", "time_zone", "InvalidInput", "docs.clarify.io", "gte"):
        assert word in text
