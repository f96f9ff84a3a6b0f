"""Findings as text: the line they stand on, a caret, the rule and the remedy."""

from collections.abc import Iterable, Iterator, Mapping

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.sinks import json_text, terminal

_SNIPPET = 120  # longest part of a source line that is shown


def one_line(finding: Diagnostic) -> str:
    """Return `error[CODE]: what, at file:line:col`, escaped, on one line."""
    place = f" ({terminal(str(finding.location))})" if finding.location else ""
    return f"{_label(finding)}: {terminal(finding.summary)}{place}"


def block(finding: Diagnostic, texts: Mapping[str, str]) -> str:
    """Return the finding with its source line from `texts`, where there is one."""
    lines = [f"{_label(finding)}: {terminal(finding.summary)}"]
    if finding.location is not None:
        lines.append(f"  --> {terminal(str(finding.location))}")
        lines += _snippet(finding.location, finding.width, texts)
    if finding.rule:
        lines.append(f"  = why: {terminal(finding.rule)}")
    if finding.hint:
        lines.append(f"  = help: {terminal(finding.hint)}")
    return "\n".join(lines)


def counted(findings: Iterable[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`, or `no findings`."""
    severities = [finding.severity for finding in findings]
    words = []
    for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning")):
        count = severities.count(severity)
        if count:
            words.append(f"{count} {noun}" if count == 1 else f"{count} {noun}s")
    return ", ".join(words) or "no findings"


def as_json(findings: Iterable[Diagnostic]) -> str:
    """Return the findings as a JSON list, ASCII only, ending in a newline."""
    return json_text(list(map(as_document, findings)))


def as_document(finding: Diagnostic) -> dict[str, object]:
    """Return the finding as a JSON object."""
    place = finding.location
    return {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "summary": finding.summary,
        "rule": finding.rule,
        "hint": finding.hint,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _label(finding: Diagnostic) -> str:
    return f"{finding.severity.name.lower()}[{finding.code}]"


def _snippet(place: Location, width: int, texts: Mapping[str, str]) -> Iterator[str]:
    lines = texts[place.file].split("\n") if place.file in texts else []
    if not 0 < place.line <= len(lines):
        return
    # A window around the caret, so that a file of one long line shows the offending part.
    start = max(0, place.column - _SNIPPET // 2)
    source = lines[place.line - 1].rstrip("\r")
    shown = terminal(source[start : start + _SNIPPET])
    before = terminal(source[start : place.column - 1])
    marked = terminal(source[place.column - 1 : place.column - 1 + width])
    room = max(1, min(len(marked), len(shown) - len(before)))
    gutter = " " * len(str(place.line))
    yield f" {gutter} |"
    yield f" {place.line} | {shown}"
    yield f" {gutter} | {' ' * len(before)}{'^' * room}"
