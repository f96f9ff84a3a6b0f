"""`syncer doctor`: what a plan would need, looked at piece by piece."""

import os
import platform
from pathlib import Path
from typing import Final

import click

from syncer.cli.app import App
from syncer.cli.environments import environment_name, one_origin, open_clients, open_keyring
from syncer.cli.keyring import COMMON, Keyring
from syncer.cli.local import LOCAL, open_local_clients
from syncer.cli.options import Command
from syncer.cli.probing import ADMIN, ERRORS, Wanted, check_all, find_wanted, probe
from syncer.cli.states import FOLDER, URL_VARIABLE, lock_folders, open_state
from syncer.diagnostics import Diagnostic
from syncer.errors import AccessDenied, ExitCode, SyncerError
from syncer.manifest.project import DEFAULT_API_VERSION, PROJECT_FILE, Project
from syncer.version import __version__
from syncer.views.checkups import Checked, Checkup, State, checkup_json, checkup_text
from syncer.views.findings import counted

_SECONDS: Final = 20.0  # that the calls of one credential may take


@click.command("doctor", cls=Command)
@click.pass_obj
def command(app: App) -> int:
    """Check what a plan needs: project, credentials, namespaces.

    Tells for each credential of the environment where it comes from, whose it is, which namespaces
    it has, and how many signals and items it sees. Writes nothing to Clarify, so the namespace
    "integration", which every integration has for its own signals, is not probed. Everything is
    checked, whatever is found; the exit code is the one that a plan would end with.
    """
    form = app.format("text", "json")
    found: list[Diagnostic] = []
    facts = {"syncer": f"{__version__} on Python {platform.python_version()}, {platform.system()}"}
    if app.found is None:
        found.append(_no_project(app))
        credentials = _check_common(app, found)
    else:
        facts["project"] = str(app.root.resolve() / PROJECT_FILE)
        _look_at_state(app, facts, found)
        credentials = _check_project(app, facts, found)
    checkup = Checkup(facts, credentials, tuple(found))
    app.output.data(checkup_json(checkup) if form == "json" else checkup_text(checkup))
    return _exit_code(checkup)


def _check_project(app: App, facts: dict[str, str], found: list[Diagnostic]) -> tuple[Checked, ...]:
    loaded = app.loaded
    facts["manifests"] = f"{len(loaded.desired.resources)} resources, {counted(loaded.diagnostics)}"
    if loaded.diagnostics.has_errors:
        summary = f"the project is not valid: {counted(loaded.diagnostics)}"
        found.append(Diagnostic("CLI-PROJECT", summary, hint="syncer validate tells each"))
    if loaded.project is None:
        return _check_common(app, found)
    name = environment_name(loaded.project, app.settings.env)
    needs_items = any(address.kind == "items" for address in loaded.desired.resources)
    facts["environment"] = name
    if name == LOCAL:
        return _check_local(app, loaded.project, found)
    return _check_environment(app, loaded.project, name, found, needs_items=needs_items)


def _check_environment(
    app: App, project: Project, name: str, found: list[Diagnostic], *, needs_items: bool
) -> tuple[Checked, ...]:
    environment = project.environments[name]
    ids = {alias: integration.id for alias, integration in environment.integrations.items()}
    wanted = find_wanted(_keyring(app, found), environment)
    keys = {each.key for each in wanted if each.key is not None}
    if len({key.credentials.origin for key in keys}) > 1:
        try:
            one_origin(keys)
        except AccessDenied as error:
            found += error.findings
    with open_clients(app, environment.api_version, _SECONDS) as client:
        return check_all(wanted, client, ids, needs_items=needs_items)


def _check_common(app: App, found: list[Diagnostic]) -> tuple[Checked, ...]:
    """Return what the common credentials can do for their own integration."""
    try:
        key = _keyring(app, found).common()
    except AccessDenied as error:
        key, wanted = None, Wanted(ADMIN, COMMON, None, error=error)
    else:
        if key is None:
            return ()
        wanted = Wanted(ADMIN, key.label, key)
    ids = {key.credentials.integration: key.credentials.integration} if key else {}
    with open_clients(app, DEFAULT_API_VERSION, _SECONDS) as client:
        return check_all([wanted], client, ids, needs_items=False)


def _check_local(app: App, project: Project, found: list[Diagnostic]) -> tuple[Checked, ...]:
    """Return what the embedded Clarify holds; it is not made when it is not there."""
    if not (app.root / FOLDER / "local.db").exists():
        return ()
    try:
        with open_local_clients(app, project) as (target, clients):
            return tuple(
                probe(
                    client,
                    {alias: target.integrations[alias]},
                    Checked(LOCAL, (alias,), State.ACCEPTED),
                    ERRORS,
                )
                for alias, client in clients.items()
            )
    except SyncerError as error:
        found += error.findings
        return ()


def _no_project(app: App) -> Diagnostic:
    return Diagnostic(
        "CLI-NO-PROJECT",
        f"no {PROJECT_FILE} in {app.start.resolve()} or above it",
        hint="go to the project's folder, or name it: -C DIR",
    )


def _keyring(app: App, found: list[Diagnostic]) -> Keyring:
    return open_keyring(app, found.append)


def _look_at_state(app: App, facts: dict[str, str], found: list[Diagnostic]) -> None:
    """Tell where runs are remembered and locked; what cannot be used is a finding."""
    places = {"state": app.root / FOLDER}
    if os.environ.get(URL_VARIABLE):
        facts["runs"] = f"in the database of {URL_VARIABLE}"
        try:
            open_state(app).runs()
        except SyncerError as error:
            found += error.findings
    else:
        places |= dict(zip(("locks",), lock_folders(os.environ), strict=False))
    for name, folder in places.items():
        shown = str(folder.absolute())
        if not _is_writable(folder):
            hint = "apply keeps its journal and its lock there: make it a folder you may write to"
            found.append(Diagnostic("CLI-STATE", f"{shown} cannot be written to", hint=hint))
        facts[name] = shown if folder.exists() else f"{shown}, not made yet"


def _is_writable(folder: Path) -> bool:
    """Return whether the folder, or the nearest one above it that exists, can be written to."""
    nearest = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _exit_code(checkup: Checkup) -> ExitCode:
    """Return what a plan would end with: the project is read first, then the credentials."""
    codes = {finding.code for finding in checkup.errors}
    if codes & {"CLI-NO-PROJECT", "CLI-PROJECT"}:
        return ExitCode.INVALID
    if any(code.startswith("CRD-") for code in codes):
        return ExitCode.AUTH
    return ExitCode.ERROR if codes else ExitCode.OK
