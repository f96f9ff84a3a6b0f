"""Select views: how a stored resource is shown, by version.

In: a row and a shape. Out: JSON text, put together from the texts that were encoded at the save.
Sources: docs.clarify.io/api/1.1/types/views and the shapes of the vendor's contract tests.
"""

from dataclasses import dataclass

from syncer.emulator.records import Kind, Row
from syncer.emulator.timestamps import write_timestamp
from syncer.emulator.versions import Version
from syncer.emulator.views import hash_text


@dataclass(frozen=True, slots=True)
class Shape:
    """How resources are shown in one answer."""

    version: Version
    organization: str = ""
    """Shown as a relationship when not empty."""
    has_hashes: bool = True
    is_flat: bool = False
    zero_durations: bool = False


def show_resource(kind: Kind, row: Row, shape: Shape) -> str:
    """Return the resource as JSON text."""
    attributes, attributes_hash = _show_attributes(row, shape)
    relationships = _show_relationships(kind, row, shape)
    meta = f'"annotations":{row.annotations}'
    if shape.version <= Version.V1_1_BETA1:
        # assumed: contentHash is what attributesHash became.
        meta += f',"contentHash":"{attributes_hash}"'
    elif shape.has_hashes:
        meta += f',"attributesHash":"{attributes_hash}"'
        meta += f',"relationshipsHash":"{hash_text(relationships)}"'
    meta += f',"createdAt":"{write_timestamp(row.created_at)}"'
    meta += f',"updatedAt":"{write_timestamp(row.updated_at)}"'
    head = f'"type":"{kind.value}","id":"{row.id}"'
    if shape.is_flat:
        # assumed: flat means that meta, attributes and relationships lose their own objects.
        inner = relationships[1:-1]
        return f"{{{head},{meta},{attributes[1:-1]}{',' if inner else ''}{inner}}}"
    tail = f'"meta":{{{meta}}},"attributes":{attributes}'
    if shape.version >= Version.V1_1_BETA2:
        tail += f',"relationships":{relationships}'
    return f"{{{head},{tail}}}"


def hash_relationships(row: Row) -> str:
    """Return the relationshipsHash of a signal as API 1.1 shows it."""
    return hash_text(_show_relationships(Kind.SIGNAL, row, Shape(Version.V1_1)))


def _show_attributes(row: Row, shape: Shape) -> tuple[str, str]:
    text = row.attributes
    # A quote inside a JSON string is escaped, so these texts can only be members; and they are
    # the first of their name, as strings cannot be null and labels come later.
    if shape.zero_durations:
        for name in ("sampleInterval", "gapDetection"):
            text = text.replace(f'"{name}":null', f'"{name}":"PT0S"', 1)
    if shape.version <= Version.V1_1_BETA1:
        text = text.replace('"valueType":', '"type":', 1)
    return text, row.attributes_hash if text is row.attributes else hash_text(text)


def _show_relationships(kind: Kind, row: Row, shape: Shape) -> str:
    shown: list[str] = []
    if kind is Kind.SIGNAL and shape.version >= Version.V1_1:
        shown.append(_show_relationship("integration", "integrations", row.integration))
    if kind is Kind.SIGNAL:
        shown.append(_show_relationship("item", "items", row.item))
    if shape.organization:
        shown.append(_show_relationship("organization", "organizations", shape.organization))
    return f"{{{','.join(shown)}}}"


def _show_relationship(name: str, kind: str, target: str | None) -> str:
    # IDs need no escape.
    data = f'{{"type":"{kind}","id":"{target}"}}' if target else "null"
    return f'"{name}":{{"data":{data}}}'
