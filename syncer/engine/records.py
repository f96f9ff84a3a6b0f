"""What the journal of a run says, line by line: JSON, numbered, chained and summed.

In: records. Out: lines, and from the bytes of a journal what the run intended and what came of it.
A line names the digest of the line before it and carries its own, so that nothing can be changed,
removed or moved unseen. The last line alone may be broken: its writer died in the middle of it, and
nothing was sent on its word.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from syncer.diagnostics import Location
from syncer.errors import SyncerError
from syncer.plan.changes import Status
from syncer.resources import Address, Value

MAX_LINE: Final = 16 * 2**20
ANSWER: Final = "answer"
OBSERVED: Final = "observed"  # a later read told what became of it
_FORMAT: Final = 1
_SUM: Final = b',"sum":"'
_SUM_LENGTH: Final = len(_SUM) + 64 + len(b'"}')
_TEXTS: Final = (
    "run",
    "command",
    "project",
    "environment",
    "origin",
    "who",
    "host",
    "commit",
    "plan",
    "at",
)


@dataclass(frozen=True, slots=True)
class Begin:
    """A run begins: who runs what, where, and how much of it is planned."""

    run: str
    command: str  # "apply", "adopt", "rollback"
    project: str
    environment: str
    origin: str
    integrations: Mapping[str, str]  # alias -> ID
    who: str
    host: str
    commit: str  # may be empty
    plan: str  # a saved plan's digest; may be empty
    at: str  # UTC, for people: nothing is decided by it
    counts: Mapping[str, int]  # action verb -> planned changes


@dataclass(frozen=True, slots=True)
class IntentEntry:
    """One resource that is about to be written: its full views, and what differs."""

    address: Address
    action: str
    before: Mapping[str, Value] | None
    after: Mapping[str, Value]
    changed: tuple[tuple[str, Value, Value], ...]  # field ("labels.site"), before, after


@dataclass(frozen=True, slots=True)
class Intent:
    """These resources are about to be sent; on disk before they are."""

    batch: int
    at: str
    entries: tuple[IntentEntry, ...]


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """What became of one resource: a `Status`'s value, and the code of what went wrong."""

    address: Address
    action: str
    status: str
    id: str
    code: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of resources that were sent, from the API's answer or from a later read."""

    batch: int
    at: str
    entries: tuple[ResultEntry, ...]
    by: str = ANSWER


@dataclass(frozen=True, slots=True)
class End:
    """A run ends: `complete`, `partial`, `interrupted`, or `recovered` by a later one."""

    at: str
    status: str


