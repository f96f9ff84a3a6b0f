"""Time, chance and an API that are scripted: no waiting, no network."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from syncer.redaction import Secret
from syncer.transport.credentials import Credentials, CredentialsKind
from syncer.transport.messages import Observation, Request, Seen

Step: TypeAlias = Callable[[Request], Observation]

INTEGRATION = "c618rbfqfsj7mjkj0ss0"
SECRET = "CANARY-secret-7f3a"  # noqa: S105 - looked for in every output
TOKEN = "CANARY-token-91bd"  # noqa: S105
PASSWORD = "CANARY-password-55aa"  # noqa: S105


class VirtualClock:
    """A clock that only runs when somebody waits."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.at += seconds
        return True


class Highest:
    """Chance that always takes the upper bound."""

    def uniform(self, low: float, high: float, /) -> float:
        assert low == 0
        return high


def seen(how: Seen) -> Step:
    return lambda _: Observation(how)


def answered(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Step:
    pairs = tuple((headers or {}).items())
    return lambda _: Observation(Seen.ANSWERED, status, pairs, body)


def ok(value: object) -> Step:
    """A JSON-RPC result under the request's own id."""

    def reply(request: Request) -> Observation:
        return _reply(request, {"result": value})

    return reply


def rpc_error(code: int, message: str = "", data: object = None) -> Step:
    def reply(request: Request) -> Observation:
        return _reply(request, {"error": {"code": code, "message": message, "data": data}})

    return reply


def token(members: Mapping[str, object] | None = None) -> Step:
    given = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 86400}
    body = json.dumps(given if members is None else members).encode()
    return answered(200, body)


def _reply(request: Request, members: Mapping[str, object]) -> Observation:
    answer = {"jsonrpc": "2.0", "id": json.loads(request.body)["id"], **members}
    return Observation(Seen.ANSWERED, 200, (), json.dumps(answer).encode())


@dataclass
class Script:
    """A transport that plays its steps, the last one for ever; tokens have their own steps."""

    steps: list[Step]
    tokens: list[Step] = field(default_factory=lambda: [token()])
    sent: list[Request] = field(default_factory=list)
    token_calls: int = 0

    def send(self, request: Request) -> Observation:
        if request.url.endswith("oauth/token"):
            self.token_calls += 1
            return _next(self.tokens)(request)
        self.sent.append(request)
        return _next(self.steps)(request)

    def params(self) -> list[dict[str, object]]:
        return [json.loads(request.body)["params"] for request in self.sent]


def _next(
    steps: list[Step],
) -> Step:
    return steps.pop(0) if len(steps) > 1 else steps[0]


def client_credentials(api_url: str = "https://api.clarify.io/v1/") -> Credentials:
    kind = CredentialsKind.CLIENT_CREDENTIALS
    return Credentials(api_url, INTEGRATION, kind, "client-id", Secret(SECRET))


def basic_auth(api_url: str = "https://api.clarify.io/v1/") -> Credentials:
    kind = CredentialsKind.BASIC_AUTH
    return Credentials(api_url, INTEGRATION, kind, INTEGRATION, Secret(PASSWORD))
