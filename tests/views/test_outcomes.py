import json

from syncer.diagnostics import Diagnostic
from syncer.kinds import Action
from syncer.plan.changes import Outcome, Status
from syncer.plan.report import Report
from syncer.views.outcomes import report_json, report_text
from tests.plan.worlds import item, signal

MADE = Outcome(signal("a"), Action.CREATE, Status.DONE, "id-a")
MET = Outcome(
    signal("b\x1b"), Action.CREATE, Status.SKIPPED, "id-b", Diagnostic("APP-EXISTS", "met\n")
)
LEFT = Outcome(item("a"), Action.UPDATE, Status.UNSENT)
REPORT = Report((MADE, MET, LEFT), frozenset({signal("a")}))


def test_what_is_simply_done_is_only_counted() -> None:
    assert report_text(REPORT) == (
        "  + signals/pier/b\\x1b  skipped  error[APP-EXISTS]: met\\n\n"
        "  ~ items/pier/a  unsent\n"
        "\nApplied: 1 created; verified 1/3.\n"
    )


def test_nothing_applied_is_said_or_not_worth_a_line() -> None:
    assert report_text(Report((LEFT,), frozenset())).endswith("Applied: nothing; verified 0/1.\n")
    assert report_text(Report((), frozenset())) == ""


def test_json_tells_every_outcome() -> None:
    text = report_json(REPORT)

    assert text.isascii()
    assert json.loads(text) == {
        "format_version": "1.0",
        "outcomes": [
            {
                "address": "signals/pier/a",
                "action": "create",
                "status": "done",
                "id": "id-a",
                "verified": True,
                "code": None,
                "message": None,
            },
            {
                "address": "signals/pier/b\x1b",
                "action": "create",
                "status": "skipped",
                "id": "id-b",
                "verified": False,
                "code": "APP-EXISTS",
                "message": "met\n",
            },
            {
                "address": "items/pier/a",
                "action": "update",
                "status": "unsent",
                "id": "",
                "verified": False,
                "code": None,
                "message": None,
            },
        ],
        "summary": {
            "done": 1,
            "skipped": 1,
            "moved": 0,
            "failed": 0,
            "unknown": 0,
            "unsent": 1,
        },
        "verified": 1,
    }


def test_every_action_is_counted_in_its_own_word() -> None:
    made = tuple(
        Outcome(signal(f"{action.verb}{n}"), action, Status.DONE)
        for number, action in enumerate(Action, 1)
        for n in range(number)
    )

    assert report_text(Report(made, frozenset(o.address for o in made))) == (
        "\nApplied: 1 created, 2 updated, 3 retired, 4 adopted; verified 10/10.\n"
    )


def test_a_blind_run_says_what_existed() -> None:
    assert report_text(Report((MADE, MET, LEFT), frozenset(), is_blind=True)).endswith(
        "\nApplied: 1 created; 1 existed already, nothing could be verified.\n"
    )


def test_what_was_done_with_a_remark_is_told() -> None:
    filled = Outcome(
        signal("a"), Action.UPDATE, Status.DONE, "x", Diagnostic("APP-FILLED", "filled")
    )

    assert report_text(Report((filled,), frozenset({signal("a")}))).startswith(
        "  ~ signals/pier/a  done  error[APP-FILLED]: filled\n"
    )
