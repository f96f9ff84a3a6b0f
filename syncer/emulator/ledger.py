"""The ledger: every accepted and every refused write, never changed afterwards.

In: entries. Out: the same, oldest first, for tests and people that ask what really happened.
"""

from collections.abc import Iterable

from syncer.emulator.database import Database
from syncer.emulator.records import Effect, LedgerEntry, SqlValue


class Ledger:
    """The entries in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entries: Iterable[LedgerEntry]) -> None:
        """Add entries, in a transaction that the caller holds."""
        self._database.write(
            "INSERT INTO ledger VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_values, entries)
        )

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return the whole ledger, oldest first."""
        rows = self._database.read(
            "SELECT time, method, integration, key, resource, effect, before_hash, after_hash, "
            "error FROM ledger ORDER BY seq"
        )
        return tuple(_read_entry(row) for row in rows)


def _read_entry(row: tuple[str, ...]) -> LedgerEntry:
    time, method, integration, key, resource, effect, before, after, error = row
    return LedgerEntry(
        time, method, integration, key, resource, Effect(effect), before, after, error
    )


def _values(entry: LedgerEntry) -> tuple[SqlValue, ...]:
    return (
        entry.time,
        entry.method,
        entry.integration,
        entry.key,
        entry.resource,
        entry.effect.value,
        entry.before,
        entry.after,
        entry.error,
    )
