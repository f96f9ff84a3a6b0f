"""Every failure becomes an exit code and words; only a bug leaves a report."""

import re
from pathlib import Path

import click
import pytest
from pydantic_core import SchemaError

from syncer.cli.boundary import exit_code
from syncer.cli.output import redactor
from syncer.diagnostics import Diagnostic, Location
from syncer.errors import ManifestError, SyncerError
from syncer.redaction import Secret


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (click.exceptions.Exit(7), 7, ""),
        (SystemExit(143), 143, ""),
        (SystemExit("words"), 1, ""),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.Abort(), 130, "interrupted\n"),
        (SchemaError("in `literal`:\n  KeyboardInterrupt: "), 130, "interrupted\n"),
        (SchemaError("in `literal`:\n  SystemExit: 143"), 143, ""),
        (click.UsageError("no"), 64, "Error: no\n"),
        (SyncerError(Diagnostic("A-A", "no", hint="so")), 1, "error[A-A]: no\n  = help: so\n"),
        (OSError(28, "Full", "a\x1bb"), 1, "error[CLI-IO]: a\\x1bb: Full\n"),
        (OSError("odd"), 1, "error[CLI-IO]: odd\n"),
    ],
)
def test_a_failure_gets_a_code_and_words(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, told: str
) -> None:
    assert exit_code(error) == code
    assert capsys.readouterr() == ("", told)


def test_every_finding_is_told_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    findings = (Diagnostic("A-A", "one", Location("f", 1, 3)), Diagnostic("B-B", "two"))

    assert exit_code(ManifestError(*findings, texts={"f": "a: b"})) == 3
    assert capsys.readouterr().err == (
        "error[A-A]: one\n  --> f:1:3\n   |\n 1 | a: b\n   |   ^\nerror[B-B]: two\n"
    )


def test_a_bug_leaves_a_report_without_secrets(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    redactor().add(Secret("canary-9f8e7d"))

    assert exit_code(ZeroDivisionError("canary-9f8e7d by zero")) == 1

    told = capsys.readouterr().err
    report = Path(re.findall(r"the file (\S+)", told)[0])
    assert told.startswith("error[CLI-BUG]: a bug in syncer: ZeroDivisionError\n")
    assert report.parent == tmp_path
    assert "ZeroDivisionError: *** by zero" in report.read_text()
    assert "canary" not in told + report.read_text()
