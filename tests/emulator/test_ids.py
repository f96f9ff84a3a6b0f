"""Resource ids: their alphabet and their order."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.emulator.ids import next_number, read_id, write_id

NUMBERS = st.integers(min_value=0, max_value=2**96 - 1)


@pytest.mark.property
@given(NUMBERS, NUMBERS)
def test_ids_sort_as_their_numbers(first: int, second: int) -> None:
    """write keeps order and can be read back."""
    texts = write_id(first), write_id(second)

    assert all(re.fullmatch("[0-9a-v]{20}", text) for text in texts)
    assert (texts[0] < texts[1]) == (first < second)
    assert read_id(texts[0]) == first


@pytest.mark.property
@given(st.integers(0, 2**90), st.lists(st.integers(0, 2**50), max_size=5))
def test_numbers_grow_whatever_the_clock_says(last: int, clock: list[int]) -> None:
    """Each number is above the one before, even when the clock goes back."""
    for now in clock:
        following = next_number(last, now)
        assert following > last
        last = following


def test_an_id_begins_with_its_second() -> None:
    # The id and the createdAt of an item in pyclarify 0.7.0's own documentation.
    created_at = datetime(2021, 10, 11, 13, 48, 46, tzinfo=UTC)

    assert read_id("c5i41fjsbu8cohpkcpvg") >> 64 == created_at.timestamp()
