"""Inputs of a file that no manifest declares: each would be a new signal, which may be billed.

In: a reading, and what is declared. Out: the inputs, and findings about them. Core.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.samples.model import Reading
from syncer.sinks import quoted

_SHOWN: Final = 20  # comparing names takes time, and nobody reads hundreds


def find_undeclared(reading: Reading, declared: Collection[str]) -> list[str]:
    """Return the input IDs that are not declared, sorted."""
    return sorted(reading.samples.series.keys() - set(declared))


def tell_undeclared(
    reading: Reading, undeclared: list[str], declared: Collection[str], alias: str
) -> Iterator[Diagnostic]:
    """Yield a refusal for each, with the nearest declared name."""
    for key in undeclared[:_SHOWN]:
        near = get_close_matches(key, declared, 1)
        meant = f"did you mean {quoted(near[0])}? " if near else ""
        yield Diagnostic(
            "DAT-UNDECLARED",
            f"no manifest declares {quoted(f'signals/{alias}/{key}')}",
            reading.places.get(key),
            rule="inserting into an unknown input creates a signal, which cannot be deleted and "
            "may be billed",
            hint=f"{meant}If it is right, declare it, or give --allow-undeclared",
            width=len(key),
        )
    if len(undeclared) > _SHOWN:
        more = len(undeclared) - _SHOWN
        yield Diagnostic("DAT-UNDECLARED", f"and {more} more inputs that no manifest declares")
