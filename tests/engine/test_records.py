"""The journal's lines: what was written comes back, and nothing else ever does."""

import json
import random
from collections.abc import Callable
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Location
from syncer.engine import records
from syncer.engine.records import (
    Begin,
    End,
    Intent,
    IntentEntry,
    Record,
    Result,
    RunRecord,
    encode,
    good_lines,
    parse,
)
from syncer.errors import SyncerError
from tests.engine.runs import AT, BEGIN, RECORDS, STEPS, create, signal, told, update, write

LINES = write(RECORDS)
WHOLE = RunRecord(BEGIN, STEPS, End(AT, "partial"))


def seal(members: dict[str, object]) -> bytes:
    """Return a line that carries its own digest, whatever it says."""
    body = json.dumps(members).encode("ascii")[:-1]
    return body + b',"sum":"' + records._digest(body).encode() + b'"}\n'


def refused(content: bytes) -> SyncerError:
    with pytest.raises(SyncerError) as caught:
        parse(content, "run.jsonl")
    return caught.value


def without_end(record: RunRecord, steps: int, *, is_torn: bool) -> RunRecord:
    return RunRecord(record.begin, record.steps[:steps], None, is_torn)


def test_what_was_written_comes_back() -> None:
    assert parse(b"".join(LINES)) == WHOLE


def test_a_line_is_ascii_and_names_its_number_and_the_line_before_it() -> None:
    members = json.loads(LINES[3])

    assert all(line.isascii() and line.count(b"\n") == 1 for line in LINES)
    assert (members["n"], members["kind"]) == (3, "intent")
    assert members["prev"] == records._digest(LINES[2])
    assert json.loads(LINES[0])["prev"] == ""


def test_a_mapping_that_is_no_dict_is_written_as_one() -> None:
    entry = IntentEntry(signal("a"), "create", None, MappingProxyType({"name": "A"}), ())

    run = parse(b"".join(write([BEGIN, Intent(1, AT, (entry,))])))

    assert run is not None
    assert run.intents() == {signal("a"): entry}


def test_a_value_that_is_no_json_is_refused() -> None:
    entry = IntentEntry(signal("a"), "create", None, {"name": {1}}, ())

    with pytest.raises(TypeError, match="set is no JSON value"):
        encode(Intent(1, AT, (entry,)), 1, LINES[0])


