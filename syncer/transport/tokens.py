"""What goes into the Authorization header: a password, or a token fetched once. Shell.

In: credentials. Out: header values. A token is kept until shortly before it expires, by a clock
that never jumps, and renewed once when the API refuses it, however many threads ask.
"""

import base64
import re
import threading
from dataclasses import dataclass
from urllib.parse import urlencode

from syncer.errors import AccessDenied
from syncer.redaction import Redactor, Secret
from syncer.seams import Clock
from syncer.transport.calls import Caller
from syncer.transport.credentials import Credentials, CredentialsKind
from syncer.transport.failures import Context, failure
from syncer.transport.jsonrpc import Answer, Malformed, Result, load_json
from syncer.transport.messages import Observation, Request, Transport
from syncer.transport.verdicts import Call, Verdict
from syncer.version import __version__

USER_AGENT = f"syncer/{__version__}"
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_LONGEST_LIFE = 86_400.0  # Clarify's tokens live about a day
_UNKNOWN_LIFE = 300.0  # of a token that comes without a usable `expires_in`
_LARGEST_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class _Token:
    secret: Secret
    life: float


@dataclass(frozen=True, slots=True)
class _Held:
    header: Secret
    until: float  # monotonic seconds


class Authorizer:
    """Knows the Authorization header of one credential."""

    def __init__(
        self,
        credentials: Credentials,
        caller: Caller,
        clock: Clock,
        redactor: Redactor,
        *,
        label: str = "",
    ) -> None:
        self._credentials = credentials
        self._caller = caller
        self._clock = clock
        self._redactor = redactor
        self._label = label
        self._held: _Held | None = None
        self._lock = threading.Lock()
        redactor.add(credentials.secret)

    @property
    def is_renewable(self) -> bool:
        """Whether another header may be accepted when this one is not."""
        return self._credentials.kind is CredentialsKind.CLIENT_CREDENTIALS

    def header(self) -> Secret:
        """Return the header's value; fetches a token when there is none that lasts."""
        with self._lock:
            if self._held is None or self._held.until <= self._clock.monotonic():
                self._held = self._obtain()
            return self._held.header

    def renew(self, refused: Secret) -> None:
        """Forget a header value that the API refused, unless it was already replaced."""
        with self._lock:
            if self._held is not None and self._held.header == refused:
                self._held = None

    def _obtain(self) -> _Held:
        if not self.is_renewable:
            pair = f"{self._credentials.id}:{self._credentials.secret.reveal()}"
            encoded = Secret(base64.b64encode(pair.encode()).decode())
            self._redactor.add(encoded)
            return _Held(Secret(f"Basic {encoded.reveal()}"), float("inf"))
        token = self._fetch()
        margin = min(token.life / 10, _LARGEST_MARGIN)
        until = self._clock.monotonic() + token.life - margin
        return _Held(Secret(f"Bearer {token.secret.reveal()}"), until)

    def _fetch(self) -> _Token:
        ending = self._caller.call(Call.TOKEN, self._ask)
        if ending.verdict is not Verdict.DONE:
            raise failure(ending, self._context())
        token = _read_token(ending.answer)
        if token is None:
            raise AccessDenied.of(
                "CRD-TOKEN",
                f"oauth/token at {self._credentials.origin}: the answer holds no usable token",
                rule="A token is one line of printable characters, of the type Bearer.",
                hint="Is a proxy or a login page in between?",
            )
        self._redactor.add(token.secret)
        return token

    def _ask(self, transport: Transport) -> tuple[Observation, Answer]:
        # As pyclarify 0.7.0 sends it: everything in the form, the audience verbatim (measured).
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.id,
            "client_secret": self._credentials.secret.reveal(),
            "audience": self._credentials.api_url,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
        }
        url = f"{self._credentials.api_url}oauth/token"
        observation = transport.send(Request("POST", url, headers, urlencode(form).encode()))
        return observation, _answer(observation.body)

    def _context(self) -> Context:
        origin, redactor = self._credentials.origin, self._redactor
        return Context("oauth/token", origin, redactor, label=self._label, echoes_bodies=False)


def _answer(body: bytes) -> Answer:
    answer = load_json(body)
    return Malformed("CRD-TOKEN", answer.reason) if isinstance(answer, Malformed) else answer


def _read_token(answer: Answer | None) -> _Token | None:
    members = answer.value if isinstance(answer, Result) else None
    if not isinstance(members, dict):
        return None
    token, sort = members.get("access_token"), members.get("token_type", "Bearer")
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        return None
    if not isinstance(sort, str) or sort.lower() != "bearer":
        return None
    return _Token(Secret(token), _life(members.get("expires_in")))


def _life(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return _UNKNOWN_LIFE
    return float(min(value, _LONGEST_LIFE))
