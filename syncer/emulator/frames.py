"""Data frames: columns under one list of times.

In: columns by the key of their series. Out: the object that the service answers with. Source:
docs.clarify.io/api/1.1/types/views.
"""

from collections.abc import Mapping, Sequence

from syncer.emulator.aggregates import ROLLUPS, Column, roll_up
from syncer.emulator.calls import Call
from syncer.emulator.dataqueries import DataQuery
from syncer.emulator.feeds import Feed, open_feeds
from syncer.emulator.problems import Fault, Problem, RpcError
from syncer.emulator.records import Row
from syncer.emulator.states import MOST_BUCKETS, TooManyBucketsError, seconds_of, sum_states
from syncer.emulator.timestamps import write_instant
from syncer.emulator.tracks import Track

# assumed: the key of the seconds that an enum item spent in a state; numeric ones are documented.
STATE_KEY = "{item}_state-seconds_{state}"


def read_frame(call: Call, items: Sequence[Row], query: DataQuery) -> Mapping[str, Column]:
    """Return the columns of the items that the query wants; raises RpcError."""
    columns: dict[str, Column] = {}
    try:
        for feed in open_feeds(call, items):
            columns |= _read_columns(feed, query)
    except TooManyBucketsError as error:
        raise refuse_rollup() from error
    return {key: column for key, column in columns.items() if query.wants(key)}


def refuse_rollup() -> RpcError:
    """Return the error for a window that has too many buckets."""
    message = f"must make at most {MOST_BUCKETS} buckets"
    return RpcError(Fault.INVALID_PARAMS, (Problem("params.data.rollup", message),))


def show_frame(columns: Mapping[str, Column], last: int) -> Mapping[str, object]:
    """Return times and series, null where a series has no value; `last` is of each series."""
    # assumed: series come sorted by key, as Go writes maps, and those without values, too.
    kept = {key: _keep_newest(columns[key], last) for key in sorted(columns)}
    # assumed: times are in UTC in any time zone; pyclarify's samples show microseconds.
    times = sorted(set().union(*kept.values()))
    return {
        "times": [write_instant(time) for time in times],
        "series": {key: [column.get(time) for time in times] for key, column in kept.items()},
    }


def _read_columns(feed: Feed, query: DataQuery) -> Mapping[str, Column]:
    item, window, grid = feed.item, (query.start, query.end), query.grid
    if grid is None:
        track = feed.read(window)
        return {item: _plot(feed.surround(track, window) if query.has_outside else track)}
    if feed.is_enum:
        sums = sum_states(feed.hold(window), grid)
        states = sorted({state for bucket in sums.values() for state in bucket})
        return {
            STATE_KEY.format(item=item, state=state): seconds_of(sums, state) for state in states
        }
    columns = roll_up(feed.read(window), grid, tuple(ROLLUPS))
    return {f"{item}_{name}": column for name, column in columns.items()}


def _keep_newest(column: Column, count: int) -> Column:
    if count <= 0 or count >= len(column):
        return column
    return {time: column[time] for time in list(column)[-count:]}


def _plot(track: Track) -> Column:
    return dict(zip(track.times, track.values, strict=True))
