import inspect

import pytest

from syncer import errors
from syncer.diagnostics import Diagnostic, Location
from syncer.errors import ExitCode, ManifestError, StalePlan, SyncerError


def test_every_error_ends_with_the_code_that_the_tree_shows() -> None:
    tree = {
        words[0].lstrip("├│└─ "): int(words[2])
        for line in (errors.__doc__ or "").splitlines()
        if (words := line.lstrip("├│└─ ").split()) and words[0] in vars(errors) and len(words) > 2
    }
    classes = {
        name: kind.exit_code.value
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, SyncerError)
    }

    assert tree == classes


def test_no_error_claims_success_changes_or_an_interrupt() -> None:
    classes: list[type[SyncerError]] = [SyncerError, *SyncerError.__subclasses__(), StalePlan]

    assert {kind.exit_code for kind in classes} == {
        ExitCode.ERROR,
        ExitCode.INVALID,
        ExitCode.REFUSED,
        ExitCode.PARTIAL,
        ExitCode.AUTH,
        ExitCode.USAGE,
    }


def test_an_error_carries_its_findings_and_reads_as_their_summaries() -> None:
    first, second = Diagnostic("A-A", "one"), Diagnostic("B-B", "two")

    error = SyncerError(first, second)

    assert error.findings == (first, second)
    assert str(error) == "one; two"


def test_an_error_of_one_finding_is_made_in_one_go() -> None:
    with pytest.raises(StalePlan) as caught:
        raise StalePlan.of("PLN-STALE", "moved", hint="again", rule="why", location=Location("f"))

    assert caught.value.findings == (
        Diagnostic("PLN-STALE", "moved", Location("f"), rule="why", hint="again"),
    )


def test_an_error_of_manifests_brings_their_texts() -> None:
    assert ManifestError(Diagnostic("A-A", "one"), texts={"f": "text"}).texts == {"f": "text"}
    assert ManifestError(Diagnostic("A-A", "one")).texts == {}
