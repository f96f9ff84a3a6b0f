"""Config-as-code for Clarify: plan and apply signal and item metadata from YAML in Git.

The public library: `from syncer import Client, Signal, Item, DataFrame, Filter`. Names are loaded
on first use, so that importing the package alone costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from syncer.errors import AccessDenied, SyncerError, TransportError
    from syncer.providers.clarify.calculations import (
        Calculation,
        GroupAggregation,
        ItemAggregation,
    )
    from syncer.providers.clarify.filters import Filter
    from syncer.providers.clarify.frames import DataFrame
    from syncer.providers.clarify.library import Client
    from syncer.providers.clarify.models import Item, Signal
    from syncer.providers.clarify.partial import PartlyInserted, PartlyWritten
    from syncer.providers.clarify.refusals import ApiVersionError, InvalidInput
    from syncer.providers.clarify.results import (
        FrameSelection,
        SelectedItem,
        SelectedSignal,
        Selection,
    )
    from syncer.providers.clarify.wire import Saved
    from syncer.transport.failures import ApiRejection, BatchTooLarge, OutcomeUnknown

__all__ = [
    "AccessDenied",
    "ApiRejection",
    "ApiVersionError",
    "BatchTooLarge",
    "Calculation",
    "Client",
    "DataFrame",
    "Filter",
    "FrameSelection",
    "GroupAggregation",
    "InvalidInput",
    "Item",
    "ItemAggregation",
    "OutcomeUnknown",
    "PartlyInserted",
    "PartlyWritten",
    "Saved",
    "SelectedItem",
    "SelectedSignal",
    "Selection",
    "Signal",
    "SyncerError",
    "TransportError",
]

_HOMES: Final = {
    "syncer.errors": ("AccessDenied", "SyncerError", "TransportError"),
    "syncer.providers.clarify.calculations": ("Calculation", "GroupAggregation", "ItemAggregation"),
    "syncer.providers.clarify.filters": ("Filter",),
    "syncer.providers.clarify.frames": ("DataFrame",),
    "syncer.providers.clarify.library": ("Client",),
    "syncer.providers.clarify.models": ("Item", "Signal"),
    "syncer.providers.clarify.partial": ("PartlyInserted", "PartlyWritten"),
    "syncer.providers.clarify.refusals": ("ApiVersionError", "InvalidInput"),
    "syncer.providers.clarify.results": (
        "FrameSelection",
        "SelectedItem",
        "SelectedSignal",
        "Selection",
    ),
    "syncer.providers.clarify.wire": ("Saved",),
    "syncer.transport.failures": ("ApiRejection", "BatchTooLarge", "OutcomeUnknown"),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
