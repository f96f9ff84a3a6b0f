"""Inserts that fail, are killed, and go on."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from syncer.diagnostics import Diagnostic
from syncer.engine.insert_journal import InsertJournal, open_journal
from syncer.engine.inserting import Insertion
from syncer.errors import ApplyIncomplete, PlanRefused, SyncerError, TransportError
from syncer.samples.model import Samples
from syncer.samples.outcome import Inserted
from syncer.transport.failures import ApiRejection, OutcomeUnknown

SAMPLES = Samples({"a": dict.fromkeys(range(4), 1), "b": dict.fromkeys(range(4), 2)})
BYTES = 130  # two times a piece
FINDING = Diagnostic("NET-LOST", "lost")
LOST = OutcomeUnknown(FINDING)
LOST_FOR_GOOD = OutcomeUnknown(FINDING, may_resend=False)
REFUSED = ApiRejection.of("API-REJECTED", "refused")


class Api:
    """Takes pieces, and fails as it is told: with an error, or after it has taken the piece."""

    def __init__(self, *failures: SyncerError | None) -> None:
        self.failures = list(failures)
        self.taken: list[Samples] = []

    def insert(self, samples: Samples) -> Mapping[str, bool]:
        failure = self.failures.pop(0) if self.failures else None
        if not isinstance(failure, ApiRejection):
            self.taken.append(samples)
        if failure is not None:
            raise failure
        return dict.fromkeys(samples.series, not self.taken[:-1])


def insert(api: Api, folder: Path) -> Inserted:
    with open_journal(folder, "x") as journal:
        done = Insertion(api, journal, max_bytes=BYTES).run(SAMPLES)
        if done.failure is None:
            journal.remove()
    return done


def test_all_pieces_are_sent_and_the_journal_goes(tmp_path: Path) -> None:
    api = Api()

    done = insert(api, tmp_path)

    assert done == Inserted(8, 2, accepted=8, requests=2, created={"a", "b"})
    assert (done.unsent, done.error) == (0, None)
    assert sum(piece.count for piece in api.taken) == 8
    assert list(tmp_path.iterdir()) == []


def test_a_lost_answer_is_sent_again(tmp_path: Path) -> None:
    done = insert(Api(LOST), tmp_path)

    assert (done.accepted, done.resent, done.requests) == (8, 4, 3)


def test_nothing_is_sent_again_once_the_retries_are_spent(tmp_path: Path) -> None:
    done = insert(Api(LOST_FOR_GOOD), tmp_path)

    assert (done.unknown, done.unsent, done.requests) == (4, 4, 1)
    assert done.failure is LOST_FOR_GOOD


def test_an_insert_that_stays_unknown_ends_and_the_next_one_goes_on(tmp_path: Path) -> None:
    first = insert(Api(None, *[LOST] * 4), tmp_path)
    api = Api()
    second = insert(api, tmp_path)

    assert (first.accepted, first.unknown, first.unsent, first.requests) == (4, 4, 0, 5)
    assert isinstance(first.error, ApplyIncomplete)
    assert (second.before, second.accepted, second.resent) == (4, 4, 4)
    assert len(api.taken) == 1


def test_a_refusal_ends_the_insert(tmp_path: Path) -> None:
    whole = insert(Api(REFUSED), tmp_path)
    later = insert(Api(None, REFUSED), tmp_path)
    last = insert(Api(), tmp_path)

    assert (whole.error, whole.unsent) == (REFUSED, 8)
    assert isinstance(later.error, ApplyIncomplete)
    assert (later.accepted, later.unsent) == (4, 4)
    assert (last.before, last.accepted, last.resent) == (4, 4, 0)


def test_a_refusal_after_a_lost_answer_leaves_it_unknown(tmp_path: Path) -> None:
    done = insert(Api(LOST, REFUSED), tmp_path)

    assert (done.unknown, done.unsent, done.resent) == (4, 4, 4)
    assert isinstance(done.error, ApplyIncomplete)
    assert insert(Api(REFUSED), tmp_path).unknown == 4


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_journal_that_is_cut_anywhere_loses_nothing(tmp_path: Path, cut: int) -> None:
    """Whatever is left of the journal, both runs together send every value at least once."""
    first = Api(None, *[LOST] * 4)
    insert(first, tmp_path)
    path = tmp_path / "x.jsonl"
    os.truncate(path, min(cut, path.stat().st_size))

    second = Api()
    done = insert(second, tmp_path)

    assert done.failure is None
    assert done.before + done.accepted == 8
    if done.before:
        assert first.taken[0] not in second.taken


def test_lines_that_are_no_entries_end_the_reading(tmp_path: Path) -> None:
    good = json.dumps({"kind": "accepted", "piece": "a"}).encode()
    path = tmp_path / "x.jsonl"
    for bad in (b"{", b"[]", b'{"kind": "x", "piece": "b"}', b'{"kind": "intent"}', b"\xff"):
        path.write_bytes(good + b"\n" + bad + b"\n" + good.replace(b'"a"', b'"b"') + b"\n")
        with InsertJournal(path) as journal:
            assert journal.is_accepted("a")
            assert not journal.is_accepted("b")
        assert path.read_bytes() == good + b"\n"


def test_the_journal_is_private_and_follows_no_link(tmp_path: Path) -> None:
    with open_journal(tmp_path / "inserts", "x") as journal:
        journal.note("intent", "a")
        assert journal.is_doubtful("a")
    (tmp_path / "inserts/y.jsonl").symlink_to(tmp_path / "elsewhere")

    assert (tmp_path / "inserts").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "inserts/x.jsonl").stat().st_mode & 0o777 == 0o600
    with pytest.raises(OSError, match="symbolic"), open_journal(tmp_path / "inserts", "y"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_two_processes_do_not_insert_the_same(tmp_path: Path) -> None:
    with open_journal(tmp_path, "x"):
        with pytest.raises(PlanRefused, match="running in another process"):
            open_journal(tmp_path, "x").__enter__()
        with open_journal(tmp_path, "y") as other:
            assert not other.is_resumed


def test_a_journal_that_was_removed_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[Path] = []
    fstat = os.fstat

    def vanish(handle: int) -> os.stat_result:
        if not removed:
            removed.append(tmp_path / "x.jsonl")
            removed[0].unlink()
        return fstat(handle)

    monkeypatch.setattr(os, "fstat", vanish)
    with open_journal(tmp_path, "x") as journal:
        journal.note("accepted", "a")

    assert (tmp_path / "x.jsonl").exists()


def test_a_restart_forgets_what_was_accepted(tmp_path: Path) -> None:
    with open_journal(tmp_path, "x") as journal:
        journal.note("accepted", "a")
    with open_journal(tmp_path, "x", restart=True) as journal:
        assert not journal.is_resumed


class FullDisk:
    """A journal that takes so many entries."""

    def __init__(self, room: int) -> None:
        self.room = room

    def is_accepted(self, digest: str) -> bool:
        return False

    def is_doubtful(self, digest: str) -> bool:
        return False

    def note(self, kind: str, digest: str) -> None:
        if not self.room:
            raise OSError(28, "No space left on device")
        self.room -= 1


@pytest.mark.parametrize(("room", "accepted", "sent"), [(0, 0, 0), (1, 4, 1), (2, 4, 1), (3, 8, 2)])
def test_nothing_is_sent_that_the_journal_cannot_take(room: int, accepted: int, sent: int) -> None:
    api = Api()

    done = Insertion(api, FullDisk(room), max_bytes=BYTES).run(SAMPLES)

    assert (done.accepted, len(api.taken)) == (accepted, sent)
    assert done.failure is not None
    assert "No space left" in str(done.failure)


def test_a_refusal_is_told_although_the_journal_is_full() -> None:
    done = Insertion(Api(REFUSED), FullDisk(1), max_bytes=BYTES).run(SAMPLES)

    assert done.failure is REFUSED


def test_an_error_without_findings_is_kept(tmp_path: Path) -> None:
    failure = TransportError()
    assert insert(Api(failure), tmp_path).error is failure
