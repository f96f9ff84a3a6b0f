"""Runs and locks in a PostgreSQL database that a team and its runners share (shell).

A lock is the server's advisory lock of one connection, and the journal is written through that very
connection: whoever lost the lock cannot write. The server frees it when the connection ends, and
notices within a minute that a client is gone.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import accumulate
from typing import Final, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from syncer.engine.state import (
    Holder,
    Log,
    held,
    is_end,
    no_lock,
    no_run,
    read_holder,
    still_held,
    write_holder,
)
from syncer.errors import SyncerError, TransportError
from syncer.redaction import MASK, Redactor, Secret

Connection: TypeAlias = psycopg.Connection[TupleRow]

_SCHEMES: Final = ("postgresql://", "postgres://")
_NAME: Final = re.compile(r"[\w.:%/,-]*")  # nothing of a password that was written unescaped
_WAITS: Final[dict[str, int | str]] = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "syncer",
}
# The server's side: after a minute of silence the client is gone, and so are its locks.
_SETTINGS: Final = (
    "SET synchronous_commit = on",
    "SET statement_timeout = '60s'",
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 4",
)
_SCHEMA: Final = (
    "SELECT pg_advisory_xact_lock(hashtext('syncer schema'))",  # CREATE IF NOT EXISTS can race
    "CREATE SCHEMA IF NOT EXISTS syncer",
    "CREATE TABLE IF NOT EXISTS syncer.syncer_log"
    " (run text, n integer, line bytea NOT NULL, PRIMARY KEY (run, n))",
    "CREATE TABLE IF NOT EXISTS syncer.syncer_lock_note"
    " (key bigint PRIMARY KEY, id text NOT NULL, backend integer NOT NULL, note text NOT NULL)",
)
# A 64-bit advisory lock stands in pg_locks as two halves.
_HOLDING: Final = (
    "SELECT note FROM syncer.syncer_lock_note JOIN pg_locks ON pid = backend"
    " AND locktype = 'advisory' AND granted AND objsubid = 1"
    " AND (classid::bigint << 32 | objid::bigint) = key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class SharedState:
    """Journals and locks in one database."""

    def __init__(self, url: str, redactor: Redactor) -> None:
        self._url = Secret(url)
        self._server = _read_url(url, redactor)
        self._locked: Connection | None = None

    @contextmanager
    def lock(self, places: Collection[str], holder: Holder) -> Iterator[None]:
        """Hold all of the places, or raise LockHeld naming who holds one of them."""
        keys = {_key(place): place for place in places}
        with closing(self._connect()) as connection:
            try:
                with self._told():
                    _make_schema(connection)
                    _take(connection, keys, holder)
                before, self._locked = self._locked, connection
                try:
                    yield
                finally:
                    self._locked = before
                    _drop_notes(connection, keys)
            finally:
                # The end of the connection frees them too, but a moment later.
                with suppress(psycopg.Error):
                    connection.execute("SELECT pg_advisory_unlock_all()")

    def runs(self) -> tuple[str, ...]:
        """Return the IDs of all runs, oldest first."""
        return tuple(sorted(run for run, _ in self._endings()))

    def open_runs(self) -> tuple[str, ...]:
        """Return the IDs of the runs that did not end, oldest first."""
        return tuple(sorted(run for run, line in self._endings() if not is_end(line)))

    def firsts(self) -> list[tuple[str, bytes]]:
        """Return each run with its first line, oldest first."""
        with self._reading() as connection:
            if not _has_tables(connection):
                return []
            select = "SELECT run, line FROM syncer.syncer_log WHERE n = 0"
            rows = connection.execute(select).fetchall()
        return sorted((str(run), line) for run, line in rows if isinstance(line, bytes))

    def where(self, run: str) -> str:
        """Return the table, and which of its rows."""
        return f"{self._server}: syncer.syncer_log, run {run}"

    def read(self, run: str) -> bytes:
        """Return a journal; raises Misuse when there is no such run."""
        with self._reading() as connection:
            lines = _lines(connection, run)
        if not lines:
            raise no_run(run)
        return b"".join(lines)

    def begin(self, run: str) -> Log:
        """Return a new journal; its first line fails where another has the ID."""
        with self.writing() as connection:
            return _SharedLog(self, connection, run, 0)

    def resume(self, run: str, keep: int) -> Log:
        """Return a journal to go on with, cut after its first `keep` bytes."""
        with self.writing() as connection:
            n = _count(_lines(connection, run), keep)
            delete = "DELETE FROM syncer.syncer_log WHERE run = %s AND n >= %s"
            connection.execute(delete, (run, n))
            return _SharedLog(self, connection, run, n)

    def unlock(self, id: str) -> None:  # noqa: A002 - the interface's word
        """Forget a lock whose holder is gone; raises LockHeld while it lives, Misuse for none."""
        with self._reading() as connection:
            if _has_tables(connection):
                note = _holder(connection, " WHERE id = %s", id)
                if note is not None:
                    raise still_held(note)
                delete = "DELETE FROM syncer.syncer_lock_note WHERE id = %s"
                if connection.execute(delete, (id,)).rowcount:
                    return
        raise no_lock(id)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield the connection that holds the locks; nothing is written through another."""
        if self._locked is None or self._locked.closed:
            raise self.lost()
        with self._told():
            yield self._locked

    def _endings(self) -> list[tuple[str, bytes]]:
        """Return each run with its last line, or without it when that is too long for an End."""
        with self._reading() as connection:
            if not _has_tables(connection):
                return []
            rows = connection.execute(
                "SELECT run, CASE WHEN length(line) < 4096 THEN line ELSE ''::bytea END"
                " FROM syncer.syncer_log JOIN"
                " (SELECT run, max(n) AS n FROM syncer.syncer_log GROUP BY run) AS lasts"
                " USING (run, n)"
            ).fetchall()
        return [(str(run), line) for run, line in rows if isinstance(line, bytes)]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._locked is not None:
            with self.writing() as connection:
                yield connection
            return
        with closing(self._connect()) as connection, self._told():
            yield connection

    def _connect(self) -> Connection:
        try:
            known = conninfo_to_dict(self._url.reveal())
            waits = {name: value for name, value in _WAITS.items() if name not in known}
            told = make_conninfo(self._url.reveal(), **waits)
            connection = psycopg.connect(told, autocommit=True)
        except psycopg.Error:
            # Its own text may quote the URL.
            raise TransportError.of(
                "STA-CONNECT",
                f"no connection to the PostgreSQL server {self._server}; nothing was sent",
                rule="SYNCER_STATE_URL says where runs are remembered and locked",
                hint="look whether it runs, and whether user and password are right",
            ) from None
        try:
            with self._told():
                for setting in _SETTINGS:
                    connection.execute(setting)
        except SyncerError:
            connection.close()
            raise
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the driver raises into what syncer raises."""
        try:
            yield
        except psycopg.OperationalError:
            raise self.lost() from None
        except psycopg.Error as error:
            raise TransportError.of(
                "STA-FAILED",
                f"the PostgreSQL server {self._server} refused: {error.diag.message_primary}",
                rule="the schema `syncer` is made on first use, and holds two tables",
            ) from None

    def lost(self) -> TransportError:
        """Return the error for a connection that ended."""
        return TransportError.of(
            "STA-LOST",
            f"the connection to the PostgreSQL server {self._server} ended, and with it the lock",
            rule="nothing is sent without the lock",
            hint="run the command again: it looks at what was sent, and goes on",
        )


class _SharedLog:
    """One run's lines, each committed before `append` returns."""

    def __init__(self, state: SharedState, connection: Connection, run: str, n: int) -> None:
        self._state = state
        self._connection = connection  # and with it the lock that it was begun under
        self._run = run
        self._n = n
        self._is_usable = True

    def append(self, line: bytes) -> None:
        """Add a line, or raise TransportError and take nothing more."""
        if not self._is_usable:
            raise self._state.lost()
        self._is_usable = False
        with self._state.writing() as connection:
            if connection is not self._connection:
                raise self._state.lost()
            insert = "INSERT INTO syncer.syncer_log (run, n, line) VALUES (%s, %s, %s)"
            connection.execute(insert, (self._run, self._n, line))
        self._n += 1
        self._is_usable = True

    def close(self) -> None:
        """Take nothing more."""
        self._is_usable = False


