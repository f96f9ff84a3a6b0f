"""Batches keep the order, hold everything, and stay within both limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.engine.batches import batches, halve
from syncer.errors import PlanRefused

ROOM = 4096  # of a request around its entries


def test_a_batch_ends_at_the_count() -> None:
    assert batches("abcde", lambda _: 1, max_count=2) == (("a", "b"), ("c", "d"), ("e",))


def test_a_batch_ends_at_the_bytes() -> None:
    cut = batches([4, 6, 5, 5, 1], int, max_bytes=ROOM + 10)

    assert cut == ((4, 6), (5, 5), (1,))


def test_nothing_makes_no_batch() -> None:
    assert batches([], len) == ()


def test_five_hundred_fill_one_batch() -> None:
    assert [len(batch) for batch in batches(range(501), lambda _: 1)] == [500, 1]


def test_one_entry_may_fill_a_batch_but_not_more() -> None:
    assert batches([10], int, max_bytes=ROOM + 10) == ((10,),)
    with pytest.raises(PlanRefused) as caught:
        batches([1, 11], int, max_bytes=ROOM + 10, name=lambda size: f"signals/stand/{size}")

    assert caught.value.findings[0].code == "API-OVERSIZE"
    assert caught.value.findings[0].summary.startswith('"signals/stand/11" takes 11 bytes')


@pytest.mark.property
@given(st.lists(st.integers(0, 50)), st.integers(1, 5), st.integers(50, 120))
def test_batches_flatten_to_the_entries_and_never_exceed_a_limit(
    sizes: list[int], most: int, room: int
) -> None:
    """Cutting loses, adds and moves nothing."""
    cut = batches(sizes, int, max_count=most, max_bytes=ROOM + room)

    assert [size for batch in cut for size in batch] == sizes
    assert all(0 < len(batch) <= most and sum(batch) <= room for batch in cut)


def test_a_batch_is_halved_until_it_is_one() -> None:
    assert halve((1, 2, 3)) == ((1,), (2, 3))
    assert halve((1,)) == ()
