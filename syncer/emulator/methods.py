"""The table of methods: what each is called, since when, and what it may do.

In: a method name and a version. Out: the method. Names match in any case: API 1.0 wrote
`integration.Insert`, later ones `integration.insert`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from syncer.emulator.calls import Run
from syncer.emulator.publishing import publish_signals
from syncer.emulator.selecting import select_items, select_signals
from syncer.emulator.signals import insert, save_signals
from syncer.emulator.versions import Version

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API."""

    name: str
    run: Run
    since: Version
    positions: tuple[str, ...]
    """The parameters in the order that a positional call gives them."""
    is_write: bool = False
    most_bytes: int = 9 * MEBIBYTE

    @property
    def namespace(self) -> str:
        """The namespace, to which an integration needs access."""
        return self.name.partition(".")[0]


# Save requests end at 9 MiB, insert requests at 8 (docs.clarify.io, API 1.0 and 1.1beta1).
# assumed: positional parameters come in the order of the documentation's tables.
METHODS = (
    Method(
        "integration.insert",
        insert,
        Version.V1_0,
        ("integration", "data"),
        is_write=True,
        most_bytes=8 * MEBIBYTE,
    ),
    Method(
        "integration.saveSignals",
        save_signals,
        Version.V1_0,
        ("integration", "signalsByInput", "createOnly"),
        is_write=True,
    ),
    Method(
        "admin.selectSignals",
        select_signals,
        Version.V1_1_BETA1,
        ("integration", "query", "include", "format"),
    ),
    Method(
        "admin.publishSignals",
        publish_signals,
        Version.V1_1_BETA1,
        ("integration", "itemsBySignal", "createOnly"),
        is_write=True,
    ),
    Method(
        "clarify.selectItems",
        select_items,
        Version.V1_1_BETA1,
        ("query", "include", "format"),
    ),
)

# assumed: the pre-releases of 1.2 know the older names only.
_NAMES_OF_1_2: Mapping[str, str] = {
    "integration.signals.save": "integration.saveSignals",
    "admin.signals.select": "admin.selectSignals",
    "admin.signals.publish": "admin.publishSignals",
    "clarify.items.select": "clarify.selectItems",
}
_BY_NAME: Mapping[str, Method] = {method.name.lower(): method for method in METHODS}


def find_method(name: str, version: Version) -> Method | None:
    """Return the method that the version knows under the name."""
    wanted = name.lower()
    if version >= Version.V1_2:
        wanted = _NAMES_OF_1_2.get(wanted, wanted).lower()
    method = _BY_NAME.get(wanted)
    return method if method and version >= method.since else None
