"""Calls that did not succeed, as errors that say what is known.

In: what happened to a call, and what the call was. Out: the exception for it. Server text in it is
cut, escaped and redacted; request and answer are not kept.

TransportError
├── OutcomeUnknown   the write may have been executed: read before writing again
├── ApiRejection     the API refused the call, and nothing was executed
├── ApiFailure       the API failed, or could not be reached or understood
└── BatchTooLarge    the batch must be halved; nothing was executed
AccessDenied
└── ApiDenial        the API refused the credentials, or what they ask for
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.errors import AccessDenied, SyncerError, TransportError
from syncer.redaction import Redactor
from syncer.transport.jsonrpc import Answer, Malformed, RpcError, show_server_text
from syncer.transport.messages import Observation, Seen
from syncer.transport.ratelimit import MAX_ATTEMPTS, longest_retries
from syncer.transport.verdicts import FEW_RETRIES, Happening, Verdict

_READ_LENGTH: Final = 4096  # of a body, before it is redacted and cut


class ApiError(SyncerError):
    """What became of a call; `error` is the API's own, when it sent one."""

    def __init__(self, *findings: Diagnostic, error: RpcError | None = None) -> None:
        super().__init__(*findings)
        self.error = error

    @property
    def api_code(self) -> int | None:
        """The API's number for what went wrong, as -32602; None when it gave none."""
        return self.error.code if self.error else None

    @property
    def trace(self) -> str:
        """What Clarify's support finds the call by, or an empty text."""
        return self.error.trace if self.error else ""


class OutcomeUnknown(ApiError, TransportError):  # noqa: N818 - named for what happened
    """A write was sent and may have been executed; read its resources before sending it again.

    The `invalid_resources` and `partial_result` of `error` are hints, not facts. `may_resend` is
    false when the run has spent its retries.
    """

    def __init__(
        self, *findings: Diagnostic, error: RpcError | None = None, may_resend: bool = True
    ) -> None:
        super().__init__(*findings, error=error)
        self.may_resend = may_resend


class ApiRejection(ApiError, TransportError):  # noqa: N818 - named for what happened
    """The API refused the call and executed nothing; `error` has its messages by path."""

    @property
    def details(self) -> Mapping[str, tuple[str, ...]]:
        """Messages by path below the call's parameters; the server's own text."""
        return self.error.details if self.error else {}


class ApiFailure(ApiError, TransportError):  # noqa: N818 - named for what happened
    """The API failed, or could not be reached or understood; no write was executed."""


class BatchTooLarge(ApiError, TransportError):  # noqa: N818 - named for what happened
    """The API finds the request too large and executed nothing; send halves."""


class ApiDenial(ApiError, AccessDenied):  # noqa: N818 - named for what happened
    """The API refused the credentials, or does not allow them what was asked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a message may say about a call."""

    method: str
    origin: str
    redactor: Redactor
    namespace: str = ""  # what Clarify's admin panel must grant for it
    label: str = ""  # where the credentials came from: an environment variable
    echoes_bodies: bool = True  # whether an answer's body may be shown


@dataclass(frozen=True, slots=True)
class Ending:
    """The last attempt of a call, and what it means."""

    happening: Happening
    verdict: Verdict
    observation: Observation
    answer: Answer | None = None
    attempts: int = 1
    may_resend: bool = True  # after a read, where the verdict asks for one


_WORDS: Final[Mapping[Happening, tuple[str, str]]] = {
    Happening.SUCCEEDED: ("API-SHAPE", "the answer is not what was asked for"),
    Happening.OVERDUE: ("NET-DEADLINE", Seen.OVERDUE.value),
    Happening.STOPPED: ("NET-STOPPED", Seen.STOPPED.value),
    Happening.NOT_SENT: ("NET-UNREACHABLE", Seen.NOT_SENT.value),
    Happening.UNTRUSTED: ("NET-TLS", Seen.UNTRUSTED.value),
    Happening.LOST: ("NET-LOST", Seen.LOST.value),
    Happening.TIMED_OUT: ("NET-DEADLINE", Seen.TIMED_OUT.value),
    Happening.OVERSIZE: ("NET-SIZE", Seen.OVERSIZE.value),
    Happening.MALFORMED: ("API-SHAPE", Seen.BROKEN.value),
    Happening.EMPTY: ("API-SHAPE", "the answer is empty"),
    Happening.REDIRECTED: ("NET-REDIRECT", "the host redirects, and redirects are not followed"),
    Happening.UNAUTHORIZED: ("CRD-REFUSED", "the credentials were refused"),
    Happening.FORBIDDEN: ("CRD-NAMESPACE", "the credentials do not allow this"),
    Happening.REJECTED: ("API-REJECTED", "the API refused the call"),
    Happening.ABSENT: ("NET-ADDRESS", "Clarify is not at this address"),
    Happening.TOO_LARGE: ("API-TOO-LARGE", "the request is too large for the API"),
    Happening.THROTTLED: ("API-BUSY", "the API asks to wait"),
    Happening.FAILED: ("API-FAILED", "the API failed"),
    Happening.TRY_AGAIN: ("API-BUSY", "the API asks to try again"),
    Happening.CONFLICT: ("API-CONFLICT", "the API reports a conflict"),
    Happening.INVALID_RESOURCE: ("API-INVALID", "the API finds a resource invalid"),
    Happening.PARTIAL: ("API-PARTIAL", "the API executed only a part"),
    Happening.UNLISTED: ("API-FAILED", "the API answered with something unknown"),
}
_HINTS: Final[Mapping[Happening, str]] = {
    Happening.NOT_SENT: "Check the network and the host's name; a proxy is used only when asked.",
    Happening.MALFORMED: "Is a proxy or a login page in between?",
    Happening.OVERDUE: "SYNCER_DEADLINE sets how many seconds a run may spend on calls.",
    Happening.REDIRECTED: "Correct apiUrl in the credentials.",
    Happening.ABSENT: "Correct apiUrl in the credentials.",
    Happening.UNAUTHORIZED: "Create new credentials in Clarify's admin panel.",
}


