import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from operator import getitem

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.errors import PlanRefused
from syncer.kinds import Action
from syncer.plan import adoption, planfile
from syncer.plan.changes import Allowances, Plan, Release
from syncer.plan.planner import Options
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import Lifecycle
from syncer.sinks import json_text
from tests.plan.worlds import (
    TARGET,
    applied,
    edited,
    found,
    have,
    item,
    plan,
    signal,
    want,
    wanted,
)

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
    released=(Release(signal("a"), ("engUnit", "labels.a/b")), Release(item("b"), ("name",))),
    undeclared=(item("x"), signal("y/z")),
    allowances=Allowances(1, 2, 3, 4, ("a",), ("b",), ("c", "c2"), ("d",), empty=True),
)
SMALL = plan(wanted(want(signal(), engUnit="bar")), found(have(signal(), engUnit="kPa")))


def sealed(document: Mapping[str, object]) -> str:
    """Return the text of a plan file whose digest fits, whatever stands in it."""
    bare = json_text({**document, "digest": ""})
    digest = hashlib.sha256(bare.encode()).hexdigest()
    return json_text({**document, "digest": digest})


def is_refused(text: str) -> bool:
    try:
        planfile.loads(text)
    except PlanRefused as refused:
        return [finding.code for finding in refused.findings] == ["PLN-FORMAT"]
    return False


def test_the_digest_is_that_of_the_same_document_without_it() -> None:
    document = json.loads(planfile.dumps(FULL))

    assert sealed(document) == planfile.dumps(FULL)
    assert planfile.digest(FULL) == document["digest"]
    assert planfile.digest(FULL) != planfile.digest(SMALL)


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
    assert document["summary"] == {"create": 2, "update": 1, "retire": 0, "adopt": 0}
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

    assert planfile.loads(sealed(document)) == FULL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"format_version": "1.0"}',
        '{"format_version": "1.0"}\n',
        '{"format_version": "2.0"}',
        '{"format_version": 1}',
        '{"format_version": "1.0", "format_version": "1.0"}',
        '{"a": NaN}',
        '{"format_version": "1.0", "a": 1e999}',
        '{"format_version": "1.0", "a": "\\ud800"}',
        "[" * 100_000,
        '{"format_version": "1.0", "a": ' + "[" * 900 + "]" * 900 + "}",
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("signals/pier/a", "signals/pier"),
        ("signals/pier/a", "labels/pier/a"),
        ('"signals/pier/a"', '"signals/quay/a"'),
        ('"1.0"', '"2.0"'),
        ('"1.0"', '"11.0"'),
        ('"kind": "plan"', '"kind": "rollback"'),
        ('"moved": "first"', '"moved": "nobody"'),
        ('"action": "update"', '"action": "destroy"'),
        ('"note": "skip"', '"note": "x"'),
        ('"severity": "warning"', '"severity": "info"'),
        ('"creates": 1', '"creates": true'),
        ('"creates": 1', '"creates": "1"'),
        ('"empty": true', '"empty": 1'),
        ('"signals/pier/y/z"', '"signals"'),
        ('"items/pier/b"', '"filters/pier/b"'),
    ],
)
def test_with_a_digest_that_fits_it_still_has_to_be_a_plan(old: str, new: str) -> None:
    text = planfile.dumps(FULL)
    assert old in text

    assert is_refused(sealed(json.loads(text.replace(old, new))))


@pytest.mark.parametrize("member", sorted(json.loads(planfile.dumps(FULL))))
def test_no_member_may_be_missing(member: str) -> None:
    document = json.loads(planfile.dumps(FULL))
    del document[member]

    assert is_refused(json_text(document) if member == "digest" else sealed(document))


def test_an_unknown_address_is_told_apart_from_a_wrong_shape() -> None:
    document = json.loads(planfile.dumps(FULL))

    with pytest.raises(PlanRefused, match="an address that cannot be"):
        planfile.loads(sealed({**document, "undeclared": ["x"]}))
    with pytest.raises(PlanRefused, match=r"is wrong at undeclared\.0: "):
        planfile.loads(sealed({**document, "undeclared": [1]}))
    with pytest.raises(PlanRefused, match=r"has no format_version 1\.x"):
        planfile.loads(sealed({**document, "format_version": "0.9"}))
    with pytest.raises(PlanRefused, match="its digest does not fit"):
        planfile.loads(json_text({**document, "digest": "0" * 64}))
    with pytest.raises(PlanRefused, match="only a part of it"):
        planfile.loads("{")


CONTRADICTIONS = [
    (("applyable",), True, "at applyable"),
    (("summary", "create"), 7, "at summary"),
    (("summary", "retire"), 1, "at summary"),
    (("resource_changes", 1, "type"), "clarify_item", "itself at signals/pier/a"),
    (("resource_changes", 1, "name"), "b", "itself"),
    (("resource_changes", 1, "integration"), "quay", "itself"),
    (("resource_changes", 1, "meaning"), False, "itself"),
    (("resource_changes", 1, "change", "actions"), ["create"], "itself"),
    (("resource_changes", 1, "change", "action"), "create", "at summary"),
    (("resource_changes", 1, "change", "before", "engUnit"), "K", "itself"),
    (("resource_changes", 1, "change", "after", "engUnit"), "K", "itself"),
    (("resource_changes", 1, "change", "after", "labels"), {"site": ["Yacht"]}, "itself"),
    (("resource_changes", 1, "change", "after", "labels"), [], "itself"),
    (("resource_changes", 1, "change", "changed", 0, "before"), "K", "itself"),
    (("resource_changes", 1, "change", "changed", 0, "after"), "K", "itself"),
    (("resource_changes", 2, "change", "after_unknown", "signal"), False, "itself"),
    (("integrations",), {}, "an integration that it gives no ID: signals/pier/new"),
]


