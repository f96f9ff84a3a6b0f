"""Files that are judged with the whole project before they are written."""

from pathlib import Path

import pytest

from syncer.engine.drafts import Draft
from syncer.engine.importing import Imported, Place, compose, summary
from syncer.errors import ManifestError
from syncer.manifest.limits import Limits
from syncer.plan.changes import Plan, Target
from syncer.providers.clarify.kinds import SIGNALS
from syncer.resources import Address, Live, Value
from tests.plan.worlds import signal

PLACE = Place("manifests", ".yaml", frozenset({"pier.yaml"}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "syncer.yaml").write_text("version: 1\nproject: p\nintegrations: [pier]\n")
    (tmp_path / "manifests").mkdir()
    return tmp_path


def composed(root: Path, *drafts: Draft, limits: Limits | None = None) -> Imported:
    return compose(
        root, limits or Limits(), drafts, PLACE, lambda desired, scope: Plan(Target("dev", ""))
    )


def drafted(address: Address, /, **fields: Value) -> Draft:
    return Draft(Live(address, address.key, fields), SIGNALS, dict(fields))


def told(imported: Imported) -> list[str]:
    return [finding.summary.split(" is left out")[0] for finding in imported.left_out]


def test_what_no_manifest_holds_is_left_out_and_told(root: Path) -> None:
    imported = composed(
        root,
        drafted(
            signal("a"),
            name="x" * 129,
            engUnit="\u202e",
            labels={"ok": ["x"], "not ok": ["y"], "twice": ["\u00e9", "e\u0301"]},
            annotations={"syncer/base": "x"},
            enumValues={"0": "a", "x": "b"},
        ),
        drafted(signal("b c"), name="x"),
        drafted(signal("d"), name="D"),
    )

    assert imported.texts == {
        "manifests/pier-imported.yaml": "integration: pier\nsignals:\n"
        "  a:\n    labels: {ok: [x]}\n  d:\n    name: D\n"
    }
    assert summary(imported) == {"manifests/pier-imported.yaml": {"signals": 2, "items": 0}}
    assert sorted(told(imported)) == [
        "annotations.syncer/base of signals/pier/a",
        "engUnit of signals/pier/a",
        "enumValues of signals/pier/a",
        "labels.not ok of signals/pier/a",
        "labels.twice of signals/pier/a",
        "name of signals/pier/a",
        "signals/pier/b c",
    ]


def test_nothing_is_left_when_nothing_can_be_declared(root: Path) -> None:
    imported = composed(root, drafted(signal("b c")))

    assert imported.texts == {}
    assert told(imported) == ["signals/pier/b c"]


def test_a_file_keeps_within_the_limit(root: Path) -> None:
    drafts = [drafted(signal(f"s{n}"), name="x" * 100) for n in range(4)]

    imported = composed(root, *drafts, limits=Limits(file=300))

    assert all(len(text) <= 300 for text in imported.texts.values())
    assert sum(map(len, imported.addresses.values())) == 4
    assert list(imported.texts)[:2] == [
        "manifests/pier-imported.yaml",
        "manifests/pier-imported-2.yaml",
    ]


def test_what_no_resource_causes_ends_the_import(root: Path) -> None:
    stranger = Address("signals", "nowhere", "a")

    with pytest.raises(ManifestError) as caught:
        composed(root, drafted(stranger, name="x"))

    assert [finding.code for finding in caught.value.findings] == ["MAN-INTEGRATION"]


def test_what_passes_a_limit_is_left_out(root: Path) -> None:
    imported = composed(root, drafted(signal("a"), name="x"), limits=Limits(depth=2))

    assert imported.texts == {}
    assert told(imported) == ["name of signals/pier/a", "signals/pier/a"]


def test_errors_of_other_files_end_the_import(root: Path) -> None:
    (root / "manifests/bad.yaml").write_text("nmae: x\n")

    with pytest.raises(ManifestError) as caught:
        composed(root, drafted(signal("a"), name="x"))

    assert [finding.code for finding in caught.value.findings] == ["MAN-UNKNOWN-FIELD"]