def _read_url(url: str, redactor: Redactor) -> str:
    """Return host and database for messages; hides the URL and its password from now on."""
    redactor.add(Secret(url))
    user_info = url.partition("://")[2].rpartition("@")[0]
    redactor.add(Secret(user_info.partition(":")[2]))  # as written, with its escapes
    try:
        known = conninfo_to_dict(url)
    except psycopg.Error:
        known = {}
    if not known or not url.startswith(_SCHEMES):
        raise SyncerError.of(
            "STA-URL",
            "SYNCER_STATE_URL is no URL of a PostgreSQL database; it is not shown",
            rule="as postgresql://user:password@host:5432/database",
            hint="in user and password, write @ as %40, / as %2F, : as %3A, ? as %3F, % as %25",
        )
    redactor.add(Secret(str(known.get("password", ""))))
    host, database = (str(known.get(name, "")) for name in ("host", "dbname"))
    return f"{_shown(host) or 'on this machine'}, database {_shown(database) or 'of the user'}"


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else MASK


def _key(place: str) -> int:
    """Return the number that the server locks for a place."""
    digest = hashlib.sha256(b"syncer " + place.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], signed=True)


def _make_schema(connection: Connection) -> None:
    if _has_tables(connection):
        return
    with connection.transaction():
        for statement in _SCHEMA:
            connection.execute(statement)