Record: TypeAlias = Begin | Intent | Result | End
Step: TypeAlias = Intent | Result


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the journal of one run says. One without an `end` was interrupted, or still runs."""

    begin: Begin
    steps: tuple[Step, ...] = ()
    end: End | None = None
    is_torn: bool = False  # the last line was cut off, and is left out

    def unresolved(self) -> tuple[IntentEntry, ...]:
        """Return what was about to be sent and of which nobody knows what became of it.

        A result that says `unknown` resolves nothing.
        """
        return tuple(entry for _, entry in self.pending())

    def pending(self) -> tuple[tuple[int, IntentEntry], ...]:
        """Return what is unresolved, each with the batch that it was sent in."""
        waiting: dict[tuple[int, Address], IntentEntry] = {}
        for step in self.steps:
            for entry in step.entries:
                if isinstance(entry, IntentEntry):
                    waiting[step.batch, entry.address] = entry
                elif entry.status != Status.UNKNOWN.value:
                    waiting.pop((step.batch, entry.address), None)
        return tuple((batch, entry) for (batch, _), entry in waiting.items())

    def statuses(self) -> Mapping[Address, ResultEntry]:
        """Return the last word on each resource, by address; none for one without any."""
        results = (step for step in self.steps if isinstance(step, Result))
        return {entry.address: entry for step in results for entry in step.entries}

    def intents(self) -> Mapping[Address, IntentEntry]:
        """Return the last intent for each resource, by address."""
        intents = (step for step in self.steps if isinstance(step, Intent))
        return {entry.address: entry for step in intents for entry in step.entries}


def encode(record: Record, n: int, previous: bytes) -> bytes:
    """Return the record as line `n` (from 0) after the previous line, which is empty for the first.

    Raises SyncerError (JRN-RECORD) for a line of more than 16 MiB.
    """
    members = {"n": n, "prev": _digest(previous), **_members(record)}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), default=_plain)
    body = text.encode("ascii")[:-1]
    line = body + _SUM + _digest(body).encode("ascii") + b'"}\n'
    if len(line) > MAX_LINE:
        raise _too_long(Location("", n + 1))
    return line


def good_lines(content: bytes) -> tuple[bytes, ...]:
    """Return the lines of a journal without a torn last one; they lie at its beginning.

    Raises SyncerError (JRN-CHAIN) as `parse` does.
    """
    return tuple(line for line, _ in _read(content, ""))


def parse(content: bytes, name: str = "") -> RunRecord | None:
    """Return what a journal says; None where nothing was ever begun. `name` is for messages.

    Raises SyncerError (JRN-CHAIN, with the line's number) when a line is broken that is not the
    last, or when one is missing, moved or added; JRN-RECORD for a line of more than 16 MiB.
    """
    read = _read(content, name)
    if not read:
        return None
    records = [record for _, record in read]
    begin, *steps = records
    end = steps.pop() if steps and isinstance(steps[-1], End) else None
    middle = tuple(step for step in steps if isinstance(step, Intent | Result))
    if not isinstance(begin, Begin):
        raise _broken(Location(name, 1), "it is not how a journal begins")
    for number, step in enumerate(steps, 2):
        if not isinstance(step, Intent | Result):
            raise _broken(Location(name, number), "it stands where only intents and results do")
    is_torn = sum(len(line) for line, _ in read) < len(content)
    return RunRecord(begin, middle, end if isinstance(end, End) else None, is_torn)


def _read(content: bytes, name: str) -> list[tuple[bytes, Record]]:
    # Only \n ends a line: str.splitlines would cut at other characters too.
    lines = content.split(b"\n")
    tail = lines.pop()
    read: list[tuple[bytes, Record]] = []
    previous = b""
    for number, line in enumerate(lines, 1):
        _check_length(line, Location(name, number))
        if not _is_whole(line):
            if number == len(lines) and not tail and not _begins_whole(line):
                break  # the torn tail of a write whose end reached the disk before its middle
            raise _broken(Location(name, number), "its own digest does not fit")
        read.append((line + b"\n", _decode(line, Location(name, number), previous)))
        previous = line + b"\n"
    place = Location(name, len(lines) + 1)
    _check_length(tail, place)
    if _begins_whole(tail):
        raise _broken(place, "its own digest does not fit")
    return read


def _decode(line: bytes, place: Location, previous: bytes) -> Record:
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        raise _broken(place, "it is no JSON") from None
    if members.get("n") != place.line - 1 or members.get("prev") != _digest(previous):
        raise _broken(place, "it does not follow the line above it")
    try:
        return _record(members)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _broken(place, "it was written by another version of syncer") from None


def _is_whole(line: bytes) -> bool:
    body, ending = line[:-_SUM_LENGTH], line[-_SUM_LENGTH:]
    return ending == _SUM + _digest(body).encode("ascii") + b'"}'


def _begins_whole(line: bytes) -> bool:
    """Whether a whole record stands in it with more behind: two lines whose border is damaged."""
    end = line.find(_SUM) + _SUM_LENGTH
    while _SUM_LENGTH <= end < len(line):
        if _is_whole(line[:end]):
            return True
        end = line.find(_SUM, end - _SUM_LENGTH + 1) + _SUM_LENGTH
    return False


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


def _members(record: Record) -> dict[str, object]:
    match record:
        case Begin():
            told = {name: getattr(record, name) for name in (*_TEXTS, "integrations", "counts")}
            return {"kind": "begin", "format": _FORMAT, **told}
        case Intent():
            entries = [_intent_members(entry) for entry in record.entries]
            return {"kind": "intent", "batch": record.batch, "at": record.at, "entries": entries}
        case Result():
            results = [_result_members(entry) for entry in record.entries]
            where = {"batch": record.batch, "at": record.at, "by": record.by}
            return {"kind": "result", **where, "entries": results}
        case End():
            return {"kind": "end", "at": record.at, "status": record.status}


def _intent_members(entry: IntentEntry) -> dict[str, object]:
    return {
        "address": str(entry.address),
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "changed": entry.changed,
    }


def _result_members(entry: ResultEntry) -> dict[str, object]:
    return {
        "address": str(entry.address),
        "action": entry.action,
        "status": entry.status,
        "id": entry.id,
        "code": entry.code,
    }


def _record(members: Mapping[str, object]) -> Record:
    """Return the record of a line; raises KeyError, TypeError or ValueError when it is none."""
    match members["kind"]:
        case "begin" if members["format"] == _FORMAT:
            texts = {name: _text(members, name) for name in _TEXTS}
            aliases = _map(members, "integrations")
            integrations = {alias: _text(aliases, alias) for alias in aliases}
            verbs = _map(members, "counts")
            return Begin(
                **texts,
                integrations=integrations,
                counts={verb: _number(verbs, verb) for verb in verbs},
            )
        case "intent":
            intents = tuple(_intent_entry(entry) for entry in _entries(members))
            return Intent(_number(members, "batch"), _text(members, "at"), intents)
        case "result":
            results = tuple(_result_entry(entry) for entry in _entries(members))
            batch, at, by = _number(members, "batch"), _text(members, "at"), _text(members, "by")
            return Result(batch, at, results, by)
        case "end":
            return End(_text(members, "at"), _text(members, "status"))
        case _:
            raise ValueError


def _intent_entry(members: Mapping[str, object]) -> IntentEntry:
    return IntentEntry(
        address=Address.parse(_text(members, "address")),
        action=_text(members, "action"),
        before=None if members["before"] is None else _map(members, "before"),
        after=_map(members, "after"),
        changed=tuple((_word(name), before, after) for name, before, after in _list(members)),
    )


def _result_entry(members: Mapping[str, object]) -> ResultEntry:
    return ResultEntry(
        Address.parse(_text(members, "address")),
        _text(members, "action"),
        _text(members, "status"),
        _text(members, "id"),
        _text(members, "code"),
    )


def _text(members: Mapping[str, object], name: str) -> str:
    return _word(members[name])


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(members: Mapping[str, object], name: str) -> int:
    value = members[name]
    if not isinstance(value, int):
        raise TypeError
    return value


def _map(members: Mapping[str, object], name: str) -> Mapping[str, object]:
    return _object(members[name])


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _entries(members: Mapping[str, object]) -> list[Mapping[str, object]]:
    entries = members["entries"]
    if not isinstance(entries, list):
        raise TypeError
    return [_object(entry) for entry in entries]


def _list(members: Mapping[str, object]) -> list[list[object]]:
    changed = members["changed"]
    if not isinstance(changed, list):
        raise TypeError
    return changed


def _plain(value: object) -> object:
    """Return a mapping that is no dict as one, for `json`."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _check_length(line: bytes, place: Location) -> None:
    if len(line) > MAX_LINE:
        raise _too_long(place)


def _too_long(place: Location) -> SyncerError:
    return SyncerError.of(
        "JRN-RECORD",
        f"line {place.line} of the journal is longer than {MAX_LINE // 2**20} MiB",
        rule="a line holds what one request sends, before and after",
        location=place if place.file else None,
    )


def _broken(place: Location, why: str) -> SyncerError:
    return SyncerError.of(
        "JRN-CHAIN",
        f"line {place.line} of the journal is not as it was written: {why}",
        rule="each line names the digest of the line before it and carries its own",
        hint="move it away: plans do not need it, only history and rollback do",
        location=place if place.file else None,
    )
