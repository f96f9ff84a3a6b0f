from dataclasses import replace

import pytest

from syncer.diagnostics import Diagnostic
from syncer.errors import AccessDenied, ApplyIncomplete, ExitCode, StalePlan, SyncerError
from syncer.kinds import Action
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from tests.plan.worlds import signal

DENIED = AccessDenied.of("CRD-REFUSED", "no")


def report(*statuses: Status, verified: bool = True, failure: SyncerError | None = None) -> Report:
    outcomes = [Outcome(signal(str(n)), Action.UPDATE, s) for n, s in enumerate(statuses)]
    done = {outcome.address for outcome in outcomes if outcome.status is Status.DONE}
    return Report(tuple(outcomes), frozenset(done if verified else ()), failure)


def test_everything_written_and_verified_is_no_error() -> None:
    assert report(Status.DONE, Status.DONE).error is None


def test_a_failure_before_anything_was_written_is_told_as_it_is() -> None:
    assert report(Status.FAILED, Status.UNSENT, failure=DENIED).error is DENIED


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (report(Status.DONE, verified=False), ["APP-UNVERIFIED"]),
        (report(Status.DONE, Status.SKIPPED), ["APP-EXISTS"]),
        (report(Status.UNKNOWN), ["APP-UNKNOWN"]),
        (
            report(Status.DONE, Status.FAILED, Status.UNSENT, failure=DENIED),
            ["CRD-REFUSED", "APP-FAILED", "APP-UNSENT"],
        ),
    ],
)
def test_anything_less_is_partial(made: Report, codes: list[str]) -> None:
    error = made.error

    assert isinstance(error, ApplyIncomplete)
    assert error.exit_code is ExitCode.PARTIAL
    assert [finding.code for finding in error.findings] == codes


def test_a_lost_answer_is_no_error_once_everything_was_read_back() -> None:
    assert report(Status.DONE, failure=DENIED).error is None


def test_nothing_sent_because_others_moved_everything_is_a_stale_plan() -> None:
    finding = Diagnostic("APP-MOVED", "moved")
    outcomes = (
        Outcome(signal("a"), Action.UPDATE, Status.MOVED, finding=finding),
        Outcome(signal("b"), Action.UPDATE, Status.MOVED),
        Outcome(signal("c"), Action.UPDATE, Status.UNSENT),
    )

    error = Report(outcomes, frozenset()).error

    assert isinstance(error, StalePlan)
    assert error.exit_code is ExitCode.REFUSED
    assert error.findings == (finding,)


@pytest.mark.parametrize("sent", [Status.DONE, Status.UNKNOWN, Status.SKIPPED])
def test_once_something_was_sent_what_moved_makes_it_partial(sent: Status) -> None:
    error = report(Status.MOVED, sent, failure=DENIED).error

    assert isinstance(error, ApplyIncomplete)
    assert error.findings[0].code == "CRD-REFUSED"
    assert "APP-MOVED" in [finding.code for finding in error.findings]


def test_each_shortcoming_is_counted_of_all() -> None:
    made = report(
        *(Status.DONE, Status.DONE, Status.SKIPPED, Status.MOVED, Status.UNKNOWN),
        *(Status.FAILED, Status.UNSENT, Status.UNSENT),
        verified=False,
    )

    assert made.error is not None
    assert [(f.code, f.summary) for f in made.error.findings] == [
        (
            "APP-UNVERIFIED",
            "2 of 8 changes: written, and read back different from what was sent",
        ),
        ("APP-EXISTS", "1 of 8 changes: existed already and left as found"),
        ("APP-MOVED", "1 of 8 changes: changed by others meanwhile"),
        ("APP-UNKNOWN", "1 of 8 changes: sent without an answer to trust"),
        ("APP-FAILED", "1 of 8 changes: refused by Clarify"),
        ("APP-UNSENT", "2 of 8 changes: not sent"),
    ]
    assert {f.hint for f in made.error.findings} == {"`syncer plan` shows what is left to do"}


@pytest.mark.parametrize(
    ("statuses", "is_blind", "is_error"),
    [
        ((Status.DONE, Status.SKIPPED), True, False),
        ((Status.DONE, Status.SKIPPED), False, True),
        ((Status.UNKNOWN,), True, True),
        ((), False, False),
    ],
)
def test_a_blind_run_expects_what_exists_and_verifies_nothing(
    statuses: tuple[Status, ...], is_blind: bool, is_error: bool
) -> None:
    made = replace(report(*statuses, verified=False), is_blind=is_blind)

    assert (made.error is not None) is is_error


@pytest.mark.parametrize(
    ("statuses", "is_stopped", "ending"),
    [
        ((Status.DONE,), False, "complete"),
        ((Status.DONE,), True, "complete"),
        ((Status.DONE, Status.UNSENT), False, "partial"),
        ((Status.DONE, Status.UNSENT), True, "interrupted"),
        ((), True, "complete"),
    ],
)
def test_the_ending_is_complete_once_nothing_is_left(
    statuses: tuple[Status, ...], is_stopped: bool, ending: str
) -> None:
    assert replace(report(*statuses), is_stopped=is_stopped).ending == ending


def test_outcomes_are_chosen_by_any_of_several_statuses() -> None:
    made = report(Status.DONE, Status.FAILED, Status.UNSENT)

    assert [o.status for o in made.with_status(Status.UNSENT, Status.DONE)] == [
        Status.DONE,
        Status.UNSENT,
    ]
    assert made.with_status() == ()


def test_a_journal_with_a_gap_makes_a_complete_run_partial() -> None:
    made = replace(report(Status.DONE), unwritten=(b"{}", b"{}"))

    assert isinstance(made.error, ApplyIncomplete)
    (finding,) = made.error.findings
    assert finding.code == "JRN-WRITE"
    assert "misses 2 of its lines" in finding.summary
    assert finding.hint


def test_a_gap_is_not_told_beside_what_is_missing() -> None:
    made = replace(report(Status.DONE, Status.UNSENT), unwritten=(b"{}",))

    assert made.error is not None
    assert [finding.code for finding in made.error.findings] == ["APP-UNSENT"]
