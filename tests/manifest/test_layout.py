"""Names of files that are safe everywhere, and where they go."""

import pytest

from syncer.manifest.layout import default_place, free_name, is_meant, portions, stems
from syncer.resources import Address


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("pier", "pier"),
        ("..", "%2E%2E"),
        ("../../etc/x", "%2E%2E%2F%2E%2E%2Fetc%2Fx"),
        ("a b\n", "a%20b%0A"),
        ("\ud800", "%ED%A0%80"),
        ("°", "%C2%B0"),
    ],
)
def test_a_stem_has_no_character_that_acts_in_a_path(name: str, stem: str) -> None:
    assert stems([name]) == {name: stem}


@pytest.mark.parametrize("name", ["CON", "con", "aux", "lpt1", "", "x" * 101])
def test_reserved_and_endless_names_get_a_suffix(name: str) -> None:
    stem = stems([name])[name]

    assert stem[-9] == "-"
    assert int(stem[-8:], 16) >= 0
    assert len(stem) <= 109


def test_names_that_differ_only_in_case_get_different_stems() -> None:
    found = stems(["A", "a"])

    assert found["A"] == "A"
    assert found["a"].startswith("a-")


def test_names_that_are_taken_are_left_alone() -> None:
    assert free_name("pier", ".yaml", ()) == "pier.yaml"
    assert free_name("pier", ".yaml", ["Pier.yaml"]) == "pier-imported.yaml"
    taken = ["pier.yaml", "pier-imported.yaml", "pier-imported-2.yaml"]
    assert free_name("pier", ".yaml", taken) == "pier-imported-3.yaml"


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ("manifests/**/*.yaml", ("manifests", ".yaml")),
        ("./a/b/*.yml", ("a/b", ".yml")),
        ("*.yaml", ("", ".yaml")),
        ("a/b*/c/*.yaml", ("a", ".yaml")),
        ("**/*.yaml", ("", ".yaml")),
    ],
)
def test_new_files_go_where_the_first_pattern_looks(pattern: str, place: tuple[str, str]) -> None:
    assert default_place((pattern, "other/*.yaml")) == place


def test_only_what_a_pattern_means_is_a_manifest() -> None:
    assert is_meant("m/a/b.yaml", ("m/**/*.yaml",))
    assert not is_meant("m/.a/b.yaml", ("m/**/*.yaml",))
    assert not is_meant("n/b.yaml", ("m/**/*.yaml",))


def test_a_file_holds_ten_thousand_resources() -> None:
    addresses = [Address("signals", "pier", str(n)) for n in range(10_001)]

    assert [len(each) for each in portions(addresses)] == [10_000, 1]
