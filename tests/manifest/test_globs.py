import time

import pytest

from syncer.manifest import globs


def _is_match(glob: str, path: str) -> bool:
    states = globs.begin((glob,))
    for name in path.split("/"):
        states = globs.advance(states, name)
    return globs.is_match(states)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("a.yaml", "a.yaml"),
        ("./a.yaml", "a.yaml"),
        ("*.yaml", "a.yaml"),
        ("**/*.yaml", "a.yaml"),
        ("**/*.yaml", "a/b/c.yaml"),
        ("m/**/*.yaml", "m/c.yaml"),
        ("m/**/x/**/*.yaml", "m/a/x/b/c.yaml"),
        ("m/**", "m/a/b"),
        ("m/[ab]?.yaml", "m/a1.yaml"),
    ],
)
def test_a_pattern_means_a_path(glob: str, path: str) -> None:
    assert _is_match(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*.yaml", "a/b.yaml"),
        ("m/*.yaml", "m/a/b.yaml"),
        ("m/**/*.yaml", "n/a.yaml"),
        ("*.yaml", "A.YML"),
        ("a.yaml", "a.yaml/b"),
    ],
)
def test_a_star_does_not_leave_its_folder(glob: str, path: str) -> None:
    assert not _is_match(glob, path)


@pytest.mark.parametrize("glob", ["../*.yaml", "a/../../b", "/etc/*", "~/x", "C:/x", "", "a" * 257])
def test_a_pattern_stays_inside_the_project(glob: str) -> None:
    refused = globs.refuse(glob)

    assert refused is not None
    assert refused[0] == "PTH-ESCAPE"


@pytest.mark.parametrize("glob", ["https://evil/x.yaml", "file:///etc/passwd", "file:x"])
def test_a_pattern_is_no_url(glob: str) -> None:
    refused = globs.refuse(glob)

    assert refused is not None
    assert refused[0] == "PTH-REMOTE"


def test_a_hostile_pattern_is_matched_quickly() -> None:
    start = time.perf_counter()

    assert not _is_match("*a" * 100 + "b", "a" * 250)
    assert not _is_match("/".join(["**"] * 80) + "/x", "/".join(["a"] * 100))
    assert time.perf_counter() - start < 1
