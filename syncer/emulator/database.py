"""The SQLite file behind the store, held by one process at a time.

In: a path. Out: a `Database` that runs statements in transactions. What `transaction` has
committed survives a crash (WAL, synchronous=FULL); the file is given back when the process ends.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from syncer.emulator.records import SqlValue
from syncer.emulator.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES

_BUSY_SECONDS = 0.5
_CACHE_KIBIBYTES = 32 * 1024


class StoreError(Exception):
    """The store cannot be opened, read or written."""


class StoreInUseError(StoreError):
    """Another process holds the file."""


class NotAStoreError(StoreError):
    """The file holds something else, or a later layout."""


def open_database(path: Path | None) -> "Database":
    """Return the file's database, made when missing; in memory without a path.

    Raises StoreInUseError, NotAStoreError, or StoreError when the file cannot be opened.
    """
    try:
        held = None if path is None else _hold(path)
        database = Database(_connect(path), held)
    except BlockingIOError as error:
        raise StoreInUseError(f"{path} is in use by another process") from error
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(f"cannot open {path}: {error}") from error
    try:
        _take(database.connection, path)
    except sqlite3.Error as error:
        database.close()
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StoreInUseError(f"{path} is in use by another process") from error
        raise NotAStoreError(f"{path} is not a store of the emulator: {error}") from error
    except StoreError:
        database.close()
        raise
    return database


class Database:
    """An open file. Not for use by two threads at once."""

    def __init__(self, connection: sqlite3.Connection, held: int | None = None) -> None:
        self.connection = connection
        self._held = held

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def copy(self) -> "Database":
        """Return a copy in memory; raises StoreError."""
        twin = _connect(None)
        try:
            self.connection.backup(twin)
        except sqlite3.Error as error:
            twin.close()
            raise StoreError(str(error)) from error
        return Database(twin)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does, or nothing of it; raises StoreError."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def read(self, sql: str, *values: SqlValue) -> list[tuple[Any, ...]]:
        """Return the rows of a query; raises StoreError."""
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def read_value(self, sql: str, *values: SqlValue) -> object:
        """Return the first value of a query, None without rows."""
        rows = self.read(sql, *values)
        return rows[0][0] if rows else None

    def write(self, sql: str, rows: Iterable[tuple[SqlValue, ...]]) -> None:
        """Run the statement once per row of values."""
        self.connection.executemany(sql, rows)

    def register_regexp(self, function: Callable[[str, str], bool]) -> None:
        """Let `value REGEXP pattern` call the function with pattern and value."""
        self.connection.create_function("regexp", 2, function, deterministic=True)


def _hold(path: Path) -> int:
    """Return the file's descriptor, locked until it is closed; raises BlockingIOError.

    SQLite's own locks are raised step by step, so two processes that start together may refuse
    each other: this one is taken first, and by one of them.
    """
    # The file holds secrets: SQLite alone would make it readable for everyone.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _connect(path: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(
        path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _take(connection: sqlite3.Connection, path: Path | None) -> None:
    """Hold the file for this process; a new one gets its tables."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if mark == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    elif mark != APPLICATION_ID:
        raise NotAStoreError(f"{path} is a SQLite database, but not a store of the emulator")
    elif version != SCHEMA_VERSION:
        raise NotAStoreError(
            f"{path} has layout {version}; this version reads layout {SCHEMA_VERSION}"
        )
    connection.execute("COMMIT")
    # Only now, as it would rewrite the header of a file that is not ours.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
