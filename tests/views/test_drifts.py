import json

import pytest

from syncer.diagnostics import Diagnostic, Location
from syncer.plan.changes import AttributeChange, Mover, Target
from syncer.plan.drift import Drift, Drifted, Outside, Pending
from syncer.resources import Address, FieldPath, Value
from syncer.views.base import SHOWN
from syncer.views.drifts import write_drift
from tests.plan.worlds import TARGET, item, signal

PLACE = Location("stand.yaml", 3, 5)
WHEN = "2026-01-01T00:00:00.000Z"


def moved(
    path: FieldPath, live: Value, git: Value, mover: Mover = Mover.LIVE, base: Value = ...
) -> Drifted:
    change = AttributeChange(path, live, git, mover=mover, location=PLACE)
    if base is ...:
        return Drifted(change, "0c734d68")
    return Drifted(change, "0c734d68", base, is_known=True)


def unit(key: str, updated: str = "") -> Drift:
    return Drift(signal(key), (moved(("engUnit",), "kPa", "bar", base="bar"),), updated)


def text(outside: Outside, *, verbose: bool = False) -> list[str]:
    return write_drift(outside, "text", verbose=verbose).split("\n")


def test_without_drift_that_is_what_it_says() -> None:
    assert text(Outside(TARGET)) == [
        "Environment dev at https://api.clarify.io: no drift",
        "",
        "No drift. Nobody changed what syncer applied.",
        "",
    ]


def test_a_resource_is_told_field_by_field() -> None:
    fields = (
        moved(("name",), "Cash", "Takings", Mover.BOTH, "Amount"),
        moved(("labels", "site"), None, ["Pier"], base=["Pier"]),
        moved(("description",), "x", "y", Mover.BOTH),
    )
    drift = Drift(item(), fields, WHEN, "c618rbfqfsj7mjkj0ss0")

    assert text(Outside(TARGET, (drift,))) == [
        "Environment dev at https://api.clarify.io: 3 fields of 1 resource drifted",
        "",
        "Drift. Somebody changed these in Clarify since syncer last applied them.",
        "  ! items/pier/a  updated 2026-01-01T00:00:00.000Z by c618rbfqfsj7mjkj0ss0",
        '      name         "Amount" -> "Cash"  (Git moved too: "Takings")',
        '      labels.site  ["Pier"] -> none',
        '      description  something else -> "x"  (Git moved too: "y")',
        "",
        "3 fields of 1 resource drifted. "
        "`syncer pull` keeps the drift, `syncer apply` sets it back.",
        "",
    ]


def test_a_key_that_git_removed_and_others_changed() -> None:
    drift = Drift(signal(), (moved(("labels", "a"), ["1"], None, Mover.BOTH),))

    assert '      labels.a  something else -> ["1"]  (Git moved too: none)' in text(
        Outside(TARGET, (drift,))
    )


def test_equal_drift_is_one_entry_and_verbose_lists_it() -> None:
    drifts = (unit("a", "2026-01-02"), unit("b", "2026-01-01"), unit("c"))
    told = Outside(TARGET, drifts)

    assert "  ! 3 signals  updated 2026-01-01 to 2026-01-02" in text(told)
    assert [line for line in text(told, verbose=True) if line.startswith("      -")] == [
        "      - signals/pier/a  updated 2026-01-02",
        "      - signals/pier/b  updated 2026-01-01",
        "      - signals/pier/c",
    ]


def test_several_without_times_say_none() -> None:
    assert "  ! 2 signals" in text(Outside(TARGET, (unit("a"), unit("b"))))


