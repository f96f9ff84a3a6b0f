"""Whom an apply belongs to, and where it is remembered (shell)."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from syncer.engine.journal import utc
from syncer.engine.state import Holder, State, run_id
from syncer.seams import Clock, Rng


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the program, where, and from which commit of the manifests."""

    who: str
    host: str
    pid: int
    folder: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """The home of journals and locks, and who writes there."""

    state: State
    operator: Callable[[], Operator]  # asked only when there is something to remember
    clock: Clock
    rng: Rng

    @contextmanager
    def exclusive(self, places: Collection[str], command: str) -> Iterator[str]:
        """Yield the ID of a new run, which alone may write to these places; raises LockHeld."""
        run = run_id(self.clock.now(), self.rng)
        me = self.operator()
        holder = Holder(run, me.who, me.host, me.pid, utc(self.clock), command, me.folder)
        with self.state.lock(places, holder):
            yield run
