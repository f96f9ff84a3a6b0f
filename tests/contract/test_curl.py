"""The curl examples of docs.clarify.io, run by curl against the service on a real socket."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from syncer.emulator.records import Integration
from syncer.emulator.server import running
from syncer.emulator.service import Service
from syncer.emulator.store import Store, open_store

pytestmark = [
    pytest.mark.contract,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl not found"),
]

STAND = "c618rbfqfsj7mjkj0ss0"
HEAD = "curl -u ${BASIC_AUTH_USERNAME}:${BASIC_AUTH_PASSWORD} --request POST --url ${URL} "

# docs.clarify.io/api/1.0/methods/integration/insert
INSERT_1_0 = r"""--header 'Content-Type: application/json' \
--header 'X-API-Version: 1.0' \
--data \
'
{
  "jsonrpc" : "2.0",
  "method": "integration.Insert",
  "id": "1",
  "params": {
    "integration": "'${INTEGRATION_ID}'",
    "times" : ["2021-03-11T21:00:00Z", "2021-03-11T22:00:00Z"],
    "series": {
      "a": [1.0, 1.2],
      "b": [2.0, null]
    }
  }
}
'
"""
# docs.clarify.io/api/1.1/methods/integration/insert
INSERT_1_1 = r"""--header 'Content-Type: application/json' \
--header 'X-API-Version: 1.1' \
--data \
'
{
"jsonrpc" : "2.0",
"method": "integration.insert",
"id": "1",
"params": {
"integration": "'${INTEGRATION_ID}'",
"data":{
"times" : ["2021-03-11T21:00:00Z", "2021-03-11T22:00:00Z"],
"series": {
"a": [1.0, 1.2],
"b": [2.0, null]
}
}
}
}
'
"""
# docs.clarify.io/api/1.1beta1/methods/integration/save-signals
SAVE_1_1_BETA1 = r"""--header 'content-type: application/json' \
--header 'X-API-Version: 1.1beta1' \
--data \
'
{
  "jsonrpc": "2.0",
  "method": "integration.saveSignals",
  "id": "1",
  "params": {
    "integration": "'${INTEGRATION_ID}'",
    "inputs": {
      "a" : {
        "name": "Signal A",
        "labels": {
          "data-source": ["<your data-source name>"],
          "location": ["<your location name>"]
        }
      }
    }
  }
}
'
"""
# The example of a signal save view on the same page.
ICE_CREAM = {
    "name": "Ice Cream Temperature",
    "type": "numeric",
    "description": "Temperature measurement of the ice cream",
    "labels": {"flavours": ["sweet", "sour"], "location": ["pier", "banana stand"]},
    "engUnit": "°C",
    "sourceType": "measurement",
    "sampleInterval": "PT1M",
    "gapDetection": "PT5M",
}


class Shell:
    """A shell with the variables of the examples."""

    def __init__(self, store: Store, integration: Integration, url: str) -> None:
        self.store = store
        self.variables = {
            "BASIC_AUTH_USERNAME": integration.id,
            "BASIC_AUTH_PASSWORD": integration.password,
            "INTEGRATION_ID": integration.id,
            "URL": f"{url}rpc",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }

    def run(self, example: str) -> Any:
        done = subprocess.run(
            ["sh", "-c", HEAD + "--silent --show-error --fail --noproxy '*' " + example],
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)


@pytest.fixture
def shell() -> Iterator[Shell]:
    store = open_store()
    integration = store.ensure_integration(STAND, "stand")
    with running(Service(store).handle) as url:
        yield Shell(store, integration, url)
    store.close()


@pytest.mark.parametrize("example", [INSERT_1_0, INSERT_1_1], ids=["1.0", "1.1"])
def test_the_examples_insert(shell: Shell, example: str) -> None:
    first, second = shell.run(example), shell.run(example)

    signals = first["result"]["signalsByInput"]
    assert {name: found["created"] for name, found in signals.items()} == {"a": True, "b": True}
    assert first == {"jsonrpc": "2.0", "id": "1", "result": {"signalsByInput": signals}}
    assert second["result"]["signalsByInput"]["a"] == {"id": signals["a"]["id"], "created": False}


def test_the_example_saves(shell: Shell) -> None:
    first, second = shell.run(SAVE_1_1_BETA1), shell.run(SAVE_1_1_BETA1)

    identity = first["result"]["signalsByInput"]["a"]["id"]
    assert first["result"] == {"signalsByInput": {"a": {"id": identity, "created": True}}}
    assert second["result"] == {"signalsByInput": {"a": {"id": identity, "created": False}}}


def test_the_example_of_a_view_is_taken(shell: Shell) -> None:
    view = json.dumps(ICE_CREAM)
    example = SAVE_1_1_BETA1.partition('"a" : ')[0] + f'"a": {view}' + "}}}'"

    assert shell.run(example)["result"]["signalsByInput"]["a"]["created"]
    [row] = shell.store.signals(STAND, ["a"]).values()
    kept = json.loads(row.attributes)
    kept["type"] = kept.pop("valueType")
    assert kept == ICE_CREAM | {"input": "a", "enumValues": {}}