def failure(ending: Ending, context: Context) -> SyncerError:
    """Return the error for a call that did not succeed."""
    finding = _finding(ending, context)
    error = ending.answer if isinstance(ending.answer, RpcError) else None
    match ending.verdict:
        case Verdict.RE_READ:
            rule = "The write may have been executed, so it is not sent again unread."
            finding = replace(finding, rule=rule)
            return OutcomeUnknown(finding, error=error, may_resend=ending.may_resend)
        case Verdict.STOP_AUTH | Verdict.REFRESH:
            return ApiDenial(finding, error=error)
        case Verdict.HALVE:
            return BatchTooLarge(finding, error=error)
        case Verdict.STOP if ending.happening in (Happening.REJECTED, Happening.ABSENT):
            return ApiRejection(finding, error=error)
        case Verdict.DONE | Verdict.RETRY | Verdict.STOP:
            return ApiFailure(finding, error=error)


def waiting(ending: Ending, pause: float) -> str:
    """Return what is being waited for, in words: `the host could not be reached; ...`."""
    remarks = ", ".join(_facts(ending))
    said = f"{_WORDS[ending.happening][1]}{f' ({remarks})' if remarks else ''}"
    if ending.happening is Happening.THROTTLED:
        return f"{said}; trying again in {pause:.0f} s"
    tries = FEW_RETRIES.get(ending.happening, MAX_ATTEMPTS - 1) - ending.attempts + 1
    longest = pause + longest_retries(ending.attempts)
    times = "once more" if tries == 1 else f"up to {tries} more times"
    return f"{said}; trying {times}, with up to {longest:.0f} s of waiting"


def _finding(ending: Ending, context: Context) -> Diagnostic:
    code, words = _WORDS[ending.happening]
    if ending.happening is Happening.MALFORMED and isinstance(ending.answer, Malformed):
        code, words = ending.answer.code, ending.answer.reason
    summary = f"{context.method} at {context.origin}: {words}{_remarks(ending, context)}"
    return Diagnostic(code, summary, hint=_hint(ending.happening, context))


def _remarks(ending: Ending, context: Context) -> str:
    remarks = _facts(ending) + ([f"{ending.attempts} attempts"] if ending.attempts > 1 else [])
    said = _server_text(ending, context)
    quote = f": {show_server_text(said, context.redactor)}" if said else ""
    return (f" ({', '.join(remarks)})" if remarks else "") + quote


def _facts(ending: Ending) -> list[str]:
    status, detail = ending.observation.status, ending.observation.detail
    return ([f"HTTP {status}"] if status not in (0, 200) else []) + ([detail] if detail else [])


def _server_text(ending: Ending, context: Context) -> str:
    if isinstance(ending.answer, RpcError):
        error = ending.answer
        details = (f"{path}: {'; '.join(said)}" for path, said in sorted(error.details.items()))
        invalid = (resource.message for resource in error.invalid_resources)
        texts = [f"{error.message} ({error.code})", *details, *invalid]
        return " | ".join(texts + ([f"trace {error.trace}"] if error.trace else []))
    if ending.observation.status in (0, 200) or not context.echoes_bodies:
        return ""
    return ending.observation.body[:_READ_LENGTH].decode(errors="replace").strip()


def _hint(happening: Happening, context: Context) -> str:
    source = f" of {context.label}" if context.label else ""
    if happening is Happening.FORBIDDEN and context.namespace:
        return f'Tick the namespace "{context.namespace}" of the integration{source} in Clarify.'
    if happening is Happening.UNAUTHORIZED and context.label:
        return f"Create new credentials in Clarify's admin panel for {context.label}."
    return _HINTS.get(happening, "")
