"""What came of an apply, as text and as JSON."""

from collections import Counter
from typing import Final

from syncer.kinds import Action
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.sinks import json_text, terminal
from syncer.views.findings import one_line

_PAST: Final = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.RETIRE: "retired",
    Action.ADOPT: "adopted",
}


def report_text(report: Report) -> str:
    """Return a line for each change that is not simply done, then the counts."""
    lines = [_line(o) for o in report.outcomes if o.status is not Status.DONE or o.finding]
    done = Counter(_PAST[outcome.action] for outcome in report.with_status(Status.DONE))
    counts = ", ".join(f"{done[word]} {word}" for word in _PAST.values() if done[word])
    total = len(report.outcomes)
    verified = f"verified {len(report.verified)}/{total}"
    if report.is_blind:
        existed = len(report.with_status(Status.SKIPPED))
        verified = f"{existed} existed already, nothing could be verified"
    closing = f"\nApplied: {counts or 'nothing'}; {verified}.\n" if total else ""
    return "".join(f"  {line}\n" for line in lines) + closing


def report_json(report: Report) -> str:
    """Return the outcomes as JSON, ASCII only, ending in a newline."""
    document = {
        "format_version": "1.0",
        "outcomes": [
            {
                "address": str(outcome.address),
                "action": outcome.action.verb,
                "status": outcome.status.value,
                "id": outcome.id,
                "verified": outcome.address in report.verified,
                "code": outcome.finding.code if outcome.finding else None,
                "message": outcome.finding.summary if outcome.finding else None,
            }
            for outcome in report.outcomes
        ],
        "summary": {status.value: len(report.with_status(status)) for status in Status},
        "verified": len(report.verified),
    }
    return json_text(document)


def _line(outcome: Outcome) -> str:
    told = f"  {one_line(outcome.finding)}" if outcome.finding else ""
    address = terminal(str(outcome.address))
    return f"{outcome.action.value} {address}  {outcome.status.value}{told}"
