"""A plant whose people edit, whose manifests move and whose network fails, with what must hold.

Every write that syncer executes is compared with the plan that was approved: it changes what the
plan says, from what the plan says, and nothing else.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from syncer.engine.apply import Order, apply_plan, recover
from syncer.engine.workflow import Planned, Wishes, make_plan
from syncer.errors import SyncerError
from syncer.kinds import Action
from syncer.plan.changes import Allowances, Change, Status
from syncer.plan.report import Report
from syncer.resources import Address, DesiredState, Value
from syncer.transport.messages import Observation, Request, Seen
from tests.engine.memories import MemoryState
from tests.engine.sites import (
    IDS,
    ITEMS,
    PUBLISH,
    SAVE,
    SIGNALS,
    Fault,
    Site,
    View,
    answers,
    forgetful,
    larger_than,
    lost,
    partly,
    refuses,
    truncated,
    unsent,
)
from tests.plan.worlds import PROJECT, declare, wanted

Path: TypeAlias = tuple[str, ...]
Send: TypeAlias = Callable[[Request], Observation]

KEYS: Final = (("pier", "amount"), ("pier", "state"), ("pier", "tide"), ("yacht", "draught"))
VALUES: Final[Mapping[Path, tuple[Value, ...]]] = {
    ("engUnit",): ("bar", "kPa", "psi", ""),
    ("description",): ("one", "two", ""),
    ("labels", "site"): (["Pier"], ["Yacht"], []),
    ("labels", "area"): (["north"], ["south", "west"]),
    ("annotations", "acme/x"): ("1", "2", ""),
}
ITEM_VALUES: Final[Mapping[Path, tuple[Value, ...]]] = {
    ("name",): ("Money", "State"),
    ("description",): ("shown", ""),
    ("labels", "site"): (["Pier"], ["Yacht"], []),
    ("visible",): (True, False),
}
_ALL: Final = ("*",)
# Only what this is not about: keys that look alike, and how many may be set back.
ALLOWED: Final = Allowances(reverts=1000, updates=100, retires=1000, new=_ALL)
OVERWRITING: Final = replace(ALLOWED, overwrite=_ALL)


class Killed(BaseException):
    """The process is killed here."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong in one apply: faults by the call that meets them, and how the disk ends."""

    faults: Mapping[int, str] = field(default_factory=dict)
    edits: Mapping[int, int] = field(default_factory=dict)  # call -> seed of a foreign edit
    disk: tuple[int, str] | None = None  # the append that fails, and how


NO_TROUBLE: Final = Trouble()
_FAULTS: Final[Mapping[str, Fault]] = {
    "lost": lost,
    "unsent": unsent,
    "truncated": truncated,
    "forgetful": forgetful,
    "error 500": answers(500),
    "error 429": answers(429),
    "error 400": answers(400),
    "conflict": refuses(-32009),
    "invalid": refuses(-32001),
    "try again": refuses(-32015),
    "part of 0": partly(0),
    "part of 1": partly(1),
    "part of 1, all claimed": partly(1, lambda keys: {key: {"id": "x"} for key in keys}),
    "part of 2, none claimed": partly(2, lambda keys: {}),
    "too large": larger_than(1),
    "timeout": lambda send, request: Observation(Seen.TIMED_OUT),
}
FAULTS: Final = (*_FAULTS, "killed before", "killed after")
DISKS: Final = ("killed before", "killed after", "killed within", "full")


