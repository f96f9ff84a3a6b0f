"""What a checkup says, and that nothing in it acts."""

import json
from dataclasses import replace

from syncer.diagnostics import Diagnostic, Severity
from syncer.views.checkups import Checked, Checkup, Grant, State, checkup_json, checkup_text

NAMESPACE = Diagnostic("CRD-NAMESPACE", "no\x1b", hint="Tick it.", severity=Severity.WARNING)
ADMIN = Checked(
    "CLARIFY_ADMIN",
    ("admin", "pier"),
    State.ACCEPTED,
    "basic-auth",
    "https://api.clarify.io",
    "c618",
    ("c618",),
    {"admin": Grant.YES, "clarify": Grant.NO, "integration": Grant.NOT_PROBED},
    {"pier": 3, "yacht": 0},
    findings=(NAMESPACE,),
)
MISSING = Checked(
    "CLARIFY_YACHT", ("yacht",), State.MISSING, findings=(Diagnostic("CRD-MISSING", "not set"),)
)
CHECKUP = Checkup({"syncer": "1", "environment": "prod"}, (ADMIN, MISSING))


def test_each_credential_is_a_block_and_the_last_line_says_what_it_comes_to() -> None:
    assert checkup_text(CHECKUP) == (
        "syncer       1\n"
        "environment  prod\n"
        "\n"
        "CLARIFY_ADMIN, for admin, pier: accepted\n"
        "  integration  c618 (basic-auth), as configured\n"
        "  server       https://api.clarify.io\n"
        "  namespaces   admin yes, clarify no, integration not probed\n"
        "  signals      pier 3, yacht 0\n"
        "  warning[CRD-NAMESPACE]: no\\x1b\n"
        "    help: Tick it.\n"
        "\n"
        "CLARIFY_YACHT, for yacht: missing\n"
        "  error[CRD-MISSING]: not set\n"
        "\n"
        "Not ready: 1 error stands in the way.\n"
    )


def test_warnings_do_not_stand_in_the_way() -> None:
    checkup = Checkup({}, (replace(ADMIN, items=7),), (NAMESPACE,))

    text = checkup_text(checkup)

    assert "  items        7\n" in text
    assert text.startswith("warning[CRD-NAMESPACE]: no\\x1b\n  help: Tick it.\n\nCLARIFY_ADMIN")
    assert text.endswith("\n\nReady: `syncer plan` has what it needs.\n")


def test_another_integration_is_said_to_be_one() -> None:
    other = replace(ADMIN, expected=("c7a1",))

    assert other.matches is False
    assert "c618 (basic-auth), not as configured" in checkup_text(Checkup({}, (other,)))
    assert "c618 (basic-auth)\n" in checkup_text(Checkup({}, (replace(ADMIN, expected=()),)))


def test_several_errors_are_counted() -> None:
    checkup = Checkup({}, (MISSING,), (Diagnostic("CLI-PROJECT", "bad"),))

    assert checkup_text(checkup).endswith("Not ready: 2 errors stand in the way.\n")


def test_json_holds_the_same() -> None:
    document = json.loads(checkup_json(CHECKUP))

    assert document["ready"] is False
    admin, missing = document["credentials"]
    assert (admin["variable"], admin["matches"], admin["signals"]) == (
        "CLARIFY_ADMIN",
        True,
        {"pier": 3, "yacht": 0},
    )
    assert admin["namespaces"]["integration"] == "not probed"
    assert (missing["state"], missing["type"], missing["matches"]) == ("missing", None, None)
    assert missing["findings"] == [
        {"code": "CRD-MISSING", "severity": "error", "summary": "not set", "hint": ""}
    ]
