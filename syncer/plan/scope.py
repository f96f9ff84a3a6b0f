"""Which declared resources a plan is about: targets, exclusions and a filter.

In address globs `*` matches any text, `/` too.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from syncer.diagnostics import Diagnostic
from syncer.errors import Misuse
from syncer.resources import Address, Desired


def matching(pattern: str, resources: Mapping[Address, Desired]) -> frozenset[Address]:
    """Return the addresses that the pattern names: a glob, an address, a file or a folder."""
    glob = _compiled(pattern)
    folder = pattern.removeprefix("./").rstrip("/")
    return frozenset(
        address
        for address, resource in resources.items()
        if glob.fullmatch(str(address)) or _is_within(resource.locate(()).file, folder)
    )


def chooser(globs: Iterable[str]) -> Callable[[Address], bool]:
    """Return whether an address matches one of the address globs."""
    patterns = [_compiled(glob) for glob in globs]
    return lambda address: any(pattern.fullmatch(str(address)) for pattern in patterns)


def expand(
    patterns: Iterable[str], resources: Mapping[Address, Desired], option: str
) -> frozenset[Address]:
    """Return what the patterns match together; raises Misuse for one that matches nothing."""
    found: set[Address] = set()
    for pattern in patterns:
        addresses = matching(pattern, resources)
        if not addresses:
            raise Misuse(
                Diagnostic(
                    "CLI-TARGET",
                    f"{option} {pattern!r} matches nothing that the manifests declare",
                    rule="a target is an address glob, a manifest file or a folder",
                    hint=f'`*` matches any text: {option} "signals/stand/*"',
                )
            )
        found |= addresses
    return frozenset(found)


def narrow(
    resources: Mapping[Address, Desired],
    *,
    targets: Sequence[str] = (),
    excludes: Sequence[str] = (),
    keep: Callable[[Address], bool] | None = None,
    exists: Callable[[Address], bool] = lambda _: False,
) -> Collection[Address]:
    """Return the addresses a plan is about, with the signals that targeted items need.

    A signal that `exists` is needed no more: it counts as it is.
    """
    chosen = expand(targets, resources, "--target") if targets else frozenset(resources)
    if keep is not None:
        chosen = frozenset(address for address in chosen if keep(address))
    signals = {address._replace(kind="signals") for address in chosen} & resources.keys()
    chosen |= {signal for signal in signals if not exists(signal)}
    return chosen - expand(excludes, resources, "--exclude")


def _compiled(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, glob.split("*"))), re.DOTALL)


def _is_within(file: str, folder: str) -> bool:
    return file == folder or file.startswith(f"{folder}/")
