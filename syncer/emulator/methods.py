"""The table of methods: what each is called, since when, and what it may do.

In: a method name and a version. Out: the method. Names match in any case: API 1.0 wrote
`integration.Insert`, later ones `integration.insert`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from syncer.emulator.annotating import annotate_signals
from syncer.emulator.calls import Run
from syncer.emulator.connecting import connect_signals, disconnect_signals
from syncer.emulator.dataframes import data_frame
from syncer.emulator.evaluating import evaluate
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
        "admin.connectSignals",
        connect_signals,
        Version.V1_2_BETA1,
        ("integration", "query", "item", "dryRun", "include", "format"),
        is_write=True,
    ),
    Method(
        "admin.disconnectSignals",
        disconnect_signals,
        Version.V1_2_BETA1,
        ("integration", "query", "dryRun", "include", "format"),
        is_write=True,
    ),
    # assumed: what answers to 1.2alpha1 answers to the later versions too.
    Method(
        "admin.signals.annotate",
        annotate_signals,
        Version.V1_2_BETA1,
        ("integration", "data", "format"),
        is_write=True,
    ),
    Method(
        "clarify.selectItems",
        select_items,
        Version.V1_1_BETA1,
        ("query", "include", "format"),
    ),
    Method(
        "clarify.dataFrame",
        data_frame,
        Version.V1_1_BETA2,
        ("query", "data", "include", "format"),
    ),
    Method(
        "clarify.evaluate",
        evaluate,
        Version.V1_1,
        ("items", "calculations", "data", "include", "format"),
    ),
)

# assumed: the pre-releases of 1.2 know the older names only.
_NAMES_OF_1_2: Mapping[str, str] = {
    "integration.signals.save": "integration.saveSignals",
    "admin.signals.select": "admin.selectSignals",
    "admin.signals.publish": "admin.publishSignals",
    "admin.signals.connect": "admin.connectSignals",
    "admin.signals.disconnect": "admin.disconnectSignals",
    "clarify.items.select": "clarify.selectItems",
}
_BY_NAME: Mapping[str, Method] = {method.name.lower(): method for method in METHODS}
_FULL_NAMES: Mapping[str, tuple[str, ...]] = {
    method.name: (method.name, *(new for new, old in _NAMES_OF_1_2.items() if old == method.name))
    for method in METHODS
}
SPELLINGS = tuple(
    spelling
    for names in _FULL_NAMES.values()
    for name in names
    for spelling in (name, name.partition(".")[2])
)
"""Every name of every method, with and without its namespace."""


def is_write(name: str) -> bool:
    """Tell whether a method of this name writes, in any version."""
    method = find_method(name, Version.V1_2)
    return method is not None and method.is_write


def find_spellings(name: str) -> frozenset[str]:
    """Return the names, in lower case, of the method that a request names; its own at least."""
    wanted = name.lower()
    for names in _FULL_NAMES.values():
        if wanted in {known.lower() for known in names}:
            return frozenset(
                spelling.lower() for known in names for spelling in (known, known.partition(".")[2])
            )
    return frozenset({wanted})


def find_method(name: str, version: Version) -> Method | None:
    """Return the method that the version knows under the name."""
    wanted = name.lower()
    if version >= Version.V1_2:
        wanted = _NAMES_OF_1_2.get(wanted, wanted).lower()
    method = _BY_NAME.get(wanted)
    return method if method and version >= method.since else None
