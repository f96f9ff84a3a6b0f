"""The life of a plant as a state machine: Git, people, applies, faults and kills, in any order.

What must hold after each step is checked by the plant itself: a write does what its plan says and
no more, nothing is sent again unread, nothing is written twice, and every journal can be read.
"""

import random
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncer.plan.changes import Allowances
from syncer.resources import Address
from tests.chaos.plants import (
    ALLOWED,
    DISKS,
    FAULTS,
    KEYS,
    NO_TROUBLE,
    OVERWRITING,
    Plant,
    Trouble,
    chosen,
)

_CALLS: Final = 12  # of an apply, about

seeds = st.integers(0, 2**16)
calls = st.integers(1, _CALLS)
troubles = st.builds(
    Trouble,
    st.dictionaries(calls, st.sampled_from(FAULTS), max_size=3),
    st.dictionaries(calls, seeds, max_size=2),
    st.none() | st.tuples(st.integers(1, 8), st.sampled_from(DISKS)),
)


class Life(RuleBasedStateMachine):
    """A plant and all that may happen to it; at the end a plain apply settles everything."""

    def __init__(self) -> None:
        super().__init__()
        self.plant = Plant()

    @rule(seed=seeds)
    def git_changes(self, seed: int) -> None:
        self.plant.declare(*chosen(random.Random(seed)))  # noqa: S311 - chance by seed

    @rule(seed=seeds)
    def git_leaves_out(self, seed: int) -> None:
        self.plant.release(chosen(random.Random(seed))[0])  # noqa: S311 - chance by seed

    @rule(key=st.sampled_from(KEYS))
    def git_lets_an_item_follow(self, key: tuple[str, str]) -> None:
        self.plant.follow(Address("items", *key))

    @rule(seed=seeds)
    def people_edit(self, seed: int) -> None:
        self.plant.edit_by_chance(random.Random(seed))  # noqa: S311 - chance by seed

    @rule()
    def plan(self) -> None:
        """A plan writes nothing, and a second one is the same."""
        before = self.plant.written()
        assert self.plant.plan().plan == self.plant.plan().plan
        assert self.plant.written() == before

    @rule(allowances=st.sampled_from((ALLOWED, OVERWRITING)), goes_on=st.booleans())
    def apply(self, allowances: Allowances, goes_on: bool) -> None:
        """Without trouble, only a refusal leaves a plan behind."""
        report = self.plant.run_apply(NO_TROUBLE, allowances, goes_on=goes_on)
        if report is not None:
            assert report.error is None
            assert self.plant.plan().plan.changes == ()

    @rule(trouble=troubles, goes_on=st.booleans())
    def apply_in_trouble(self, trouble: Trouble, goes_on: bool) -> None:
        self.plant.run_apply(trouble, goes_on=goes_on)

    @invariant()
    def every_journal_can_be_read(self) -> None:
        assert len(self.plant.journals) <= len(self.plant.state.runs())

    def teardown(self) -> None:
        self.plant.finish()
        self.plant.close()


TestLife = pytest.mark.property(Life.TestCase)
TestLife.settings = settings(max_examples=60, stateful_step_count=12)
