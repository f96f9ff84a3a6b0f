"""The sections of a manifest as pydantic judges them; which keys are present is what is managed.

The docstrings below the fields are what the published JSON Schemas say of them.
"""

from functools import cache
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag, TypeAdapter, with_config
from typing_extensions import TypedDict

from syncer.manifest.formats import (
    Alias,
    Description,
    Duration,
    EnumKey,
    EnumText,
    FieldPath,
    InputId,
    MapKey,
    Name,
    Pattern,
    Rule,
    SignalAddress,
    Unit,
    VocabularyKey,
)

_STRICT = ConfigDict(strict=True, extra="forbid")

# Sections that a manifest will have, and what they are; today each is refused by name.
LATER: Final = {"sources": "tables", "publish": "publish rules"}

# The keys of a resource that are no fields of it.
BESIDE: Final = frozenset({"createOnly", "lifecycle", "follow", "signals"})

ItemField: TypeAlias = Literal[
    "name",
    "description",
    "engUnit",
    "labels",
    "annotations",
    "valueType",
    "sourceType",
    "enumValues",
    "sampleInterval",
    "gapDetection",
]
# What `follow: all` means: every field but `visible`, which signals do not have.
FOLLOWED: Final[tuple[str, ...]] = get_args(ItemField)

Follow: TypeAlias = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[list[ItemField], Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "all"),
    Rule("MAN-VALUE", "follow is a list of fields, or all"),
]


@with_config(_STRICT)
class Lifecycle(TypedDict, total=False):
    """How a resource is treated, beside its fields."""

    manage: Literal["declared", "full", "observe"]
    """declared: the fields that are said. full: the rest goes to the API's default. observe: compared and reported, never written."""  # noqa: E501

    ignore: list[FieldPath]
    """Fields, and keys like labels.site, that are never compared and never changed."""

    exact: list[Literal["labels", "annotations"]]
    """Fields whose keys that nobody declares are removed."""

    protected: bool
    """Refuse any change until --allow-protected names the resource."""


@with_config(_STRICT)
class Signal(TypedDict, total=False):
    """A signal: what is said is managed, what is left out keeps its live value."""

    name: Name
    """What people read, 1 to 128 characters."""

    description: Description
    """A longer text, up to 1000 characters."""

    engUnit: Unit
    """The engineering unit of the values: kPa, °C, m3/h."""

    labels: dict[MapKey, list[str]]
    """Values by label key, managed key by key; an empty list removes the key."""

    annotations: dict[MapKey, str]
    """Texts for programs by key, managed key by key; an empty text removes the key."""

    valueType: Literal["numeric", "enum"]
    """Whether values are numbers, or states with a text each."""

    sourceType: Literal["measurement", "aggregation", "prediction"]
    """Whether values are measured, aggregated or predicted."""

    enumValues: dict[EnumKey, EnumText]
    """The text of each state, 0 to 9999; replaced as a whole."""

    sampleInterval: Duration
    """The time between samples as a fixed duration, PT15M; null is unset."""

    gapDetection: Duration
    """The silence after which a line is broken, as a fixed duration; null is unset."""

    createOnly: bool
    """Create the resource if it is absent, never update it."""

    lifecycle: Lifecycle
    """How the resource is treated, beside its fields."""


@with_config(_STRICT)
class Item(Signal, total=False):
    """An item, published from the signal of the same input ID."""

    visible: bool
    """Whether people see the item; a new item is visible unless false is said."""

    follow: Follow
    """The fields that equal the signal's, or all of them; a field that is said wins."""

    signals: list[SignalAddress]
    """Addresses of further signals behind the item: signals/<integration>/<input id>."""


@with_config(_STRICT)
class Defaults(TypedDict, total=False):
    """Values for every resource below; a resource's own value wins."""

    signals: Signal
    """Defaults of signals."""

    items: Item
    """Defaults of items."""


@with_config(_STRICT)
class DefaultsFile(Defaults, total=False):
    """A _defaults.yaml: values for every manifest in its folder and below."""

    schema_: Annotated[object, Field(alias="$schema")]
    """The JSON Schema for editors; ignored."""


@with_config(_STRICT)
class LabelRule(TypedDict, total=False):
    """What a label key may have; the key "*" stands for every key that is not listed."""

    description: Description
    """What the label is for."""

    values: list[str]
    """The only values that are allowed."""

    pattern: Pattern
    """A regular expression (RE2) that must be found in each value; ^ and $ make it the whole."""

    required: list[Literal["signals", "items"]]
    """The kinds whose declared resources must have the label."""

    deny: bool
    """Only at the key "*": refuse label keys that are not listed."""


@with_config(_STRICT)
class Manifest(TypedDict, total=False):
    """A manifest of syncer."""

    schema_: Annotated[object, Field(alias="$schema")]
    """The JSON Schema for editors; ignored."""

    integration: Alias
    """The alias of the integration; may be left out when the project has one."""

    defaults: Defaults
    """Values for every resource of this file."""

    signals: dict[InputId, Signal]
    """Signals by input ID."""

    items: dict[InputId, Item]
    """Items by the input ID of the signal they are published from."""

    labels: dict[VocabularyKey, LabelRule]
    """The vocabulary: which labels resources may have, for all manifests."""

    filters: dict[MapKey, dict[str, object]]
    """Named resource filters, in the API's filter language, for all manifests."""


@cache
def manifest_adapter() -> TypeAdapter[Manifest]:
    """Return the judge of manifests; built on first use, it costs milliseconds."""
    return TypeAdapter(Manifest)


@cache
def defaults_adapter() -> TypeAdapter[DefaultsFile]:
    """Return the judge of `_defaults.yaml`."""
    return TypeAdapter(DefaultsFile)
