"""What a text may not contain, and what to write instead; one entry per code of the scanner."""

from collections.abc import Mapping
from typing import Final

from syncer.manifest.limits import Limits, raise_hint

# code -> (rule, hint)
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "YML-TAG": ("tags are not read: a value means what it shows", "remove the tag"),
    "YML-DIRECTIVE": (
        "every file is YAML 1.2; directives would give values another meaning",
        "remove the lines that begin with %",
    ),
    "YML-MULTIDOC": ("a file holds one document", "move what follows to a file of its own"),
    "YML-MERGE": ("merge keys hide which value wins", "use defaults: for shared values"),
    "YML-KEYTYPE": ("a key is text", "write the key as text, in quotes if it is empty"),
    "YML-DUP-KEY": ("a key stands once in its mapping", "remove or rename one of the two"),
    "MAN-ENUM-DUP": (
        '1 and "1" are the same state of an enum',
        "keep one text for each state",
    ),
    "YML-ALIAS": ("an alias repeats an anchor above it", "define the anchor first"),
    "YML-ALIAS-CYCLE": ("a value cannot contain itself", "write the value out"),
    "YML-ANCHOR": ("an anchor's name is given once in a file", "rename one of the anchors"),
    "YML-CTRL": (
        "control characters and private characters are not read",
        "leave the character out",
    ),
    "YML-BIDI": (
        "characters that turn the writing direction show reviewers another text",
        "leave the character out",
    ),
    "MAN-TYPE": ("numbers are finite", "leave the field out, or write the text in quotes"),
}


def limit_of(code: str, limits: Limits) -> tuple[str, str]:
    """Return rule and hint of a limit's code."""
    name, unit = _LIMITS[code]
    return f"the limit is {getattr(limits, name)} {unit}", raise_hint(name)


_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "LIM-DEPTH": ("depth", "levels"),
    "LIM-NODES": ("nodes", "keys and values a file"),
    "LIM-SCALAR": ("scalar", "characters a text"),
    "LIM-ANCHORS": ("anchors", "anchors a file"),
    "LIM-ALIAS": ("expanded", "repeated values a file"),
    "LIM-ALIASES": ("aliases", "aliases a file"),
}
