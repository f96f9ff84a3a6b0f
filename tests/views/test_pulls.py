import json

from syncer.diagnostics import Diagnostic, Location
from syncer.plan.changes import AttributeChange, Mover
from syncer.views.pulls import Taken, diff_text, pulls_json, pulls_text
from tests.plan.worlds import TARGET, signal

PLACE = Location("stand.yaml", 3, 5)
NAME = Taken(signal(), AttributeChange(("name",), "Cash", "Amount", mover=Mover.LIVE), PLACE)
SITE = Taken(
    signal("b"),
    AttributeChange(("labels", "site"), None, ["Pier"], mover=Mover.BOTH),
    Location("b.yaml", 1, 2),
)
LEFT = Diagnostic("PUL-FOLLOW", "it follows", PLACE, rule="why", hint="how")


def test_each_value_is_told_with_what_it_replaces_and_its_place() -> None:
    assert pulls_text(TARGET, [NAME, SITE], [], is_dry=False).split("\n") == [
        "Environment dev at https://api.clarify.io",
        "",
        '  signals/pier/a  name "Amount" -> "Cash"  (stand.yaml:3:5)',
        '  signals/pier/b  labels.site ["Pier"] -> none  (b.yaml:1:2)',
        "",
        "Pulled 2 values into 2 files.",
        "",
    ]


def test_what_is_left_is_told_with_the_reason() -> None:
    told = pulls_text(TARGET, [NAME], [LEFT], is_dry=True)

    assert "error[PUL-FOLLOW]: it follows\n  --> stand.yaml:3:5\n" in told
    assert told.endswith("\nWould pull 1 value into 1 file. Left: 1, told above.\n")


def test_where_nothing_is_taken_that_is_what_it_says() -> None:
    nothing = pulls_text(TARGET, [], [], is_dry=False)
    left = pulls_text(TARGET, [], [LEFT, LEFT], is_dry=False)

    assert nothing.endswith("\n\nNothing to pull. Nobody changed what syncer applied.\n")
    assert left.endswith("\nPulled nothing. Left: 2, told above.\n")


def test_json_has_what_git_said_and_what_live_says() -> None:
    document = json.loads(pulls_json(TARGET, [SITE], [LEFT], is_dry=False))

    assert document["pulled"] == [
        {
            "address": "signals/pier/b",
            "field": "labels.site",
            "git": ["Pier"],
            "live": None,
            "file": "b.yaml",
            "line": 1,
            "column": 2,
        }
    ]
    assert [finding["code"] for finding in document["left"]] == ["PUL-FOLLOW"]
    assert document["written"] is True
    assert json.loads(pulls_json(TARGET, [SITE], [], is_dry=True))["written"] is False
    assert json.loads(pulls_json(TARGET, [], [], is_dry=False))["written"] is False


def test_a_diff_shows_lines_that_cannot_act() -> None:
    before = "a: 1\n  ::error::x\nb: \u200b##[x]\n"

    told = diff_text("m\x1b.yaml", before, before.replace("1", "2"))

    assert told == (
        "--- m\\x1b.yaml\n+++ m\\x1b.yaml\n@@ -1,4 +1,4 @@\n-a: 1\n+a: 2\n"
        "   \\x3a:error::x\n b: \\u200b#\\x23[x]\n \n"
    )
