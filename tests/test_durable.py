"""Files are written whole or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from syncer import durable


def test_a_new_file_is_for_its_owner(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        durable.replace(tmp_path / "new", b"content")
    finally:
        os.umask(previous)

    assert (tmp_path / "new").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_the_mode_can_be_chosen(tmp_path: Path) -> None:
    durable.replace(tmp_path / "new", b"", mode=0o644)

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    with path.open("rb") as reader:
        durable.replace(path, b"new")
        assert reader.read() == b"old"

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        durable.replace(path, b"new")

    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_the_old_content_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        durable.replace(tmp_path / "file", b"new")

    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_what_it_names_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"target")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")

    durable.replace(tmp_path / "link", b"new")
    durable.replace(tmp_path / "dangling", b"new")

    assert (tmp_path / "target").read_bytes() == b"target"
    assert not (tmp_path / "link").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_folders_and_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to(os.devnull)

    for path in (tmp_path, Path(os.devnull), tmp_path / "null"):
        with pytest.raises(OSError, match="Not a plain file"):
            durable.replace(path, b"new")

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_failure_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        durable.replace(tmp_path / "nowhere/file", b"new")

    assert caught.value.filename == str(tmp_path / "nowhere/file")


def test_what_is_appended_is_at_the_end_of_a_file_for_its_owner(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        log = durable.open_append(tmp_path / "log")
    finally:
        os.umask(previous)
    log.append(b"one\n")
    log.append(b"two\n")
    log.cut(4)
    log.append(b"three\n")
    log.close()

    assert (tmp_path / "log").read_bytes() == b"one\nthree\n"
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_a_write_that_takes_a_part_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:2]))
    log = durable.open_append(tmp_path / "log")

    log.append(b"seven b")
    log.close()

    assert (tmp_path / "log").read_bytes() == b"seven b"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_file_takes_nothing_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    log = durable.open_append(tmp_path / "log")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(OSError, match="Input/output error"):
            log.append(b"one\n")
    before = (tmp_path / "log").read_bytes()
    with pytest.raises(OSError, match="An earlier write to this file failed"):
        log.append(b"two\n")
    log.close()

    assert (tmp_path / "log").read_bytes() == before


def test_a_file_to_append_to_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(OSError, match="symbolic links"):
        durable.open_append(tmp_path / "link")


def test_a_file_whose_folder_cannot_be_synced_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[int] = []
    close = os.close

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    def watch(handle: int) -> None:
        closed.append(handle)
        close(handle)

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(os, "close", watch)
    with pytest.raises(OSError, match="Input/output error"):
        durable.open_append(tmp_path / "log")

    assert len(closed) == 2  # the folder and the file


def test_folders_are_made_for_their_owner(tmp_path: Path) -> None:
    durable.make_folder(tmp_path / "a/b")
    durable.make_folder(tmp_path / "a/b")

    for name in ("a", "a/b"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700


def test_nothing_is_written_to_a_file_that_was_removed(tmp_path: Path) -> None:
    log = durable.open_append(tmp_path / "log")
    log.append(b"a\n")
    (tmp_path / "log").unlink()

    with pytest.raises(OSError, match="removed"):
        log.append(b"b\n")
    with pytest.raises(OSError, match="earlier"):
        log.append(b"c\n")
    log.close()
