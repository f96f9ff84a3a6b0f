from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.manifest.desired import Source, merge, resolve
from syncer.manifest.limits import Limits
from syncer.manifest.origins import Layer
from syncer.manifest.project import Project
from syncer.manifest.reading import scan
from syncer.resources import Address, Lifecycle, Manage
from tests.manifest.projects import PROJECT, findings, load_files
from tests.manifest.strategies import signals


def _pump(kind: str = "signals") -> Address:
    return Address(kind, "stand", "pump")


def test_a_later_layer_wins_and_maps_merge_by_key(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "_defaults.yaml": "signals: {engUnit: bar, labels: {site: [Pier], area: [a]}}\n",
            "manifests/_defaults.yaml": "signals: {labels: {area: [b]}, enumValues: {0: off}}\n",
            "manifests/a.yaml": "defaults: {signals: {sourceType: prediction}}\n"
            "signals: {pump: {labels: {tag: [t]}, enumValues: {1: on}}}\n",
        },
    )

    assert not findings(loaded)
    assert loaded.desired.resources[_pump()].fields == {
        "engUnit": "bar",
        "sourceType": "prediction",
        "enumValues": {"1": "on"},
        "labels": {"site": ["Pier"], "area": ["b"], "tag": ["t"]},
    }


def test_each_value_is_located_in_the_layer_that_said_it(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "_defaults.yaml": "signals:\n  engUnit: bar\n  labels: {site: [Pier]}\n",
            "manifests/a.yaml": "defaults:\n  signals: {labels: {area: [a]}}\n"
            "signals:\n  pump:\n    labels: {tag: [t]}\n  bare: {labels: {}}\n",
        },
    )
    pump = loaded.desired.resources[_pump()]
    bare = loaded.desired.resources[Address("signals", "stand", "bare")]

    assert str(pump.locate(())) == "manifests/a.yaml:4:3"
    assert str(pump.locate(("engUnit",))) == "_defaults.yaml:2:12"
    assert str(pump.locate(("labels", "site"))) == "_defaults.yaml:3:18"
    assert str(pump.locate(("labels", "area"))) == "manifests/a.yaml:2:28"
    assert str(pump.locate(("labels", "tag"))) == "manifests/a.yaml:5:19"
    assert str(pump.locate(("labels", "nowhere"))) == "manifests/a.yaml:5:13"
    assert str(pump.locate(("name",))) == "manifests/a.yaml:4:3"
    assert str(bare.locate(("labels", "site"))) == "manifests/a.yaml:6:18"


def test_an_empty_map_or_list_stops_the_cascade(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "manifests/a.yaml": "defaults: {signals: {labels: {a: [x], b: [y]}}}\n"
            "signals:\n  none: {labels: {}}\n  some: {labels: {a: []}}\n"
        },
    )
    fields = {key.key: one.fields["labels"] for key, one in loaded.desired.resources.items()}

    assert fields == {"none": {}, "some": {"a": [], "b": ["y"]}}


def test_defaults_never_create_a_resource(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"manifests/a.yaml": "defaults: {signals: {name: x}}\n"})

    assert not loaded.desired.resources
    assert not findings(loaded)


def test_defaults_reach_only_their_folder_and_below(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "manifests/a/_defaults.yaml": "signals: {engUnit: bar}\n",
            "manifests/a/b/x.yaml": "signals: {x: {}}\n",
            "manifests/ab/y.yaml": "signals: {y: {}}\n",
        },
    )

    fields = {key.key: dict(one.fields) for key, one in loaded.desired.resources.items()}

    assert fields == {"x": {"engUnit": "bar"}, "y": {}}


def test_what_stands_beside_the_fields_is_no_field(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "manifests/a.yaml": "defaults: {items: {lifecycle: {manage: full, ignore: [name]}}}\n"
            "items:\n  pump:\n    createOnly: true\n    visible: false\n    follow: [engUnit]\n"
            "    lifecycle: {exact: [labels], protected: true}\n"
            "    signals: [signals/stand/other]\n"
        },
    )
    pump = loaded.desired.resources[_pump("items")]

    assert pump.fields == {"visible": False}
    assert pump.follow == {"engUnit"}
    assert pump.links == (Address("signals", "stand", "other"),)
    assert pump.lifecycle == Lifecycle(
        Manage.FULL, frozenset({"name"}), frozenset({"labels"}), protected=True, create_only=True
    )


