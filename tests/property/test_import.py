"""What an import promises: the plan after it is empty, and what it left out stays as it is."""

from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.diagnostics import Severity
from syncer.engine.drafts import choose, draft
from syncer.engine.importing import Imported, Place, compose
from syncer.manifest.formatting import canonical
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.manifest.writer import write_manifest
from syncer.plan import planner
from syncer.plan.changes import Plan, Target
from syncer.providers.clarify.kinds import KINDS
from syncer.providers.clarify.provider import Clarify
from syncer.resources import Address, DesiredState, LiveState, Value
from tests.engine.sites import IDS, URL, Site
from tests.property.documents import nasty_texts
from tests.property.strategies import World, item_fields, signal_fields, worlds

pytestmark = pytest.mark.property
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
PROJECT = "version: 1\nproject: stand\nintegrations: [pier, yacht]\n"
PLACE = Place("manifests", ".yaml")
EVERYTHING = ("*",)

# The service refuses longer names and enum texts.
short_texts = nasty_texts.filter(lambda text: 0 < len(text) <= 128)
said_texts = st.fixed_dictionaries(
    {},
    optional={
        "name": short_texts,
        "description": nasty_texts,
        "engUnit": nasty_texts,
        "labels": st.dictionaries(st.sampled_from(("site", "00", "no")), st.lists(nasty_texts)),
        "annotations": st.dictionaries(st.sampled_from(("acme/x", "n")), nasty_texts),
        "enumValues": st.dictionaries(st.sampled_from(("0", "7")), short_texts),
        "sampleInterval": st.sampled_from((None, "PT15M", "PT0.5S")),
    },
)


def read(site: Site) -> LiveState:
    return Clarify(IDS, site.people, site.people, {}).read(list(IDS))


def plan(desired: DesiredState, live: LiveState, scope: Collection[Address] | None = None) -> Plan:
    options = planner.Options(scope=scope)
    return planner.plan(desired, live, KINDS, Target("dev", URL, IDS), options)


def imported(root: Path, live: LiveState, fields: Collection[str] = ()) -> Imported:
    desired = load(root, Limits()).desired
    found = choose(live, desired, EVERYTHING, ())
    drafts = [draft(each, live, KINDS, fields) for each in found.chosen]
    return compose(root, Limits(), drafts, PLACE, lambda desired, scope: plan(desired, live, scope))


def project(folder: str) -> Path:
    root = Path(folder)
    (root / "manifests").mkdir()
    (root / "syncer.yaml").write_text(PROJECT)
    (root / "manifests/vocabulary.yaml").write_text("labels: {}\n")
    return root


def assert_empty_plan(root: Path, live: LiveState, files: Imported) -> None:
    for path, text in files.texts.items():
        assert canonical(text) == text
        (root / path).write_text(text, encoding="utf-8")
    loaded = load(root, Limits())
    assert [each for each in loaded.diagnostics if each.severity is Severity.ERROR] == []
    left = plan(loaded.desired, live)
    assert left.changes == ()
    assert [note for note in left.notes if note.attributes] == []
    assert left.refusals == ()


@MANY
@given(worlds())
def test_the_plan_after_an_import_is_empty(world: World) -> None:
    """plan(import(s), s) has no changes; every resource that is not another's is declared."""
    with closing(world.open()) as site, TemporaryDirectory() as folder:
        live, root = read(site), project(folder)
        if not live.resources:
            return
        files = imported(root, live)
        before = site.written()
        assert_empty_plan(root, live, files)

        declared = load(root, Limits()).desired.resources.keys()
        others = {
            each.address for each in live.resources.values() if each.owner not in ("", "stand")
        }
        assert declared == live.resources.keys() - others
        assert site.written() == before


@MANY
@given(
    st.dictionaries(st.sampled_from(("a", "::x", "..", "#1", "NO", "1.10", "-")), said_texts),
    st.lists(st.sampled_from(("a", "::x", "NO"))),
    said_texts,
)
def test_hostile_texts_come_back_as_they_are(
    signals: Mapping[str, Mapping[str, Value]], published: list[str], item: Mapping[str, Value]
) -> None:
    """What can be declared is declared as it is in Clarify."""
    with closing(Site()) as site, TemporaryDirectory() as folder:
        if signals:
            site.fill(signals, {key: item for key in published if key in signals})
        else:
            site.save("a")
        live, root = read(site), project(folder)
        assert_empty_plan(root, live, imported(root, live))


@MANY
@given(worlds(), signal_fields, item_fields, st.sampled_from(("declared", "full")), st.booleans())
def test_defaults_are_answered(
    world: World,
    signals: Mapping[str, Value],
    items: Mapping[str, Value],
    manage: str,
    create_only: bool,
) -> None:
    """The law holds under a _defaults.yaml too; what it would change is said, or left out."""
    beside = {"lifecycle": {"manage": manage, "exact": ["labels"]}, "createOnly": create_only}
    defaults = {
        "signals": {**declarable(signals), **beside},
        "items": {**declarable(items), "follow": ["engUnit", "labels"], **beside},
    }
    with closing(world.open()) as site, TemporaryDirectory() as folder:
        live, root = read(site), project(folder)
        (root / "_defaults.yaml").write_text(write_manifest(defaults), encoding="utf-8")
        loaded = load(root, Limits()).diagnostics
        if not live.resources or any(each.severity is Severity.ERROR for each in loaded):
            return
        assert_empty_plan(root, live, imported(root, live))


def declarable(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Of generated fields, those that a manifest may hold whatever was drawn."""
    names = ("valueType", "sourceType", "sampleInterval", "gapDetection", "engUnit", "visible")
    return {
        name: value
        for name, value in fields.items()
        if name in names and (name != "engUnit" or value in ("", "bar", "kPa"))
    } | {"labels": {"site": ["x"], "-": []}}


@MANY
@given(worlds(), st.sets(st.sampled_from(("name", "labels", "visible"))))
def test_only_the_fields_that_were_asked_for_are_said(world: World, fields: set[str]) -> None:
    """import --fields F says no other field, and the plan is empty all the same."""
    with closing(world.open()) as site, TemporaryDirectory() as folder:
        live, root = read(site), project(folder)
        if not live.resources or not fields:
            return
        files = imported(root, live, fields)
        assert_empty_plan(root, live, files)
        for resource in load(root, Limits()).desired.resources.values():
            assert resource.fields.keys() <= fields
