"""What a check of the surroundings found, as text and as JSON.

In: a `Checkup`. Out: the project, a block for each credential, the findings, and what it comes to.
No secret is part of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from syncer.diagnostics import Diagnostic, Severity
from syncer.sinks import json_text, terminal
from syncer.views.findings import one_line


class State(Enum):
    """What became of a credential."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MISSING = "missing"
    UNUSABLE = "unusable"  # it cannot be read, or may not be sent
    UNCHECKED = "not checked"  # the API could not be asked


class Grant(Enum):
    """Whether a credential has a namespace."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_PROBED = "not probed"  # nothing but a write could tell


NAMESPACES: Final = ("admin", "clarify", "integration")


@dataclass(frozen=True, slots=True)
class Checked:
    """One credential: where it comes from, what it serves, and what it may do.

    `serves` holds `admin` and aliases; `expected` the IDs that are configured for those aliases.
    """

    variable: str
    serves: tuple[str, ...]
    state: State
    sort: str = ""
    origin: str = ""
    integration: str = ""
    expected: tuple[str, ...] = ()
    grants: Mapping[str, Grant] = field(default_factory=dict)
    signals: Mapping[str, int] = field(default_factory=dict)  # by alias
    items: int | None = None
    findings: tuple[Diagnostic, ...] = ()

    @property
    def matches(self) -> bool | None:
        """Whether it is of the integration that is configured; None when none was expected."""
        if not self.integration or not self.expected:
            return None
        return set(self.expected) == {self.integration}


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at; `facts` are lines of a name and a value."""

    facts: Mapping[str, str]
    credentials: tuple[Checked, ...]
    findings: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What stands in the way of a plan."""
        return tuple(f for f in self.all_findings if f.severity is Severity.ERROR)

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        """The findings of the surroundings, then those of each credential."""
        return (*self.findings, *(f for checked in self.credentials for f in checked.findings))


def checkup_text(checkup: Checkup) -> str:
    """Return the checkup in lines of name and value, ending in what it comes to."""
    lines = list(_columns("", list(checkup.facts.items())))
    for finding in checkup.findings:
        lines += _finding("", finding)
    for checked in checkup.credentials:
        served = ", ".join(map(terminal, checked.serves))
        lines += ["", f"{terminal(checked.variable)}, for {served}: {checked.state.value}"]
        lines += _columns("  ", list(_rows(checked)))
        for finding in checked.findings:
            lines += _finding("  ", finding)
    return "\n".join(lines) + f"\n\n{_closing(checkup)}\n"


def checkup_json(checkup: Checkup) -> str:
    """Return the checkup as JSON, ASCII only, ending in a newline."""
    document = {
        "format_version": "1.0",
        "facts": dict(checkup.facts),
        "credentials": [_document(checked) for checked in checkup.credentials],
        "findings": [_told(finding) for finding in checkup.findings],
        "ready": not checkup.errors,
    }
    return json_text(document)


def _closing(checkup: Checkup) -> str:
    count = len(checkup.errors)
    if not count:
        return "Ready: `syncer plan` has what it needs."
    return f"Not ready: {count} {'error stands' if count == 1 else 'errors stand'} in the way."


def _rows(checked: Checked) -> Iterator[tuple[str, str]]:
    if checked.integration:
        compared = {None: "", True: ", as configured", False: ", not as configured"}
        told = f"{checked.integration} ({checked.sort}){compared[checked.matches]}"
        yield "integration", told
        yield "server", checked.origin
    if checked.grants:
        yield "namespaces", ", ".join(f"{n} {checked.grants[n].value}" for n in NAMESPACES)
    if checked.signals:
        yield "signals", ", ".join(f"{alias} {n}" for alias, n in checked.signals.items())
    if checked.items is not None:
        yield "items", str(checked.items)


def _columns(indent: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return (f"{indent}{name:<{width}}  {terminal(value)}" for name, value in rows)


def _finding(indent: str, finding: Diagnostic) -> Iterator[str]:
    yield f"{indent}{one_line(finding)}"
    if finding.hint:
        yield f"{indent}  help: {terminal(finding.hint)}"


def _document(checked: Checked) -> dict[str, object]:
    return {
        "variable": checked.variable,
        "serves": list(checked.serves),
        "state": checked.state.value,
        "type": checked.sort or None,
        "origin": checked.origin or None,
        "integration": checked.integration or None,
        "expected": list(checked.expected),
        "matches": checked.matches,
        "namespaces": {name: grant.value for name, grant in checked.grants.items()},
        "signals": dict(checked.signals),
        "items": checked.items,
        "findings": [_told(finding) for finding in checked.findings],
    }


def _told(finding: Diagnostic) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "summary": finding.summary,
        "hint": finding.hint,
    }