@pytest.mark.parametrize(("path", "value", "told"), CONTRADICTIONS)
def test_a_plan_that_contradicts_itself_is_refused(
    path: tuple[str | int, ...], value: object, told: str
) -> None:
    document = json.loads(planfile.dumps(FULL))
    *parents, last = path
    reduce(getitem, parents, document)[last] = value

    assert is_refused(json_text(document))
    with pytest.raises(PlanRefused, match=f"the plan file (contradicts|names).*{told}"):
        planfile.loads(sealed(document))


def test_a_plan_without_refusals_says_that_it_can_be_applied() -> None:
    document = json.loads(planfile.dumps(SMALL))

    assert document["applyable"] is True
    assert is_refused(sealed({**document, "applyable": False}))
    assert is_refused(sealed({**document, "refusals": FULL_DOCUMENT["refusals"]}))


FULL_DOCUMENT = json.loads(planfile.dumps(FULL))


def test_hiding_and_adopting_come_back_too() -> None:
    live = applied(wanted(want(signal(), engUnit="bar"), want(item(), name="n")), found())
    hides = plan(wanted(), edited(live, item(), visible=True), Options(retire={item()}))
    adopts = adoption.plan(wanted(), found(have(signal())), KINDS, TARGET, {signal()})

    for made, action, word in ((hides, Action.RETIRE, "retire"), (adopts, Action.ADOPT, "adopt")):
        text = planfile.dumps(made)
        assert planfile.loads(text) == made
        (entry,) = json.loads(text)["resource_changes"]
        assert (entry["change"]["action"], entry["change"]["actions"]) == (word, ["update"])
        assert json.loads(text)["summary"] == {
            "create": 0,
            "update": 0,
            "retire": int(action is Action.RETIRE),
            "adopt": int(action is Action.ADOPT),
        }


def test_every_mover_comes_back() -> None:
    live = applied(wanted(want(signal(), engUnit="kPa", name="n", description="d")), found())
    moved = edited(live, signal(), name="x", description="y")
    desired = want(signal(), engUnit="bar", name="n", description="e", sourceType="prediction")
    made = plan(wanted(desired), moved)

    text = planfile.dumps(made)

    assert planfile.loads(text) == made
    fields = json.loads(text)["resource_changes"][0]["change"]["changed"]
    assert {field["field"]: field["moved"] for field in fields} == {
        "name": "live",
        "description": "both",
        "engUnit": "git",
        "sourceType": "first",
    }


def test_every_edit_of_one_byte_is_refused() -> None:
    text = planfile.dumps(SMALL)

    for place, character in enumerate(text):
        flipped = chr(ord(character) ^ 1)
        for other in {flipped, character.swapcase(), " ", "0", '"'} - {character}:
            assert is_refused(text[:place] + other + text[place + 1 :]), (place, other)
        assert is_refused(text[:place] + text[place + 1 :]), place
        for more in " 0\n":
            assert is_refused(text[:place] + more + text[place:]), (place, more)
        assert is_refused(text[:place]), place
    assert is_refused(text + " ")
    assert is_refused(text + "\n")
    assert is_refused("\ufeff" + text)


def test_another_spelling_of_the_same_json_is_refused() -> None:
    document = json.loads(planfile.dumps(SMALL))

    assert is_refused(json.dumps(document))
    assert is_refused(json.dumps(document, indent=2, sort_keys=True))
    assert is_refused(json.dumps(dict(reversed(document.items())), indent=2) + "\n")


def test_a_plan_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planfile, "_MAX_BYTES", 10)

    with pytest.raises(PlanRefused, match="larger"):
        planfile.loads(planfile.dumps(Plan(FULL.target)))


@pytest.mark.property
@given(st.integers(0, len(planfile.dumps(FULL)) - 1), st.characters(codec="ascii"))
def test_any_edited_character_is_refused(place: int, character: str) -> None:
    """A plan file with one character replaced is refused; never another failure."""
    text = planfile.dumps(FULL)
    if text[place] != character:
        assert is_refused(text[:place] + character + text[place + 1 :])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@pytest.mark.property
@given(st.data(), json_values)
def test_any_sealed_document_is_a_plan_or_refused(data: st.DataObject, value: object) -> None:
    """Whatever stands at a place of a sealed document, it is a plan or refused; never a crash."""
    document = json.loads(planfile.dumps(FULL))
    place: dict[str, object] | list[object] = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return
        key = data.draw(st.sampled_from(list(keys)))
        inner = place[key]  # type: ignore[call-overload, index]
        if not isinstance(inner, dict | list) or data.draw(st.booleans()):
            place[key] = value  # type: ignore[call-overload, index]
            break
        place = inner

    with contextlib.suppress(PlanRefused):
        assert isinstance(planfile.loads(sealed(document)), Plan)
