"""Hostile texts through every format: nothing acts in a terminal or a log, nothing is faked."""

import contextlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncer.cli.boundary import exit_code
from syncer.cli.output import Output
from syncer.diagnostics import Diagnostic, Location
from syncer.errors import ManifestError, TransportError
from syncer.kinds import Action
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.redaction import Redactor
from syncer.resources import Address
from syncer.samples.outcome import Inserted
from syncer.transport.failures import Context, Ending, failure, waiting
from syncer.transport.jsonrpc import RpcError
from syncer.transport.messages import Observation, Seen
from syncer.transport.verdicts import Happening, Verdict
from syncer.views.checkups import Checked, Checkup, Grant, State, checkup_json, checkup_text
from syncer.views.findings import as_json, block, one_line
from syncer.views.formats import write_plan
from syncer.views.frames import About, FrameTable, frame_json, frame_text
from syncer.views.history import PastRun, Touched, run_text, runs_text
from syncer.views.insertions import inserted_json, inserted_text
from syncer.views.outcomes import report_json, report_text
from syncer.views.rows import rows_json, rows_text
from tests.manifest.strategies import NASTY
from tests.plan.worlds import found, have, item, plan, signal, want, wanted
from tests.test_sinks import commands

pytestmark = pytest.mark.property

WORDS = [
    *("::error::", "::add-mask::x", "::stop-commands::t", "##[add-path]", "##[error]"),
    *("##vso[task.complete]", "\n", "\r", "\r\n", "%0A", " ", "\t", "\x1b[2J", "\x1b]0;x\x07"),
    *("Plan: 0 to change.", "No changes. Live state matches the manifests.", "Applied: nothing"),
    *("error[X-Y]: ", "\u2028", "\x85", "\u202e", "```", "</details>", "@org/team", "|", "\ud800"),
]
HOSTILE = st.lists(st.sampled_from(WORDS) | st.text(NASTY, max_size=3), max_size=6).map("".join)
# No other line of ours begins like the last one of a plan.
CLOSING = re.compile(r"[\s#*_]*(Plan: |No changes\.)")
PRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

View = Callable[[str], str]


def judge(shown: str, *, closings: int = 0) -> None:
    """Raise when anything in an output could act, or passes for the last line of a plan."""
    assert {unicodedata.category(c) for c in shown if c != "\n"} & PRINTABLE == set()
    assert [command for line in shown.split("\n") for command in commands(line)] == []
    assert sum(1 for line in shown.split("\n") if CLOSING.match(line)) == closings


def _plan(form: str, *, verbose: bool) -> View:
    def written(text: str) -> str:
        edited = want(signal(), name=text, labels={text: (text,)}, enumValues={"1": text})
        made = plan(
            wanted(want(signal("a" + text), name=text), edited, want(item(text), name=text)),
            found(have(signal(), engUnit=text, annotations={text: text}), have(signal("o"), text)),
        )
        warned = Diagnostic("X-Y", text, Location(text, 1, 1), rule=text, hint=text)
        made = replace(made, warnings=(warned,), refusals=(warned,))
        return write_plan(made, form, verbose=verbose, colour=False)

    return written


def _finding(text: str) -> Diagnostic:
    return Diagnostic("X-Y", text, Location(text, 1, 2), rule=text, hint=text)


def _report(text: str) -> Report:
    outcomes = tuple(
        Outcome(Address("signals", "pier", text), Action.CREATE, status, text, _finding(text))
        for status in Status
    )
    return Report(outcomes, frozenset())


def _row(text: str) -> Mapping[str, object]:
    texts = dict.fromkeys(("id", "integration", "input", "name", "engUnit"), text)
    return {**texts, "labels": {text: [text]}, "annotations": {text: text}}


def _frame(text: str) -> FrameTable:
    times = [datetime(2026, 1, 1, tzinfo=UTC)]
    return FrameTable(times, {text: [1.0]}, {text: About(text, text, {text: text})})