class Plant(Site):
    """A Clarify with two integrations, manifests for it, and a ledger of who wrote what."""

    def __init__(self, *, count: int = 2) -> None:
        super().__init__(count=count)
        self.state = MemoryState(self._append)
        self.memory = replace(self.memory, state=self.state)
        self.manifests: dict[Address, dict[Path, Value]] = {}
        self.follows: set[Address] = set()
        self.counts: Counter[str] = Counter()
        self._planned: dict[Address, Change] = {}
        self._trouble = NO_TROUBLE
        self._appends = 0
        self._number = 0  # of the call, within one apply
        self._settled: set[Address] = set()  # written by syncer, and moved by nobody since
        self._moving: set[Address] = set()  # moved by somebody since the last plan

    # -- people and Git

    def declare(self, address: Address, path: Path, value: Value) -> None:
        """Let the manifests say this; a resource that is new to them is declared."""
        self.manifests.setdefault(address, {})[path] = value
        self._moved(address)

    def release(self, address: Address) -> None:
        """Let the manifests forget a resource."""
        self.manifests.pop(address, None)
        self._moved(address)

    def follow(self, address: Address) -> None:
        """Let an item follow its signal's unit, or no longer."""
        self.follows ^= {address}
        self.manifests.setdefault(address, {})
        self._moved(address)

    def edit(self, address: Address, path: Path, value: Value) -> None:
        """Change a value in Clarify as people do: read, change one thing, save all."""
        views = self.views()
        signal = address._replace(kind="signals")
        if signal not in views:
            if path == ("description",):
                self.save(address.key, description=value, alias=address.integration)
            else:
                self.save(address.key, alias=address.integration)
        elif address.kind == "items" and address not in views:
            self.publish(address.key, name="By hand", alias=address.integration)
        else:
            view = _with(views[address], path, value)
            write = self.save if address.kind == "signals" else self.publish
            write(address.key, view, alias=address.integration)
        self._moved(signal if signal not in views else address)
        self.counts["foreign edits"] += 1

    def edit_by_chance(self, chance: random.Random) -> None:
        """Let somebody change something: mostly what syncer is about to change."""
        address, path, value = chosen(chance)
        planned = [each for each in self._planned if chance.random() < 0.8]
        if planned:
            address = chance.choice(planned)
            values = VALUES if address.kind == "signals" else ITEM_VALUES
            paths = [each.path for each in self._planned[address].attributes]
            path = chance.choice([*paths, *values])
            value = chance.choice(values.get(path, VALUES[("engUnit",)]))
        self.edit(address, path, value)

    def desired(self) -> DesiredState:
        """What the manifests declare."""
        return wanted(
            *(
                replace(declare(address, _fields(paths)), follow=self._followed(address))
                for address, paths in self.manifests.items()
            )
        )

    def _followed(self, address: Address) -> frozenset[str]:
        return frozenset({"engUnit"} if address in self.follows else ())

    # -- syncer

    def plan(self, desired: DesiredState | None = None, wishes: Wishes | None = None) -> Planned:
        self._prepare(NO_TROUBLE)
        wishes = wishes or Wishes(allowances=ALLOWED)
        return make_plan(desired or self.desired(), self.session(), wishes)

    def run_apply(
        self, trouble: Trouble = NO_TROUBLE, allowances: Allowances = ALLOWED, *, goes_on: bool
    ) -> Report | None:
        """Do one apply and check what it did; None when it was refused, or ended with a kill."""
        self._prepare(trouble)
        self.counts["applies"] += 1
        session, report = self.session(), None
        try:
            with self.memory.exclusive(session.places(IDS), "apply") as run:
                planned = make_plan(self.desired(), session, Wishes(allowances=allowances))
                closed = recover(planned, session, session.target.integrations)
                self.counts["recovered runs"] += len(closed)
                self._planned = {change.address: change for change in planned.plan.changes}
                report = apply_plan(planned, session, Order(run, PROJECT, goes_on=goes_on))
        except Killed:
            self.counts["kills"] += 1
        except SyncerError as error:
            assert self.effects == [], "what is raised says that nothing was sent"
            self.counts[f"ended by {error.findings[0].code}"] += 1
        self._check(report)
        return report

    def finish(self) -> None:
        """Check that a plain apply brings everything to the manifests, whatever happened."""
        report = self.run_apply(allowances=OVERWRITING, goes_on=False)
        assert report is not None, "the last apply is not refused"
        assert report.error is None, report.error
        assert self.plan().plan.changes == ()
        assert all(run.end is not None for run in self.journals)
        views = self.views()
        for address, paths in self.manifests.items():
            is_waiting = address._replace(kind="signals") not in views
            for path, value in () if is_waiting else paths.items():
                assert (_at(views[address], path) or "") == (value or ""), (address, path)

    # -- what every apply must keep to

    def _check(self, report: Report | None) -> None:
        self.audit()
        assert not self.state.holders, "the lock is free"
        assert len(self.journals) <= len(self.state.runs())
        if report is None:
            return
        wrote = {self._address(key) for effect, key in self.effects if effect != "skipped"}
        for outcome in report.outcomes:
            self.counts[f"{outcome.status.value} outcomes"] += 1
            if outcome.address in wrote:
                assert outcome.status in (Status.DONE, Status.UNKNOWN), outcome
        if report.outcomes and not report.unwritten:
            (run,) = [run for run in self.journals if run.begin.run == self.state.runs()[-1]]
            assert run.end is not None

    def _execute(self, request: Request) -> Observation:
        before, lines = self.views(), len(self.effects)
        observation = super()._execute(request)
        effects = self.effects[lines:]
        if effects:
            after = self.views()
            for effect, key in effects:
                address = self._address(key)
                if before.get(address) != after.get(address):
                    self._check_write(address, before.get(address), after[address])
                    assert effect in ("created", "updated")
        return observation

    def _check_write(self, address: Address, old: View | None, new: View) -> None:
        """Check that a write did what the plan says, from what the plan says, and no more."""
        assert address in self._planned, f"{address} is in no plan"
        assert address not in self._settled, f"{address} was written already: {old} -> {new}"
        if address not in self._moving:
            self._settled.add(address)
        change = self._planned[address]
        if old is None:
            assert change.action is Action.CREATE
            return
        if change.action is Action.CREATE:
            assert _is_as_inserted(address, old), f"{address} was created over {old}"
            return
        told = {each.path: (each.before or "", each.after or "") for each in change.attributes}
        for path in _differences(old, new):
            pair = (_at(old, path) or "", _at(new, path) or "")
            assert told.get(path) == pair, f"{address} {path}: {pair}, planned {told.get(path)}"

    # -- trouble

    def _prepare(self, trouble: Trouble) -> None:
        self.clients = {alias: self.client(alias, self) for alias in IDS}
        self._trouble, self._appends, self._number = trouble, 0, 0
        self.calls.clear()
        self.effects.clear()
        self._moving.clear()
        self._planned.clear()

    def send(self, request: Request) -> Observation:
        self._number += 1
        number, trouble = self._number, self._trouble
        method = _method(request)
        name, seed = trouble.faults.get(number), trouble.edits.get(number)
        nth = (method, self._counts.get(method, 0) + 1)
        is_write = method in (SAVE, PUBLISH)
        if seed is not None and not is_write:
            self.edit_by_chance(random.Random(seed))  # noqa: S311 - chance by seed
        if name is not None:
            fault = self._fault(name, is_write=is_write)
            if fault is not None:
                self.counts[f"fault: {name}"] += 1
                self.faults[nth] = fault
        try:
            return super().send(request)
        finally:
            self.faults.pop(nth, None)
            # Between the look and the write nobody can be noticed; after the write they can.
            if seed is not None and is_write and "too large" not in trouble.faults.values():
                self.edit_by_chance(random.Random(seed))  # noqa: S311 - chance by seed

    def _fault(self, name: str, *, is_write: bool) -> Fault | None:
        if name == "killed before":
            return _kill
        if name == "killed after":
            return _kill_after
        is_for_reads = name in ("lost", "unsent", "truncated", "error 500", "error 429", "timeout")
        return _FAULTS[name] if is_write or is_for_reads else None

    def _append(self, journal: bytearray, line: bytes) -> None:
        self._appends += 1
        nth, how = self._trouble.disk or (0, "")
        if how == "full" and nth and self._appends >= nth:
            self.counts["full disks"] += 1
            raise OSError(28, "No space left on device")
        if self._appends != nth:
            journal += line
            return
        self.counts[f"disk: {how}"] += 1
        parts = {"killed before": 0, "killed within": len(line) // 2, "killed after": len(line)}
        journal += line[: parts[how]]
        raise Killed

    def _moved(self, address: Address) -> None:
        both = {address, address._replace(kind="items")}  # an item may follow its signal
        self._settled -= both
        self._moving |= both

    def _address(self, key: str) -> Address:
        """Return what a key of the ledger stands for: an input ID, or a signal's ID."""
        aliases = {name: alias for alias, name in KEYS}
        if key in aliases:
            return Address("signals", aliases[key], key)
        (signal,) = [address for address, remote in self.ids().items() if remote == key]
        return signal._replace(kind="items")


def chosen(chance: random.Random) -> tuple[Address, Path, Value]:
    """Return a resource, a path of it, and a value for that."""
    alias, key = chance.choice(KEYS)
    kind = chance.choice(("signals", "items"))
    values = VALUES if kind == "signals" else ITEM_VALUES
    path = chance.choice(list(values))
    return Address(kind, alias, key), path, chance.choice(values[path])


def _kill(send: Send, request: Request) -> Observation:
    raise Killed


def _kill_after(send: Send, request: Request) -> Observation:
    send(request)
    raise Killed


def _method(request: Request) -> str:
    body = request.body.decode()
    return next(method for method in (SAVE, PUBLISH, SIGNALS, ITEMS) if f'"{method}"' in body)


def _fields(paths: Mapping[Path, Value]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for path, value in paths.items():
        if len(path) == 1:
            fields[path[0]] = value
        else:
            keys = fields.setdefault(path[0], {})
            assert isinstance(keys, dict)
            keys[path[1]] = value
    return fields


def _with(view: View, path: Path, value: Value) -> View:
    if len(path) == 1:
        return {**view, path[0]: value}
    keys = view[path[0]]
    assert isinstance(keys, Mapping)
    kept = {name: held for name, held in keys.items() if name != path[1]}
    if value or path[0] == "annotations":
        kept[path[1]] = value
    return {**view, path[0]: kept}


def _at(view: View, path: Path) -> Value:
    value = view.get(path[0])
    if len(path) == 1:
        return value
    return value.get(path[1]) if isinstance(value, Mapping) else None


def _differences(old: View, new: View) -> Iterator[Path]:
    """Yield the paths that differ, but for what syncer writes for itself."""
    for name in old.keys() | new.keys():
        if name not in ("labels", "annotations"):
            if old.get(name) != new.get(name):
                yield (name,)
            continue
        for key in _keys(old, name) | _keys(new, name):
            if not key.startswith("syncer/") and _at(old, (name, key)) != _at(new, (name, key)):
                yield (name, key)


def _keys(view: View, name: str) -> frozenset[str]:
    keys = view.get(name)
    return frozenset(keys) if isinstance(keys, Mapping) else frozenset()


def _is_as_inserted(address: Address, view: View) -> bool:
    filled = {name for name, value in view.items() if value and name != "name"}
    return view["name"] == address.key and filled <= {"valueType", "sourceType"}
