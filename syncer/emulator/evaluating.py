"""The method clarify.evaluate.

In: a call with items, groups and formulas over them. Out: their numbers per bucket, as one frame.
Source: docs.clarify.io/api/1.1/methods/clarify/evaluate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.emulator.aggregates import Column, aggregate, roll_up
from syncer.emulator.aggregations import (
    BUCKET_SECONDS,
    MOST_ITEMS,
    STATE_PERCENT,
    STATE_SECONDS,
    TIME_SECONDS,
    Aggregation,
    Calculation,
    GroupTerm,
    Terms,
    read_terms,
)
from syncer.emulator.arithmetic import GAPFILL, Cell
from syncer.emulator.buckets import Grid, make_window
from syncer.emulator.calls import Call, read_params
from syncer.emulator.dataframes import Answer, show_answer
from syncer.emulator.dataqueries import DataQuery, read_data_query
from syncer.emulator.feeds import Feed, open_feeds
from syncer.emulator.formulas import Operation, run
from syncer.emulator.frames import refuse_rollup
from syncer.emulator.layouts import read_format, read_include
from syncer.emulator.problems import Fault, Problem, RpcError
from syncer.emulator.records import Kind, Row, Selection
from syncer.emulator.selecting import INCLUDABLE, NOT_COUNTED
from syncer.emulator.states import (
    MOST_BUCKETS,
    SECOND,
    TooManyBucketsError,
    seconds_of,
    shares_of,
    sum_states,
)


def evaluate(call: Call) -> str:
    """Return aggregated items, and what formulas make of them."""
    fields = read_params(call)
    # The samples of the documentation pass an integration, which means nothing here.
    fields.text("integration")
    terms = read_terms(fields, call)
    fields.require("data")
    query = read_data_query(fields.inner("data"), call, is_evaluated=True)
    includes_items = read_include(fields, INCLUDABLE)
    layout = read_format(fields, call.version, data_as_array=False)
    fields.close()
    fields.problems.check()
    members = {term.alias: _find_members(call, term) for term in terms.groups}
    items = _find_items(call, terms, members)
    # Without a rollup the call was refused above.
    grid = query.grid or make_window(query.start, query.end)
    feeds = {feed.item: feed for feed in open_feeds(call, items)}
    try:
        columns = _Evaluation(query, grid, feeds, members).run(terms)
    except TooManyBucketsError as error:
        raise refuse_rollup() from error
    wanted = {alias: column for alias, column in columns.items() if query.wants(alias)}
    answer = Answer(wanted, query.last, layout, NOT_COUNTED)
    return show_answer(call, answer, items if includes_items else None)


def _find_members(call: Call, term: GroupTerm) -> Sequence[str]:
    selection = Selection(term.where, "id", MOST_ITEMS + 1, 0)
    return [row.id for row in call.store.select(Kind.ITEM, "", selection)]


def _find_items(call: Call, terms: Terms, members: Mapping[str, Sequence[str]]) -> Sequence[Row]:
    wanted = {term.item for term in terms.items}.union(*members.values())
    if len(wanted) > MOST_ITEMS:
        # assumed: the limit holds for the items of groups, too.
        message = f"must match at most {MOST_ITEMS} different items"
        raise RpcError(Fault.INVALID_PARAMS, (Problem("params.groups", message),))
    # assumed: an item that is not there has no data.
    found = call.store.rows(sorted(wanted))
    return [found[item] for item in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """One answer in the making."""

    query: DataQuery
    grid: Grid
    feeds: Mapping[str, Feed]
    members: Mapping[str, Sequence[str]]

    def run(self, terms: Terms) -> Mapping[str, Column]:
        """Return the column of each alias; raises TooManyBucketsError."""
        columns = {term.alias: self._aggregate(term.item, term.aggregation) for term in terms.items}
        columns |= {term.alias: self._join(term) for term in terms.groups}
        if terms.calculations:
            starts = self._find_starts(columns, terms.calculations)
            columns |= self._calculate(columns, starts, terms.calculations)
        return columns

    def _join(self, term: GroupTerm) -> Column:
        cells: dict[int, list[float]] = {}
        for item in self.members[term.alias]:
            for start, number in self._aggregate(item, term.aggregation).items():
                cells.setdefault(start, []).append(number)
        return aggregate(sorted(cells.items()), term.method)

    def _aggregate(self, item: str, aggregation: Aggregation) -> Column:
        feed, window = self.feeds.get(item), (self.query.start, self.query.end)
        if feed is None or window[0] >= window[1]:
            return {}
        if aggregation.shift == 0:
            return self._measure(feed, aggregation, window)
        first, last = self.grid.find(window[0]).start, self.grid.find(window[1] - 1).end
        shift = aggregation.shift
        source = (self.grid.shift(first, -shift), self.grid.shift(last, -shift))
        column = self._measure(feed, aggregation, source)
        moved = {self.grid.shift(start, shift): number for start, number in column.items()}
        return {start: number for start, number in moved.items() if first <= start < last}

    def _measure(self, feed: Feed, aggregation: Aggregation, window: tuple[int, int]) -> Column:
        method = aggregation.method
        if not aggregation.is_state:
            return roll_up(feed.read(window), self.grid, (method,))[method]
        sums = sum_states(feed.hold(window), self.grid)
        if method == STATE_SECONDS:
            return seconds_of(sums, aggregation.state)
        # assumed: the rate is what the percentage is a hundred times of.
        factor = 100 if method == STATE_PERCENT else 1
        shares = shares_of(sums, aggregation.state, self.grid, window)
        return {start: share * factor for start, share in shares.items()}

    def _find_starts(
        self, columns: Mapping[str, Column], calculations: Sequence[Calculation]
    ) -> Sequence[int]:
        """Return the buckets that formulas are computed for."""
        if not columns:
            # assumed: formulas without items have a value in every bucket of the window.
            return list(self._list_starts(self.query.start, self.query.end))
        starts = sorted(set[int]().union(*columns.values()))
        if not starts or not any(_fills_gaps(calculation) for calculation in calculations):
            return starts
        # assumed: gaps are filled between values, not before the first or after the last.
        return list(self._list_starts(starts[0], starts[-1] + 1))

    def _list_starts(self, start: int, end: int) -> Iterator[int]:
        count = 0
        while start < end:
            bucket = self.grid.find(start)
            yield bucket.start
            start, count = bucket.end, count + 1
            if count > MOST_BUCKETS:
                raise TooManyBucketsError

    def _calculate(
        self,
        columns: Mapping[str, Column],
        starts: Sequence[int],
        calculations: Sequence[Calculation],
    ) -> Mapping[str, Column]:
        known = dict(self._describe(starts))
        for alias, column in columns.items():
            known[alias] = [column.get(start) for start in starts]
        results: dict[str, Column] = {}
        for calculation in calculations:
            cells = run(calculation.program, known, len(starts))
            known[calculation.alias] = list(cells)
            results[calculation.alias] = {
                start: cell for start, cell in zip(starts, cells, strict=True) if cell is not None
            }
        return results

    def _describe(self, starts: Sequence[int]) -> Mapping[str, list[Cell]]:
        # assumed: the whole length of a bucket, and the UNIX time of its start.
        buckets = [self.grid.find(start) for start in starts]
        return {
            BUCKET_SECONDS: [(bucket.end - bucket.start) / SECOND for bucket in buckets],
            TIME_SECONDS: [bucket.start / SECOND for bucket in buckets],
        }


def _fills_gaps(calculation: Calculation) -> bool:
    return any(isinstance(step, Operation) and step.name == GAPFILL for step in calculation.program)
