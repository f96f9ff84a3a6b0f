"""In which order changes are made.

    level 0   signals: create, update, adopt
    level 1   items:   create, update, adopt, retire    an item is published from its signal

Creates stand before updates and never share a request with them, because only creates are sent
with `createOnly`.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from syncer.kinds import Action
from syncer.plan.changes import Change

LEVELS: Final = {"signals": 0, "items": 1}
_ACTIONS: Final = {Action.CREATE: 0, Action.UPDATE: 1, Action.ADOPT: 2, Action.RETIRE: 3}


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes in the order in which they are made."""
    return tuple(sorted(changes, key=_rank))


def groups(changes: Iterable[Change]) -> tuple[tuple[Change, ...], ...]:
    """Return runs of changes that may share a request: one kind, integration and action each."""
    return tuple(tuple(run) for _, run in groupby(ordered(changes), key=_group))


def _group(change: Change) -> tuple[int, int, str]:
    address = change.address
    return (LEVELS[address.kind], _ACTIONS[change.action], address.integration)


def _rank(change: Change) -> tuple[int, int, str, str]:
    return (*_group(change), change.address.key)
