"""What an API must offer so that plans can be made and applied against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncer.kinds import Kind
from syncer.plan.changes import Change, Outcome
from syncer.resources import Address, LiveState


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one write may carry."""

    max_count: int
    max_bytes: int


class Reconciler(Protocol):
    """An API whose metadata can be read, and saved under keys of its own."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of resources it keeps, by name."""

    @property
    def limits(self) -> Limits:
        """How much one write may carry."""

    def read(self, integrations: Collection[str], *, needs: Collection[str] = ()) -> LiveState:
        """Return everything in these integrations.

        Raises SyncerError rather than return less than there is; but a kind that the credentials
        do not reach, and that is not among those `needs` names, is left out.
        """

    def reread(self, addresses: Collection[Address]) -> LiveState:
        """Return these resources alone, as they are at this moment; what is absent is left out."""

    def check_access(self, changes: Collection[Change]) -> None:
        """Raise AccessDenied when a credential is missing that writing these changes needs."""

    def size(self, change: Change) -> int:
        """Return the bytes that the change takes in a request."""

    def write(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> tuple[Outcome, ...]:
        """Return one outcome per change of one kind, integration and action, in their order.

        `ids` holds the IDs of resources that exist by now. Raises SyncerError when the request
        as a whole failed.
        """
