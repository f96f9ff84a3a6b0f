"""Runs as they are journalled, for tests of the journal, its homes and its readers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from syncer.engine.records import (
    Begin,
    End,
    Intent,
    IntentEntry,
    Record,
    Result,
    ResultEntry,
    encode,
)
from syncer.engine.state import Holder
from syncer.resources import Address

AT = "2026-11-20T14:30:46Z"
RUN = "20261120T143046Z-1a2b3c4d"
HOLDER = Holder(RUN, "ada", "laptop", 4711, AT, "apply", "/home/ada/plant")
BEGIN = Begin(
    run=RUN,
    command="apply",
    project="banana-stand",
    environment="prod",
    origin="https://api.clarify.io",
    integrations={"stand": "c618rbfqfsj7mjkj0ss0"},
    who="ada",
    host="laptop",
    commit="0123456789abcdef",
    plan="",
    at=AT,
    counts={"create": 1, "update": 1},
)


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 14, 30, 46, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> bool:
        return True


def signal(key: str) -> Address:
    return Address("signals", "stand", key)


def create(key: str) -> IntentEntry:
    return IntentEntry(signal(key), "create", None, {"name": key}, (("name", None, key),))


def update(key: str) -> IntentEntry:
    before, after = {"name": key, "labels": {}}, {"name": key, "labels": {"site": ["Øst\u2028"]}}
    return IntentEntry(
        signal(key), "update", before, after, (("labels.site", None, ["Øst\u2028"]),)
    )


def told(key: str, status: str = "done", code: str = "") -> ResultEntry:
    return ResultEntry(signal(key), "create", status, "id-" + key, code)


def write(records: Sequence[Record]) -> list[bytes]:
    """Return the lines of a journal with these records."""
    lines: list[bytes] = []
    for n, record in enumerate(records):
        lines.append(encode(record, n, lines[-1] if lines else b""))
    return lines


STEPS = (
    Intent(1, AT, (create("a"), create("b"))),
    Result(1, AT, (told("a"), told("b", "failed", "API-INVALID"))),
    Intent(2, AT, (update("c"),)),
    Result(2, AT, (told("c"),), "observed"),
)
RECORDS: tuple[Record, ...] = (BEGIN, *STEPS, End(AT, "partial"))
