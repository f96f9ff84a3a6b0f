"""Journals and locks in PostgreSQL: the same promises, kept by a real server."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from syncer.engine import shared_state
from syncer.engine.journal import Journal, close_run, history, unfinished
from syncer.engine.records import End, RunRecord
from syncer.engine.shared_state import SharedState
from syncer.errors import LockHeld, Misuse, SyncerError, TransportError
from syncer.redaction import Redactor
from tests.engine.locking import ROOT, lockers, race
from tests.engine.postgres import Server, find_binaries, serve
from tests.engine.runs import AT, BEGIN, HOLDER, RECORDS, RUN, FixedClock, create, told, write

LINES = write(RECORDS)
BINARIES = find_binaries()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if BINARIES is None:
        pytest.skip("no initdb and postgres on this machine")
    with serve(BINARIES) as started:
        yield started


@pytest.fixture
def url(server: Server) -> str:
    """An empty database."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS team WITH (FORCE)")
        connection.execute("CREATE DATABASE team")
    return server.url("team")


@pytest.fixture
def state(url: str) -> SharedState:
    return SharedState(url, Redactor())


def save(state: SharedState, run: str, lines: list[bytes]) -> None:
    with state.lock(["saving"], HOLDER):
        log = state.begin(run)
        for line in lines:
            log.append(line)
        log.close()


