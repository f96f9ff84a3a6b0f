"""`syncer validate`: check the manifests, offline."""

from pathlib import Path

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import ExitCode
from syncer.views.findings import as_json, block, counted

_SHOWN = 100  # findings in the text; the rest is counted


@click.command("validate", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.pass_obj
def command(app: App, paths: tuple[Path, ...]) -> int:
    """Check the manifests, offline.

    The whole project is loaded; PATHs limit the report. Every finding of every file is told with
    its place, and nothing is sent anywhere. Exits 3 when anything is invalid.
    """
    form = app.format("text", "json")
    loaded = app.loaded
    limits = [_path_in_project(path, app) for path in paths]
    findings = [finding for finding in loaded.diagnostics if _is_within(finding, limits, app)]
    if form == "json":
        app.output.data(as_json(findings))
    else:
        for finding in findings[:_SHOWN]:
            app.output.data(block(finding, loaded.texts) + "\n\n")
        if len(findings) > _SHOWN:
            app.output.data(f"... and {len(findings) - _SHOWN} more findings\n")
        app.output.data(_summary(findings, len(loaded.desired.resources)))
    invalid = any(finding.severity is Severity.ERROR for finding in findings)
    return ExitCode.INVALID if invalid else ExitCode.OK


def _summary(findings: list[Diagnostic], resources: int) -> str:
    noun = "resource" if resources == 1 else "resources"
    return f"Checked {resources} {noun}: {counted(findings)}.\n"


def _path_in_project(path: Path, app: App) -> Path:
    """Return the resolved path; raises UsageError when limiting to it would check nothing."""
    found = (app.start / path).resolve()
    if not found.exists():
        raise click.UsageError(f"there is no {str(path)!r}")
    if not found.is_relative_to(app.root.resolve()):
        raise click.UsageError(f"{str(path)!r} is outside the project {app.root}; name it: -C DIR")
    return found


def _is_within(finding: Diagnostic, limits: list[Path], app: App) -> bool:
    if not limits or finding.location is None:
        return True
    file = (app.root / finding.location.file).resolve()
    return any(file.is_relative_to(limit) for limit in limits)
