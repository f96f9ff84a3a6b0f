"""Everything that ends a command early, with the exit code it ends with.

SyncerError           error    1
├── ManifestError     invalid  3    manifests, policies or the project file are wrong
├── PlanRefused       refused  5    a guard, a conflict, an owner, no approval
│   ├── StalePlan     refused  5    the world moved since the plan was saved
│   └── LockHeld      refused  5    another run is writing to the same place
├── ApplyIncomplete   partial  4    something was written, not everything is verified
├── AccessDenied      auth     6    credentials missing, wrong or too weak
├── TransportError    error    1    the API could not be reached or understood
└── Misuse            usage    64   the command line asks for what cannot be
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar, Self

from syncer.diagnostics import Diagnostic, Location


class ExitCode(IntEnum):
    """The exit codes of every command; nothing else in the program knows a number."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    INVALID = 3
    PARTIAL = 4
    REFUSED = 5
    AUTH = 6
    USAGE = 64
    INTERRUPTED = 130
    TERMINATED = 143


class SyncerError(Exception):
    """An expected failure: carries the findings that explain it and the exit code."""

    exit_code: ClassVar[ExitCode] = ExitCode.ERROR

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__("; ".join(finding.summary for finding in findings))
        self.findings = findings

    @classmethod
    def of(
        cls,
        code: str,
        summary: str,
        *,
        hint: str = "",
        rule: str = "",
        location: Location | None = None,
    ) -> Self:
        """Return the error made of one finding."""
        return cls(Diagnostic(code, summary, location=location, rule=rule, hint=hint))


class ManifestError(SyncerError):
    """Manifests, policies or the project file are invalid; mend what the findings name.

    `texts` holds the files that the findings point into, for their snippets.
    """

    exit_code = ExitCode.INVALID

    def __init__(self, *findings: Diagnostic, texts: Mapping[str, str] | None = None) -> None:
        super().__init__(*findings)
        self.texts = texts or {}


class PlanRefused(SyncerError):
    """Nothing was sent: the plan breaks a rule; each finding names the flag that allows it."""

    exit_code = ExitCode.REFUSED


class StalePlan(PlanRefused):
    """Nothing was sent: the saved plan no longer comes out the same; plan again."""


class LockHeld(PlanRefused):
    """Nothing was sent: another run holds the lock; wait for it to end."""


class ApplyIncomplete(SyncerError):
    """Part of the plan was written, or could not be verified; the report names every resource."""

    exit_code = ExitCode.PARTIAL


class AccessDenied(SyncerError):
    """Credentials are missing, refused, or lack a namespace; the finding says which."""

    exit_code = ExitCode.AUTH


class TransportError(SyncerError):
    """The API could not be reached, or its answer could not be understood."""


class Misuse(SyncerError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = ExitCode.USAGE
