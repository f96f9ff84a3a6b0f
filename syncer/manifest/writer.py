"""Manifests that nobody has written yet: values in, text out. The one home of ruamel.yaml.

ruamel.yaml lays the text out; how a text is quoted is decided by `quoting`, because its dumpers
lose U+0085 and write what other readers take for a number. Texts that exist are never written by
it: a round trip drops comments inside brackets and moves others.
"""

from collections.abc import Mapping
from io import StringIO
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from syncer.manifest.formatting import canonical
from syncer.manifest.quoting import is_safe_plain, quote
from syncer.resources import Value

_WIDEST: Final = 60  # of a mapping in brackets; a wider one gets a line for each key
_NEVER_FOLDED: Final = 1 << 24
_SECTIONS: Final = 2  # levels that are never in brackets: the sections, and the resources
_PLAIN_NUMBER: Final = 4  # digits of an enum key


def write_manifest(manifest: Mapping[str, Value]) -> str:
    """Return a manifest's text, in canonical form."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Emitter = _Emitter
    yaml.Representer = _Representer
    yaml.width = _NEVER_FOLDED
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_mapping(manifest, 0), stream)
    return canonical(stream.getvalue())


class _Emitter(RoundTripEmitter):
    """Quotes as `quoting` does, on one line."""

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """Write a text in double quotes."""
        self.write_indicator(quote(text), need_whitespace=True)


class _Representer(RoundTripRepresenter):
    """Writes null as a word."""

    def represent_null(self, data: None) -> ScalarNode:
        """Return the word."""
        node: ScalarNode = self.represent_scalar("tag:yaml.org,2002:null", "null")
        return node


_Representer.add_representer(type(None), _Representer.represent_null)


def _value(value: Value, depth: int) -> object:
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, list | tuple):
        entries = CommentedSeq(_value(each, depth + 1) for each in value)
        entries.fa.set_flow_style()
        return entries
    return _text(value) if isinstance(value, str) else value


def _mapping(value: Mapping[str, Value], depth: int) -> CommentedMap:
    mapping = CommentedMap({_key(key): _value(each, depth + 1) for key, each in value.items()})
    # Below the fields of a resource a short mapping stands in brackets.
    if not value or (depth > _SECTIONS and len(str(value)) <= _WIDEST):
        mapping.fa.set_flow_style()
    return mapping


def _key(key: str) -> object:
    """Return a key; the number of an enum text stays plain, which no reader takes amiss."""
    is_number = key.isascii() and key.isdigit() and len(key) <= _PLAIN_NUMBER
    return int(key) if is_number and str(int(key)) == key else _text(key)


def _text(text: str) -> str:
    return text if is_safe_plain(text, in_flow=True) else DoubleQuotedScalarString(text)
