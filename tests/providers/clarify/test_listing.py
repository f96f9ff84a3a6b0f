"""A listing is whole, or it is refused."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from syncer.errors import TransportError
from syncer.providers.clarify.listing import list_rows
from syncer.providers.clarify.wire import Page


@dataclass(frozen=True)
class Row:
    id: str


def row(number: object) -> Row:
    return Row(f"{number:05}")


class Store:
    """Rows by offset, and what was asked for."""

    def __init__(self, count: int) -> None:
        self.rows: list[object] = list(range(count))
        self.asked: list[tuple[int, int]] = []
        self.between: Callable[[], None] = lambda: None

    def read(self, skip: int, limit: int) -> Page:
        self.asked.append((skip, limit))
        page = Page(len(self.rows), self.rows[skip : skip + limit])
        self.between()
        return page

    def list(self, limit: int | None = None) -> list[Row]:
        return list_rows(self.read, row, lambda _: True, limit)


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (2500, 3)]
)
def test_a_listing_takes_as_many_requests_as_pages(count: int, pages: int) -> None:
    store = Store(count)

    assert store.list() == [row(number) for number in range(count)]
    assert len(store.asked) == pages


@pytest.mark.parametrize(
    ("limit", "rows", "asked"),
    [
        (0, 0, []),
        (-1, 0, []),
        (5, 5, [(0, 5)]),
        (1500, 1500, [(0, 1000), (1000, 500)]),
        (9999, 2500, [(0, 1000), (1000, 1000), (2000, 500)]),
    ],
)
def test_a_limit_asks_for_no_more(limit: int, rows: int, asked: list[tuple[int, int]]) -> None:
    store = Store(2500)

    assert len(store.list(limit)) == rows
    assert store.asked == asked


def refused(read: Callable[[int, int], Page]) -> int:
    """How many requests are made before the listing is refused."""
    asked: list[int] = []

    def counted(skip: int, limit: int) -> Page:
        asked.append(skip)
        return read(skip, limit)

    with pytest.raises(TransportError) as caught:
        list_rows(counted, row, lambda _: True, None)
    assert caught.value.findings[0].code == "API-DRIFT"
    return len(asked)


def test_pages_that_disagree_are_read_again_three_times() -> None:
    full = list(range(1000))

    assert refused(lambda skip, limit: Page(5, [1, 2, 3])) == 4
    assert refused(lambda skip, limit: Page(2, [1, 2, 3])) == 4
    assert refused(lambda skip, limit: Page(1500, [])) == 4
    assert refused(lambda skip, limit: Page(2000, full)) == 8
    assert refused(lambda skip, limit: Page(2000 + skip, [skip + n for n in full])) == 8
    assert refused(lambda skip, limit: Page(2, [7, 7])) == 4


def test_a_row_that_comes_between_two_pages_restarts_the_listing() -> None:
    store = Store(1500)
    changes = iter([lambda: store.rows.insert(0, 99_999)])
    store.between = lambda: next(changes, lambda: None)()

    found = store.list()

    assert len(found) == 1501
    assert len(store.asked) == 4


def test_rows_of_another_integration_are_refused() -> None:
    store = Store(3)

    with pytest.raises(TransportError):
        list_rows(store.read, row, lambda found: found.id != "00002", None)
    assert len(store.asked) == 4


def test_an_endless_listing_is_not_begun() -> None:
    with pytest.raises(TransportError) as caught:
        list_rows(lambda skip, limit: Page(10_000_001, []), row, lambda _: True, None)

    assert caught.value.findings[0].code == "API-PAGES"