texts = st.text(st.characters(exclude_categories=()), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.property
@given(texts, st.dictionaries(texts, values, max_size=3), values)
def test_any_text_and_any_value_come_back(
    text: str, view: dict[str, object], value: object
) -> None:
    """parse(encode(records)) == records."""
    entry = IntentEntry(signal(text), text, view, view, ((text, value, value),))
    run = RunRecord(BEGIN, (Intent(1, text, (entry,)), Result(1, AT, (told(text, text),), text)))

    assert parse(b"".join(write([run.begin, *run.steps]))) == run


@pytest.mark.parametrize("content", [b"", b"x", LINES[0][:-1], b"x\n", LINES[0][:40] + b"\n"])
def test_a_run_that_was_never_begun_is_none(content: bytes) -> None:
    assert parse(content) is None
    assert good_lines(content) == ()


def test_a_line_that_is_cut_at_any_byte_is_left_out() -> None:
    """Every byte offset of the last three records."""
    content = b"".join(LINES)
    first = sum(map(len, LINES[:-3]))

    for offset in range(first, len(content)):
        whole = sum(sum(map(len, LINES[:n])) <= offset for n in range(1, len(LINES) + 1))
        is_torn = offset > sum(map(len, LINES[:whole]))
        assert parse(content[:offset]) == without_end(WHOLE, whole - 1, is_torn=is_torn)
        assert good_lines(content[:offset]) == tuple(LINES[:whole])


def test_a_last_line_with_a_hole_is_torn_although_it_ends() -> None:
    content = b"".join(LINES[:-1])
    last = LINES[-1]

    assert parse(content + b"\0" * 10 + last[10:]) == without_end(WHOLE, 4, is_torn=True)


Mutation = Callable[[random.Random, list[bytes]], list[bytes]]


def flip(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    content = bytearray(b"".join(lines))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return [bytes(content)]


def splice(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    content = b"".join(lines)
    start, length = chance.randrange(len(content)), chance.randrange(1, 40)
    return [content[:start], chance.randbytes(chance.randrange(40)), content[start + length :]]


def delete(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    index = chance.randrange(len(lines))
    return lines[:index] + lines[index + 1 :]


def reorder(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    first, second = chance.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return lines


def duplicate(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return lines


def read(content: bytes) -> RunRecord | str | None:
    """Return the run, or the code of what is wrong with its journal."""
    try:
        return parse(content)
    except SyncerError as error:
        return error.findings[0].code


@pytest.mark.parametrize("mutation", [flip, delete, reorder, duplicate])
def test_what_was_changed_is_found_or_only_the_last_line_is_lost(mutation: Mutation) -> None:
    """2 500 mutations of each kind: no other record is ever read, and nothing else is raised."""
    last_lost = [without_end(WHOLE, 4, is_torn=is_torn) for is_torn in (True, False)]
    outcomes = [
        read(b"".join(mutation(random.Random(seed), list(LINES))))  # noqa: S311 - a test's
        for seed in range(2500)
    ]

    assert [each for each in outcomes if each not in ("JRN-CHAIN", WHOLE, *last_lost)] == []
    assert outcomes.count("JRN-CHAIN") > 1000


def test_what_was_spliced_is_found_or_only_the_end_is_lost() -> None:
    """2 500 mutations: what is read is how the run began, never anything else."""
    beginnings = [without_end(WHOLE, n, is_torn=True) for n in range(5)]
    outcomes = [
        read(b"".join(splice(random.Random(seed), list(LINES))))  # noqa: S311 - a test's
        for seed in range(2500)
    ]

    assert [each for each in outcomes if each not in ("JRN-CHAIN", None, WHOLE, *beginnings)] == []
    assert outcomes.count("JRN-CHAIN") > 1000


def test_two_lines_whose_border_is_damaged_are_no_torn_tail() -> None:
    """A label called `sum` looks like a line's own digest, and is none."""
    entry = IntentEntry(signal("a"), "create", None, {"name": "A", "sum": "1"}, ())
    lines = write([BEGIN, Intent(1, AT, (entry,)), End(AT, "complete")])
    damaged = lines[0] + lines[1][:-1] + b"x" + lines[2]

    assert "its own digest" in str(refused(damaged))
    assert "its own digest" in str(refused(damaged[:-9]))
    assert parse(lines[0] + lines[1][:-9]) == RunRecord(BEGIN, is_torn=True)


def test_a_line_that_is_missing_is_named() -> None:
    error = refused(b"".join(LINES[:2] + LINES[3:]))

    assert error.findings[0].code == "JRN-CHAIN"
    assert error.findings[0].location == Location("run.jsonl", 3)
    assert "line 3 of the journal is not as it was written" in str(error)


def test_a_finding_has_no_place_where_the_journal_has_no_name() -> None:
    with pytest.raises(SyncerError) as caught:
        parse(b"".join(LINES[1:]))

    assert caught.value.findings[0].location is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"x" + LINES[1], "its own digest"),
        (seal({"n": 1, "prev": "0"}), "does not follow"),
        (records._SUM.join([b"{", b""]), "its own digest"),
    ],
)
def test_a_line_in_the_middle_that_is_broken_is_told(line: bytes, why: str) -> None:
    assert why in str(refused(LINES[0] + line.rstrip(b"\n") + b"\n" + LINES[2]))


def following(**members: object) -> bytes:
    return seal({"n": 1, "prev": records._digest(LINES[0]), **members})


ENTRY: dict[str, object] = {
    "address": "signals/stand/a",
    "action": "create",
    "before": None,
    "after": {},
    "changed": [],
}


@pytest.mark.parametrize(
    "line",
    [
        following(),
        following(kind="begin", format=2),
        following(kind="dance"),
        following(kind=["end"], at=AT, status="complete"),
        following(kind="end", at=AT),
        following(kind="end", at=1, status="complete"),
        following(kind="intent", batch="1", at=AT, entries=[]),
        following(kind="intent", batch=1, at=AT, entries={}),
        following(kind="intent", batch=1, at=AT, entries=[1]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "address": "a"}]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "after": 1}]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "changed": 1}]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "changed": [1]}]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "changed": [[1, 2]]}]),
        following(kind="intent", batch=1, at=AT, entries=[{**ENTRY, "changed": [[1, 2, 3]]}]),
        following(kind="result", batch=1, at=AT, by="answer", entries=[ENTRY]),
    ],
)
def test_a_sealed_line_of_another_shape_is_another_versions(line: bytes) -> None:
    assert "another version of syncer" in str(refused(LINES[0] + line))


