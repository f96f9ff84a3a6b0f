"""What selects answer, typed: signals and items as read, selections, data with its items.

In: rows of checked shape. Out: frozen values; times are in UTC. A value that the API does not
answer, as old versions do, is None or empty. docs.clarify.io/api/1.1/types/views.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, overload

from syncer.errors import TransportError
from syncer.providers.clarify.frames import DataFrame
from syncer.providers.clarify.models import Item, Signal
from syncer.providers.clarify.moments import moment_text, read_moment
from syncer.providers.clarify.refusals import InvalidInput
from syncer.providers.clarify.wire import ItemRow, Json, SignalRow


@dataclass(frozen=True, slots=True)
class ResourceMeta:
    """What the service keeps about a signal or item beside its attributes."""

    annotations: Mapping[str, str]
    created_at: datetime | None
    updated_at: datetime | None
    attributes_hash: str
    relationships_hash: str


@dataclass(frozen=True, slots=True)
class SelectedSignal:
    """A signal as read. `attributes` can be saved again as they are, annotations included."""

    id: str
    input: str
    attributes: Signal
    meta: ResourceMeta
    item_id: str | None  # of the item that it is published as
    integration_id: str | None

    def view(self) -> Json:
        """Return the fields that a filter may name."""
        return {"id": self.id, "input": self.input, **_view(self.attributes, self.meta)}


@dataclass(frozen=True, slots=True)
class SelectedItem:
    """An item as read. `attributes` can be published again as they are, annotations included."""

    id: str
    attributes: Item
    meta: ResourceMeta

    def view(self) -> Json:
        """Return the fields that a filter may name."""
        return {"id": self.id, **_view(self.attributes, self.meta)}


@dataclass(frozen=True, slots=True)
class Meta:
    """About a selection: `total` counts everything that the filter means, read or not."""

    total: int


@dataclass(frozen=True, slots=True)
class Included:
    """The items that a selection's rows are related to, each once, by ID."""

    items: tuple[SelectedItem, ...] = ()


ResourceT = TypeVar("ResourceT", SelectedSignal, SelectedItem)


@dataclass(frozen=True, slots=True)
class Selection(Generic[ResourceT]):
    """Selected signals or items; iterates, counts and indexes its `data`."""

    data: tuple[ResourceT, ...]
    meta: Meta
    included: Included = Included()

    def __iter__(self) -> Iterator[ResourceT]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, at: int) -> ResourceT: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ResourceT, ...]: ...
    def __getitem__(self, at: int | slice) -> ResourceT | tuple[ResourceT, ...]:
        return self.data[at]


@dataclass(frozen=True, slots=True)
class FrameSelection:
    """Data of items: `data` is a DataFrame, `meta.total` counts the items that the filter means."""

    data: DataFrame
    meta: Meta
    included: Included = Included()


def selected_signal(row: SignalRow) -> SelectedSignal:
    """Return a row of selectSignals as a program reads it."""
    with _answers():
        attributes = Signal.from_row(row.fields)
        meta = _meta(row, attributes)
    return SelectedSignal(row.id, row.input, attributes, meta, row.item_id, row.integration_id)


def selected_item(row: ItemRow) -> SelectedItem:
    """Return a row of selectItems as a program reads it."""
    with _answers():
        attributes = Item.from_row(row.fields)
        meta = _meta(row, attributes)
    return SelectedItem(row.id, attributes, meta)


@contextmanager
def _answers() -> Iterator[None]:
    """Blame the API, not the caller, for values that cannot be read."""
    try:
        yield
    except InvalidInput as error:
        summary = f"the API's answer: {error.findings[0].summary}"
        raise TransportError.of("API-SHAPE", summary) from None


def _meta(row: SignalRow | ItemRow, attributes: Signal | Item) -> ResourceMeta:
    relations = row.meta.get("relationshipsHash")
    return ResourceMeta(
        attributes.annotations,
        _time(row.meta.get("createdAt")),
        _time(row.meta.get("updatedAt")),
        row.hash,
        relations if isinstance(relations, str) else "",
    )


def _time(value: object) -> datetime | None:
    return read_moment(value, "the answer") if value else None


def _view(attributes: Signal | Item, meta: ResourceMeta) -> Json:
    times = {"createdAt": meta.created_at, "updatedAt": meta.updated_at}
    known = {name: moment_text(time) for name, time in times.items() if time is not None}
    return {**attributes.to_json(), "annotations": meta.annotations, **known}
