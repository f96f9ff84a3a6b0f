"""The table of verdicts, row by row."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.codes import CODES
from syncer.errors import AccessDenied
from syncer.redaction import Redactor
from syncer.transport.failures import (
    BatchTooLarge,
    Context,
    Ending,
    OutcomeUnknown,
    failure,
    waiting,
)
from syncer.transport.jsonrpc import Answer, Malformed, Result, RpcError, decode_answer
from syncer.transport.messages import Observation, Seen
from syncer.transport.verdicts import TABLE, Call, Happening, Verdict, classify, decide

DONE, RETRY, REFRESH = Verdict.DONE, Verdict.RETRY, Verdict.REFRESH
RE_READ, AUTH, STOP, HALVE = Verdict.RE_READ, Verdict.STOP_AUTH, Verdict.STOP, Verdict.HALVE


def status(code: int) -> tuple[Observation, Answer | None]:
    return Observation(Seen.ANSWERED, code, (), b"x"), None


def rpc(code: int) -> tuple[Observation, Answer | None]:
    return Observation(Seen.ANSWERED, 200, (), b"x"), RpcError(code)


def saw(seen: Seen, code: int = 0) -> tuple[Observation, Answer | None]:
    return Observation(seen, code), None


ROWS = [
    (saw(Seen.OVERDUE), STOP, STOP, STOP),
    (saw(Seen.STOPPED), STOP, STOP, STOP),
    (saw(Seen.NOT_SENT), RETRY, RETRY, RETRY),
    (saw(Seen.UNTRUSTED), STOP, STOP, STOP),
    (saw(Seen.LOST), RETRY, RE_READ, RETRY),
    (saw(Seen.TIMED_OUT), RETRY, RE_READ, RETRY),
    (saw(Seen.TIMED_OUT, 200), RETRY, RE_READ, RETRY),
    (saw(Seen.BROKEN, 200), RETRY, RE_READ, RETRY),
    (saw(Seen.OVERSIZE, 200), RETRY, RE_READ, RETRY),
    (saw(Seen.BROKEN, 403), AUTH, AUTH, AUTH),
    (status(408), RETRY, RE_READ, RETRY),
    (status(500), RETRY, RE_READ, RETRY),
    (status(502), RETRY, RE_READ, RETRY),
    (status(504), RETRY, RE_READ, RETRY),
    (status(599), RETRY, RE_READ, RETRY),
    (status(429), RETRY, RE_READ, RETRY),
    (status(503), RETRY, RE_READ, RETRY),
    (status(401), REFRESH, REFRESH, AUTH),
    (status(403), AUTH, AUTH, AUTH),
    (rpc(-32003), AUTH, AUTH, AUTH),
    (status(400), STOP, STOP, AUTH),
    (status(404), STOP, STOP, STOP),
    (status(405), STOP, STOP, STOP),
    (status(407), STOP, STOP, AUTH),
    (status(415), STOP, STOP, AUTH),
    (rpc(-32700), STOP, STOP, AUTH),
    (rpc(-32600), STOP, STOP, AUTH),
    (rpc(-32601), STOP, STOP, AUTH),
    (rpc(-32602), STOP, STOP, AUTH),
    (status(413), STOP, HALVE, STOP),
    (status(301), STOP, STOP, STOP),
    (status(307), STOP, STOP, STOP),
    (status(399), STOP, STOP, STOP),
    (status(204), RETRY, RE_READ, RETRY),
    ((Observation(Seen.ANSWERED, 200), None), RETRY, RE_READ, RETRY),
    ((Observation(Seen.ANSWERED, 200, (), b"x"), None), RETRY, RE_READ, RETRY),
    ((Observation(Seen.ANSWERED, 200, (), b"x"), Malformed("c", "r")), RETRY, RE_READ, RETRY),
    ((Observation(Seen.ANSWERED, 200, (), b"x"), Result({})), DONE, DONE, DONE),
    (rpc(-32015), RETRY, RE_READ, STOP),
    (rpc(-32009), RETRY, RE_READ, STOP),
    (rpc(-32001), STOP, RE_READ, STOP),
    (rpc(-32002), STOP, RE_READ, STOP),
    (rpc(-32021), RETRY, RE_READ, STOP),
    (rpc(-32000), RETRY, RE_READ, RETRY),
    (rpc(-32603), RETRY, RE_READ, RETRY),
    (rpc(12345), STOP, RE_READ, STOP),
    (status(201), STOP, RE_READ, STOP),
    (status(418), STOP, RE_READ, STOP),
    (status(101), STOP, RE_READ, STOP),
]


@pytest.mark.parametrize(("seen", "read", "write", "token"), ROWS)
def test_each_row_has_its_verdicts(
    seen: tuple[Observation, Answer | None], read: Verdict, write: Verdict, token: Verdict
) -> None:
    happening = classify(*seen)

    assert [decide(call, happening) for call in Call] == [read, write, token]


def test_the_rows_cover_the_whole_table() -> None:
    assert {classify(*row[0]) for row in ROWS} == set(TABLE) == set(Happening)


observations = st.builds(
    Observation,
    st.sampled_from(Seen),
    st.sampled_from([0, 200]) | st.integers(-1, 1000),
    st.just(()),
    st.binary(max_size=3),
)
answers = (
    st.none()
    | st.builds(RpcError, st.integers())
    | st.builds(RpcError, st.sampled_from([-32700, -32603, -32021, -32015, -32003, -32000]))
    | st.just(Result({}))
    | st.just(Malformed("API-SHAPE", "odd"))
)


@pytest.mark.property
@given(st.sampled_from(Call), observations, answers)
def test_every_observation_has_a_verdict(
    call: Call, observation: Observation, answer: Answer | None
) -> None:
    """The table is total, and only a result under status 200 is ever done."""
    verdict = decide(call, classify(observation, answer))

    if verdict is DONE:
        assert (observation.seen, observation.status) == (Seen.ANSWERED, 200)
        assert isinstance(answer, Result)


NOT_EXECUTED = {
    *(Happening.OVERDUE, Happening.STOPPED, Happening.NOT_SENT, Happening.UNTRUSTED),
    *(Happening.REDIRECTED, Happening.ABSENT),
    *(Happening.UNAUTHORIZED, Happening.FORBIDDEN, Happening.REJECTED, Happening.TOO_LARGE),
}


@pytest.mark.property
@given(st.sampled_from(Call), observations, answers)
def test_every_ending_is_an_error_or_done(
    call: Call, observation: Observation, answer: Answer | None
) -> None:
    """Whatever comes of a call, there are words for it, and an error that fits the verdict."""
    happening = classify(observation, answer)
    verdict = decide(call, happening)
    ending = Ending(happening, verdict, observation, answer)

    error = failure(ending, Context("m", "https://o", Redactor()))

    assert isinstance(error, OutcomeUnknown) == (verdict is RE_READ)
    assert isinstance(error, AccessDenied) == (verdict in (AUTH, REFRESH))
    assert isinstance(error, BatchTooLarge) == (verdict is HALVE)
    assert error.findings[0].code in CODES
    assert waiting(ending, 1.0)


@pytest.mark.property
@given(observations, answers)
def test_a_write_that_may_have_been_executed_is_read_first(
    observation: Observation, answer: Answer | None
) -> None:
    """A write is done, known not to be executed, or read before anything else."""
    happening = classify(observation, answer)
    verdict = decide(Call.WRITE, happening)

    assert verdict in (DONE, RE_READ) or happening in NOT_EXECUTED


def test_an_answer_to_another_request_makes_a_write_unknown() -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {}}).encode()
    observation = Observation(Seen.ANSWERED, 200, (), body)

    happening = classify(observation, decode_answer(body, 2))

    assert decide(Call.WRITE, happening) is RE_READ
