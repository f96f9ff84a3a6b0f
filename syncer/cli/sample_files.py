"""Files of values, from the command line to samples."""

import sys
from typing import Final

import click

from syncer.cli.app import App
from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import ManifestError, Misuse
from syncer.samples.decoding import decode
from syncer.samples.documents import read_document
from syncer.samples.model import Reading
from syncer.samples.tables import Layout, read_table
from syncer.views.findings import block

MAX_BYTES: Final = 1 << 30
_STDIN: Final = "-"


def read_bytes(app: App, file: str) -> bytes:
    """Return what the file holds, or standard input; raises Misuse for what cannot be read."""
    if file == _STDIN:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        path = app.start / file
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise click.UsageError(f"{file!r} cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        hint = "insert it in parts"
        raise Misuse.of("DAT-SIZE", f"{file!r} is larger than {MAX_BYTES >> 20} MiB", hint=hint)
    return data


def read_samples(app: App, file: str, data: bytes, layout: Layout) -> Reading:
    """Return the samples; raises ManifestError with every error of the file."""
    name = "<stdin>" if file == _STDIN else file
    text = decode(name, data)
    if isinstance(text, Diagnostic):
        raise ManifestError(text)
    is_json = file.lower().endswith(".json") or (file == _STDIN and text.lstrip()[:1] in ("{", "["))
    reading = read_document(name, text, layout.zone) if is_json else read_table(name, text, layout)
    texts = {name: text}
    errors = [each for each in reading.findings if each.severity is Severity.ERROR]
    if errors:
        raise ManifestError(*errors, texts=texts)
    for finding in reading.findings:
        app.output.say(block(finding, texts))
    return reading
