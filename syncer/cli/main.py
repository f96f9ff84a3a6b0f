"""The command line: the table of commands, and the one place where failures become exit codes.

Only click is imported here; a command's module is loaded when the command runs.
"""

import gc
import importlib
import signal
import sys
from types import FrameType
from typing import Final, NoReturn

import click

from syncer.cli import streams
from syncer.cli.options import global_options
from syncer.version import __version__

# name -> (module, first line of its help); a test compares the lines with the commands' own.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "adopt": ("adopt", "Mark live resources as the project's, and change nothing else."),
    "apply": ("apply", "Make the changes of a plan, and verify them by reading back."),
    "demo": ("demo", "Validate, plan and apply an example on an embedded Clarify."),
    "doctor": ("doctor", "Check what a plan needs: project, credentials, namespaces."),
    "drift": ("drift", "Show what others changed in Clarify."),
    "emulator": ("emulator", "Serve the embedded Clarify on a socket."),
    "evaluate": ("evaluate", "Evaluate formulas over items, a series for each alias."),
    "explain": ("explain", "Explain an error code, a field, or where a value comes from."),
    "force-unlock": ("force_unlock", "Forget the lock of a run that is gone."),
    "fmt": ("fmt", "Bring manifests into their canonical form."),
    "frame": ("frame", "Read the data of items, raw or rolled up."),
    "history": (
        "history",
        "List the runs made here, one run's changes, or per resource the last run.",
    ),
    "import": ("import_", "Write undeclared live resources as manifests."),
    "insert": (
        "insert",
        "Insert values from a CSV or JSON file into an integration's own signals.",
    ),
    "plan": ("plan", "Show what an apply would do now."),
    "pull": ("pull", "Take what others changed in Clarify into the manifests."),
    "rollback": ("rollback", "Take back what a run changed."),
    "schema": ("schema", "Print a JSON Schema: manifest, defaults, project or plan."),
    "select": ("select", "Query the metadata of live signals or items."),
    "show": ("show", "Print a saved plan in any format."),
    "validate": ("validate", "Check the manifests, offline."),
}


class LazyGroup(click.Group):
    """Commands whose modules are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, loading its module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"syncer.cli.commands.{COMMANDS[cmd_name][0]}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; raises UsageError with the nearest name."""
        name = args[0]
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches  # only a typing error pays for it

        near = get_close_matches(name, COMMANDS, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise click.UsageError(f"No such command {name!r}.{hint}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.command(
    cls=LazyGroup,
    params=global_options(),
    context_settings={"auto_envvar_prefix": "SYNCER", "help_option_names": ["-h", "--help"]},
    epilog="Global options are taken before and after the command. A command's own options have "
    "variables too, as SYNCER_PLAN_OUT for `plan --out`; what approves or allows has none.\n\n"
    "Exit codes: 0 ok, 1 error, 2 changes, 3 invalid, 4 partial, 5 refused, 6 auth, "
    "64 usage, 130 and 143 interrupted.",
)
@click.version_option(__version__, message="%(prog)s %(version)s", allow_from_autoenv=False)
def cli() -> None:
    """Config-as-code for Clarify: plan and apply metadata from YAML in Git."""


def run() -> NoReturn:
    """Run the command line and exit with its code."""
    # A command is a short process over trees without cycles: collecting only costs time.
    gc.disable()
    streams.fill()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as it is under nohup
            signal.signal(number, _terminate)
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; failures are told on stderr."""
    try:
        code = cli.main(args=arguments, prog_name="syncer", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - the boundary: every failure gets a code
        from syncer.cli.boundary import exit_code  # only failures pay for it

        return exit_code(error)
    return int(code or 0)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    # A terminal that is closed means the same as a request to end.
    raise SystemExit(128 + signal.SIGTERM)
