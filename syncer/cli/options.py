"""The global options, taken before and after the command, and a command class that takes them."""

from typing import TYPE_CHECKING, Any, Final

import click

from syncer.cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS: Final = ("text", "json", "markdown", "csv", "parquet")
_META: Final = "syncer.settings"


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings of this run, shared by the group and its command."""
    found: Settings = ctx.find_root().meta.setdefault(_META, Settings())
    return found


def global_options(*, in_command: bool = False) -> list[click.Parameter]:
    """Return the global options; in a command they read no environment variables."""

    def option(*names: str, **settings: Any) -> click.Option:
        return click.Option(
            names,
            expose_value=False,
            callback=_store,
            allow_from_autoenv=not in_command,
            show_envvar=not in_command,
            **settings,
        )

    origins: dict[str, Any] = {} if in_command else {"envvar": "SYNCER_ALLOW_ORIGINS"}
    return [
        option("-C", "--chdir", metavar="DIR", help="Run as if started in DIR."),
        option("--env", metavar="NAME", help="The environment to talk to; `local` is built in."),
        option("-o", "--format", type=click.Choice(FORMATS), help="How to write the result."),
        option(
            "--color",
            type=click.Choice(("auto", "always", "never")),
            help="Whether to colour the output.",
        ),
        option("-q", "--quiet", is_flag=True, default=None, help="Say nothing but the result."),
        option("-v", "--verbose", is_flag=True, default=None, help="List what is folded."),
        option("--no-input", is_flag=True, default=None, help="Never ask; refuse instead."),
        option(
            "--allow-origin",
            metavar="URL",
            multiple=True,
            help="A further API origin that may receive credentials. Repeatable.",
            **origins,
        ),
    ]


def _store(ctx: click.Context, param: click.Parameter, value: object) -> None:
    settings = settings_of(ctx)
    if param.name == "allow_origin" and isinstance(value, tuple):
        settings.allow_origin += value
    elif value is not None and param.name is not None:
        setattr(settings, param.name, value)


class Command(click.Command):
    """A command that takes the global options too, listed apart in its help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_params: Sequence[click.Parameter] = tuple(self.params)
        self.params = [*self.params, *global_options(in_command=True)]

    def invoke(self, ctx: click.Context) -> object:
        """Run the command with an `App` as its object."""
        from syncer.cli.app import App  # not needed to print help

        ctx.obj = App(settings_of(ctx))
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then the global ones."""
        options = [param for param in self.own_params if isinstance(param, click.Option)]
        own = [option.get_help_record(ctx) for option in options]
        own.append(("-h, --help", "Show this message and exit."))
        shared = [param.get_help_record(ctx) for param in global_options(in_command=True)]
        for title, records in (("Options", own), ("Global options", shared)):
            rows = [record for record in records if record is not None]
            with formatter.section(title):
                formatter.write_dl(rows)
