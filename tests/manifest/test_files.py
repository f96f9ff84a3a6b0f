import os
from pathlib import Path

import pytest

from syncer.diagnostics import Diagnostic
from syncer.manifest.files import discover, find_project, read
from syncer.manifest.limits import Limits

_ALL = ("manifests/**/*.yaml",)


def _touch(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}\n")


def _code(data: bytes | Diagnostic) -> str:
    assert isinstance(data, Diagnostic)
    return data.code


def test_files_are_found_in_every_folder_sorted(tmp_path: Path) -> None:
    _touch(tmp_path, "manifests/b.yaml", "manifests/a/z.yaml", "manifests/a.yaml", "other/c.yaml")

    found = discover(tmp_path, _ALL, Limits())

    assert found.files == ["manifests/a.yaml", "manifests/a/z.yaml", "manifests/b.yaml"]
    assert not found.findings


def test_hidden_files_and_the_project_file_are_no_manifests(tmp_path: Path) -> None:
    _touch(tmp_path, "syncer.yaml", ".syncer/a.yaml", ".hidden.yaml", "a/.b/c.yaml", "a.yaml")

    assert discover(tmp_path, ("**/*.yaml", ".syncer/*.yaml"), Limits()).files == ["a.yaml"]


def test_defaults_are_found_on_the_way_to_manifests(tmp_path: Path) -> None:
    _touch(tmp_path, "_defaults.yaml", "manifests/_defaults.yaml", "manifests/a/_defaults.yaml")
    _touch(tmp_path, "elsewhere/_defaults.yaml", "manifests/a/x.yaml")

    found = discover(tmp_path, _ALL, Limits())

    assert found.defaults == [
        "_defaults.yaml",
        "manifests/_defaults.yaml",
        "manifests/a/_defaults.yaml",
    ]
    assert found.files == ["manifests/a/x.yaml"]


def test_links_pipes_and_links_to_folders_are_refused(tmp_path: Path) -> None:
    _touch(tmp_path, "manifests/a.yaml", "outside/b.yaml")
    (tmp_path / "manifests/link.yaml").symlink_to(tmp_path / "outside/b.yaml")
    (tmp_path / "manifests/folder").symlink_to(tmp_path / "outside")
    (tmp_path / "manifests/README").symlink_to(tmp_path / "outside/b.yaml")
    os.mkfifo(tmp_path / "manifests/pipe.yaml")

    found = discover(tmp_path, _ALL, Limits())

    assert [(one.code, str(one.location)) for one in found.findings] == [
        ("PTH-SYMLINK", "manifests/folder"),
        ("PTH-SYMLINK", "manifests/link.yaml"),
        ("PTH-KIND", "manifests/pipe.yaml"),
    ]
    assert found.files == ["manifests/a.yaml"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(files=2), "LIM-FILES"), (Limits(total=8), "LIM-TOTAL")],
)
def test_limits_end_the_walk(limits: Limits, code: str, tmp_path: Path) -> None:
    _touch(tmp_path, "manifests/a.yaml", "manifests/b.yaml", "manifests/c.yaml")

    found = discover(tmp_path, _ALL, limits)

    assert [(one.code, str(one.location)) for one in found.findings] == [(code, "manifests/c.yaml")]
    assert not found.files


def test_a_folder_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    found = discover(tmp_path / "missing", _ALL, Limits())

    assert [(one.code, str(one.location)) for one in found.findings] == [("PTH-READ", ".")]


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")

    assert read(tmp_path, "a", Limits(file=5)) == b"12345"
    assert _code(read(tmp_path, "a", Limits(file=4))) == "LIM-FILE"


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")

    assert _code(read(tmp_path, "pipe", Limits())) == "PTH-KIND"
    assert _code(read(tmp_path, ".", Limits())) == "PTH-KIND"
    assert _code(read(tmp_path, "link", Limits())) == "PTH-SYMLINK"
    assert _code(read(tmp_path, "missing", Limits())) == "PTH-READ"


def test_the_project_is_found_above_up_to_the_git_root(tmp_path: Path) -> None:
    _touch(tmp_path, "outer/syncer.yaml", "outer/repo/.git/HEAD", "outer/repo/a/b/c")

    assert find_project(tmp_path / "outer") == tmp_path / "outer"
    assert find_project(tmp_path / "outer/repo/a/b") is None
    _touch(tmp_path, "outer/repo/syncer.yaml")
    assert find_project(tmp_path / "outer/repo/a/b") == tmp_path / "outer/repo"


def test_without_git_the_search_ends_at_the_root_of_the_disk() -> None:
    assert find_project(Path("/dev/fd")) is None


def test_a_read_that_fails_is_a_finding() -> None:
    # The kernel lets a process open its own memory, and refuses to read at its beginning.
    assert _code(read(Path("/proc/self"), "mem", Limits())) == "PTH-READ"
