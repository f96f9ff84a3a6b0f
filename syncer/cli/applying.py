"""What `apply`, `adopt` and `rollback` share: asking, running a plan, telling what came of it."""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import click

from syncer.cli.app import App
from syncer.cli.interrupts import graceful
from syncer.engine.apply import Order, Recovered, apply_plan
from syncer.engine.workflow import Planned, Session
from syncer.errors import ExitCode, PlanRefused
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.resources import Address
from syncer.sinks import json_text, terminal
from syncer.views.formats import write_plan
from syncer.views.outcomes import report_json, report_text

_SHOWN: Final = 5
_WORDS: Final = {
    Status.DONE.value: "written",
    Status.UNSENT.value: "not written",
    Status.MOVED.value: "changed by others since",
}


def show(app: App, planned: Planned, form: str, *, is_reviewed: bool = False) -> None:
    """Show what will be done, of a saved plan only the first line: somebody has read it.

    It goes to stderr when stdout is for the report alone.
    """
    colour = app.output.colour and form == "text"
    text = write_plan(planned.plan, "text", verbose=app.settings.verbose, colour=colour)
    if is_reviewed and not planned.plan.refusals:
        flags = planned.plan.allowances.flags
        if flags:
            app.output.say(f"Allowed: {terminal(', '.join(flags))}")
        text = text.partition("\n")[0] + "\n"
    if form == "text":
        app.output.data(text)
    else:
        app.output.say(text.rstrip("\n"))
    for title, addresses in (
        ("Made already", planned.done),
        ("Pending, and not in this plan", planned.pending),
    ):
        if addresses:
            app.output.say(f"{title}: {_listed(addresses)}")


def tell_recovered(app: App, recovered: Collection[Recovered]) -> None:
    """Say what became of the requests that earlier runs had in flight when they ended."""
    for each in recovered:
        counts = {
            words: [entry.address for entry in each.settled if entry.status == status]
            for status, words in _WORDS.items()
        }
        told = "; ".join(
            f"{words}: {_listed(addresses)}" for words, addresses in counts.items() if addresses
        )
        app.output.say(
            f"Run {terminal(each.run.begin.run)} was cut off; "
            f"{told or 'it had nothing in flight'}. What is left is planned again."
        )


def ask(app: App) -> None:
    """Return when the plan is approved; raises PlanRefused for any answer but `yes`."""
    can_ask = sys.stdin.isatty() and sys.stderr.isatty() and not app.settings.no_input
    if can_ask:
        click.echo("\nDo you want to make these changes? Only 'yes' approves: ", nl=False, err=True)
        if sys.stdin.readline().strip() == "yes":
            return
    raise PlanRefused.of(
        "APP-NOT-APPROVED",
        "the plan was not approved" if can_ask else "nobody can be asked to approve the plan",
        rule="changes are made only after approval",
        hint="apply a saved plan, or give --auto-approve",
    )


def run_plan(app: App, planned: Planned, session: Session, order: Order) -> Report:
    """Return what came of the plan; a first signal stops it after the request in flight."""
    with (
        _progress(len(planned.plan.changes)) as on_outcome,
        graceful(app.output.say, app.stop) as stop,
    ):
        return apply_plan(planned, session, replace(order, stops=stop, on_outcome=on_outcome))


def finish(app: App, report: Report, form: str) -> int:
    """Tell what came of each change, and return the exit code; raises what went wrong.

    Where stdout cannot take the report, stderr has it.
    """
    told = report_json(report) if form == "json" else report_text(report)
    for line in report.unwritten:
        app.output.error(f"Not in the journal: {json_text(json.loads(line), indent=None).rstrip()}")
    try:
        app.output.data(told)
    except OSError:
        app.output.error(told.rstrip("\n"))
        if report.error is None:
            raise
    error = report.error
    if error is not None and report.is_stopped:
        for finding in error.findings:
            app.output.error(terminal(finding.summary))
        return app.stop.exit_code
    if error is not None:
        raise error
    return ExitCode.OK


@contextmanager
def _progress(length: int) -> Iterator[Callable[[Outcome], None]]:
    """Yield what counts outcomes: a bar on stderr when that is a terminal."""
    if not sys.stderr.isatty() or not length:
        yield lambda _: None
        return
    with click.progressbar(length=length, label="Applying", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)


def _listed(addresses: Collection[Address]) -> str:
    shown = ", ".join(terminal(str(address)) for address in list(addresses)[:_SHOWN])
    more = len(addresses) - _SHOWN
    return shown + (f" and {more} more" if more > 0 else "")
