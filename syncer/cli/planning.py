"""What `plan` and its like share: options that narrow and allow, plan files, unfinished runs."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from syncer.cli.app import App
from syncer.diagnostics import Location
from syncer.engine.journal import Broken
from syncer.engine.records import RunRecord
from syncer.engine.workflow import Wishes
from syncer.errors import PlanRefused
from syncer.plan import planfile
from syncer.plan.changes import Allowances, Plan
from syncer.sinks import terminal
from syncer.views.findings import one_line

_MAX_BYTES: Final = 256 * 1024 * 1024


def wishes_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a plan or allow what it would refuse."""
    function = allowances_options(function)
    for option in reversed(_NARROWING):
        function = option(function)
    return function


def scope_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --target and --exclude."""
    for option in reversed(_SCOPING):
        function = option(function)
    return function


def allowances_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that allow what a plan would refuse."""
    for option in reversed(_ALLOWING):
        function = option(function)
    return function


def wishes_of(values: dict[str, Any]) -> Wishes:
    """Return the wishes from the values of those options."""
    return Wishes(
        targets=values["target"],
        excludes=values["exclude"],
        filter=values["filter"],
        create_only=values["create_only"],
        retire=values["retire"],
        allowances=allowances_of(values),
    )


def allowances_of(values: dict[str, Any]) -> Allowances:
    """Return what those options allow."""
    return Allowances(
        creates=values["allow_creates"],
        updates=values["allow_updates"],
        reverts=values["allow_reverts"],
        retires=values["allow_retires"],
        new=values["allow_new"],
        protected=values["allow_protected"],
        overwrite=values["overwrite"],
        take_ownership=values["take_ownership"],
        empty=values["allow_empty"],
    )


def tell_unfinished(app: App, runs: Collection[RunRecord | Broken]) -> None:
    """Say which earlier runs did not end; what they left is in the plan."""
    for run in runs:
        if isinstance(run, Broken):
            app.output.say(one_line(run.finding))
            continue
        told = f"{terminal(run.begin.run)} of {terminal(run.begin.who)}"
        app.output.say(
            f"Run {told} did not end, or still runs; the next apply closes it "
            f"(syncer history {terminal(run.begin.run)})"
        )


def read_plan(path: Path) -> Plan:
    """Return the plan in the file; raises PlanRefused (PLN-FORMAT) when it holds none."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise click.UsageError(f"there is no plan file {str(path)!r}") from None
    try:
        return planfile.loads(data.decode("ascii") if data.isascii() else "")
    except PlanRefused as refused:
        place = Location(str(path))
        raise PlanRefused(*(replace(f, location=place) for f in refused.findings)) from None


def _number(name: str, metavar: str, text: str) -> Callable[..., Any]:
    return click.option(
        name, type=click.IntRange(min=0), metavar=metavar, allow_from_autoenv=False, help=text
    )


def _globs(name: str, text: str) -> Callable[..., Any]:
    return click.option(
        name, multiple=True, metavar="GLOB", allow_from_autoenv=False, help=f"{text} Repeatable."
    )


_SCOPING: Final = (
    click.option(
        "--target",
        multiple=True,
        metavar="GLOB",
        help="Only what this address glob, manifest file or folder names, and what it needs. "
        "Repeatable; `*` matches any text.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="Leave this out; wins over --target. Repeatable.",
    ),
)
_NARROWING: Final = (
    *_SCOPING,
    click.option(
        "--filter", metavar="NAME", help="Only what this filter of the manifests selects."
    ),
    click.option("--create-only", is_flag=True, help="Only creates; what exists is left alone."),
    click.option(
        "--retire",
        multiple=True,
        metavar="GLOB",
        help="Hide these items, which the project owns and no manifest declares. Repeatable; "
        "--allow-retires says how many.",
    ),
)
_ALLOWING: Final = (
    _number("--allow-creates", "N", "Allow up to N creates of a kind in an integration."),
    _number("--allow-updates", "PERCENT", "Allow updates of so many percent of what is owned."),
    _number("--allow-reverts", "N", "Allow up to N reverts of what others changed."),
    _number("--allow-retires", "N", "Allow up to N items to be hidden."),
    _globs("--allow-new", "Create these signals although their keys resemble existing ones."),
    _globs("--allow-protected", "Allow changes of these protected resources."),
    _globs("--overwrite", "Let Git win where the manifests and Clarify both changed."),
    _globs(
        "--take-ownership",
        "Change these resources although another project or tool marked them.",
    ),
    click.option(
        "--allow-empty",
        is_flag=True,
        allow_from_autoenv=False,
        help="Believe an integration that answers with no signals.",
    ),
)
