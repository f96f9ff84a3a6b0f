import pytest

from syncer.errors import Misuse
from syncer.plan.scope import matching, narrow
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