@pytest.mark.parametrize("text", [b"[1]", b"{", b'{"n": ' + b"[" * 100_000])
def test_a_sealed_line_that_is_no_json_object_is_told(text: bytes) -> None:
    line = text[:-1] + b',"sum":"' + records._digest(text[:-1]).encode() + b'"}\n'

    assert "no JSON" in str(refused(LINES[0] + line))


@pytest.mark.parametrize(
    ("order", "number", "why"),
    [
        ((STEPS[0], BEGIN), 1, "not how a journal begins"),
        ((End(AT, "complete"),), 1, "not how a journal begins"),
        ((BEGIN, BEGIN, STEPS[0]), 2, "only intents and results"),
        ((BEGIN, STEPS[0], End(AT, "complete"), STEPS[1]), 3, "only intents and results"),
    ],
)
def test_records_in_another_order_are_told(
    order: tuple[Record, ...], number: int, why: str
) -> None:
    error = refused(b"".join(write(order)))

    assert why in str(error)
    assert error.findings[0].location == Location("run.jsonl", number)


def test_a_line_may_have_16_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = max(map(len, LINES))
    monkeypatch.setattr(records, "MAX_LINE", longest)
    assert parse(b"".join(write(RECORDS))) == WHOLE
    monkeypatch.setattr(records, "MAX_LINE", longest - 2)

    with pytest.raises(SyncerError, match="longer than") as caught:
        write(RECORDS)
    assert caught.value.findings[0].code == "JRN-RECORD"
    assert refused(b"".join(LINES)).findings[0].code == "JRN-RECORD"
    assert refused(b"x" * longest).findings[0].code == "JRN-RECORD"


def test_what_nobody_answered_for_is_unresolved() -> None:
    steps = (
        Intent(1, AT, (create("a"), create("b"), create("c"))),
        Result(1, AT, (told("a"), told("b", "unknown"))),
        Intent(2, AT, (update("a"),)),
    )
    run = RunRecord(BEGIN, steps)

    assert run.unresolved() == (create("b"), create("c"), update("a"))
    assert run.pending() == ((1, create("b")), (1, create("c")), (2, update("a")))
    assert run.statuses() == {signal("a"): told("a"), signal("b"): told("b", "unknown")}
    assert run.intents() == {
        signal("a"): update("a"),
        signal("b"): create("b"),
        signal("c"): create("c"),
    }


def test_a_result_that_comes_later_resolves_what_was_unknown() -> None:
    steps = (
        Intent(1, AT, (create("a"),)),
        Result(1, AT, (told("a", "unknown"),)),
        Result(1, AT, (told("a"),), "observed"),
    )

    assert RunRecord(BEGIN, steps).unresolved() == ()


def test_a_begin_of_another_shape_is_told() -> None:
    line = json.loads(LINES[0])
    for name, value in (("counts", [1]), ("counts", {"create": "1"}), ("integrations", {"a": 1})):
        members = {key: item for key, item in line.items() if key != "sum"}
        assert "another version" in str(refused(seal({**members, name: value})))
    assert isinstance(RECORDS[0], Begin)
