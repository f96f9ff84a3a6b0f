"""`syncer emulator`: the embedded Clarify on a socket."""

import gc
import re
import secrets
import textwrap
from pathlib import Path
from typing import Final

import click

from syncer.cli.app import App
from syncer.cli.local import local_integration, opened
from syncer.cli.options import Command
from syncer.emulator.binding import is_loopback
from syncer.emulator.credentials import write_credentials
from syncer.emulator.injecting import ADMIN, FaultyService
from syncer.emulator.server import serve
from syncer.emulator.service import Service
from syncer.emulator.settings import Settings
from syncer.emulator.switches import SwitchError, list_switches, read_switches
from syncer.errors import ExitCode

_INTEGRATION: Final = re.compile(r"([a-v0-9]{20})(?:=([A-Za-z0-9][A-Za-z0-9._-]{0,63}))?")
_EXAMPLE: Final = {"c0000000000000000000": "emulator"}


@click.command("emulator", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=0,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the state in this file; without it, in memory.",
)
@click.option(
    "--credentials-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write credentials here: <name>.client-credentials.json and <name>.basic-auth.json.",
)
@click.option(
    "--integration",
    "integrations",
    envvar="SYNCER_EMULATOR_INTEGRATION",
    multiple=True,
    metavar="ID[=NAME]",
    help="Serve this integration too. Repeatable.",
)
@click.option(
    "--set",
    "settings",
    envvar="SYNCER_EMULATOR_SET",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change what is unknown about the service, or differs; `--set help` lists it. Repeatable.",
)
@click.option(
    "--enable-faults",
    is_flag=True,
    help="Take fault schedules at a second URL, which is printed too. On loopback only.",
)
@click.pass_obj
def command(
    app: App,
    host: str,
    port: int,
    db: Path | None,
    credentials_dir: Path | None,
    integrations: tuple[str, ...],
    settings: tuple[str, ...],
    enable_faults: bool,
) -> int:
    """Serve the embedded Clarify on a socket.

    Prints its URL as soon as it answers (with --enable-faults a second one, for schedules of
    faults: POST, GET and DELETE), and serves until SIGINT or SIGTERM. Inside a project the
    project's integrations are served: the IDs of its environments, or those of `local`.
    """
    app.format("text")
    if "help" in settings:
        app.output.data(_list_settings())
        return ExitCode.OK
    chosen = _read_settings(settings)
    path_token = _make_path_token(host) if enable_faults else ""
    gc.enable()  # unlike the other commands, this one lives long
    names = {**_of_project(app), **_named(integrations)} or _EXAMPLE
    path = None if db is None else app.start / db
    folder = None if credentials_dir is None else app.start / credentials_dir
    with opened(path) as store:
        served = [store.ensure_integration(remote, name) for remote, name in names.items()]

        def ready(url: str) -> None:
            if folder is not None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for integration in served:
                    write_credentials(folder, integration, url)
            lines = [url, f"{url.rstrip('/')}{ADMIN}{path_token}"] if path_token else [url]
            app.output.data("".join(f"{line}\n" for line in lines))

        service = Service(store, settings=chosen)
        if path_token:
            faulty = FaultyService(service, path_token=path_token)
            serve(faulty.finish, host=host, port=port, on_ready=ready, early=faulty.begin)
        else:
            serve(service.handle, host=host, port=port, on_ready=ready)
    return ExitCode.OK


def _read_settings(texts: tuple[str, ...]) -> Settings:
    """Return the emulator's settings; raises UsageError."""
    try:
        return read_switches(texts)
    except SwitchError as error:
        raise click.UsageError(f"--set: {error}") from error


def _list_settings() -> str:
    lines = []
    for switch in list_switches():
        lines.append(f"{switch.name}={switch.default}  ({switch.choices})\n")
        lines += [f"    {line}\n" for line in textwrap.wrap(switch.doc, 90)]
    return "".join(lines)


def _make_path_token(host: str) -> str:
    """Return what hides the fault schedules' URL; raises UsageError beyond loopback."""
    if not is_loopback(host):
        raise click.UsageError("--enable-faults: listen on loopback, for example 127.0.0.1")
    return secrets.token_urlsafe(16)


def _named(integrations: tuple[str, ...]) -> dict[str, str]:
    """Return names by ID; raises UsageError for what is no integration ID."""
    names = {}
    for text in integrations:
        found = _INTEGRATION.fullmatch(text)
        if found is None:
            raise click.UsageError(
                f"--integration {text!r} is not ID or ID=NAME: an ID is 20 of a-v and 0-9"
            )
        names[found[1]] = found[2] or found[1]
    return names


def _of_project(app: App) -> dict[str, str]:
    """Return the aliases of the project's integrations by ID; empty outside a project."""
    if app.found is None:
        return {}
    project, _ = app.project()
    environments = project.environments
    if not environments:
        return {local_integration(project.name, alias): alias for alias in project.integrations}
    return {
        integration.id: alias if len(environments) == 1 else f"{alias}-{name}"
        for name, environment in environments.items()
        for alias, integration in environment.integrations.items()
    }
