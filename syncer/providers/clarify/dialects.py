"""API versions: what their methods are called, and the formats they are asked for.

In: the text of a version. Out: its `Dialect`. docs.clarify.io/api/1.1beta2/protocol/versioning.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from syncer import sinks
from syncer.errors import Misuse

_VERSION = re.compile(r"1\.(?:1(?:beta2)?|2(?:(?:alpha|beta)[1-9][0-9]?)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The methods and the formats of one API version."""

    version: str
    save_signals: str = "integration.saveSignals"
    publish_signals: str = "admin.publishSignals"
    select_signals: str = "admin.selectSignals"
    select_items: str = "clarify.selectItems"
    connect: str = ""  # which is since 1.2; empty before
    disconnect: str = ""

    @property
    def format(self) -> Mapping[str, object]:
        """The parameters that ask for rows in an array, with their hashes."""
        if self.version == "1.1beta2":
            return {"groupIncludedByType": True}
        wanted = {"dataAsArray": True, "groupIncludedByType": True}
        if self.version == "1.2":
            wanted["includeResourceHashFields"] = True
        return {"format": wanted}


def dialect(api_version: str) -> Dialect:
    """Return how to speak an API version; raises Misuse for one that is not spoken."""
    if _VERSION.fullmatch(api_version) is None:
        raise Misuse.of(
            "API-VERSION",
            f"API version {sinks.quoted(api_version)} is not supported",
            hint="Use 1.1, 1.1beta2, 1.2 or a pre-release of 1.2.",
        )
    if api_version == "1.2":
        return Dialect(
            api_version,
            "integration.signals.save",
            "admin.signals.publish",
            "admin.signals.select",
            "clarify.items.select",
            "admin.signals.connect",
            "admin.signals.disconnect",
        )
    if api_version.startswith("1.2"):
        links = {"connect": "admin.connectSignals", "disconnect": "admin.disconnectSignals"}
        return Dialect(api_version, **links)
    return Dialect(api_version)