def _has_tables(connection: Connection) -> bool:
    found = connection.execute("SELECT to_regclass('syncer.syncer_lock_note')").fetchone()
    return found is not None and found[0] is not None


def _take(connection: Connection, keys: Mapping[int, str], holder: Holder) -> None:
    """Lock all of the keys and note who did; raises LockHeld for the first that is held."""
    for key in sorted(keys):
        if not _try_lock(connection, key):
            raise held(keys[key], _holder(connection, " WHERE key = %s", key))
    for key in keys:
        _write_note(connection, key, holder)


def _drop_notes(connection: Connection, keys: Collection[int]) -> None:
    # While the keys are still locked: later they may be somebody else's.
    with suppress(psycopg.Error):
        delete = "DELETE FROM syncer.syncer_lock_note WHERE key = ANY(%s)"
        connection.execute(delete, (list(keys),))


def _try_lock(connection: Connection, key: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
    return row is not None and bool(row[0])


def _write_note(connection: Connection, key: int, holder: Holder) -> None:
    connection.execute(
        "INSERT INTO syncer.syncer_lock_note (key, id, backend, note)"
        " VALUES (%s, %s, pg_backend_pid(), %s) ON CONFLICT (key) DO UPDATE"
        " SET id = excluded.id, backend = excluded.backend, note = excluded.note",
        (key, holder.id, write_holder(holder)),
    )


def _holder(connection: Connection, condition: str, value: object) -> Holder | None:
    """Return the holder whose connection still has its lock, and whose note meets the condition."""
    row = connection.execute(_HOLDING + condition, (value,)).fetchone()
    return read_holder(str(row[0])) if row is not None else None


def _lines(connection: Connection, run: str) -> list[bytes]:
    if not _has_tables(connection):
        return []
    select = "SELECT line FROM syncer.syncer_log WHERE run = %s ORDER BY n"
    return [bytes(row[0]) for row in connection.execute(select, (run,))]


def _count(lines: Sequence[bytes], keep: int) -> int:
    """Return how many lines make up the first `keep` bytes."""
    ends = list(accumulate(map(len, lines), initial=0))
    return ends.index(keep)
