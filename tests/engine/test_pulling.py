"""Pulling against a Clarify in this process: what others changed, into files on disk."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer import durable
from syncer.diagnostics import Diagnostic
from syncer.engine.pulling import Folder, Pulled, pull, write
from syncer.errors import ManifestError, Misuse, PlanRefused
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.plan import drift
from syncer.plan.changes import Plan
from syncer.resources import DesiredState
from tests.engine.sites import Site
from tests.plan.worlds import signal, want, wanted

PROJECT = "version: 1\nproject: stand\nintegrations: [pier, yacht]\n"
HEAD = "integration: pier\n"


@dataclass
class Stand:
    """A project in a folder, which was applied to a site."""

    site: Site
    root: Path

    def load(self) -> DesiredState:
        loaded = load(self.root, Limits())
        assert list(loaded.diagnostics) == []
        return loaded.desired

    def apply(self) -> None:
        assert self.site.apply(self.load()).error is None

    def plan(self) -> Plan:
        return self.site.plan(self.load()).plan

    def pull(self, *globs: str) -> Pulled:
        """Pull and write; the project is valid afterwards, and only what is left has moved."""
        desired, session = self.load(), self.site.session()
        folder = Folder(self.root, Limits())
        pulled = pull(desired, self.site.plan(desired), session, globs, folder)
        write(folder, pulled.files)
        return pulled

    def text(self, name: str = "a.yaml") -> str:
        return (self.root / "manifests" / name).read_bytes().decode()

    def write(self, text: str, name: str = "a.yaml") -> None:
        path = self.root / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


@pytest.fixture
def stand(site: Site, tmp_path: Path) -> Stand:
    (tmp_path / "syncer.yaml").write_text(PROJECT)
    return Stand(site, tmp_path)


def applied(stand: Stand, text: str) -> Stand:
    stand.write(HEAD + text)
    stand.apply()
    return stand


def moved(stand: Stand) -> list[str]:
    return [f"{address} {change.name}" for address, change in drift.moved(stand.plan())]


def codes(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [finding.code for finding in findings]


# -- values that a resource says itself


def test_a_value_is_written_where_it_stands_and_nothing_else_moves(stand: Stand) -> None:
    applied(stand, "signals:\n  a:\n    name: 'Amount'  # of money\n    engUnit: USD\n")
    stand.site.save("a", name="It's", engUnit="USD")

    pulled = stand.pull()

    assert [(p.address, p.change.name, p.place.line) for p in pulled.pulls] == [
        (signal(), "name", 4)
    ]
    assert stand.text() == HEAD + (
        "signals:\n  a:\n    name: 'It''s'  # of money\n    engUnit: USD\n"
    )
    assert stand.plan().changes == ()


def test_every_kind_of_value_is_pulled(stand: Stand) -> None:
    applied(
        stand,
        "signals:\n"
        "  a:\n"
        "    description: |\n      long\n      text\n"
        "    valueType: enum\n"
        "    enumValues: {0: ok, 1: bad}\n"
        "    sampleInterval: PT1M\n"
        "    gapDetection: PT5M\n"
        "    labels: {site: [Pier], gone: [x]}\n"
        "    annotations: {acme/plc: '7', acme/gone: x}\n"
        "items:\n  a: {name: A, visible: true, gapDetection: PT5M}\n",
    )
    stand.site.save(
        "a",
        name="a",
        description="other\ntext\n",
        valueType="numeric",
        enumValues={},
        sampleInterval="PT2M",
        labels={"site": ["Yacht", "Pier"]},
        annotations={"acme/plc": "8", "acme/gone": ""},
    )
    stand.site.publish("a", name="A", visible=False)

    assert stand.pull().left == ()

    assert stand.text() == HEAD + (
        "signals:\n"
        "  a:\n"
        "    description: |\n      other\n      text\n"
        "    valueType: numeric\n"
        "    enumValues: {}\n"
        "    sampleInterval: PT2M\n"
        "    gapDetection: null\n"
        "    labels: {site: [Yacht, Pier], gone: []}\n"
        "    annotations: {acme/plc: '8', acme/gone: \"\"}\n"
        "items:\n  a: {name: A, visible: false, gapDetection: PT960H}\n"
    )
    assert stand.plan().changes == ()


def test_clarify_wins_where_both_moved(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A}}\n")
    stand.site.save("a", name="C")
    stand.write(HEAD + "signals: {a: {name: B}}\n")

    stand.pull()

    assert stand.text() == HEAD + "signals: {a: {name: C}}\n"


def test_what_git_moved_or_says_for_the_first_time_stays(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A, engUnit: bar}}\n")
    stand.site.save("a", name="A", engUnit="kPa", description="theirs")
    stand.write(HEAD + "signals: {a: {name: B, engUnit: bar, description: ours}}\n")

    stand.pull()

    assert stand.text() == HEAD + "signals: {a: {name: B, engUnit: kPa, description: ours}}\n"
    assert moved(stand) == []


def test_globs_and_files_limit_what_is_pulled(stand: Stand) -> None:
    stand.write(HEAD + "signals: {b: {name: B}}\n", "b.yaml")
    applied(stand, "signals: {a: {name: A}}\n")
    for key in ("a", "b"):
        stand.site.save(key, name="C")

    stand.pull("*/a")
    assert moved(stand) == ["signals/pier/b name"]
    stand.pull("manifests/b.yaml")
    assert moved(stand) == []
    with pytest.raises(Misuse):
        stand.pull("*/z")


def test_nothing_to_pull_writes_nothing(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A}}\n")

    assert stand.pull() == Pulled()


def test_an_alias_is_not_written_over(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: &n A}, b: {name: *n}}\n")
    stand.site.save("a", name="C")
    before = stand.text()

    assert codes(stand.pull().left) == ["PUL-SHARED"]
    assert stand.text() == before


# -- values that come from defaults

DEFAULTS = "defaults:\n  signals: {engUnit: bar, labels: {site: [Pier]}}  # all\n"
TWO = DEFAULTS + "signals:\n  a: {name: A}\n  b: {name: B}  # b's\n"


def test_a_default_is_changed_where_all_that_it_serves_agree(stand: Stand) -> None:
    applied(stand, TWO)
    for key in ("a", "b"):
        stand.site.save(key, name=key.upper(), engUnit="kPa", labels={"site": ["Yacht"]})

    pulled = stand.pull()

    assert len(pulled.pulls) == 4
    assert stand.text() == HEAD + TWO.replace("bar", "kPa").replace("Pier", "Yacht")
    assert stand.plan().changes == ()


def test_where_they_differ_the_resource_says_the_value_itself(stand: Stand) -> None:
    applied(stand, TWO)
    stand.site.save("a", name="A", engUnit="kPa", labels={})
    stand.site.save("b", name="B", engUnit="psi", labels={"site": ["Pier"]})

    pulled = stand.pull()

    assert pulled.left == ()
    assert {p.place.line for p in pulled.pulls} == {5, 6}
    assert stand.text() == HEAD + DEFAULTS + (
        "signals:\n"
        "  a: {name: A, engUnit: kPa, labels: {site: []}}\n"
        "  b: {name: B, engUnit: psi}  # b's\n"
    )
    assert stand.plan().changes == ()


def test_a_default_also_serves_what_was_not_asked_for(stand: Stand) -> None:
    applied(stand, TWO)
    for key in ("a", "b"):
        stand.site.save(key, name=key.upper(), engUnit="kPa", labels={"site": ["Pier"]})

    stand.pull("*/a")

    assert "a: {name: A, engUnit: kPa}\n" in stand.text()
    assert moved(stand) == ["signals/pier/b engUnit"]


def test_a_default_that_serves_a_signal_yet_to_be_created_stays(stand: Stand) -> None:
    applied(stand, TWO)
    for key in ("a", "b"):
        stand.site.save(key, name=key.upper(), engUnit="kPa", labels={"site": ["Pier"]})
    stand.write(stand.text() + "  c: {name: C}\n")

    stand.pull()

    assert "engUnit: bar" in stand.text()
    assert moved(stand) == []


def test_the_defaults_of_a_folder_are_a_place_too(stand: Stand) -> None:
    stand.write("signals:\n  engUnit: bar  # of all\n", "_defaults.yaml")
    applied(stand, "signals: {a: {name: A}}\n")
    stand.site.save("a", name="A", engUnit="kPa")

    stand.pull()

    assert stand.text("_defaults.yaml") == "signals:\n  engUnit: kPa  # of all\n"
    assert stand.plan().changes == ()


def test_where_nothing_can_be_added_the_default_is_named(stand: Stand) -> None:
    applied(stand, DEFAULTS + "signals: {a: &x {description: same}, b: *x}\n")
    stand.site.save("a", description="same", engUnit="kPa", labels={"site": ["Pier"]})

    (finding,) = stand.pull().left

    assert finding.code == "PUL-DEFAULT"
    assert "also serves 1 others" in finding.summary
    assert str(finding.location) == "manifests/a.yaml:3:22"


def test_keys_that_all_are_declared_are_added(stand: Stand) -> None:
    applied(stand, "signals: {a: {labels: {site: [Pier]}, lifecycle: {exact: [labels]}}}\n")
    stand.site.save("a", labels={"site": ["Pier"], "area": ["x"]})

    stand.pull()

    assert "labels: {site: [Pier], area: [x]}" in stand.text()
    assert stand.plan().changes == ()


def test_a_field_at_its_default_because_everything_is_managed_is_said(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A, lifecycle: {manage: full}}}\n")
    stand.site.save("a", name="A", engUnit="bar")

    stand.pull()

    assert "lifecycle: {manage: full}, engUnit: bar}" in stand.text()
    assert stand.plan().changes == ()


# -- what is left

FOLLOWS = "signals: {a: {name: A, engUnit: bar}}\nitems: {a: {name: I, follow: [engUnit]}}\n"


def test_what_follows_has_no_place_of_its_own(stand: Stand) -> None:
    applied(stand, FOLLOWS)
    stand.site.publish("a", name="J", engUnit="kPa", visible=True)

    pulled = stand.pull()

    assert codes(pulled.left) == ["PUL-FOLLOW"]
    assert [p.change.name for p in pulled.pulls] == ["name"]
    assert moved(stand) == ["items/pier/a engUnit"]


def test_a_follower_that_agrees_with_its_pulled_signal_is_not_left(stand: Stand) -> None:
    applied(stand, FOLLOWS)
    stand.site.save("a", name="A", engUnit="kPa")
    stand.site.publish("a", name="I", engUnit="kPa", visible=True)

    assert stand.pull().left == ()
    assert stand.plan().changes == ()


def test_labels_that_follow_are_left_and_those_that_are_said_are_pulled(stand: Stand) -> None:
    applied(
        stand,
        "signals: {a: {labels: {site: [Pier]}}}\n"
        "items: {a: {follow: [labels], labels: {own: [x]}}}\n",
    )
    stand.site.publish("a", name="a", labels={"site": ["Yacht"], "own": ["y"]}, visible=True)

    pulled = stand.pull()

    assert codes(pulled.left) == ["PUL-FOLLOW"]
    assert [p.change.name for p in pulled.pulls] == ["labels.own"]


def test_hostile_values_are_reported_and_the_rest_is_pulled(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A, engUnit: bar, labels: {site: [Pier]}}}\n")
    stand.site.save("a", name="bell\x07", engUnit="kPa", labels={"site": ["turned\u202e"]})

    pulled = stand.pull()

    assert codes(pulled.left) == ["PUL-VALUE", "PUL-VALUE"]
    assert [p.change.name for p in pulled.pulls] == ["engUnit"]


def test_a_value_against_the_projects_own_rules_writes_nothing(stand: Stand) -> None:
    applied(
        stand, "signals: {a: {name: A, labels: {site: [Pier]}}}\nlabels: {site: {values: [Pier]}}\n"
    )
    stand.site.save("a", name="B", labels={"site": ["Mars"]})
    before = stand.text()

    with pytest.raises(ManifestError) as invalid:
        stand.pull()

    assert invalid.value.findings[0].code == "PUL-INVALID"
    assert "Mars" in invalid.value.findings[1].summary
    assert stand.text() == before


def test_a_file_that_changed_meanwhile_is_not_written_over(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A}}\n")
    stand.site.save("a", name="B")
    desired, session = stand.load(), stand.site.session()
    planned = stand.site.plan(desired)
    folder = Folder(stand.root, Limits())
    for text in (HEAD + "signals: {a: {name: AA}}\n", None):
        if text is None:
            (stand.root / "manifests/a.yaml").unlink()
        else:
            stand.write(text)
        with pytest.raises(PlanRefused) as stale:
            pull(desired, planned, session, (), folder)
        assert codes(stale.value.findings) == ["PUL-STALE"]


def test_what_the_environment_leaves_out_stays(stand: Stand) -> None:
    applied(stand, FOLLOWS)
    stand.site.publish("a", name="I", engUnit="kPa", visible=True)
    desired = stand.load()
    session = replace(stand.site.session(), excludes=("signals/*",))

    pulled = pull(desired, stand.site.plan(desired), session, (), Folder(stand.root, Limits()))

    assert codes(pulled.left) == ["PUL-FOLLOW"]


def test_only_what_manifests_declare_can_be_pulled(stand: Stand) -> None:
    handmade = wanted(want(signal(), name="A"))
    stand.site.apply(handmade)
    stand.site.save("a", name="B")

    with pytest.raises(TypeError):
        pull(
            handmade,
            stand.site.plan(handmade),
            stand.site.session(),
            (),
            Folder(stand.root, Limits()),
        )


# -- files


def test_marks_line_ends_and_modes_are_kept(stand: Stand) -> None:
    applied(stand, "signals: {a: {name: A}}\n")
    path = stand.root / "manifests/a.yaml"
    path.write_bytes(b"\xef\xbb\xbfintegration: pier\r\nsignals: {a: {name: A}}\r\n")
    path.chmod(0o640)
    stand.site.save("a", name="B")

    stand.pull()

    assert path.read_bytes() == b"\xef\xbb\xbfintegration: pier\r\nsignals: {a: {name: B}}\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_written_undoes_the_others(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.write(HEAD + "signals: {b: {name: B}}\n", "b.yaml")
    applied(stand, "signals: {a: {name: A}}\n")
    before = stand.text(), stand.text("b.yaml")
    for key in ("a", "b"):
        stand.site.save(key, name="C")
    really = durable.replace

    def fail_on_b(path: Path, content: bytes, *, mode: int = 0o600) -> None:
        if path.name == "b.yaml":
            raise OSError(28, os.strerror(28), str(path))
        really(path, content, mode=mode)

    monkeypatch.setattr(durable, "replace", fail_on_b)

    with pytest.raises(OSError, match="No space"):
        stand.pull()

    assert (stand.text(), stand.text("b.yaml")) == before


# -- the law

RICH = """\
integration: pier
defaults:
  signals: {engUnit: bar, labels: {site: [Pier], all: [x]}, sourceType: measurement}
  items: {description: same}
