import pytest

from syncer.errors import AccessDenied, ApplyIncomplete, ExitCode, SyncerError
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
