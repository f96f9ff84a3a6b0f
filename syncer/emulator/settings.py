"""The switches for everything on which public sources about the API differ.

In: nothing. Out: `Settings`, whose defaults follow the recorded behaviour of the live service
where there is some, and docs.clarify.io elsewhere.
"""

from dataclasses import dataclass
from enum import Enum


class ErrorStyle(Enum):
    """How `error.data` of invalid params looks."""

    PATH_ERRORS = "pathErrors"
    TRACE_AND_PARAMS = "params"


class UnsetDuration(Enum):
    """How a duration that is not set reads."""

    NULL = "null"
    ZERO = "PT0S"


class ClarifyGo(Enum):
    """When answers keep to what clarify-go can decode."""

    BY_USER_AGENT = "by user agent"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per question on which the sources differ."""

    error_style: ErrorStyle = ErrorStyle.PATH_ERRORS
    """pathErrors as answered by the service in 2026, or `trace` and `params` as documented."""

    unset_duration: UnsetDuration = UnsetDuration.NULL
    """null as documented, or PT0S as read from the service in 2026."""

    item_gap_detection: str = "PT960H"
    """The items' default: 40 days as documented, or PT1H30M as from API 1.2."""

    accepts_include: bool = False
    """Whether admin.selectSignals takes `include: ["item"]`, which the service refuses."""

    insert_delay_seconds: float = 0.0
    """How long inserted samples stay unreadable; the service needs up to a minute."""

    clarify_go: ClarifyGo = ClarifyGo.BY_USER_AGENT
    """clarify-go refuses unknown members: documented errors, two format keys, no organization."""

    token_lifetime_seconds: int = 86_400
    """How long an access token works: a day, or an hour, in the vendor's two mocks."""
