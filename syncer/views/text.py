"""Plans for a terminal or a log: one record a line, coloured only when asked."""

from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.plan.changes import Plan
from syncer.sinks import terminal
from syncer.views.base import MOVED, Group
from syncer.views.findings import one_line
from syncer.views.values import edit

# Foreground colours of ECMA-48, by the symbol that a line starts with.
_COLOURS: Final = {"+": "32", "~": "33", "-": "31", "=": "32", "!": "31", ">": "36", "?": "36"}


class TextView:
    """The plan as plain text. Every line of an entry starts with a character of ours."""

    def __init__(self, *, colour: bool = False) -> None:
        self._colour = colour

    def heading(self, plan: Plan, story: str) -> str:
        """Return `Environment prod at https://api.clarify.io/v1/: 2 to create`."""
        target = plan.target
        return f"Environment {terminal(target.environment)} at {terminal(target.origin)}: {story}"

    def section(self, title: str, remark: str) -> str:
        """Return the title after an empty line."""
        return f"\n{title}. {remark}".rstrip() if remark else f"\n{title}"

    def entry(self, group: Group, *, lists_members: bool) -> str:
        """Return the group, its one edit on the same line or its edits below."""
        lines = [f"  {self._paint(group.symbol)} {terminal(group.title)}"]
        edits = [
            (a.name, edit(a, is_new=group.is_new) + MOVED.get(a.mover, ""))
            for a in group.attributes
        ]
        if group.reason and (not edits or group.symbol in ">?"):
            lines[0] += f"  {terminal(group.reason)}"
        if len(edits) == 1:
            name, text = edits[0]
            lines[0] += f"  {terminal(name)} {text}"
        elif edits:
            width = max(len(name) for name, _ in edits)
            lines += [f"      {terminal(name):<{width}}  {text}" for name, text in edits]
        if lists_members:
            lines += [f"      - {terminal(str(address))}" for address in group.members]
        return "\n".join(lines)

    def more(self, count: int) -> str:
        """Return how many entries `-v` would add."""
        return f"    ... and {count} more (-v lists them)"

    def finding(self, finding: Diagnostic) -> str:
        """Return the finding in one line, and its remedy in the next."""
        lines = [f"  {self._paint('!')} {one_line(finding)}"]
        if finding.hint:
            lines.append(f"      help: {terminal(finding.hint)}")
        return "\n".join(lines)

    def summary(self, text: str) -> str:
        """Return the closing line after an empty one."""
        return f"\n{text}"

    def _paint(self, symbol: str) -> str:
        colour = _COLOURS.get(symbol) if self._colour else None
        return f"\x1b[{colour}m{symbol}\x1b[0m" if colour else symbol
