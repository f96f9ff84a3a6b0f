"""One call of a method: who calls, with which parameters, by the rules of which version.

In: what the envelope and the headers said. Out: `Call`, the one argument of every method.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from syncer.emulator import formats
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import JsonValue
from syncer.emulator.problems import Fault, Problem, Problems, RpcError, group_problems
from syncer.emulator.records import Integration, Kind
from syncer.emulator.settings import Settings
from syncer.emulator.store import Store
from syncer.emulator.versions import Version


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `now` in microseconds since 1970."""

    method: str
    params: Mapping[str, JsonValue]
    version: Version
    caller: Integration
    for_clarify_go: bool
    store: Store
    settings: Settings
    now: int

    @property
    def moment(self) -> int:
        """Now, cut to the milliseconds that resources show."""
        return self.now - self.now % 1000


@dataclass(frozen=True, slots=True)
class Partial:
    """The result of a save that refused some of its entries: it is kept, and told as an error."""

    result: str
    """JSON text."""
    kind: Kind
    refused: tuple[tuple[Problem, ...], ...]

    def describe(self) -> dict[str, object]:
        """Return the members of the error's data beside the result."""
        # assumed: the members are those of clarify-go's jsonrpc package; which of them the
        # service fills is not public.
        found = [
            {
                "type": self.kind.value,
                "message": "invalid",
                "invalidFields": group_problems(problems),
            }
            for problems in self.refused
        ]
        return {"invalidResources": found}


Run: TypeAlias = Callable[[Call], str | Partial]
"""A method: it answers with the JSON text of its result, or raises RpcError."""


def read_params(call: Call) -> Fields:
    """Return a reader for the parameters, with a fresh list for findings."""
    return Fields(dict(call.params), "params", Problems())


def read_own_integration(fields: Fields, call: Call) -> str:
    """Return the parameter `integration`; raises RpcError when it is not the caller."""
    integration = _read_integration(fields)
    if integration and integration != call.caller.id:
        raise RpcError(Fault.FORBIDDEN)
    return integration


def read_any_integration(fields: Fields, call: Call) -> str:
    """Return the parameter `integration`, which must be one of the organisation's."""
    integration = _read_integration(fields)
    if integration and call.store.integration(integration) is None:
        # assumed: the service's own words for this are not public.
        fields.note("integration", "not found")
    return integration


def _read_integration(fields: Fields) -> str:
    if not fields.require("integration"):
        return ""
    integration = fields.text("integration")
    if not formats.is_id(integration):
        fields.note("integration", "must match ^[a-v0-9]{20}$")
        return ""
    return integration
