"""Laws of cutting: the pieces are the whole, and none is larger than allowed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.providers.clarify.chunks import chunk_frame, chunk_views, pieces
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.refusals import InvalidInput
from syncer.providers.clarify.wire import entry_size
from syncer.transport.jsonrpc import encode

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.property
@given(
    st.dictionaries(st.text(min_size=1), st.text(max_size=90).map(lambda name: {"name": name})),
    st.integers(min_value=1, max_value=5),
    st.integers(min_value=1200, max_value=2000),
)
def test_cut_views_are_the_views(views: dict[str, dict[str, str]], most: int, room: int) -> None:
    """Pieces join to the views in their order, and keep to both limits."""
    cut = list(chunk_views(views.items(), max_count=most, max_bytes=room))

    assert [entry for chunk in cut for entry in chunk.items()] == list(views.items())
    for chunk in cut:
        assert 1 <= len(chunk) <= most
        assert sum(entry_size(*entry) for entry in chunk.items()) <= room


@pytest.mark.property
@given(
    st.integers(min_value=0, max_value=60),
    st.integers(min_value=1, max_value=9),
    st.integers(min_value=100, max_value=900),
)
def test_a_cut_frame_is_the_frame(times: int, series: int, room: int) -> None:
    """Pieces merge to the frame, hold each value once, and keep to the limit."""
    moments = [START + timedelta(seconds=at) for at in range(times)]
    frame = DataFrame({f"s{at}": [at * 1.5] * times for at in range(series)}, moments)

    cut = list(chunk_frame(frame, max_bytes=room))

    assert DataFrame.merge(cut) == frame
    assert sum(len(piece.times) * len(piece.series) for piece in cut) == times * series
    assert all(len(encode(piece.to_json())) <= room for piece in cut)


def test_a_value_that_no_request_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one value takes"):
        list(chunk_frame(DataFrame({"a": [1]}, [START]), max_bytes=10))


def test_a_view_that_no_request_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match='"a" takes 59 bytes'):
        list(chunk_views([("a", {"name": "A"})], max_bytes=10))


def test_pieces_of_a_list() -> None:
    assert [list(piece) for piece in pieces([1, 2, 3], 2)] == [[1, 2], [3]]
