"""Journals and locks in files: what one process holds no other has, however it ends."""

import errno
import os
import signal
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncer.engine.state import FileState, is_end, read_holder, run_id, write_holder
from syncer.errors import LockHeld, Misuse, SyncerError
from tests.engine.locking import lockers, race
from tests.engine.runs import HOLDER, RECORDS, RUN, write

LINES = write(RECORDS)


@pytest.fixture
def state(tmp_path: Path) -> FileState:
    return FileState(tmp_path / ".syncer", [tmp_path / "lock"])


class Chance:
    def __init__(self, share: float) -> None:
        self.share = share

    def uniform(self, low: float, high: float, /) -> float:
        return low + self.share * (high - low)


def test_an_id_tells_the_time_and_sorts_by_it() -> None:
    now = datetime(2026, 11, 20, 14, 30, 46, tzinfo=UTC)

    assert run_id(now, Chance(0)) == "20261120T143046Z-00000000"
    assert run_id(now, Chance(1)) == "20261120T143046Z-000fffff"
    assert run_id(now.replace(microsecond=500_000), Chance(0.5)) == "20261120T143046Z-80080000"
    assert run_id(now.replace(microsecond=999_999), Chance(1)) == "20261120T143046Z-ffffffff"


def test_a_new_journal_is_for_its_owner_and_grows(state: FileState, tmp_path: Path) -> None:
    log = state.begin(RUN)
    for line in LINES[:2]:
        log.append(line)
    log.close()

    path = tmp_path / ".syncer/journal" / f"{RUN}.jsonl"
    assert state.read(RUN) == b"".join(LINES[:2])
    assert state.where(RUN) == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_journal_is_begun_once(state: FileState) -> None:
    state.begin(RUN).close()

    with pytest.raises(SyncerError, match="File exists") as caught:
        state.begin(RUN)
    assert caught.value.findings[0].code == "JRN-WRITE"


def test_a_journal_goes_on_behind_what_is_good(state: FileState) -> None:
    log = state.begin(RUN)
    log.append(LINES[0] + b"torn")
    log.close()

    log = state.resume(RUN, len(LINES[0]))
    log.append(LINES[1])
    log.close()

    assert state.read(RUN) == LINES[0] + LINES[1]


def test_runs_are_listed_oldest_first_and_the_open_ones_apart(
    state: FileState, tmp_path: Path
) -> None:
    assert state.runs() == state.open_runs() == ()
    contents = {"b": LINES, "a": LINES[:3], "c": [b"x" * 9000, b"\n"], "d": [], "e": [b"{}"]}
    for run, lines in contents.items():
        log = state.begin(run)
        log.append(b"".join(lines))
        log.close()
    for name in ("notes.txt", "what_else.jsonl", "x.jsonl~"):
        (tmp_path / ".syncer/journal" / name).touch()

    assert state.runs() == ("a", "b", "c", "d", "e")
    assert state.open_runs() == ("a", "c", "d", "e")