def _checkup(text: str) -> Checkup:
    checked = Checked(
        "CLARIFY_ADMIN",
        (text,),
        State.ACCEPTED,
        text,
        text,
        text,
        (text,),
        dict.fromkeys(("admin", "clarify", "integration"), Grant.YES),
        {text: 1},
        findings=(_finding(text),),
    )
    return Checkup({"project": text}, (checked,), (_finding(text),))


def _past(text: str) -> PastRun:
    touched = Touched(text, text, text, text, text, ((text, text, {text: text}),))
    texts = {each.name: text for each in fields(PastRun)}
    others: dict[str, Any] = {"planned": {text: 1}, "resources": (touched,)}
    return PastRun(**{**texts, **others})


def _failed(text: str) -> str:
    error = RpcError(-32602, text, text, {text: (text,)}, {text: (text,)})
    observation = Observation(Seen.ANSWERED, 400, (), text.encode(errors="replace"))
    context = Context("m", "https://o", Redactor(), text, text)
    endings = [
        Ending(Happening.REJECTED, Verdict.STOP, observation, answer) for answer in (error, None)
    ]
    told = [waiting(ending, 1.0) for ending in endings]
    return "\n".join([*told, *(_told(failure(ending, context)) for ending in endings)])


def _told(error: BaseException) -> str:
    """Return what the command line says of an error."""
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        exit_code(error)
    return stderr.getvalue()


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


VIEWS: dict[str, View] = {
    "finding": lambda text: _lines([one_line(_finding(text)), block(_finding(text), {text: text})]),
    "findings as JSON": lambda text: as_json([_finding(text)]),
    "report": lambda text: report_text(_report(text)),
    "report as JSON": lambda text: report_json(_report(text)),
    "rows": lambda text: rows_text([_row(text)]),
    "rows as JSON": lambda text: rows_json([_row(text)]),
    "frame": lambda text: frame_text(_frame(text), has_blocks=True),
    "frame as JSON": lambda text: frame_json(_frame(text)),
    "insert": lambda text: inserted_text(Inserted(1, 1, created={text})),
    "insert as JSON": lambda text: inserted_json(Inserted(1, 1, created={text})),
    "checkup": lambda text: checkup_text(_checkup(text)),
    "checkup as JSON": lambda text: checkup_json(_checkup(text)),
    "history": lambda text: _lines([runs_text([_past(text)]), run_text(_past(text))]),
    "answer of the API": _failed,
    "error": lambda text: _told(ManifestError(_finding(text), texts={text: text})),
    "network": lambda text: _told(TransportError(_finding(text))),
    "usage": lambda text: _told(click.UsageError(f"no folder {text}")),
    "file": lambda text: _told(OSError(2, text, text)),
}


@pytest.mark.parametrize("view", VIEWS)
@given(HOSTILE)
@example("::add-mask::x")
@example("x ##[add-path]/evil")
@example("\n::error::x")
@example("Plan: 0 to change.")
@example("Plan:")
def test_nothing_that_is_shown_acts(view: str, text: str) -> None:
    """Law: whatever a manifest, a file or the API says, no output of it does anything."""
    judge(VIEWS[view](text))


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
@pytest.mark.parametrize("verbose", [False, True])
@given(HOSTILE)
@example("::add-mask::x")
@example("x ##[add-path]/evil")
@example("Plan: 0 to change.")
@example("No changes. Live state matches the manifests.")
def test_nothing_in_a_plan_acts_and_its_last_line_is_the_only_one(
    form: str, verbose: bool, text: str
) -> None:
    """Law: a plan has one closing line, and that is ours."""
    shown = _plan(form, verbose=verbose)(text)

    judge(shown, closings=0 if form == "json" else 1)
    if form == "json":
        json.loads(shown)


@given(HOSTILE)
def test_a_line_said_is_redacted_and_escaped_once_more(text: str) -> None:
    """Law: what the output adds to escaped text is nothing."""
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        Output(Redactor(), color="never", quiet=False).say(one_line(_finding(text)))

    judge(stderr.getvalue())