def run_sql(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_an_empty_database_has_no_runs_and_is_not_written(state: SharedState, url: str) -> None:
    assert state.runs() == state.open_runs() == ()
    assert list(state.firsts()) == []
    with pytest.raises(Misuse, match="no run"):
        state.read(RUN)
    with pytest.raises(Misuse, match="no lock"):
        state.unlock(RUN)

    assert run_sql(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'syncer'") == []


def test_what_was_appended_is_read_by_everybody(state: SharedState, url: str) -> None:
    with state.lock(["pier"], HOLDER):
        log = state.begin(RUN)
        for n, line in enumerate(LINES, 1):
            log.append(line)
            assert SharedState(url, Redactor()).read(RUN) == b"".join(LINES[:n])
        assert state.runs() == (RUN,)
        assert state.open_runs() == ()

    assert state.where(RUN).endswith(f"database team: syncer.syncer_log, run {RUN}")


def test_runs_are_listed_oldest_first_and_the_open_ones_apart(state: SharedState) -> None:
    for run, lines in {"b": LINES, "a": LINES[:3], "C": [b"x" * 9000]}.items():
        save(state, run, lines)

    assert state.runs() == ("C", "a", "b")
    assert state.open_runs() == ("C", "a")
    assert state.firsts() == [("C", b"x" * 9000), ("a", LINES[0]), ("b", LINES[0])]


def test_a_run_is_written_closed_and_told(state: SharedState) -> None:
    clock = FixedClock()
    with state.lock(["pier"], HOLDER):
        journal = Journal(state.begin(RUN), clock)
        journal.begin(BEGIN)
        journal.intent(1, [create("a")])
        journal.close()
    with state.lock(["pier"], HOLDER):
        (record,) = unfinished(state, BEGIN.origin, BEGIN.integrations.values())
        assert isinstance(record, RunRecord)
        close_run(state, record, [told("a")], "recovered", clock)

    (closed,) = history(state)
    assert isinstance(closed, RunRecord)
    assert (closed.end, closed.unresolved()) == (End(AT, "recovered"), ())


def test_a_journal_goes_on_behind_what_is_good(state: SharedState) -> None:
    save(state, RUN, [*LINES[:2], b"torn\n"])

    with state.lock(["pier"], HOLDER):
        log = state.resume(RUN, sum(map(len, LINES[:2])))
        log.append(LINES[2])

    assert state.read(RUN) == b"".join(LINES[:3])


def test_a_journal_has_one_writer(state: SharedState) -> None:
    with state.lock(["pier"], HOLDER):
        state.begin(RUN).append(LINES[0])
        other = state.begin(RUN)
        with pytest.raises(TransportError, match="duplicate key") as caught:
            other.append(LINES[0])
        with pytest.raises(TransportError, match="the connection to the PostgreSQL"):
            other.append(LINES[1])

    assert caught.value.findings[0].code == "STA-FAILED"
    assert state.read(RUN) == LINES[0]


def test_nothing_is_written_without_the_lock(state: SharedState) -> None:
    with state.lock(["pier"], HOLDER):
        log = state.begin(RUN)
    for write_something in (
        lambda: log.append(LINES[0]),
        lambda: state.begin(RUN),
        lambda: state.resume(RUN, 0),
    ):
        with pytest.raises(TransportError) as caught:
            write_something()
        assert caught.value.findings[0].code == "STA-LOST"

    assert state.runs() == ()


def test_a_log_of_an_earlier_lock_takes_nothing(state: SharedState) -> None:
    with state.lock(["pier"], HOLDER):
        log = state.begin(RUN)
    with state.lock(["pier"], HOLDER), pytest.raises(TransportError):
        log.append(LINES[0])


def test_a_closed_log_takes_nothing(state: SharedState) -> None:
    with state.lock(["pier"], HOLDER):
        log = state.begin(RUN)
        log.close()
        with pytest.raises(TransportError):
            log.append(LINES[0])


def test_a_writer_whose_connection_ends_stops(state: SharedState, url: str) -> None:
    """Its lock is free at once, and it never connects anew."""
    with state.lock(["pier"], HOLDER):
        log = state.begin(RUN)
        log.append(LINES[0])
        run_sql(
            url,
            "SELECT pg_terminate_backend(backend, 5000) FROM syncer.syncer_lock_note",
        )
        with SharedState(url, Redactor()).lock(["pier"], HOLDER):
            for _ in range(2):
                with pytest.raises(TransportError, match="and with it the lock") as caught:
                    log.append(LINES[1])
                assert caught.value.findings[0].code == "STA-LOST"
            with pytest.raises(TransportError):
                state.runs()

    assert state.read(RUN) == LINES[0]


def test_a_lock_names_who_holds_it(state: SharedState, url: str) -> None:
    other = SharedState(url, Redactor())
    with state.lock(["pier", "yacht"], HOLDER):
        with pytest.raises(LockHeld) as caught:
            other.lock(["boat", "yacht"], HOLDER).__enter__()
        with other.lock(["boat"], HOLDER):  # what was locked before the refusal is free
            pass

    assert f"yacht is locked by run {RUN}: `syncer apply` of ada on laptop" in str(caught.value)
    with other.lock(["yacht"], HOLDER):
        pass
    assert run_sql(url, "SELECT * FROM syncer.syncer_lock_note") == []


def test_the_note_of_a_holder_that_is_gone_names_nobody(state: SharedState, url: str) -> None:
    other = SharedState(url, Redactor())
    with state.lock(["pier"], HOLDER):
        run_sql(url, "UPDATE syncer.syncer_lock_note SET backend = 1")
        with pytest.raises(LockHeld, match="another run, which has only just begun"):
            other.lock(["pier"], HOLDER).__enter__()


def test_a_lock_whose_holder_lives_is_not_forgotten(state: SharedState, url: str) -> None:
    other = SharedState(url, Redactor())
    with state.lock(["pier"], HOLDER):
        for each in (state, other):
            with pytest.raises(LockHeld, match="the lock is held by run"):
                each.unlock(RUN)
        run_sql(url, "UPDATE syncer.syncer_lock_note SET backend = 1")
        other.unlock(RUN)
        with pytest.raises(Misuse, match="no lock has the ID"):
            other.unlock(RUN)


def test_everybody_may_be_the_first(state: SharedState, url: str) -> None:
    with lockers(url, 4) as started:
        race(started, 1)


def test_of_three_processes_one_gets_the_lock(url: str) -> None:
    with lockers(url, 3) as started:
        race(started, 10)


def test_a_process_that_is_killed_frees_its_lock(state: SharedState, url: str) -> None:
    with lockers(url, 1) as (other,):
        other.ask("pier")
        assert other.answer() == "got"
        other.end()
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
        while run_sql(url, waiting):  # the server sees it within a few milliseconds
            pass

        with state.lock(["pier"], HOLDER):
            pass


def test_a_process_that_is_stopped_keeps_its_lock(state: SharedState, url: str) -> None:
    with lockers(url, 1) as (other,):
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


def test_a_user_who_may_not_make_the_tables_is_told(url: str, server: Server) -> None:
    run_sql(url, "DROP ROLE IF EXISTS guest")
    run_sql(url, "CREATE ROLE guest LOGIN")
    guest = SharedState(url.replace(f"{server.user}@", "guest@"), Redactor())

    assert guest.runs() == ()
    with pytest.raises(TransportError, match="refused: permission denied") as caught:
        guest.lock(["pier"], HOLDER).__enter__()
    assert caught.value.findings[0].code == "STA-FAILED"


def test_a_server_that_ends_the_connection_at_once_is_told(state: SharedState, url: str) -> None:
    run_sql(url, "ALTER DATABASE team SET statement_timeout = 1")
    run_sql(url, "ALTER DATABASE team SET default_transaction_read_only = on")

    with pytest.raises(TransportError, match="read-only transaction"):
        state.lock(["pier"], HOLDER).__enter__()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:swordfish@127.0.0.1:1/team", "127.0.0.1, database team"),
        ("postgresql://ada:sword%2Ffish@127.0.0.1:1", "127.0.0.1, database of the user"),
        ("postgres:///team?host=/nowhere&password=swordfish", "/nowhere, database team"),
        ("postgresql://ada:sw@rdfish@127.0.0.1:1/team", "***, database team"),
        ("postgresql://ada:sw/rdfish@127.0.0.1:1/team", "ada, database ***"),
        ("postgresql:///?port=1", "on this machine, database of the user"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_the_password(url: str, shown: str) -> None:
    redactor = Redactor()
    state = SharedState(url, redactor)

    with pytest.raises(TransportError) as caught:
        state.lock(["pier"], HOLDER).__enter__()

    (finding,) = caught.value.findings
    assert (caught.value.exit_code, finding.code) == (1, "STA-CONNECT")
    assert f"no connection to the PostgreSQL server {shown}; nothing was sent" == finding.summary
    assert "fish" not in str(finding)
    assert url not in redactor.redact(f"connecting to {url}")


@pytest.mark.parametrize("password", ["swordfish", "sword%2Ffish", "sword@fish"])
def test_the_password_is_hidden_from_everything_that_is_written(password: str) -> None:
    redactor = Redactor()
    SharedState(f"postgresql://ada:{password}@host/team", redactor)

    assert redactor.redact(f"x {password} y") == "x *** y"
    if "%" in password:
        assert redactor.redact("x sword/fish y") == "x *** y"


@pytest.mark.parametrize(
    "url",
    ["mysql://ada:swordfish@host/team", "host=x password=swordfish", "postgresql://a:b%zz@h", "x"],
)
def test_what_is_no_url_of_a_database_is_refused_unseen(url: str) -> None:
    with pytest.raises(SyncerError) as caught:
        SharedState(url, Redactor())

    assert caught.value.findings[0].code == "STA-URL"
    assert "swordfish" not in repr(caught.value.findings)


def test_a_connection_that_cannot_be_set_up_is_closed(
    state: SharedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_state, "_SETTINGS", ("SET no_such_setting = 1",))

    with pytest.raises(TransportError, match="unrecognized configuration parameter"):
        state.runs()


def test_a_traceback_does_not_show_the_url(state: SharedState) -> None:
    assert "team?" not in repr(vars(state))


def test_without_the_driver_its_name_is_told(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from syncer.cli.main import main; sys.exit(main(['history']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT), "SYNCER_STATE_URL": "postgresql://ada:swordfish@host/team"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "STA-DRIVER" in done.stderr
    assert 'pip install "clarify-syncer[postgres]"' in done.stderr
    assert "swordfish" not in done.stderr
