from dataclasses import replace

from syncer.diagnostics import Diagnostic, Location
from syncer.plan.changes import Plan
from syncer.resources import Lifecycle
from syncer.views.base import render
from syncer.views.text import TextView
from tests.plan.worlds import found, have, item, plan, signal, want, wanted


def text(made: Plan, *, verbose: bool = False) -> list[str]:
    return "\n".join(render(made, TextView(), verbose=verbose)).split("\n")


def test_the_first_line_tells_the_whole_story_and_the_last_sums_up() -> None:
    made = plan(wanted(want(signal("a")), want(signal("b"), name="n")), found(have(signal("b"))))

    lines = text(made)

    assert lines[0] == "Environment dev at https://api.clarify.io: 1 to create, 1 to update"
    assert lines[-1] == "Plan: 1 to create, 1 to update."


def test_without_changes_that_is_what_it_says() -> None:
    assert text(plan(wanted(), found())) == [
        "Environment dev at https://api.clarify.io: no changes",
        "",
        "No changes. Live state matches the manifests.",
    ]


def test_one_edit_stands_on_the_line_of_its_resource() -> None:
    made = plan(wanted(want(signal(), engUnit="bar")), found(have(signal(), engUnit="kPa")))

    assert '  ~ signals/pier/a  engUnit "kPa" -> "bar"' in text(made)


def test_equal_edits_are_folded_and_verbose_lists_them() -> None:
    resources = [want(signal(key), engUnit="bar") for key in ("a", "b", "c")]
    live = [have(signal(key), engUnit="kPa") for key in ("a", "b", "c")]
    made = plan(wanted(*resources), found(*live))

    assert '  ~ 3 signals  engUnit "kPa" -> "bar"' in text(made)
    assert [line for line in text(made, verbose=True) if line.startswith("      -")] == [
        "      - signals/pier/a",
        "      - signals/pier/b",
        "      - signals/pier/c",
    ]


def test_signals_and_items_that_edit_alike_are_told_apart() -> None:
    made = plan(
        wanted(want(signal(), engUnit="bar"), want(item(), engUnit="bar")),
        found(have(signal(), engUnit="kPa"), have(item(), engUnit="kPa")),
    )

    assert sum("engUnit" in line for line in text(made)) == 2


def test_changes_of_meaning_come_before_the_rest() -> None:
    made = plan(
        wanted(want(signal("a"), description="d"), want(signal("b"), engUnit="bar")),
        found(have(signal("a")), have(signal("b"))),
    )

    titles = [line.split(".")[0] for line in text(made) if line[:1].isupper()]
    assert titles[1:3] == ["Change of meaning", "Update"]


def test_a_long_list_of_creates_is_cut_unless_verbose() -> None:
    made = plan(wanted(*(want(signal(f"s{n:02}")) for n in range(12))), found())

    assert "    ... and 2 more (-v lists them)" in text(made)
    assert len([line for line in text(made, verbose=True) if line.startswith("  +")]) == 12


def test_nested_values_are_told_by_their_parts() -> None:
    live = have(signal(), enumValues={"0": "ok", "1": "fire"}, labels={"site": ["Pier"]})
    desired = want(
        signal(), enumValues={"0": "ok", "1": "on fire"}, labels={"site": ["Yacht"], "x": ["1"]}
    )

    lines = text(plan(wanted(desired), found(live)))

    assert '      labels.site  - "Pier", + "Yacht"' in lines
    assert '      labels.x     none -> ["1"]' in lines
    assert '      enumValues   1: "fire" -> "on fire"' in lines


def test_notes_say_why_and_fold_by_reason() -> None:
    create_only = Lifecycle(create_only=True)
    made = plan(
        wanted(*(want(signal(key), create_only, engUnit="bar") for key in "ab"), want(item("z"))),
        found(*(have(signal(key), engUnit="kPa") for key in "ab")),
    )

    assert "  > 2 signals  exists, and is only created, never updated" in text(made)
    assert "  ? items/pier/z  its signal signals/pier/z does not exist yet" in text(made)
    verbose = text(made, verbose=True)
    assert sum("only created" in line and "engUnit" in line for line in verbose) == 2


def test_refusals_stand_first_with_their_remedy() -> None:
    refusal = Diagnostic("PLN-X", "too much", Location("f", 1, 2), hint="--allow")
    made = replace(plan(wanted(want(signal())), found()), refusals=(refusal,))

    lines = text(made)

    assert lines[0].endswith("1 to create, 1 refusal")
    assert lines[2:5] == [
        "Refused",
        "  ! error[PLN-X]: too much (f:1:2)",
        "      help: --allow",
    ]


def test_live_text_cannot_forge_a_line() -> None:
    live = have(signal(), name='x\n  - name: "Safe"\nPlan: 0 to change\x1b[2K')
    made = plan(wanted(want(signal(), name="Pump")), found(live))

    (line,) = [line for line in text(made) if "Safe" in line]
    assert line == (
        '  ~ signals/pier/a  name "x\\n  - name: \\"Safe\\"\\nPlan: 0 to change\\x1b[2K" -> "Pump"'
    )


def test_colour_is_only_on_the_symbol() -> None:
    made = plan(wanted(want(signal())), found())

    coloured = "\n".join(render(made, TextView(colour=True)))

    assert "  \x1b[32m+\x1b[0m signals/pier/a" in coloured


def test_a_finding_without_a_remedy_is_one_line() -> None:
    refused = replace(plan(wanted(), found()), refusals=(Diagnostic("PLN-CREATES", "no"),))

    assert text(refused)[2:4] == ["Refused", "  ! error[PLN-CREATES]: no"]
