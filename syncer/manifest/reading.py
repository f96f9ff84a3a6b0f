"""Bytes of a file to a Document, or to what forbids it: YAML 1.2 core and nothing else."""

from dataclasses import dataclass

from syncer.diagnostics import Diagnostic
from syncer.manifest.builder import Builder, Ended
from syncer.manifest.characters import Lines, Text, decode
from syncer.manifest.documents import Document, Nodes
from syncer.manifest.limits import Limits
from syncer.manifest.plain import Unusual, read_plain
from syncer.manifest.scan import YAMLError, explain, syntax_hint


@dataclass(frozen=True, slots=True)
class Scanned:
    """A file's document, absent where the text could not be read to its end, and the findings."""

    document: Document | None
    findings: tuple[Diagnostic, ...] = ()


def scan(file: str, data: bytes, limits: Limits) -> Scanned:
    """Return the document of a file. A syntax error or a limit ends the file; the rest goes on."""
    text = decode(file, data)
    if isinstance(text, Diagnostic):
        return Scanned(None, (text,))
    try:
        value = read_plain(text, data, limits)
    except Unusual:
        return _scan_carefully(text, limits)
    return Scanned(Document(file, text.text, value, lambda: _find_nodes(text, limits)))


def _scan_carefully(text: Text, limits: Limits) -> Scanned:
    builder = Builder(text, limits)
    try:
        value = builder.build()
        builder.find_turned_comments()
    except Ended:
        return Scanned(None, tuple(builder.findings))
    except YAMLError as error:
        return Scanned(None, (*builder.findings, _syntax(error, builder.lines)))
    document = Document(text.file, text.text, value, lambda: builder.nodes)
    return Scanned(document, tuple(builder.findings))


def _find_nodes(text: Text, limits: Limits) -> Nodes:
    """Return the places of a plain text; most files never need theirs."""
    builder = Builder(text, limits)
    builder.build()
    return builder.nodes


def _syntax(error: YAMLError, lines: Lines) -> Diagnostic:
    problem, offset = explain(error)
    return Diagnostic(
        "YML-SYNTAX",
        problem,
        lines.locate(min(offset, len(lines.text))),
        rule="manifests are YAML 1.2",
        hint=syntax_hint(problem),
    )
