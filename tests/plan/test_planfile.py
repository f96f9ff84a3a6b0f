import contextlib
import json
from dataclasses import replace
from functools import reduce
from operator import getitem

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.errors import PlanRefused
from syncer.plan import planfile
from syncer.plan.changes import Plan
from syncer.resources import Lifecycle
from tests.plan.worlds import found, have, item, plan, signal, want, wanted

FULL = replace(
    plan(
        wanted(
            want(signal("a"), engUnit="bar", labels={"site": ["Pier"]}),
            want(signal("new")),
            want(item("new")),
            want(item("waits")),
            want(signal("old"), Lifecycle(create_only=True), engUnit="°C"),
        ),
        found(have(signal("a"), engUnit="kPa"), have(signal("old"), engUnit="K")),
    ),
    refusals=(Diagnostic("PLN-CREATES", "too many", hint="--allow-creates 2"),),
    warnings=(Diagnostic("PLN-LINK", "x", Location("f", 1, 2), severity=Severity.WARNING),),
)


def test_a_plan_comes_back_as_it_was() -> None:
    assert planfile.loads(planfile.dumps(FULL)) == FULL


def test_the_same_plan_gives_the_same_ascii_bytes() -> None:
    text = planfile.dumps(FULL)

    assert text == planfile.dumps(planfile.loads(text))
    assert text.isascii()
    assert text.endswith("}\n")


def test_no_command_of_a_ci_log_stands_in_the_text() -> None:
    made = plan(wanted(want(signal(), name="##[error]x ###vso[task.complete]")), found())

    assert "##" not in planfile.dumps(made)
    assert planfile.loads(planfile.dumps(made)) == made


def test_the_members_are_terraforms_words() -> None:
    document = json.loads(planfile.dumps(FULL))

    assert document["format_version"] == "1.0"
    assert document["applyable"] is False
    assert document["summary"] == {"create": 2, "update": 1}
    assert [entry["change"]["actions"] for entry in document["resource_changes"]] == [
        ["create"],
        ["update"],
        ["create"],
    ]
    assert document["resource_changes"][2]["change"]["after_unknown"] == {"signal": True}
    assert document["resource_changes"][1]["change"]["changed"][0] == {
        "field": "engUnit",
        "before": "kPa",
        "after": "bar",
        "moved": "first",
        "meaning": True,
        "source": {"file": "stand.yaml", "line": 3, "column": 3},
    }


def test_an_empty_plan_is_not_applyable() -> None:
    assert json.loads(planfile.dumps(plan(wanted(), found())))["applyable"] is False


def test_members_of_a_newer_minor_version_are_passed_over() -> None:
    document = json.loads(planfile.dumps(FULL)) | {"format_version": "1.7", "later": {}}

    assert planfile.loads(json.dumps(document)) == FULL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"format_version": "1.0"}',
        '{"format_version": "2.0"}',
        '{"format_version": 1}',
        '{"format_version": "1.0", "format_version": "1.0"}',
        '{"a": NaN}',
        "[" * 100_000,
        planfile.dumps(FULL).replace("signals/pier/a", "signals/pier"),
        planfile.dumps(FULL).replace("signals/pier/a", "labels/pier/a"),
        planfile.dumps(FULL).replace('"first"', '"git"'),
        planfile.dumps(FULL)[:-3],
        planfile.dumps(FULL).replace('"signals/pier/a"', '"signals/quay/a"'),
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        planfile.loads(text)

    assert [finding.code for finding in refused.value.findings] == ["PLN-FORMAT"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("applyable",), True),
        (("summary", "create"), 7),
        (("resource_changes", 1, "type"), "clarify_item"),
        (("resource_changes", 1, "name"), "b"),
        (("resource_changes", 1, "integration"), "quay"),
        (("resource_changes", 1, "meaning"), False),
        (("resource_changes", 1, "change", "actions"), ["create"]),
        (("resource_changes", 1, "change", "before", "engUnit"), "K"),
        (("resource_changes", 1, "change", "after", "engUnit"), "K"),
        (("resource_changes", 1, "change", "after", "labels"), {"site": ["Yacht"]}),
        (("resource_changes", 1, "change", "after", "labels"), []),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(
    path: tuple[str | int, ...], value: object
) -> None:
    document = json.loads(planfile.dumps(FULL))
    *parents, last = path
    reduce(getitem, parents, document)[last] = value

    with pytest.raises(PlanRefused, match="contradicts"):
        planfile.loads(json.dumps(document))


def test_a_plan_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planfile, "_MAX_BYTES", 10)

    with pytest.raises(PlanRefused, match="larger"):
        planfile.loads(planfile.dumps(Plan(FULL.target)))


@pytest.mark.property
@given(st.integers(0, len(planfile.dumps(FULL)) - 1), st.characters(codec="ascii"))
def test_any_edited_character_is_refused_or_read_without_harm(place: int, character: str) -> None:
    """A plan file with one character replaced is a plan, or refused; never another failure."""
    text = planfile.dumps(FULL)

    with contextlib.suppress(PlanRefused):
        assert isinstance(planfile.loads(text[:place] + character + text[place + 1 :]), Plan)
