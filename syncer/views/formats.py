"""Which formats a plan can be written in; also the choice that `--format` offers."""

from typing import Final

from syncer.plan import planfile
from syncer.plan.changes import Plan
from syncer.views.base import render
from syncer.views.markdown import MarkdownView
from syncer.views.text import TextView

PLAN_FORMATS: Final = ("text", "json", "markdown")


def write_plan(plan: Plan, form: str, *, verbose: bool, colour: bool) -> str:
    """Return the plan in this format, ending in a newline; JSON gives the plan file's bytes."""
    if form == "json":
        return planfile.dumps(plan)
    view = MarkdownView() if form == "markdown" else TextView(colour=colour)
    return "\n".join(render(plan, view, verbose=verbose)) + "\n"
