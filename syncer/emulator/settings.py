"""The switches for everything on which public sources about the API differ, or say nothing.

In: nothing. Out: `Settings`, whose defaults follow the recorded behaviour of the live service
where there is some, and docs.clarify.io elsewhere. `switches` sets them from texts.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated


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

    BY_USER_AGENT = "by-user-agent"
    ALWAYS = "always"
    NEVER = "never"


class SaveAtomicity(Enum):
    """What a save does whose entries are not all valid."""

    WHOLE = "whole"
    PARTIAL = "partial"


class Throttle(Enum):
    """How a call above the rate limit is answered."""

    TOO_MANY_REQUESTS = "429"
    TRY_AGAIN = "-32015"


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per question on which the sources differ; each says what it is about."""

    error_style: Annotated[
        ErrorStyle,
        "How invalid params are told: pathErrors as answered by the service in 2026, or params "
        "(trace and params) as documented.",
    ] = ErrorStyle.PATH_ERRORS
    unset_duration: Annotated[
        UnsetDuration,
        "How an unset duration reads: null as documented, or PT0S as read from the service in "
        "2026.",
    ] = UnsetDuration.NULL
    item_gap_detection: Annotated[
        str,
        "The gapDetection of items saved without one: 40 days as documented, or PT1H30M as from "
        "API 1.2.",
    ] = "PT960H"
    accepts_include: Annotated[
        bool,
        'Whether admin.selectSignals takes include: ["item"], as documented; the service refused '
        "it in 2026.",
    ] = False
    save_atomicity: Annotated[
        SaveAtomicity,
        "What an invalid entry does to its save: whole refuses all entries, partial saves the "
        "others and answers -32021 with partialResult.",
    ] = SaveAtomicity.WHOLE
    updated_without_change: Annotated[
        bool,
        "Whether a save that changes nothing answers updated: true.",
    ] = False
    lists_skipped: Annotated[
        bool,
        "Whether results name the entries that createOnly left alone.",
    ] = True
    accepts_null_or: Annotated[
        bool,
        'Whether the filter {"$or": null}, which clarify-go sends for every $or, matches '
        "everything instead of being refused.",
    ] = False
    missing_differs: Annotated[
        bool,
        "Whether $ne and $nin match resources that do not have the field.",
    ] = True
    accepts_null_fields: Annotated[
        bool,
        "Whether null in a save means the default for every field, not only for durations.",
    ] = False
    sorts_labels: Annotated[
        bool,
        "Whether the values of a label are kept as a sorted set, or as they were sent.",
    ] = False
    always_counts: Annotated[
        bool,
        "Whether selections tell their total even when it was not asked for.",
    ] = False
    moves_connected: Annotated[
        bool,
        "Whether admin.signals.connect moves a signal that another item has, or refuses it.",
    ] = True
    serves_annotate: Annotated[
        bool,
        "Whether admin.signals.annotate exists, which only clarify-go's newest branch knows.",
    ] = True
    limits_windows: Annotated[
        bool,
        "Whether clarify.dataFrame and clarify.evaluate refuse windows above the documented "
        "limits; the service let longer ones pass in 2026.",
    ] = False
    insert_delay_seconds: Annotated[
        float,
        "How long inserted samples stay unreadable; the service needs up to a minute.",
    ] = 0.0
    requests_per_second: Annotated[
        float,
        "The calls that each integration may make in a second; 0 sets no limit. The service's "
        "documented limits are 1 (saves, inserts) and 10 (selects).",
    ] = 0.0
    throttle: Annotated[
        Throttle,
        "How a call above that limit is answered: HTTP 429 with Retry-After, or error -32015.",
    ] = Throttle.TOO_MANY_REQUESTS
    clarify_go: Annotated[
        ClarifyGo,
        "When answers keep to what clarify-go can decode, which refuses unknown members: "
        "documented errors, two format keys, no organization.",
    ] = ClarifyGo.BY_USER_AGENT
    token_lifetime_seconds: Annotated[
        int,
        "How long an access token works: a day, or an hour, in the vendor's two mocks.",
    ] = 86_400


DEFAULT_SETTINGS = Settings()
