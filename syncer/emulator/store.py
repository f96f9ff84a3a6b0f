"""What the service remembers: integrations, resources, samples, and the ledger of writes.

In: those nouns. Out: the same, by key or by clause. Reads and writes happen inside the
`transaction` of a call.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import repeat
from pathlib import Path

from syncer.emulator.database import Database, open_database
from syncer.emulator.ids import next_number, read_id, write_id
from syncer.emulator.ledger import Ledger
from syncer.emulator.records import (
    Clause,
    Entry,
    Integration,
    Kind,
    Row,
    Sample,
    Selection,
    SqlValue,
)
from syncer.emulator.tracks import Tracks

ALL_GRANTS = frozenset({"admin", "clarify"})

_CHUNK = 10_000
_ROW = (
    "id, integration, input, item, name, attributes, attributes_hash, annotations, "
    "created_at, updated_at"
)


def open_store(
    path: Path | None = None, *, new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32)
) -> "Store":
    """Return the file's store, made when missing; in memory without a path.

    Raises StoreInUseError when another process has it, NotAStoreError when the file holds
    something else, or StoreError when it cannot be opened.
    """
    return Store(open_database(path), new_secret)


class Store:
    """What the service remembers. Not for use by two threads at once."""

    def __init__(self, database: Database, new_secret: Callable[[], str]) -> None:
        self._database = database
        self._new_secret = new_secret
        newest = database.read_value("SELECT max(id) FROM resources")
        self._last = read_id(str(newest)) if newest else 0
        self.signing_key = self._fact("signing_key", new_secret).encode()
        self.ledger = Ledger(database)
        self.tracks = Tracks(database)

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def copy(self) -> "Store":
        """Return the store as it is now, in memory; raises StoreError."""
        return Store(self._database.copy(), self._new_secret)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what the block does, or nothing of it; raises StoreError."""
        return self._database.transaction()

    def new_id(self, now: int) -> str:
        """Return an ID above every ID given out before."""
        self._last = next_number(self._last, now)
        return write_id(self._last)

    def organization(self) -> str:
        """Return the ID of the organisation, which all integrations belong to."""
        return self._fact("organization", lambda: write_id(1 << 64))

    # Integrations

    def ensure_integration(
        self, integration: str, name: str, *, grants: frozenset[str] = ALL_GRANTS
    ) -> Integration:
        """Return the integration, made with fresh secrets when missing; its secrets stay.

        The name and the granted namespaces (admin, clarify) become those given.
        """
        with self.transaction():
            fresh = (self._new_secret() for _ in range(3))
            self._database.write(
                "INSERT INTO integrations VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET name = excluded.name, grants = excluded.grants",
                [(integration, name, *fresh, " ".join(sorted(grants)))],
            )
        found = self.integration(integration)
        assert found is not None  # noqa: S101 - it was just written
        return found

    def integration(self, integration: str) -> Integration | None:
        """Return the integration of the ID."""
        return next(self._integrations("id = ?", integration), None)

    def integration_of_client(self, client_id: str) -> Integration | None:
        """Return the integration that the OAuth client belongs to."""
        return next(self._integrations("client_id = ?", client_id), None)

    def integrations(self) -> tuple[Integration, ...]:
        """Return all integrations, sorted by ID."""
        return tuple(self._integrations("1"))

    # Resources

    def signals(self, integration: str, inputs: Iterable[str]) -> dict[str, Row]:
        """Return the integration's signals among the inputs, by input."""
        rows = self._rows_in("integration = ? AND input", list(inputs), integration)
        return {row.input: row for row in rows if row.input is not None}

    def rows(self, ids: Iterable[str]) -> dict[str, Row]:
        """Return the resources among the IDs, by ID."""
        return {row.id: row for row in self._rows_in("id", list(ids))}

    def select(self, kind: Kind, integration: str, selection: Selection) -> tuple[Row, ...]:
        """Return the rows of a selection; items have the empty integration."""
        where, order = selection.where, selection.order
        # Chosen by ID first: what is skipped is then counted in an index, and never read.
        # CROSS JOIN keeps SQLite from reading the whole table in the wanted order instead.
        chosen = (
            f"SELECT id AS chosen FROM resources WHERE kind = ? AND integration = ? "  # noqa: S608 - clauses hold our own column names, all values are parameters
            f"AND {where.sql} ORDER BY {order} LIMIT ? OFFSET ?"
        )
        rows = self._database.read(
            f"SELECT {_ROW} FROM ({chosen}) CROSS JOIN resources ON id = chosen ORDER BY {order}",  # noqa: S608 - as above
            *(kind.value, integration, *where.values, selection.limit, selection.skip),
        )
        return tuple(Row(*row) for row in rows)

    def count(self, kind: Kind, integration: str, where: Clause) -> int:
        """Return how many rows match."""
        claims = f"kind = ? AND integration = ? AND {where.sql}"
        sql = f"SELECT count(*) FROM resources WHERE {claims}"  # noqa: S608 - as above
        [[total]] = self._database.read(sql, kind.value, integration, *where.values)
        return int(total)

    def put(self, entries: Sequence[Entry]) -> None:
        """Write the resources, each over the one of its ID."""
        self._database.write(
            "INSERT INTO resources VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "name = excluded.name, description = excluded.description, "
            "value_type = excluded.value_type, source_type = excluded.source_type, "
            "eng_unit = excluded.eng_unit, sample_interval = excluded.sample_interval, "
            "gap_detection = excluded.gap_detection, visible = excluded.visible, "
            "updated_at = excluded.updated_at, attributes = excluded.attributes, "
            "attributes_hash = excluded.attributes_hash, annotations = excluded.annotations",
            map(_resource_values, entries),
        )
        self._put_members("labels", entries, _labels)
        self._put_members("annotations", entries, _annotations)

    def annotate(self, rows: Iterable[Row]) -> None:
        """Write the annotations of resources, and when they changed."""
        changed = list(rows)
        self._database.write(
            "UPDATE resources SET annotations = ?, updated_at = ? WHERE id = ?",
            ((row.annotations, row.updated_at, row.id) for row in changed),
        )
        self._database.write(
            "DELETE FROM annotations WHERE resource = ?", ((row.id,) for row in changed)
        )
        self._database.write(
            "INSERT INTO annotations SELECT ?, key, value FROM json_each(?)",
            ((row.id, row.annotations) for row in changed),
        )

    def link(self, items_by_signal: Mapping[str, str | None]) -> None:
        """Link signals to items, or to none."""
        self._database.write(
            "UPDATE resources SET item = ? WHERE id = ?",
            ((item, signal) for signal, item in items_by_signal.items()),
        )

    # Samples

    def put_samples(
        self,
        signal: str,
        times: Sequence[int],
        values: Sequence[float | None],
        *,
        readable_at: int,
    ) -> None:
        """Write a signal's samples, each over the one of its time; None writes none."""
        rows = zip(repeat(signal), times, values, repeat(readable_at), strict=False)
        self._database.write(
            "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?)",
            (row for row in rows if row[2] is not None) if None in values else rows,
        )

    def samples(self, signal: str, now: int) -> tuple[Sample, ...]:
        """Return the signal's samples that are readable by now, sorted by time."""
        rows = self._database.read(
            "SELECT signal, time, value, readable_at FROM samples "
            "WHERE signal = ? AND readable_at <= ? ORDER BY time",
            signal,
            now,
        )
        return tuple(Sample(*row) for row in rows)

    def register_regexp(self, function: Callable[[str, str], bool]) -> None:
        """Let `value REGEXP pattern` call the function with pattern and value."""
        self._database.register_regexp(function)

    def _fact(self, name: str, make: Callable[[], str]) -> str:
        value = self._database.read_value("SELECT value FROM facts WHERE name = ?", name)
        if value is None:
            value = make()
            self._database.write("INSERT INTO facts VALUES (?, ?)", [(name, str(value))])
        return str(value)

    def _integrations(self, where: str, *values: SqlValue) -> Iterator[Integration]:
        sql = f"SELECT * FROM integrations WHERE {where} ORDER BY id"  # noqa: S608 - where is a literal of this module
        for *texts, grants in self._database.read(sql, *values):
            identity, name, client_id, client_secret, password = texts
            yield Integration(
                identity, name, client_id, client_secret, password, frozenset(grants.split())
            )

    def _rows_in(self, where: str, keys: Sequence[str], *values: SqlValue) -> Iterator[Row]:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            sql = f"SELECT {_ROW} FROM resources WHERE {where} IN ({marks})"  # noqa: S608 - where is a literal of this module
            for row in self._database.read(sql, *values, *chunk):
                yield Row(*row)

    def _put_members(
        self,
        table: str,
        entries: Sequence[Entry],
        members: Callable[[Entry], Iterable[tuple[str, str, str]]],
    ) -> None:
        self._database.write(
            f"DELETE FROM {table} WHERE resource = ?",  # noqa: S608 - table is a literal of this module
            ((entry.row.id,) for entry in entries),
        )
        self._database.write(
            f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)",  # noqa: S608 - as above
            (member for entry in entries for member in members(entry)),
        )


def _resource_values(entry: Entry) -> tuple[SqlValue, ...]:
    row, attributes = entry.row, entry.attributes
    return (
        row.id,
        entry.kind.value,
        row.integration,
        row.input,
        row.item,
        row.name,
        attributes.description,
        attributes.value_type,
        attributes.source_type,
        attributes.eng_unit,
        attributes.sample_interval,
        attributes.gap_detection,
        attributes.visible,
        row.created_at,
        row.updated_at,
        row.attributes,
        row.attributes_hash,
        row.annotations,
    )


def _labels(entry: Entry) -> Iterator[tuple[str, str, str]]:
    for key, texts in entry.attributes.labels.items():
        for text in texts:
            yield entry.row.id, key, text


def _annotations(entry: Entry) -> Iterator[tuple[str, str, str]]:
    for key, text in entry.annotations.items():
        yield entry.row.id, key, text
