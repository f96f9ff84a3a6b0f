"""`syncer fmt`: the canonical form of the project's files."""

import difflib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from syncer import durable
from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.diagnostics import Diagnostic, Location
from syncer.errors import ExitCode, ManifestError
from syncer.manifest import files
from syncer.manifest.editing import is_same
from syncer.manifest.formatting import canonical
from syncer.manifest.limits import Limits, read_limits
from syncer.manifest.project import PROJECT_FILE
from syncer.manifest.reading import scan
from syncer.manifest.settings import read_settings
from syncer.sinks import terminal


@dataclass(frozen=True, slots=True)
class _Formatted:
    """A file and what it would become."""

    path: str
    before: str
    after: str


@click.command("fmt", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 3 and name what would change.")
@click.option("--diff", is_flag=True, help="Write nothing; exit 3 and show what would change.")
@click.pass_obj
def command(app: App, paths: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Bring manifests into their canonical form.

    Comments, quotes, the order of keys and every value are kept. PATHs limit which of the project's
    files are looked at: manifests, _defaults.yaml and syncer.yaml. Files that are not valid YAML
    are reported and left alone, and the others are written all the same.
    """
    app.format("text")
    if check and diff:
        raise click.UsageError("--check and --diff exclude each other")
    limits = read_limits(os.environ)
    problems: list[Diagnostic] = []
    texts: dict[str, str] = {}
    count = changed = 0
    for path in _chosen(app, limits, paths):
        count += 1
        formatted = _format(app.root, path, limits, problems, texts)
        if formatted is None:
            continue
        changed += 1
        if diff:
            app.output.data("".join(_diff(formatted)))
        else:
            app.output.data(f"{'would format' if check else 'formatted'} {terminal(path)}\n")
            if not check:
                _write(app.root, formatted)
    app.output.say(_summary(count, changed, len({p.location for p in problems}), check or diff))
    if problems:
        raise ManifestError(*problems, texts=texts)
    return ExitCode.INVALID if changed and (check or diff) else ExitCode.OK


def _chosen(app: App, limits: Limits, paths: tuple[Path, ...]) -> list[str]:
    """Return the project's files that the paths mean; raises ManifestError without a project."""
    root = app.root
    data = files.read(root, PROJECT_FILE, limits)
    if isinstance(data, Diagnostic):
        raise ManifestError(data)
    scanned = scan(PROJECT_FILE, data, limits)
    if scanned.document is None:
        text = data.decode("utf-8", errors="replace")
        raise ManifestError(*scanned.findings, texts={PROJECT_FILE: text})
    settings = read_settings(scanned.document, limits)
    if settings.project is None:
        shown = {PROJECT_FILE: scanned.document.mask(settings.secrets)}
        raise ManifestError(*scanned.findings, *settings.findings, texts=shown)
    found = files.discover(root, settings.project.manifests, limits)
    if found.findings:
        raise ManifestError(*found.findings)
    names = sorted({PROJECT_FILE, *found.files, *found.defaults})
    if not paths:
        return names
    meant = [_in_project(path, app) for path in paths]
    return [name for name in names if any(_is_within(name, each) for each in meant)]


def _in_project(path: Path, app: App) -> str:
    """Return a path relative to the project; raises UsageError for one outside of it."""
    found = (app.start / path).resolve()
    root = app.root.resolve()
    if not found.exists():
        raise click.UsageError(f"there is no {str(path)!r}")
    if not found.is_relative_to(root):
        raise click.UsageError(f"{str(path)!r} is outside the project {app.root}; name it: -C DIR")
    return found.relative_to(root).as_posix()


def _is_within(name: str, meant: str) -> bool:
    return meant in (".", name) or name.startswith(f"{meant}/")


def _format(
    root: Path, path: str, limits: Limits, problems: list[Diagnostic], texts: dict[str, str]
) -> _Formatted | None:
    """Return what a file would become; None if nothing changes, or if it is left alone."""
    data = files.read(root, path, limits)
    if isinstance(data, Diagnostic):
        problems.append(data)
        return None
    scanned = scan(path, data, limits)
    text = data.decode("utf-8", errors="replace")
    if scanned.document is None or scanned.findings:
        problems.extend(scanned.findings)
        texts[path] = text.removeprefix("\ufeff")
        return None
    after = canonical(text)
    if after == text:
        return None
    read = scan(path, after.encode(), limits)
    if (
        read.document is None
        or read.findings
        or not is_same(read.document.value, scanned.document.value)
    ):
        problems.append(_unlike(path))
        return None
    return _Formatted(path, text, after)


def _unlike(path: str) -> Diagnostic:
    return Diagnostic(
        "FMT-MEANING",
        "the formatted text would say something else, so the file was left alone",
        Location(path),
        rule="formatting changes blanks and quotes, never a value",
        hint="this is a bug of syncer; please report it with the file",
    )


def _write(root: Path, formatted: _Formatted) -> None:
    """Replace the file, with the mode it has."""
    path = root / formatted.path
    mode = stat.S_IMODE(path.lstat().st_mode)
    durable.replace(path, formatted.after.encode(), mode=mode)


def _diff(formatted: _Formatted) -> Iterator[str]:
    """Yield a unified diff, each line of it safe to show."""
    yield f"--- {terminal(formatted.path)}\n+++ {terminal(formatted.path)}\n"
    before, after = (text.split("\n") for text in (formatted.before, formatted.after))
    for line in list(difflib.unified_diff(before, after, lineterm=""))[2:]:
        sign, rest = line[:1], terminal(line[1:])
        # `::` begins a command to GitHub's runner, behind blanks too.
        if rest.lstrip(" ").startswith("::"):
            rest = rest.replace("::", "\\x3a:", 1)
        yield f"{sign}{rest}\n"


def _summary(count: int, changed: int, wrong: int, is_dry: bool) -> str:
    noun = "file" if count == 1 else "files"
    told = f"{changed} would change" if is_dry else f"{changed} changed"
    return f"{count} {noun}: {told}" + (f", {wrong} with errors" if wrong else "") + "."
