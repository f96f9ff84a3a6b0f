"""Runs that were made, and what each did to its resources, as text and JSON.

In: runs, newest first. Out: a line for each, one run with its resources, or resources with the run
that touched each last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncer.plan.changes import AttributeChange
from syncer.resources import Value
from syncer.sinks import json_text, leading, terminal
from syncer.views.values import edit

_VERSION: Final = "1.0"
_SHORT_COMMIT: Final = 12
_FIRST: Final = ("done", "failed", "unknown")  # always told; other statuses where there are any


@dataclass(frozen=True, slots=True)
class Touched:
    """What a run did to one resource; `changed` holds field, before and after."""

    address: str
    action: str
    status: str
    id: str
    code: str
    changed: tuple[tuple[str, Value, Value], ...]


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run: who made it, how much was planned by verb, and what came of it by status."""

    run: str
    at: str
    who: str
    host: str
    command: str
    project: str
    environment: str
    origin: str
    commit: str
    plan: str
    planned: Mapping[str, int]
    ended: str  # complete, partial, recovered, or interrupted where nothing says so
    resources: tuple[Touched, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many resources have each status."""
        statuses = [resource.status for resource in self.resources]
        return {name: statuses.count(name) for name in (*_FIRST, *sorted({*statuses} - {*_FIRST}))}


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """A run whose journal cannot be read, with the line that is not as it was written."""

    run: str
    code: str
    message: str
    line: int


def runs_text(runs: Sequence[PastRun | BrokenRun]) -> str:
    """Return a line for each run, in columns, and their count."""
    rows = [_row(run) for run in runs]
    columns = range(len(rows[0])) if rows else range(0)
    widths = [max(len(row[column]) for row in rows) for column in columns]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows]
    return "".join(lines) + _counted(len(runs))


def runs_json(runs: Sequence[PastRun | BrokenRun]) -> str:
    """Return the runs as a JSON object, without their resources."""
    return json_text({"format_version": _VERSION, "runs": [_document(run) for run in runs]})


def run_text(run: PastRun) -> str:
    """Return one run with its resources, and what changed in each."""
    planned = ", ".join(f"{count} to {terminal(verb)}" for verb, count in run.planned.items())
    told = {
        "command": run.command,
        "environment": f"{run.environment} ({run.origin})",
        "project": run.project,
        "by": f"{run.who} on {run.host}",
        "at": run.at,
        "commit": run.commit,
        "plan": run.plan,
        "planned": planned,
        "ended": run.ended,
    }
    head = "".join(f"  {name:<12} {terminal(text)}\n" for name, text in told.items() if text)
    body = "".join(_resource(resource) for resource in run.resources)
    return f"Run {terminal(run.run)}\n{head}\n{body}{_told_counts(run)}\n"


def run_json(run: PastRun) -> str:
    """Return one run with its resources as a JSON object."""
    resources = [_resource_document(resource) for resource in run.resources]
    document = {**_document(run), "resources": resources}
    return json_text({"format_version": _VERSION, "run": document})


def resources_text(resources: Sequence[tuple[PastRun, Touched]]) -> str:
    """Return each resource with the run that touched it last."""
    lines = []
    for run, resource in resources:
        lines.append(_resource(resource))
        lines.append(f"      run {terminal(run.run)}, {terminal(run.at)}, by {terminal(run.who)}\n")
    noun = "resource" if len(resources) == 1 else "resources"
    return "".join(lines) + f"{len(resources)} {noun}\n"


def resources_json(resources: Sequence[tuple[PastRun, Touched]]) -> str:
    """Return each resource with the run that touched it last, as a JSON object."""
    documents = [
        {**_resource_document(resource), "run": _document(run)} for run, resource in resources
    ]
    return json_text({"format_version": _VERSION, "resources": documents})


def _row(run: PastRun | BrokenRun) -> tuple[str, ...]:
    if isinstance(run, BrokenRun):
        told = f"broken: {run.code}: {run.message}"
        return (leading(run.run), *[""] * 5, terminal(told))
    cells = (run.at, run.who, run.command, run.environment, run.commit[:_SHORT_COMMIT])
    return (leading(run.run), *map(terminal, cells), f"{_told_counts(run)}, {terminal(run.ended)}")


def _told_counts(run: PastRun) -> str:
    return ", ".join(f"{count} {terminal(name)}" for name, count in run.counts.items())


def _counted(count: int) -> str:
    return f"{count} run\n" if count == 1 else f"{count} runs\n"


def _resource(resource: Touched) -> str:
    words = [word for word in (resource.address, resource.status, resource.code) if word]
    lines = ["  " + "  ".join([leading(resource.action), *map(terminal, words)]) + "\n"]
    for name, before, after in resource.changed:
        attribute = AttributeChange(tuple(name.split(".", 1)), before, after)
        told = edit(attribute, is_new=resource.action == "create")
        lines.append(f"      {leading(name)}  {told}\n")
    return "".join(lines)


def _document(run: PastRun | BrokenRun) -> dict[str, object]:
    if isinstance(run, BrokenRun):
        broken = {"code": run.code, "message": run.message, "line": run.line}
        return {"run": run.run, "ended": "broken", **broken}
    return {
        "run": run.run,
        "at": run.at,
        "who": run.who,
        "host": run.host,
        "command": run.command,
        "project": run.project,
        "environment": run.environment,
        "origin": run.origin,
        "commit": run.commit,
        "plan": run.plan,
        "planned": dict(run.planned),
        "counts": run.counts,
        "ended": run.ended,
    }


def _resource_document(resource: Touched) -> dict[str, object]:
    changed = [
        {"field": name, "before": before, "after": after}
        for name, before, after in resource.changed
    ]
    return {
        "address": resource.address,
        "action": resource.action,
        "status": resource.status,
        "id": resource.id,
        "code": resource.code or None,
        "changed": changed,
    }
