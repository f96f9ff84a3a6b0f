"""The plan as JSON: the members of a plan file, as its published schema has them.

Readers ignore members they do not know; a new major `format_version` is refused.
"""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

FORMAT_VERSION: Final = "1.0"

# syncer's verbs, and what each is in Terraform's words.
ActionWord = Literal["create", "update", "retire", "adopt"]
TerraformWord = Literal["create", "update"]
MoverWord = Literal["git", "live", "both", "first"]


class SourceDocument(TypedDict):
    """A place in a file, 1-based; line 0 is the file as a whole."""

    file: str
    line: int
    column: int


class FindingDocument(TypedDict):
    """A refusal or a warning: what, where, why and how to go on."""

    code: str
    severity: Literal["error", "warning"]
    summary: str
    rule: str
    hint: str
    source: SourceDocument | None


class FieldDocument(TypedDict):
    """One field, or one key of `labels` or `annotations`, that changes."""

    field: str
    before: object
    after: object
    moved: MoverWord
    meaning: bool
    source: SourceDocument | None


class ChangeDocument(TypedDict):
    """The change itself: `before` and `after` are the full views that a save replaces."""

    actions: list[TerraformWord]
    action: ActionWord
    before: Mapping[str, object] | None
    after: Mapping[str, object]
    after_unknown: Mapping[str, bool]
    changed: list[FieldDocument]


class ResourceChangeDocument(TypedDict):
    """One resource that changes."""

    address: str
    type: str
    name: str
    integration: str
    change: ChangeDocument
    meaning: bool
    reason: str
    source: SourceDocument


class NoteDocument(TypedDict):
    """One resource that is named and left alone."""

    address: str
    note: Literal["skip", "waiting"]
    reason: str
    owner: str
    changed: list[FieldDocument]
    source: SourceDocument


class SummaryDocument(TypedDict):
    """How many changes carry each action."""

    create: int
    update: int
    retire: int
    adopt: int


class ReleaseDocument(TypedDict):
    """Fields that syncer wrote and that no manifest names any more: they keep their values."""

    address: str
    fields: list[str]


class AllowancesDocument(TypedDict):
    """What the plan was allowed beyond its guards when it was made."""

    creates: int | None
    updates: int | None
    reverts: int | None
    retires: int | None
    new: list[str]
    protected: list[str]
    overwrite: list[str]
    take_ownership: list[str]
    empty: bool


@with_config(ConfigDict(strict=True))
class PlanDocument(TypedDict):
    """A saved plan; `-o json` prints the same bytes.

    `digest` is the SHA-256 of the same document with an empty digest.
    """

    format_version: str
    syncer_version: str
    kind: Literal["plan", "rollback"]
    environment: str
    origin: str
    integrations: Mapping[str, str]
    applyable: bool
    summary: SummaryDocument
    refusals: list[FindingDocument]
    warnings: list[FindingDocument]
    resource_changes: list[ResourceChangeDocument]
    notes: list[NoteDocument]
    released: list[ReleaseDocument]
    undeclared: list[str]
    allowances: AllowancesDocument
    undoes: str
    digest: str


def adapter() -> TypeAdapter[PlanDocument]:
    """Return what judges a plan file, and knows its JSON Schema."""
    return TypeAdapter(PlanDocument)


def plan_schema() -> dict[str, object]:
    """Return the JSON Schema of a plan file, 2020-12."""
    schema = adapter().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:clarify-syncer:schema:plan",
        **schema,
    }
