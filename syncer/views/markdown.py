"""Plans as a pull-request comment: Markdown in which no untrusted text is active."""

from typing import Final

from syncer.diagnostics import Diagnostic
from syncer.plan.changes import Plan
from syncer.sinks import code_span, markdown
from syncer.views.base import MOVED, Group
from syncer.views.values import edit

# An escaped symbol: `+` and `-` start list items, `~` starts a fence.
_SYMBOLS: Final = {
    "+": "**create** ",
    "~": "**update** ",
    "-": "**retire** ",
    "=": "**adopt** ",
    ">": "*skip* ",
    "?": "*waiting* ",
}


class MarkdownView:
    """The plan as GitHub-flavoured Markdown; every text that is not ours stands in a code span."""

    def heading(self, plan: Plan, story: str) -> str:
        """Return the story as a heading, with a marker that finds the comment again."""
        target = plan.target
        where = f"{markdown(target.environment)} at {markdown(target.origin)}"
        return f"<!-- syncer-plan -->\n### syncer plan: {story}\n\nEnvironment {where}"

    def section(self, title: str, remark: str) -> str:
        """Return the title, and the remark as a paragraph."""
        return f"\n#### {title}\n" + (f"\n{remark}\n" if remark else "")

    def entry(self, group: Group, *, lists_members: bool) -> str:
        """Return the group as a list item, its edits and members nested in it."""
        symbol = _SYMBOLS.get(group.symbol, "")
        title = markdown(group.title) if len(group.members) == 1 else group.title
        is_told = group.reason and group.symbol in ">? ="
        reason = f" ({markdown(group.reason)})" if is_told else ""
        lines = [f"- {symbol}{title}{reason}"]
        lines += [
            f"  - {markdown(a.name)} {code_span(edit(a, is_new=group.is_new))}"
            + MOVED.get(a.mover, "").replace("  ", " ")
            for a in group.attributes
        ]
        if lists_members:
            lines += [f"  - {markdown(str(address))}" for address in group.members]
        return "\n".join(lines)

    def more(self, count: int) -> str:
        """Return how many entries are left out."""
        return f"- ... and {count} more"

    def finding(self, finding: Diagnostic) -> str:
        """Return the finding as a list item, with place and remedy."""
        place = f" at {markdown(str(finding.location))}" if finding.location else ""
        remedy = f" Help: {markdown(finding.hint)}" if finding.hint else ""
        return f"- **{finding.code}** {markdown(finding.summary)}{place}{remedy}"

    def summary(self, text: str) -> str:
        """Return the closing line as a paragraph."""
        return f"\n**{text}**"
