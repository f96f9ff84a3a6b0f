"""What `plan` and `apply` share: the options that narrow and allow, and plan files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from syncer.diagnostics import Location
from syncer.engine.workflow import Wishes
from syncer.errors import PlanRefused
from syncer.plan import planfile
from syncer.plan.changes import Plan

_MAX_BYTES: Final = 256 * 1024 * 1024


def wishes_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a plan or allow what it would refuse."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def wishes_of(values: dict[str, Any]) -> Wishes:
    """Return the wishes from the values of those options."""
    given = dict(values)
    return Wishes(targets=given.pop("target"), excludes=given.pop("exclude"), **given)


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


_OPTIONS: Final = (
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
    click.option(
        "--filter", metavar="NAME", help="Only what this filter of the manifests selects."
    ),
    click.option("--create-only", is_flag=True, help="Only creates; what exists is left alone."),
    click.option(
        "--allow-creates",
        type=click.IntRange(min=0),
        metavar="N",
        allow_from_autoenv=False,
        help="Allow up to N creates of a kind in an integration.",
    ),
    click.option(
        "--allow-empty",
        is_flag=True,
        allow_from_autoenv=False,
        help="Believe an integration that answers with no signals.",
    ),
    click.option(
        "--allow-protected",
        multiple=True,
        metavar="GLOB",
        allow_from_autoenv=False,
        help="Allow changes of these protected resources. Repeatable.",
    ),
    click.option(
        "--take-ownership",
        multiple=True,
        metavar="GLOB",
        allow_from_autoenv=False,
        help="Change these resources although another project or tool marked them. Repeatable.",
    ),
)