signals:
  a:
    name: "A"   # quoted
    labels: {own: [y]}
    enumValues: {0: ok}
    annotations:
      acme/x: |
        long
  b: {name: B, sampleInterval: PT1M, lifecycle: {exact: [labels]}}
  c:
    labels: {}
    description: >-
      folded
      text
items:
  a: {name: I, follow: [engUnit, labels]}
  b:
    name: J
    visible: true
"""
labels = st.dictionaries(
    st.sampled_from(["site", "all", "own", "new"]), st.lists(st.sampled_from("xyz"), max_size=2)
)
views = st.fixed_dictionaries(
    {"name": st.sampled_from(["A", "B", "NO", "a: #b", "bell\x07", "J"])},
    optional={
        "engUnit": st.sampled_from(["bar", "kPa", "", "1e3"]),
        "labels": labels,
        "description": st.sampled_from(["same", "", "x\n", "a\n b\n"]),
        "enumValues": st.sampled_from([{}, {"0": "ok"}, {"1": "no", "2": "yes"}]),
        "sampleInterval": st.sampled_from(["PT60S", "PT2M", None]),
        "annotations": st.sampled_from([{"acme/x": ""}, {"acme/x": "-"}, {"acme/y": "z"}]),
    },
)
edits = st.dictionaries(
    st.sampled_from(["signals a", "signals b", "signals c", "items a", "items b"]), views
)


@pytest.mark.property
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=edits, text=st.sampled_from([RICH, RICH.replace('"A"', "Z").replace("bar", "psi")]))
def test_after_a_pull_only_what_is_left_has_moved(
    edits: Mapping[str, Mapping[str, object]], text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """moved(plan(pull(m, l), l)) are as many as were left, and a second pull takes nothing."""
    root = tmp_path_factory.mktemp("stand")
    (root / "syncer.yaml").write_text(PROJECT)
    stand = Stand(Site(), root)
    stand.write(RICH)
    stand.apply()
    for what, view in edits.items():
        kind, key = what.split()
        (stand.site.save if kind == "signals" else stand.site.publish)(key, view)
    stand.write(text)

    left = stand.pull().left

    assert len(moved(stand)) == len(left)
    assert set(codes(left)) <= {"PUL-FOLLOW", "PUL-VALUE"}
    again = stand.pull()
    assert (again.pulls, codes(again.left)) == ((), codes(left))
    stand.site.close()
