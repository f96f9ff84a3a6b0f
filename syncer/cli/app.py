"""What every command has at hand: settings, output, the project folder and what it declares."""

import os
from functools import cached_property
from pathlib import Path

import click

from syncer.cli.interrupts import Stop
from syncer.cli.output import Output, redactor
from syncer.cli.settings import Settings
from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import ManifestError
from syncer.manifest.files import find_project
from syncer.manifest.limits import read_limits
from syncer.manifest.load import Loaded, load
from syncer.manifest.project import Project
from syncer.resources import DesiredState
from syncer.seams import SystemClock, system_rng
from syncer.views.findings import block


class App:
    """One run of one command."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redactor = redactor()
        self.stop = Stop()
        self.clock = SystemClock(self.stop)
        self.rng = system_rng()
        self.output = Output(self.redactor, color=settings.color, quiet=settings.quiet)

    @cached_property
    def start(self) -> Path:
        """The folder that the command was started for; raises UsageError if there is none."""
        folder = Path(self.settings.chdir)
        if not folder.is_dir():
            raise click.UsageError(f"no folder {self.settings.chdir!r} (-C)")
        return folder

    @cached_property
    def found(self) -> Path | None:
        """The project folder, looked for upwards to the Git root; None outside a project."""
        return find_project(self.start)

    @property
    def root(self) -> Path:
        """The project folder; raises ManifestError outside a project."""
        if self.found is None:
            raise ManifestError(
                Diagnostic(
                    "CLI-NO-PROJECT",
                    f"no syncer.yaml in {self.start.resolve()} or above it",
                    rule="commands work on the project of the folder they are started in",
                    hint="go to the project's folder, or name it: -C DIR",
                )
            )
        return self.found

    @cached_property
    def loaded(self) -> Loaded:
        """The project as it stands, with every finding; raises ManifestError if there is none."""
        return load(self.root, read_limits(os.environ))

    def project(self) -> tuple[Project, DesiredState]:
        """Return a valid project; warnings go to stderr, errors raise ManifestError."""
        loaded = self.loaded
        if loaded.diagnostics.has_errors or loaded.project is None:
            errors = [f for f in loaded.diagnostics if f.severity is Severity.ERROR]
            raise ManifestError(*errors, texts=loaded.texts)
        for finding in loaded.diagnostics:
            self.output.say(block(finding, loaded.texts))
        return loaded.project, loaded.desired

    def format(self, *offered: str) -> str:
        """Return the chosen format; raises UsageError if the command does not offer it."""
        chosen = self.settings.format
        if chosen not in offered:
            raise click.UsageError(f"this command writes {', '.join(offered)}, not {chosen}")
        return chosen
