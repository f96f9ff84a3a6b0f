"""What a pull takes into the manifests, and what it leaves, as text, JSON and a diff."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncer.diagnostics import Diagnostic, Location
from syncer.plan.changes import AttributeChange, Target
from syncer.resources import Address
from syncer.sinks import json_text, terminal
from syncer.views.findings import as_document, block
from syncer.views.values import edit

_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class Taken:
    """One value that goes into the manifests: what it replaces, and where it goes."""

    address: Address
    change: AttributeChange
    place: Location


def pulls_text(
    target: Target, taken: Sequence[Taken], left: Sequence[Diagnostic], *, is_dry: bool
) -> str:
    """Return a line for each value that is taken, why others are left, and the counts."""
    lines = [f"Environment {terminal(target.environment)} at {terminal(target.origin)}"]
    lines += [""] if taken else []
    lines += [
        f"  {terminal(str(each.address))}  {terminal(each.change.name)} {_edit(each)}"
        f"  ({terminal(str(each.place))})"
        for each in taken
    ]
    for finding in left:
        lines += ["", block(finding, {})]
    return "\n".join((*lines, "", _summary(taken, left, is_dry=is_dry), ""))


def pulls_json(
    target: Target, taken: Sequence[Taken], left: Sequence[Diagnostic], *, is_dry: bool
) -> str:
    """Return the same as a JSON object."""
    return json_text(
        {
            "format_version": _VERSION,
            "environment": target.environment,
            "origin": target.origin,
            "written": bool(taken) and not is_dry,
            "pulled": [_document(each) for each in taken],
            "left": list(map(as_document, left)),
        }
    )


def diff_text(path: str, before: str, after: str) -> str:
    """Return the unified diff of a file, each line of it safe to show."""
    return "".join(_diff(path, before, after))


def _diff(path: str, before: str, after: str) -> Iterator[str]:
    yield f"--- {terminal(path)}\n+++ {terminal(path)}\n"
    old, new = before.split("\n"), after.split("\n")
    for line in list(difflib.unified_diff(old, new, lineterm=""))[2:]:
        sign, rest = line[:1], terminal(line[1:])
        # `::` begins a command to GitHub's runner, behind blanks too.
        if rest.lstrip(" ").startswith("::"):
            rest = rest.replace("::", "\\x3a:", 1)
        yield f"{sign}{rest}\n"


def _edit(taken: Taken) -> str:
    """Return what happens to the line: what Git says, and what it will say."""
    return edit(_turned(taken.change), is_new=False)


def _turned(change: AttributeChange) -> AttributeChange:
    return replace(change, before=change.after, after=change.before)


def _summary(taken: Sequence[Taken], left: Sequence[Diagnostic], *, is_dry: bool) -> str:
    if not taken and not left:
        return "Nothing to pull. Nobody changed what syncer applied."
    files = len({each.place.file for each in taken})
    what = f"{_counted(len(taken), 'value')} into {_counted(files, 'file')}" if taken else "nothing"
    told = f" Left: {len(left)}, told above." if left else ""
    return f"{'Would pull' if is_dry else 'Pulled'} {what}.{told}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _document(each: Taken) -> dict[str, object]:
    place = each.place
    return {
        "address": str(each.address),
        "field": each.change.name,
        "git": each.change.after,
        "live": each.change.before,
        "file": place.file,
        "line": place.line,
        "column": place.column,
    }
