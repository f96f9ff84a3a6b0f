"""What the library refuses before it sends anything.

In: findings about arguments. Out: `InvalidInput`, which says all of them at once.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from syncer.diagnostics import Diagnostic
from syncer.errors import ExitCode, SyncerError

_SHOWN: Final = 5


class InvalidInput(SyncerError, ValueError):  # noqa: N818 - named for what happened
    """Nothing was sent: `findings` name each argument that breaks a rule, the rule, the remedy."""

    exit_code: ClassVar[ExitCode] = ExitCode.INVALID

    def __str__(self) -> str:
        return "\n".join(map(_tell, self.findings))


class ApiVersionError(InvalidInput):
    """Nothing was sent: the API version that the client speaks lacks what was asked for."""


def invalid(code: str, summary: str, rule: str = "", hint: str = "") -> InvalidInput:
    """Return the refusal for one finding."""
    return InvalidInput(Diagnostic(code, summary, rule=rule, hint=hint))


def refuse(findings: Iterable[Diagnostic]) -> None:
    """Raise InvalidInput when there are findings; of many, only the first few are kept."""
    found = tuple(findings)
    if len(found) > _SHOWN:
        more = Diagnostic("LIB-VALUE", f"and {len(found) - _SHOWN} more findings like these")
        found = (*found[:_SHOWN], more)
    if found:
        raise InvalidInput(*found)


def _tell(finding: Diagnostic) -> str:
    rule = f": {finding.rule}" if finding.rule else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.summary}{rule}{hint}"
