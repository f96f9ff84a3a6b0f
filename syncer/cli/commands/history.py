"""`syncer history`: the runs made here, what each did, and per resource the last one."""

import re
from collections.abc import Sequence

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.cli.states import open_state
from syncer.engine import journal
from syncer.engine.records import RunRecord
from syncer.engine.state import State, no_run
from syncer.errors import ExitCode
from syncer.plan.changes import Status
from syncer.sinks import terminal
from syncer.views import history
from syncer.views.history import BrokenRun, PastRun, Touched


@click.command("history", cls=Command)
@click.argument("what", metavar="[RUN|ADDRESS-GLOB]", required=False)
@click.pass_obj
def command(app: App, what: str | None) -> int:
    """List the runs made here, one run's changes, or per resource the last run.

    Without an argument: every run, newest first. RUN is one of their IDs: each of its resources,
    what became of it, and its fields before and after. An address glob, in which `*` matches any
    text, names resources: each is told with the run that touched it last.

    A run that says `interrupted` was killed, or is still running. Nothing is asked of Clarify and
    no credentials are needed; with SYNCER_STATE_URL the runs of the whole team are read.
    """
    is_json = app.format("text", "json") == "json"
    state = open_state(app)
    if what is None:
        runs = [_past(record) for record in reversed(journal.history(state))]
        text = history.runs_json(runs) if is_json else history.runs_text(runs)
    elif "/" in what or "*" in what:
        found = _last_runs(app, state, what)
        text = history.resources_json(found) if is_json else history.resources_text(found)
    else:
        run = _read(state, what)
        text = history.run_json(run) if is_json else history.run_text(run)
    app.output.data(text)
    return ExitCode.OK


def _read(state: State, run: str) -> PastRun:
    """Return the run; raises Misuse when there is none, SyncerError when it cannot be read."""
    record = journal.read_run(state, run)
    if record is None:
        raise no_run(run)
    return _past_run(record)


def _last_runs(app: App, state: State, glob: str) -> Sequence[tuple[PastRun, Touched]]:
    """Return the resources that the glob names, by address, each with its last run."""
    pattern = re.compile(".*".join(map(re.escape, glob.split("*"))), re.DOTALL)
    found: dict[str, tuple[PastRun, Touched]] = {}
    for run in map(_past, journal.history(state)):
        if isinstance(run, BrokenRun):
            app.output.say(terminal(f"warning: run {run.run} is left out: {run.message}"))
            continue
        for resource in run.resources:
            if pattern.fullmatch(resource.address):
                found[resource.address] = (run, resource)
    return [found[address] for address in sorted(found)]


def _past(record: RunRecord | journal.Broken) -> PastRun | BrokenRun:
    if isinstance(record, RunRecord):
        return _past_run(record)
    finding = record.finding
    line = finding.location.line if finding.location else 0
    return BrokenRun(record.run, finding.code, finding.summary, line)


def _past_run(record: RunRecord) -> PastRun:
    begin = record.begin
    return PastRun(
        run=begin.run,
        at=begin.at,
        who=begin.who,
        host=begin.host,
        command=begin.command,
        project=begin.project,
        environment=begin.environment,
        origin=begin.origin,
        commit=begin.commit,
        plan=begin.plan,
        planned=begin.counts,
        ended=record.end.status if record.end else "interrupted",
        resources=_touched(record),
    )


def _touched(record: RunRecord) -> tuple[Touched, ...]:
    """Return what became of each resource, by address; unknown where nobody was told."""
    intents, statuses = record.intents(), record.statuses()
    unresolved = {entry.address for entry in record.unresolved()}
    touched = []
    for address in sorted(intents.keys() | statuses.keys()):
        intent, result = intents.get(address), statuses.get(address)
        is_known = result is not None and address not in unresolved
        touched.append(
            Touched(
                address=str(address),
                action=intent.action if intent else (result.action if result else ""),
                status=result.status if result and is_known else Status.UNKNOWN.value,
                id=result.id if result else "",
                code=result.code if result and is_known else "",
                changed=intent.changed if intent else (),
            )
        )
    return tuple(touched)
