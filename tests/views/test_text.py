from dataclasses import replace

import pytest

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.plan import adoption
from syncer.plan.changes import Allowances, Plan, Release
from syncer.plan.planner import Options
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import Lifecycle
from syncer.views.base import render
from syncer.views.text import TextView
from tests.plan.worlds import (
    TARGET,
    applied,
    declare,
    edited,
    found,
    have,
    item,
    plan,
    signal,
    want,
    wanted,
)


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


def full() -> Plan:
    """A plan with something in every section."""
    before = {"name": "n", "description": "d", "engUnit": "kPa"}
    declared = [declare(signal(key), before) for key in "abcdef"]
    live = applied(wanted(*declared, want(signal("i"), name="n"), want(item("i"))), found())
    live = edited(live, signal("a"), name="by hand")
    live = edited(live, signal("b"), name="by hand")
    live = edited(live, signal("c"), engUnit="psi")
    later = before | {"name": "m"}
    desired = wanted(
        declare(signal("a"), before),
        declare(signal("b"), later),
        declare(signal("c"), before),
        declare(signal("d"), before | {"description": "new"}),
        want(signal("e"), name="n", description="d"),
        want(signal("new")),
        want(item("z")),
    )
    made = plan(desired, live, Options(retire={item("i")}))
    refusal = Diagnostic("PLN-X", "too much", hint="--allow")
    warning = Diagnostic("PLN-W", "careful", severity=Severity.WARNING)
    return replace(made, refusals=(refusal,), warnings=(warning,))


def titles(made: Plan) -> list[str]:
    return [line for line in text(made)[1:-1] if line[:1].isupper()]


def test_the_sections_come_in_their_order_with_what_is_to_be_said_of_each() -> None:
    assert titles(full()) == [
        "Refused",
        "Create. A create cannot be undone and may be billed.",
        "Change of meaning. Stored values are not converted.",
        "Conflict. Changed in the manifests and in Clarify.",
        "Revert. Somebody changed these in Clarify; the plan sets them back.",
        "Update",
        "Retire. Hidden, because no manifest declares them any more.",
        "Left alone",
        "Released. Written by syncer, and named by no manifest any more; the values stay.",
        "Not declared. Owned by this project, and in no manifest; left as they are.",
        "Warnings",
    ]


def test_each_change_stands_in_its_section_with_who_moved_it() -> None:
    lines = text(full())

    assert lines[0].endswith(": 1 to create, 4 to update, 1 to retire, 1 refusal")
    assert lines[-1] == "Plan: 1 to create, 4 to update, 1 to retire."
    assert [line for line in lines if line.startswith("  ") and line[2] in "+~->?="] == [
        "  + signals/pier/new  declared, and not in Clarify yet",
        '  ~ signals/pier/c  engUnit "psi" -> "kPa"  (changed in Clarify)',
        '  ~ signals/pier/b  name "by hand" -> "m"  (changed in Clarify, too)',
        '  ~ signals/pier/a  name "by hand" -> "n"  (changed in Clarify)',
        '  ~ signals/pier/d  description "d" -> "new"',
        "  - items/pier/i  visible true -> false",
        "  ? items/pier/z  its signal signals/pier/z does not exist yet",
    ]
    assert "    signals/pier/e  engUnit" in lines
    # The item that is hidden by this plan is not left as it is.
    assert [line for line in lines if "in pier" in line] == ["    2 signals  in pier"]


def test_who_moved_is_said_of_each_of_several_fields() -> None:
    live = applied(wanted(want(signal(), name="n", description="d")), found())
    moved = edited(live, signal(), name="x")

    lines = text(plan(wanted(want(signal(), name="n", description="e")), moved))

    assert '      name         "x" -> "n"  (changed in Clarify)' in lines
    assert '      description  "d" -> "e"' in lines


def test_equal_edits_with_other_movers_are_told_apart() -> None:
    live = applied(wanted(*(want(signal(key), name="n") for key in "ab")), found())
    for key, base in (("a", "n"), ("b", "n")):
        live = edited(live, signal(key), name="x", annotations={"k": base})
    live = edited(live, signal("b"), annotations={"syncer/base": ""})

    made = plan(wanted(*(want(signal(key), name="n") for key in "ab")), live)

    assert [line for line in text(made) if line.startswith("  ~")] == [
        '  ~ signals/pier/a  name "x" -> "n"  (changed in Clarify)',
        '  ~ signals/pier/b  name "x" -> "n"',
    ]


