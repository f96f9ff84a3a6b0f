"""Whether a new key looks like one that exists: a typing slip, or a renaming that would bill twice.

Tags are numbered, so `pump-101` and `pump-102` are two things however close their spelling is.
Keys are alike when they have the same numbers and hardly differ in their words.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, TypeAlias

_SEPARATORS: Final = re.compile(r"[-_:.#+/]")
_NUMBERS: Final = re.compile(r"[0-9]+")
_ALIKE: Final = 0.75  # of the letters
_MOST_COMPARED: Final = 200  # spellings with the same numbers; beyond it, only names count

_Numbers: TypeAlias = tuple[int, ...]


def fold(key: str) -> str:
    """Return the key without case and separators: `Pump-01/T` and `pump.01_t` fold alike."""
    return _SEPARATORS.sub("", key).casefold()


class Likeness:
    """Keys to compare with, and the name that each resource bears."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._spellings: dict[_Numbers, dict[str, str]] = {}
        self._named: dict[tuple[_Numbers, str], str] = {}
        for key in sorted(names):
            numbers = _numbers(key)
            self._spellings.setdefault(numbers, {}).setdefault(_words(key), key)
            self._named.setdefault((numbers, names[key]), key)

    def find(self, key: str, name: str) -> str:
        """Return the key that this one most resembles; empty when it resembles none."""
        numbers, words = _numbers(key), _words(key)
        spellings = self._spellings.get(numbers, {})
        if len(spellings) <= _MOST_COMPARED:
            ratio, closest = max(
                ((_ratio(words, others), others) for others in spellings),
                key=lambda each: each[0],
                default=(0.0, ""),
            )
            if ratio >= _ALIKE:
                return spellings[closest]
        has_own_name = bool(name) and name != key
        return self._named.get((numbers, name), "") if has_own_name else ""


def folded(keys: Iterable[str]) -> dict[str, str]:
    """Return the keys by their folded forms; of several, the first in order."""
    return {fold(key): key for key in sorted(keys, reverse=True)}


def _numbers(key: str) -> _Numbers:
    return tuple(int(digits) for digits in _NUMBERS.findall(key))


def _words(key: str) -> str:
    return _NUMBERS.sub("", fold(key))


@lru_cache(maxsize=100_000)  # plants name their thousands of tags in few words
def _ratio(words: str, others: str) -> float:
    """Return how much of their letters two spellings share, or 0 when it is too little."""
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _ALIKE:
        return 0.0
    return matcher.ratio()