def test_follow_all_is_every_field_but_visible(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"manifests/a.yaml": "items: {pump: {follow: all}}\n"})

    follow = loaded.desired.resources[_pump("items")].follow

    assert len(follow) == 10
    assert "visible" not in follow


def test_resources_are_sorted_by_address(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "manifests/a.yaml": "signals: {z: {}, a: {}}\nitems: {m: {}}\n",
            "manifests/b.yaml": "signals: {k: {}}\n",
        },
    )

    assert list(loaded.desired.resources) == sorted(loaded.desired.resources)
    assert [address.key for address in loaded.desired.resources] == ["m", "a", "k", "z"]


def test_two_places_of_one_address_are_both_named(tmp_path: Path) -> None:
    text = "signals: {pump: {name: x}}\n"

    loaded = load_files(tmp_path, {"manifests/a.yaml": text, "manifests/b.yaml": text})

    (finding,) = loaded.diagnostics
    assert str(finding.location) == "manifests/b.yaml:1:11"
    assert "manifests/a.yaml:1:11" in finding.rule


def test_a_manifest_of_several_integrations_names_its_own(tmp_path: Path) -> None:
    project = PROJECT.replace("[stand]", "[stand, harbour]")
    loaded = load_files(
        tmp_path,
        {
            "syncer.yaml": project,
            "manifests/a.yaml": "integration: harbour\nsignals: {pump: {}}\n",
            "manifests/b.yaml": "integration: stand\nsignals: {pump: {}}\n",
            "manifests/words.yaml": "labels: {site: {}}\nfilters: {f: {name: x}}\n",
        },
    )

    assert not findings(loaded)
    assert [str(address) for address in loaded.desired.resources] == [
        "signals/harbour/pump",
        "signals/stand/pump",
    ]
    assert loaded.desired.filters == {"f": {"name": "x"}}


@pytest.mark.property
@given(signals, signals, signals)
def test_merging_is_associative_and_nothing_is_neutral(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    """Layers may be merged in any grouping, except that an emptied map forgets what it stopped."""
    assert merge({}, a) == a
    assert merge(a, {}) == a
    assert merge(a, a) == a
    if all(b.get(name) != {} for name in ("labels", "annotations")):
        assert merge(merge(a, b), c) == merge(a, merge(b, c))


@pytest.mark.property
@given(signals, signals)
def test_the_upper_layer_wins(under: dict[str, Any], over: dict[str, Any]) -> None:
    """What the upper layer says is in the result, key by key."""
    merged = merge(under, over)

    assert set(merged) == set(under) | set(over)
    for name, value in over.items():
        if name in ("labels", "annotations"):
            assert {key: merged[name][key] for key in value} == value
        else:
            assert merged[name] == value


@pytest.mark.property
@given(st.permutations(range(4)))
def test_the_order_of_files_does_not_matter(order: list[int]) -> None:
    """Permuted manifests give the same state."""
    texts = [f"signals: {{p{n}: {{name: x{n}}}}}\nfilters: {{f{n}: {{}}}}\n" for n in range(4)]
    project = Project("example", ("stand",))

    states = [
        resolve(project, _sources([texts[n] for n in numbers])) for numbers in (range(4), order)
    ]

    assert list(states[0].state.resources) == list(states[1].state.resources)
    assert list(states[0].state.filters) == list(states[1].state.filters)


def _sources(texts: list[str]) -> tuple[Source, ...]:
    sources = []
    for number, text in enumerate(texts):
        document = scan(f"{number}.yaml", text.encode(), Limits()).document
        assert document is not None
        assert isinstance(document.value, dict)
        sources.append(Source(Layer(document, (), document.value)))
    return tuple(sources)
