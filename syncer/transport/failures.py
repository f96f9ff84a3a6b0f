"""Calls that did not succeed, as errors that say what is known.

In: what happened to a call, and what the call was. Out: the exception for it. Server text in it is
cut, escaped and redacted; request and answer are not kept.

TransportError
├── OutcomeUnknown   the write may have been executed: read before writing again
├── ApiRejection     the API refused the call, and nothing was executed
└── BatchTooLarge    the batch must be halved; nothing was executed
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.errors import AccessDenied, SyncerError, TransportError
from syncer.redaction import Redactor
from syncer.transport.jsonrpc import Answer, Malformed, RpcError, show_server_text
from syncer.transport.messages import Observation, Seen
from syncer.transport.verdicts import Happening, Verdict

_READ_LENGTH: Final = 4096  # of a body, before it is redacted and cut


class OutcomeUnknown(TransportError):  # noqa: N818 - named for what happened
    """A write was sent and may have been executed; read its resources before sending it again.

    `error` is the API's error, when it sent one: its `invalid_resources` and `partial_result` are
    hints, not facts.
    """

    def __init__(self, *findings: Diagnostic, error: RpcError | None = None) -> None:
        super().__init__(*findings)
        self.error = error


class ApiRejection(TransportError):  # noqa: N818 - named for what happened
    """The API refused the call and executed nothing; `error` has its messages by path."""

    def __init__(self, *findings: Diagnostic, error: RpcError | None = None) -> None:
        super().__init__(*findings)
        self.error = error

    @property
    def details(self) -> Mapping[str, tuple[str, ...]]:
        """Messages by path below the call's parameters; the server's own text."""
        return self.error.details if self.error else {}


class BatchTooLarge(TransportError):  # noqa: N818 - named for what happened
    """The API finds the request too large and executed nothing; send halves."""


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


_WORDS: Final[Mapping[Happening, tuple[str, str]]] = {
    Happening.SUCCEEDED: ("API-SHAPE", "the answer is not what was asked for"),
    Happening.OVERDUE: ("NET-DEADLINE", Seen.OVERDUE.value),
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
    Happening.REDIRECTED: "Correct apiUrl in the credentials.",
    Happening.UNAUTHORIZED: "Create new credentials in Clarify's admin panel.",
}


def failure(ending: Ending, context: Context) -> SyncerError:
    """Return the error for a call that did not succeed."""
    finding = _finding(ending, context)
    error = ending.answer if isinstance(ending.answer, RpcError) else None
    match ending.verdict:
        case Verdict.RE_READ:
            rule = "The write may have been executed, so it is not sent again unread."
            return OutcomeUnknown(replace(finding, rule=rule), error=error)
        case Verdict.STOP_AUTH | Verdict.REFRESH:
            return AccessDenied(finding)
        case Verdict.HALVE:
            return BatchTooLarge(finding)
        case Verdict.STOP if ending.happening is Happening.REJECTED:
            return ApiRejection(finding, error=error)
        case Verdict.DONE | Verdict.RETRY | Verdict.STOP:
            return TransportError(finding)


def _finding(ending: Ending, context: Context) -> Diagnostic:
    code, words = _WORDS[ending.happening]
    if ending.happening is Happening.MALFORMED and isinstance(ending.answer, Malformed):
        code, words = ending.answer.code, ending.answer.reason
    summary = f"{context.method} at {context.origin}: {words}{_remarks(ending, context)}"
    return Diagnostic(code, summary, hint=_hint(ending.happening, context))


def _remarks(ending: Ending, context: Context) -> str:
    status, detail = ending.observation.status, ending.observation.detail
    remarks = [f"HTTP {status}"] if status not in (0, 200) else []
    remarks += [detail] if detail else []
    remarks += [f"{ending.attempts} attempts"] if ending.attempts > 1 else []
    said = _server_text(ending, context)
    quote = f": {show_server_text(said, context.redactor)}" if said else ""
    return (f" ({', '.join(remarks)})" if remarks else "") + quote


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
