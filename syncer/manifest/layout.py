"""Which file holds which resource: names that are safe on every system, and inside the project."""

import hashlib
import re
from collections.abc import Collection, Iterable
from itertools import chain, count
from typing import Final

from syncer.manifest import globs
from syncer.resources import Address

_MOST: Final = 10_000  # resources in a file: several such files are read as fast as one
_LONGEST: Final = 100  # of a name's stem; systems allow 255 bytes
_WILD: Final = re.compile(r"[*?\[]")
# Names that Windows keeps for devices, whatever follows a dot.
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


def stems(names: Iterable[str]) -> dict[str, str]:
    """Return the stem of a file's name for each name; no two differ only in case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = _stem(name)
        if stem.casefold() in taken:
            stem = f"{stem}-{_digest(name)}"
        taken.add(stem.casefold())
        found[name] = stem
    return found


def free_name(stem: str, suffix: str, taken: Collection[str]) -> str:
    """Return the first name of a file that is not taken; case does not tell names apart."""
    known = {name.casefold() for name in taken}
    numbered = (f"-imported-{number}" for number in count(2))
    names = (f"{stem}{end}{suffix}" for end in chain(("", "-imported"), numbered))
    return next(name for name in names if name.casefold() not in known)


def portions(addresses: list[Address]) -> list[list[Address]]:
    """Return the addresses in as many portions as there are files for them."""
    return [addresses[start : start + _MOST] for start in range(0, len(addresses), _MOST)]


def default_place(patterns: tuple[str, ...]) -> tuple[str, str]:
    """Return the folder in which the first pattern looks for manifests, and their suffix."""
    *folders, last = patterns[0].split("/")
    fixed = []
    for folder in folders:
        if _WILD.search(folder):
            break
        fixed.append(folder)
    return "/".join(part for part in fixed if part != "."), (
        ".yml" if last.endswith(".yml") else ".yaml"
    )


def is_meant(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether the project's patterns mean a file; none of them means hidden ones."""
    states = globs.begin(patterns)
    for name in path.split("/"):
        if name.startswith("."):
            return False
        states = globs.advance(states, name)
    return globs.is_match(states)


def _stem(name: str) -> str:
    """Return a name with everything but letters, digits, - and _ as %XX."""
    stem = "".join(
        each
        if each.isascii() and (each.isalnum() or each in "-_")
        else "".join(f"%{byte:02X}" for byte in each.encode("utf-8", "surrogatepass"))
        for each in name
    )
    if len(stem) > _LONGEST or stem.casefold() in _RESERVED or not stem:
        return f"{stem[:_LONGEST]}-{_digest(name)}"
    return stem


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