def test_adopting_says_whose_the_resources_were() -> None:
    live = found(
        *(have(signal(key)) for key in "abc"),
        have(signal("d"), owner="other"),
        have(item("a")),
    )
    made = adoption.plan(wanted(), live, KINDS, TARGET, list(live.resources), {signal("d")})

    lines = text(made)

    assert lines[0].endswith(": 5 to adopt")
    assert "Adopt. The ownership marker alone." in lines
    assert [line for line in lines if line.startswith("  =")] == [
        "  = 3 signals  nobody has marked it",
        "  = signals/pier/d  belonged to other",
        "  = items/pier/a  nobody has marked it",
    ]
    assert lines[-1] == "Plan: 5 to adopt."


def test_releases_fold_by_kind_and_names_and_verbose_lists_them() -> None:
    released = (
        Release(signal("a"), ("engUnit", "labels.site")),
        Release(signal("b"), ("engUnit", "labels.site")),
        Release(item("a"), ("engUnit", "labels.site")),
        Release(signal("c"), ("engUnit",)),
    )
    made = Plan(TARGET, released=released)

    assert [line for line in text(made) if "engUnit" in line] == [
        "    2 signals  engUnit, labels.site",
        "    items/pier/a  engUnit, labels.site",
        "    signals/pier/c  engUnit",
    ]
    assert "      - signals/pier/b" in text(made, verbose=True)
    assert text(made)[-1] == "No changes. Live state matches the manifests."


def test_a_rollback_without_changes_says_nothing_of_the_manifests() -> None:
    assert text(Plan(TARGET, undoes="run-1"))[-1] == "No changes. Nothing is left to take back."


def test_what_is_not_declared_is_counted_by_kind_and_integration() -> None:
    quay = signal("q")._replace(integration="quay")
    made = Plan(TARGET, undeclared=(item("a"), item("b"), signal("a"), signal("b"), quay))

    assert [line for line in text(made) if "in " in line and line.startswith("    ")] == [
        "    2 items  in pier",
        "    2 signals  in pier",
        "    signals/quay/q  in quay",
    ]
    verbose = [line for line in text(made, verbose=True) if line.startswith("    ")]
    assert verbose == [f"    {address}" for address in made.undeclared]


@pytest.mark.parametrize(("count", "more"), [(10, 0), (11, 1)])
def test_ten_entries_of_a_section_are_shown(count: int, more: int) -> None:
    made = plan(wanted(*(want(signal(f"s{n:02}")) for n in range(count))), found())

    lines = text(made)

    assert sum(line.startswith("  +") for line in lines) == 10
    assert sum("-v lists them" in line for line in lines) == more


@pytest.mark.parametrize(
    ("symbol", "colour"), [("+", 32), ("~", 33), ("-", 31), ("=", 32), ("?", 36), ("!", 31)]
)
def test_every_symbol_has_its_colour(symbol: str, colour: int) -> None:
    adopts = adoption.plan(wanted(), found(have(signal())), KINDS, TARGET, {signal()})
    both = replace(full(), changes=(*full().changes, *adopts.changes))

    coloured = "\n".join(render(both, TextView(colour=True)))

    assert f"  \x1b[{colour}m{symbol}\x1b[0m " in coloured
    assert "\x1b" not in "\n".join(render(both, TextView()))


def test_several_refusals_are_counted() -> None:
    refused = Diagnostic("PLN-CREATES", "no")

    assert text(Plan(TARGET, refusals=(refused, refused)))[0].endswith(": 2 refusals")


def test_what_a_plan_is_allowed_is_told_to_whoever_reviews_it() -> None:
    made = Plan(TARGET, allowances=Allowances(creates=40, overwrite=("signals/*\x1b[2J",)))

    lines = list(render(made, TextView()))

    assert lines[1:3] == [
        "\nAllowed",
        "  ! warning[PLN-ALLOWED]: beyond the guards, this plan is allowed: "
        "--allow-creates 40, --overwrite signals/*\\x1b[2J",
    ]
