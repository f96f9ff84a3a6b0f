"""The laws again, from real files: manifests on disk, loaded, planned, applied and verified."""

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.engine.workflow import Wishes, make_plan
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.plan import planfile
from syncer.resources import DesiredState
from tests.engine.sites import Site
from tests.property.strategies import KEYS, reversed_keys

pytestmark = pytest.mark.property
PROJECT = {"version": 1, "project": "stand", "integrations": ["pier"]}

plain = st.text(st.sampled_from("aZ0 .:-#'\"{}[]&*!|>%@`\\~é°\U0001f34c"), min_size=1, max_size=8)
fields = st.fixed_dictionaries(
    {},
    optional={
        "name": plain,
        "description": plain | st.just(""),
        "engUnit": plain,
        "labels": st.dictionaries(st.sampled_from(("site", "00", "no")), st.lists(plain)),
        "annotations": st.dictionaries(st.sampled_from(("a/b", "null")), plain | st.just("")),
        "enumValues": st.dictionaries(st.sampled_from(("0", "7", "9999")), plain),
        "valueType": st.sampled_from(("numeric", "enum")),
        "sampleInterval": st.sampled_from((None, "PT15M", "PT0.5S", "P1DT12H")),
        "createOnly": st.booleans(),
    },
)
resources = st.dictionaries(st.sampled_from((*KEYS, "00123", "null", "1.10")), fields)


def write(folder: Path, manifests: Mapping[str, object]) -> DesiredState:
    """Write a project, in the order given, and return what it declares."""
    (folder / "syncer.yaml").write_text(json.dumps(PROJECT))
    (folder / "manifests").mkdir()
    for name, manifest in manifests.items():
        (folder / "manifests" / name).write_text(
            json.dumps(manifest, ensure_ascii=False), encoding="utf-8"
        )
    loaded = load(folder, Limits())
    assert [finding for finding in loaded.diagnostics if finding.severity.name == "ERROR"] == []
    return loaded.desired


@settings(max_examples=25)
@given(resources, resources)
def test_what_files_declare_is_applied_verified_and_then_equal(
    signals: Mapping[str, object], live: Mapping[str, Mapping[str, object]]
) -> None:
    """validate(m) accepts => apply(m) is verified whole, and plan(m) is empty afterwards."""
    views = {
        key: {name: value for name, value in view.items() if name != "createOnly"}
        for key, view in live.items()
    }
    manifests = {
        "signals.yaml": {"signals": signals},
        "items.yaml": {"items": {key: {"follow": "all", "name": "n"} for key in signals}},
    }
    with TemporaryDirectory() as folder, closing(Site()) as site:
        desired = write(Path(folder), manifests)
        site.fill(views, {})
        session = site.session()
        report = site.run(make_plan(desired, session, Wishes()), session)

        assert report.error is None
        assert make_plan(desired, session, Wishes()).plan.changes == ()


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from(KEYS), fields), unique_by=lambda pair: pair[0], min_size=1)
)
def test_the_order_of_files_and_of_keys_does_not_matter(
    declared: list[tuple[str, Mapping[str, object]]],
) -> None:
    """Files written in another order, with other orders of keys, give the same bytes."""
    files = {f"{n}.yaml": {"signals": {key: view}} for n, (key, view) in enumerate(declared)}
    other = {name: reversed_keys(files[name]) for name in reversed(files)}
    with TemporaryDirectory() as one, TemporaryDirectory() as two, closing(Site()) as site:
        plans = [
            make_plan(write(Path(folder), manifests), site.session(), Wishes()).plan
            for folder, manifests in ((one, files), (two, other))
        ]

    texts = [json.loads(planfile.dumps(plan)) for plan in plans]
    assert without_columns(texts[0]) == without_columns(texts[1])


def without_columns(value: object) -> object:
    """Return the plan without columns, which in one line are the order of keys, and its digest."""
    if isinstance(value, dict):
        return {
            name: without_columns(part)
            for name, part in value.items()
            if name not in ("column", "digest")
        }
    return [without_columns(part) for part in value] if isinstance(value, list) else value
