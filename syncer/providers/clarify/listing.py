"""Whole listings from pages, or none: what does not add up is read again.

In: a function that reads one page. Out: every row, each once. Offsets shift when rows come and go
between two pages, so each page must agree with the first one on the total.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from syncer.errors import TransportError
from syncer.providers.clarify.wire import PAGE_ROWS, Json, Page

MAX_PAGES: Final = 10_000
_MAX_RESTARTS: Final = 3


class Row(Protocol):
    """A row that has an ID."""

    @property
    def id(self) -> str:
        """The row's ID."""


RowT = TypeVar("RowT", bound=Row)
Watch = Callable[[int, int], None]


def unwatched(done: int, wanted: int) -> None:
    """Watch a listing grow without doing anything."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[RowT]):
    """The rows that were asked for, and how many the whole selection has."""

    rows: list[RowT]
    total: int


@dataclass(frozen=True, slots=True)
class Selecting:
    """What a listing asks for; `sort` ends in the ID, so that pages neither miss nor repeat."""

    filter: Json | None = None
    limit: int | None = None
    skip: int = 0
    sort: tuple[str, ...] = ("id",)
    watch: Watch = unwatched


def list_rows(
    read: Callable[[int, int], Page],
    parse: Callable[[object], RowT],
    belongs: Callable[[RowT], bool],
    limit: int | None,
    watch: Watch = unwatched,
) -> list[RowT]:
    """Return all rows, or the first `limit`; `read` takes skip and limit.

    `watch` is told after each page how many rows there are, and how many there will be. Raises
    TransportError with API-DRIFT when no attempt gives a listing that adds up.
    """
    if limit is not None and limit < 1:
        return []
    for _ in range(_MAX_RESTARTS + 1):
        rows = _scan(read, parse, limit, watch)
        if rows is not None and all(map(belongs, rows)):
            return rows
    raise TransportError.of(
        "API-DRIFT",
        "the API's listing does not add up: its pages, its count and its IDs disagree",
        rule="A listing that is short, or repeats a row, would plan against a world that is not.",
        hint="Somebody may be changing many resources at this moment; try again later.",
    )


def _scan(
    read: Callable[[int, int], Page],
    parse: Callable[[object], RowT],
    limit: int | None,
    watch: Watch,
) -> list[RowT] | None:
    page = read(0, PAGE_ROWS if limit is None else min(limit, PAGE_ROWS))
    total = page.total
    wanted = total if limit is None else min(total, limit)
    _check_size(wanted)
    rows: list[RowT] = []
    # Each page holds exactly what was asked for, so every turn but the last adds rows.
    while page.total == total and len(page.rows) == min(wanted - len(rows), PAGE_ROWS):
        rows += map(parse, page.rows)
        watch(len(rows), wanted)
        if len(rows) == wanted:
            return rows if len({row.id for row in rows}) == wanted else None
        page = read(len(rows), min(wanted - len(rows), PAGE_ROWS))
    return None


def _check_size(wanted: int) -> None:
    if wanted > MAX_PAGES * PAGE_ROWS:
        raise TransportError.of(
            "API-PAGES", f"a listing of {wanted} rows is longer than {MAX_PAGES} pages"
        )