def test_pending_is_listed_shortly_and_counted() -> None:
    pending = (
        Pending(signal("a"), "update", ("a", "b", "c", "d"), ""),
        Pending(item("b"), "waiting", (), "its signal does not exist yet"),
    )

    lines = text(Outside(TARGET, pending=pending))

    assert lines[0].endswith(": no drift, 2 pending")
    assert lines[2:5] == [
        "Pending. Git has these, and Clarify has not yet.",
        "  update  signals/pier/a  a, b, c and 1 more",
        "  waiting  items/pier/b  its signal does not exist yet",
    ]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_long_lists_are_cut_unless_verbose(form: str) -> None:
    drifts = tuple(
        Drift(signal(f"{n}"), (moved(("name",), f"{n}", "x", base="x"),)) for n in range(SHOWN + 2)
    )
    pending = tuple(Pending(signal(f"{n}"), "update", (), "") for n in range(SHOWN + 3))
    outside = Outside(TARGET, drifts, pending)

    short, long = (write_drift(outside, form, verbose=verbose) for verbose in (False, True))

    assert "... and 2 more" in short
    assert "... and 3 more" in short
    assert "more" not in long


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_could_not_be_told_is_said_last(form: str) -> None:
    refused = Diagnostic("PLN-EMPTY-LIVE", "pier answers with no signals")

    told = write_drift(Outside(TARGET, refusals=(refused,)), form, verbose=False)

    assert "error[PLN-EMPTY-LIVE]: pier answers with no signals" in told
    assert "The drift could not be told in full." in told.splitlines()[-1]


def test_markdown_has_a_list_of_resources() -> None:
    fields = (moved(("name",), "C", "B", Mover.BOTH, "A"),)
    drifts = (Drift(signal("x"), fields, WHEN), unit("a"), unit("b"))
    pending = (Pending(signal("a"), "create", (), ""),)

    told = write_drift(Outside(TARGET, drifts, pending), "markdown", verbose=True)

    assert told == (
        "<!-- syncer-drift -->\n"
        "### syncer drift: 3 fields of 3 resources drifted, 1 pending\n\n"
        "Environment `dev` at `https://api.clarify.io`\n\n"
        "#### Drift\n\n"
        "Somebody changed these in Clarify since syncer last applied them.\n\n"
        f"- `signals/pier/x` (`updated {WHEN}`)\n"
        '  - `name` `"A" -> "C"` `(Git moved too: "B")`\n'
        "- 2 signals\n"
        '  - `engUnit` `"bar" -> "kPa"`\n'
        "  - `signals/pier/a`\n"
        "  - `signals/pier/b`\n\n"
        "#### Pending\n\n"
        "Git has these, and Clarify has not yet.\n\n"
        "- `create  signals/pier/a`\n\n"
        "**3 fields of 3 resources drifted, 1 pending. "
        "`syncer pull` keeps the drift, `syncer apply` sets it back.**\n"
    )


def test_json_has_every_value_as_it_is() -> None:
    drift = Drift(signal(), (moved(("name",), "\x1b", "B", Mover.BOTH),), WHEN)
    followed = AttributeChange(("engUnit",), "kPa", "bar", mover=Mover.LIVE)
    other = Drift(item(), (Drifted(followed, "x", "bar", is_known=True),))
    pending = (Pending(signal("b"), "create", ("name",), ""),)

    document = json.loads(
        write_drift(Outside(TARGET, (drift, other), pending), "json", verbose=False)
    )

    assert document["drifts"][0] == {
        "address": "signals/pier/a",
        "updated_at": WHEN,
        "updated_by": None,
        "fields": [
            {
                "field": "name",
                "moved": "both",
                "base": None,
                "base_known": False,
                "base_hash": "0c734d68",
                "live": "\x1b",
                "git": "B",
                "source": {"file": "stand.yaml", "line": 3, "column": 5},
            }
        ],
    }
    assert document["drifts"][1]["fields"][0]["source"] is None
    assert document["summary"] == {"resources": 2, "fields": 2, "pending": 1}
    assert document["pending"] == [
        {"address": "signals/pier/b", "action": "create", "fields": ["name"], "reason": ""}
    ]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_hostile_text_acts_in_no_format(form: str) -> None:
    evil = "\x1b[2J\n##[error]`<b>|\u202e"
    address = Address("signals", "pier", evil)
    fields = (moved((evil,), evil, evil, Mover.BOTH, evil),)
    outside = Outside(
        Target(evil, evil),
        (Drift(address, fields, evil, evil),),
        (Pending(address, "update", (evil,), evil),),
        (Diagnostic("PLN-EMPTY-LIVE", evil),),
    )

    told = write_drift(outside, form, verbose=True)

    assert not {"\x1b", "\u202e"} & set(told)
    assert "##[" not in told
