"""From any failure to an exit code, with the failure told on stderr.

Expected failures say what, where, why and how. Anything else is a bug in syncer: it leaves a
report file without secrets, and never a traceback on the terminal.
"""

import os
import re
import sys
import tempfile
import traceback
from typing import Final

import click

from syncer.cli.output import redactor
from syncer.cli.streams import abandon
from syncer.errors import ExitCode, ManifestError, SyncerError
from syncer.sinks import terminal
from syncer.views.findings import block

# A signal that comes while pydantic builds a validator is told as the last line of its SchemaError.
_STOPPED: Final = re.compile(r"\n\s*(?:KeyboardInterrupt|SystemExit): ?(\d*)\s*\Z")


def exit_code(error: BaseException) -> int:
    """Tell the failure on stderr and return the exit code for it."""
    try:
        return _tell(error)
    except BrokenPipeError:
        return _abandon_output()


def _tell(error: BaseException) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ExitCode.ERROR
    if isinstance(error, click.ClickException):
        # Values of the command line stand in it; click gives it to nobody but its constructor.
        vars(error)["message"] = terminal(error.message)
        error.show()
        return ExitCode.USAGE
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _error("interrupted")
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return _abandon_output()
    if isinstance(error, SyncerError):
        texts = error.texts if isinstance(error, ManifestError) else {}
        for finding in error.findings:
            _error(block(finding, texts))
        return error.exit_code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _error(f"error[CLI-IO]: {terminal(where)}{terminal(error.strerror or str(error))}")
        return ExitCode.ERROR
    stop = _STOPPED.search(str(error))
    if stop is not None:
        return _tell(SystemExit(int(stop[1])) if stop[1] else KeyboardInterrupt())
    _report_bug(error)
    return ExitCode.ERROR


def _report_bug(error: BaseException) -> None:
    text = redactor().redact("".join(traceback.format_exception(error)))
    handle, name = tempfile.mkstemp(prefix="syncer-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
    _error(f"error[CLI-BUG]: a bug in syncer: {type(error).__name__}")
    _error(f"  = help: nothing more was sent; please report it with the file {name}")


def _abandon_output() -> int:
    abandon(sys.stdout)
    return ExitCode.ERROR


def _error(text: str) -> None:
    sys.stderr.write(redactor().redact(text) + "\n")
