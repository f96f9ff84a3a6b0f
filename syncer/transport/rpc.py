"""JSON-RPC calls with one credential: from method and parameters to the result. Shell.

In: a method, its parameters, and whether it writes. Out: the result's value; everything else is
raised as `failures` says.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from syncer.redaction import Redactor, Secret
from syncer.transport.calls import Caller, Lane
from syncer.transport.credentials import Credentials
from syncer.transport.failures import Context, failure
from syncer.transport.jsonrpc import Answer, Result, decode_answer, encode_request
from syncer.transport.messages import Observation, Request, Transport
from syncer.transport.tokens import USER_AGENT, Authorizer
from syncer.transport.verdicts import Call, Verdict

# One sequence for the process, so that no late answer passes for another request's.
_request_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Session:
    """One credential's way to the API."""

    credentials: Credentials
    caller: Caller
    authorizer: Authorizer
    redactor: Redactor
    api_version: str
    label: str = ""

    def call(
        self, kind: Call, method: str, params: Mapping[str, object], namespace: str, lane: Lane
    ) -> object:
        """Return the result; `namespace` is what a refusal says to grant.

        Raises OutcomeUnknown, ApiRejection, BatchTooLarge, TransportError or AccessDenied.
        """
        exchange = _Exchange(self, method, params)
        renew = exchange.renew if self.authorizer.is_renewable else None
        ending = self.caller.call(kind, exchange.attempt, lane=lane, renew=renew)
        if ending.verdict is Verdict.DONE and isinstance(ending.answer, Result):
            return ending.answer.value
        raise failure(
            ending,
            Context(method, self.credentials.origin, self.redactor, namespace, self.label),
        )


class _Exchange:
    def __init__(self, session: Session, method: str, params: Mapping[str, object]) -> None:
        self._session = session
        self._method = method
        self._params = params
        self._header = Secret("")

    def attempt(self, transport: Transport) -> tuple[Observation, Answer]:
        session, request_id = self._session, next(_request_ids)
        self._header = session.authorizer.header()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Authorization": self._header.reveal(),
            "User-Agent": USER_AGENT,
            "X-API-Version": session.api_version,
        }
        body = encode_request(self._method, self._params, request_id)
        url = f"{session.credentials.api_url}rpc"
        observation = transport.send(Request("POST", url, headers, body))
        return observation, decode_answer(observation.body, request_id)

    def renew(self) -> None:
        self._session.authorizer.renew(self._header)
