from dataclasses import replace

import pytest

from syncer.diagnostics import Location
from syncer.errors import Misuse
from syncer.plan.scope import chooser, matching, narrow
from tests.plan.worlds import item, signal, want, wanted

RESOURCES = wanted(
    want(signal("pump/1")), want(signal("pump/2")), want(item("pump/1")), want(signal("fan"))
).resources


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("signals/pier/pump/1", {signal("pump/1")}),
        ("signals/pier/pump*", {signal("pump/1"), signal("pump/2")}),
        ("*pump/1", {signal("pump/1"), item("pump/1")}),
        ("items/*", {item("pump/1")}),
        ("stand.yaml", set(RESOURCES)),
        ("./stand.yaml", set(RESOURCES)),
        ("signals/pier/pump", set()),
        ("signals.pier.fan", set()),
    ],
)
def test_patterns_are_globs_files_or_folders(pattern: str, expected: object) -> None:
    assert matching(pattern, RESOURCES) == expected


def test_a_targeted_item_brings_its_signal() -> None:
    assert narrow(RESOURCES, targets=["items/*"]) == {item("pump/1"), signal("pump/1")}


def test_exclusion_wins_over_a_target() -> None:
    assert narrow(RESOURCES, targets=["*"], excludes=["*pump*"]) == {signal("fan")}


def test_what_is_kept_brings_its_signal_too() -> None:
    assert narrow(RESOURCES, keep=lambda address: address.kind == "items") == {
        item("pump/1"),
        signal("pump/1"),
    }


def test_a_pattern_that_matches_nothing_is_misuse() -> None:
    with pytest.raises(Misuse, match="--target 'nothing' matches nothing"):
        narrow(RESOURCES, targets=["nothing"])
    with pytest.raises(Misuse, match="--exclude"):
        narrow(RESOURCES, excludes=["nothing"])


def test_a_signal_that_exists_is_not_brought() -> None:
    assert narrow(RESOURCES, targets=["items/*"], exists=lambda _: True) == {item("pump/1")}


def test_misuse_says_what_a_target_is() -> None:
    with pytest.raises(Misuse) as refused:
        narrow(RESOURCES, targets=["nothing"])

    (finding,) = refused.value.findings
    assert finding.code == "CLI-TARGET"
    assert finding.summary == "--target 'nothing' matches nothing that the manifests declare"
    assert finding.rule == "a target is an address glob, a manifest file or a folder"
    assert finding.hint == '`*` matches any text: --target "signals/stand/*"'


def test_several_patterns_add_up() -> None:
    assert narrow(RESOURCES, targets=["*fan", "*/pump/2"]) == {signal("fan"), signal("pump/2")}
    assert narrow(RESOURCES, excludes=["*fan", "*/pump/2"]) == {signal("pump/1"), item("pump/1")}
    assert narrow(RESOURCES) == set(RESOURCES)


def test_a_folder_is_named_with_or_without_its_slash() -> None:
    place = Location("plant/north/pumps.yaml", 1, 1)
    there = replace(want(signal("p")), locate=lambda path: place)
    resources = {**RESOURCES, there.address: there}

    for pattern in ("plant", "plant/", "./plant/north/", "plant/north/pumps.yaml"):
        assert matching(pattern, resources) == {signal("p")}
    for pattern in ("plan", "plant/no", "north", "pumps.yaml"):
        assert matching(pattern, resources) == set()


def test_a_chooser_takes_what_any_glob_names_whole() -> None:
    chooses = chooser(["signals/pier/pump*", "items/*"])

    assert [chooses(a) for a in (signal("pump/1"), item("x"), signal("a/signals/pier/pump"))] == [
        True,
        True,
        False,
    ]
    assert not chooser([])(signal())


def test_a_glob_is_no_pattern_of_another_kind_and_spans_lines() -> None:
    resources = wanted(want(signal("a.b")), want(signal("axb")), want(signal("a\nb"))).resources

    assert matching("signals/pier/a.b", resources) == {signal("a.b")}
    assert matching("signals/pier/a*b", resources) == set(resources)
    assert matching("signals/pier/[a]*", resources) == set()
