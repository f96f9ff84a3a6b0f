import random
import subprocess
import sys
from pathlib import Path

import pytest

from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.resources import Address
from tests.manifest.projects import findings, load_files, write

_STAND = """\
integration: stand
defaults:
  signals: {labels: {site: [Pier]}, sourceType: measurement}
  items: {follow: [engUnit, valueType, enumValues]}
signals:
  banana-stand/amount:
    name: Amount
    engUnit: USD
    labels: {data-source: [manual]}
    annotations: {acme/plc: plc-7}
  banana-stand/status:
    valueType: enum
    enumValues: {0: ok, 1: on fire}
    sampleInterval: PT15M
    createOnly: true
items:
  banana-stand/amount:
    name: Money in the banana stand
labels:
  site: {description: Plant site, values: [Pier, Yacht], required: [signals, items]}
  data-source: {pattern: "^[a-z ]+$"}
filters:
  money: {labels.data-source: manual, engUnit: {$in: [USD, EUR]}}
"""


def test_a_project_is_loaded_without_findings(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"manifests/stand.yaml": _STAND})

    assert not findings(loaded)
    assert not loaded.texts
    assert loaded.desired.project == "example"
    assert loaded.desired.filters == {
        "money": {"labels.data-source": "manual", "engUnit": {"$in": ["USD", "EUR"]}}
    }
    assert {str(address): one.fields for address, one in loaded.desired.resources.items()} == {
        "items/stand/banana-stand/amount": {"name": "Money in the banana stand"},
        "signals/stand/banana-stand/amount": {
            "name": "Amount",
            "engUnit": "USD",
            "labels": {"site": ["Pier"], "data-source": ["manual"]},
            "annotations": {"acme/plc": "plc-7"},
            "sourceType": "measurement",
        },
        "signals/stand/banana-stand/status": {
            "valueType": "enum",
            "enumValues": {"0": "ok", "1": "on fire"},
            "sampleInterval": "PT15M",
            "labels": {"site": ["Pier"]},
            "sourceType": "measurement",
        },
    }


def test_every_error_of_every_file_is_found(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "_defaults.yaml": "signal: {}\n",
            "manifests/a.yaml": "signals: {p: {name: 1, nmae: x}, q: {name: ok}}\n",
            "manifests/b.yaml": "signals: {p: {name: x\n",
            "manifests/c.yaml": "signals: {q: {name: twice}}\n",
        },
    )

    assert findings(loaded) == [
        "error MAN-UNKNOWN-FIELD _defaults.yaml:1:1",
        "error MAN-TYPE manifests/a.yaml:1:21",
        "error MAN-UNKNOWN-FIELD manifests/a.yaml:1:24",
        "error YML-SYNTAX manifests/b.yaml:2:1",
        "error MAN-DUPLICATE manifests/c.yaml:1:11",
    ]
    assert set(loaded.texts) == {"_defaults.yaml", *(f"manifests/{n}.yaml" for n in "abc")}
    assert loaded.texts["manifests/b.yaml"] == "signals: {p: {name: x\n"


def test_files_that_say_nothing_are_fine(tmp_path: Path) -> None:
    files = {"manifests/a.yaml": "# later\n", "manifests/b.yaml": "", "_defaults.yaml": ""}

    assert not findings(load_files(tmp_path, files))


def test_a_folder_without_a_project_file_is_a_finding(tmp_path: Path) -> None:
    loaded = load(tmp_path, Limits())

    assert findings(loaded) == ["error PTH-READ syncer.yaml"]
    assert loaded.project is None
    assert not loaded.desired.resources


def test_a_policy_that_is_too_large_is_a_finding(tmp_path: Path) -> None:
    files = {
        "syncer.yaml": "version: 1\nproject: p\nintegrations: [a]\npolicies: [p.json]\n",
        "p.json": "{}" + " " * 200,
        "manifests/a.yaml": "{}\n",
    }

    assert findings(load_files(tmp_path, files, Limits(file=100))) == ["error LIM-FILE p.json"]


def test_the_order_of_files_on_disk_does_not_matter(tmp_path: Path) -> None:
    files = {f"manifests/{n}.yaml": f"signals: {{s{n}: {{name: x}}}}\n" for n in range(20)}
    names = list(files)
    states = []
    for seed in range(2):
        random.Random(seed).shuffle(names)  # noqa: S311 - an order, not a secret
        loaded = load(write(tmp_path / str(seed), {name: files[name] for name in names}), Limits())
        states.append([(str(key), one.fields) for key, one in loaded.desired.resources.items()])

    assert states[0] == states[1]
    assert len(states[0]) == 20


def test_twenty_thousand_signals_fit_into_one_file(tmp_path: Path) -> None:
    text = "signals:\n" + "".join(
        f"  area/pump-{n}:\n    name: Pump {n}\n    labels: {{site: [Pier], area: [a{n % 9}]}}\n"
        for n in range(20_000)
    )

    loaded = load_files(tmp_path, {"manifests/a.yaml": text})

    assert not findings(loaded)
    last = loaded.desired.resources[Address("signals", "stand", "area/pump-19999")]
    assert str(last.locate(("labels", "area"))) == "manifests/a.yaml:60001:34"


@pytest.mark.parametrize("library", ["jsonschema", "ruamel", "deepdiff", "httpx", "rich", "click"])
def test_loading_imports_no_library_that_it_does_not_need(library: str) -> None:
    program = f"import sys, syncer.manifest.load; sys.exit({library!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