@pytest.mark.parametrize("run", ["none", "../../secret", "", "a/b", "a\n"])
def test_a_run_that_is_not_there_is_a_misuse(state: FileState, run: str) -> None:
    with pytest.raises(Misuse, match="no run") as caught:
        state.read(run)
    assert caught.value.findings[0].code == "JRN-RUN"


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_journal_that_is_no_plain_file_is_not_read(
    state: FileState, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    state.begin("whole").close()
    make(tmp_path / ".syncer/journal" / f"{RUN}.jsonl")

    assert RUN in state.open_runs()
    assert list(state.firsts()) == []
    with pytest.raises(SyncerError, match="cannot be read") as caught:
        state.read(RUN)
    assert caught.value.findings[0].code == "JRN-CHAIN"


def test_the_state_folder_is_prepared_before_something_is_written(tmp_path: Path) -> None:
    calls: list[str] = []
    state = FileState(tmp_path / ".syncer", [], lambda: calls.append("made"))

    assert state.runs() == ()
    assert calls == []
    state.begin(RUN).close()
    with state.lock(["pier"], HOLDER):
        pass

    assert calls == ["made", "made"]
    assert (tmp_path / ".syncer/lock").is_dir()


def refuse(*_: object, **__: object) -> int:
    raise OSError(errno.EROFS, "Read-only file system", "here")


def test_a_folder_that_is_read_only_refuses_writing_alone(
    state: FileState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.begin(RUN).close()
    openly = os.open

    def read_only(path: Path, flags: int, mode: int = 0o777) -> int:
        return openly(path, flags, mode) if flags & os.O_ACCMODE == os.O_RDONLY else refuse()

    monkeypatch.setattr(os, "open", read_only)

    assert state.runs() == state.open_runs() == (RUN,)
    assert state.read(RUN) == b""
    for write_something in (
        lambda: state.begin("other"),
        lambda: state.resume(RUN, 0),
        lambda: state.lock(["pier"], HOLDER).__enter__(),
    ):
        with pytest.raises(SyncerError, match="here: Read-only file system") as caught:
            write_something()
        assert caught.value.findings[0].code == "JRN-WRITE"
        assert caught.value.exit_code == 1


def test_a_note_that_cannot_be_written_gives_the_lock_back(
    state: FileState, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", refuse)
        with pytest.raises(SyncerError, match="Read-only"):
            state.lock(["pier"], HOLDER).__enter__()

    with state.lock(["pier"], HOLDER):
        pass


def test_a_lock_names_who_holds_it(state: FileState) -> None:
    with state.lock(["pier", "yacht"], HOLDER):
        with pytest.raises(LockHeld) as caught, state.lock(["boat", "yacht"], HOLDER):
            pytest.fail("it was locked twice")
        (finding,) = caught.value.findings
        with state.lock(["boat"], HOLDER):  # what was locked before the refusal is free
            pass

    assert caught.value.exit_code == 5
    assert finding.summary == (
        f"yacht is locked by run {RUN}: `syncer apply` of ada on laptop (process 4711, in "
        "/home/ada/plant), since 2026-11-20T14:30:46Z"
    )
    assert f"syncer force-unlock {RUN}" in finding.hint
    with state.lock(["boat", "yacht"], HOLDER):
        pass


def test_a_holder_that_has_not_said_who_it_is_is_told_so(state: FileState, tmp_path: Path) -> None:
    with state.lock(["pier"], HOLDER):
        (path,) = (tmp_path / "lock").iterdir()
        path.write_bytes(b"")
        with pytest.raises(LockHeld, match="another run, which has only just begun"):
            state.lock(["pier"], HOLDER).__enter__()


def test_a_lock_is_free_after_an_error_and_its_file_stays(state: FileState, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), state.lock(["pier"], HOLDER):
        raise KeyboardInterrupt

    (path,) = (tmp_path / "lock").iterdir()
    assert path.read_bytes() == b""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with state.lock(["pier"], HOLDER):
        pass


def test_checkouts_of_one_machine_share_its_locks(state: FileState, tmp_path: Path) -> None:
    other = FileState(tmp_path / "elsewhere/.syncer", [tmp_path / "lock"])

    with state.lock(["pier"], HOLDER), pytest.raises(LockHeld):
        other.lock(["pier"], HOLDER).__enter__()


def test_a_folder_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    state = FileState(tmp_path / ".syncer", [tmp_path / "file/lock", tmp_path / "second"])

    with state.lock(["pier"], HOLDER), pytest.raises(LockHeld):
        state.lock(["pier"], HOLDER).__enter__()

    assert len(list((tmp_path / "second").iterdir())) == 1
    assert not (tmp_path / ".syncer").exists()


def test_a_lock_whose_holder_lives_is_not_forgotten(state: FileState) -> None:
    with state.lock(["pier"], HOLDER):
        with pytest.raises(LockHeld, match="the lock is held by run") as caught:
            state.unlock(RUN)
        assert caught.value.findings[0].hint == "wait for it, or end process 4711 on laptop"

    with pytest.raises(Misuse, match="no lock has the ID") as missing:
        state.unlock(RUN)
    assert missing.value.findings[0].code == "LCK-NONE"


def test_a_note_whose_holder_is_gone_is_forgotten(state: FileState, tmp_path: Path) -> None:
    with lockers(str(tmp_path), 1) as (other,):
        other.ask("pier", "yacht")
        assert other.answer() == "got"
    notes = [path.read_bytes() for path in (tmp_path / "lock").iterdir()]
    assert [read_holder(note) for note in notes] == [HOLDER, HOLDER]

    state.unlock(RUN)

    assert [path.read_bytes() for path in (tmp_path / "lock").iterdir()] == [b"", b""]


def test_of_two_processes_one_gets_the_lock(tmp_path: Path) -> None:
    with lockers(str(tmp_path), 2) as started:
        race(started, 100)


def test_a_process_that_is_killed_frees_its_lock_at_once(state: FileState, tmp_path: Path) -> None:
    with lockers(str(tmp_path), 1) as (other,):
        other.ask("pier")
        assert other.answer() == "got"
        other.end()

        with state.lock(["pier"], HOLDER):
            pass


def test_a_process_that_is_stopped_keeps_its_lock(state: FileState, tmp_path: Path) -> None:
    with lockers(str(tmp_path), 1) as (other,):
        other.ask("pier")
        assert other.answer() == "got"
        other.process.send_signal(signal.SIGSTOP)
        with pytest.raises(LockHeld):
            state.lock(["pier"], HOLDER).__enter__()
        with pytest.raises(LockHeld):
            state.unlock(RUN)

        other.process.send_signal(signal.SIGCONT)
        other.ask()
        assert other.answer() == "gave"
        with state.lock(["pier"], HOLDER):
            pass


def test_a_holder_is_read_as_it_was_written() -> None:
    assert read_holder(write_holder(HOLDER)) == HOLDER


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "[" * 100_000, write_holder(HOLDER).replace("4711", '"x"')]
)
def test_anything_else_is_no_holder(text: str) -> None:
    assert read_holder(text) is None


def test_an_end_is_known_by_its_line() -> None:
    assert is_end(LINES[-1])
    assert not any(map(is_end, (LINES[0], b"", b"[]", b"\xff", b"[" * 100_000)))
