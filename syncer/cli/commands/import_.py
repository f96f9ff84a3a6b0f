"""`syncer import`: undeclared live resources to YAML."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

import click

from syncer import durable
from syncer.cli.app import App
from syncer.cli.environments import announce, environment_name, open_session
from syncer.cli.options import Command
from syncer.diagnostics import Severity
from syncer.engine.drafts import Found, choose, draft
from syncer.engine.importing import Imported, Place, compose, summary
from syncer.engine.workflow import Session
from syncer.errors import ExitCode, Misuse
from syncer.manifest import layout
from syncer.manifest.limits import read_limits
from syncer.manifest.models import FOLLOWED
from syncer.manifest.project import PROJECT_FILE, Project
from syncer.plan import planner
from syncer.plan.changes import Plan
from syncer.plan.scope import chooser
from syncer.resources import Address, DesiredState
from syncer.sinks import json_text, quoted, terminal
from syncer.views.findings import block

_FIELDS: Final = (*FOLLOWED, "visible")
_MODE: Final = 0o644


@click.command("import", cls=Command)
@click.argument("globs", nargs=-1, required=True, metavar="GLOB...")
@click.option(
    "--fields", metavar="F,...", help="Write these fields alone: name,engUnit,labels for example."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder for the new files; that of the first `manifests` pattern unless said.",
)
@click.pass_obj
def command(app: App, globs: tuple[str, ...], fields: str | None, out: Path | None) -> int:
    """Write undeclared live resources as manifests.

    GLOBs are addresses in which `*` matches any text: "signals/stand/*". Each integration gets a
    new file; files that exist are never touched. Said is what differs from what a create would
    give, so the next plan has nothing to change. What a manifest cannot hold is left out and told.
    """
    form = app.format("text", "json")
    chosen_fields = _read_fields(fields)
    project, desired = _project(app)
    place = _place(app, project, out)
    with open_session(app, project, environment_name(project, app.settings.env)) as session:
        announce(app, session)
        needs = {kind for kind in session.reconciler.kinds if _may_match(globs, kind)}
        live = session.reconciler.read(_aliases(session), needs=needs)
        found = choose(live, desired, globs, session.excludes)
        kinds = session.reconciler.kinds
        drafts = [draft(each, live, kinds, chosen_fields) for each in found.chosen]
        limits = read_limits(os.environ)

        def plan(desired: DesiredState, scope: Collection[Address]) -> Plan:
            options = planner.Options(scope=scope)
            return planner.plan(desired, live, kinds, session.target, options)

        imported = compose(app.root, limits, drafts, place, plan)
    for finding in imported.left_out:
        app.output.say(block(finding, {}))
    _write(app.root, imported)
    app.output.data(_as_json(found, imported) if form == "json" else _as_text(found, imported))
    return ExitCode.OK


def _project(app: App) -> tuple[Project, DesiredState]:
    """Return a valid project; one that has no manifest yet is where importing begins."""
    loaded = app.loaded
    codes = {each.code for each in loaded.diagnostics if each.severity is Severity.ERROR}
    if loaded.project is not None and codes == {"MAN-NONE"}:
        return loaded.project, loaded.desired
    return app.project()


def _read_fields(text: str | None) -> Collection[str]:
    """Return the fields to write; none means all. Raises Misuse for an unknown one."""
    fields = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in fields:
        if name not in _FIELDS:
            raise Misuse.of(
                "CLI-FIELDS",
                f"--fields names {name!r}, which is no field",
                rule=f"fields are {', '.join(_FIELDS)}",
            )
    return fields


def _place(app: App, project: Project, out: Path | None) -> Place:
    """Return where new files go; raises Misuse for a folder that no pattern looks into."""
    folder, suffix = layout.default_place(project.manifests)
    root = app.root.resolve()
    if out is not None:
        path = Path(os.path.abspath(app.start.resolve() / out))  # noqa: PTH100 - `..` alone
        if not path.is_relative_to(root):
            raise _no_place(str(out), project, f"the folder lies outside the project {root}")
        folder = path.relative_to(root).as_posix().removeprefix(".")
    path = root / folder
    if path.resolve() != path or (path.exists() and not path.is_dir()):
        raise _no_place(folder, project, "the path is a symbolic link, or no folder")
    if not layout.is_meant(f"{folder}/a{suffix}".lstrip("/"), project.manifests):
        raise _no_place(folder or ".", project, f"no pattern means a new {suffix} file there")
    taken = {entry.name for entry in path.iterdir()} if path.exists() else set()
    return Place(folder, suffix, frozenset({PROJECT_FILE, *taken}))


def _no_place(folder: str, project: Project, why: str) -> Misuse:
    return Misuse(
        *Misuse.of(
            "CLI-OUT",
            f"new manifests cannot go to {folder!r}: {why}",
            rule=f"manifests are looked for at {', '.join(map(quoted, project.manifests))}",
            hint="name a folder of the project that a pattern means: --out DIR",
        ).findings
    )


def _aliases(session: Session) -> list[str]:
    """Return the integrations that the environment does not leave out altogether."""
    is_excluded = chooser(session.excludes)
    return [
        alias
        for alias in session.target.integrations
        if not all(is_excluded(Address(kind, alias, "\0")) for kind in session.reconciler.kinds)
    ]


def _may_match(globs: tuple[str, ...], kind: str) -> bool:
    """Whether an address of this kind could match one of the globs."""
    begins = (glob.partition("*")[0] for glob in globs)
    return any(f"{kind}/".startswith(begin) or begin.startswith(f"{kind}/") for begin in begins)


def _write(root: Path, imported: Imported) -> None:
    for name, text in imported.texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace(path, text.encode(), mode=_MODE)


def _as_text(found: Found, imported: Imported) -> str:
    lines = [f"  > {each.address} belongs to {each.owner}; left alone" for each in found.foreign]
    counts = summary(imported)
    for file, by_kind in counts.items():
        told = (f"{n} {kind if n != 1 else kind[:-1]}" for kind, n in by_kind.items() if n)
        lines.append(f"  + {file}  {', '.join(told)}")
    total = sum(n for by_kind in counts.values() for n in by_kind.values())
    lines.append(f"Imported: {total} {'resource' if total == 1 else 'resources'}.")
    if found.declared:
        lines[-1] += f" Declared already: {found.declared}."
    return "".join(f"{terminal(line)}\n" for line in lines)


def _as_json(found: Found, imported: Imported) -> str:
    return json_text(
        {
            "files": {
                file: [str(address) for address in addresses]
                for file, addresses in imported.addresses.items()
            },
            "declared": found.declared,
            "skipped": {str(each.address): each.owner for each in found.foreign},
            "left_out": [finding.summary for finding in imported.left_out],
        }
    )
