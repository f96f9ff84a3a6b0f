"""`syncer adopt`: the marker alone, and every field and foreign annotation as it was."""

import json
from collections.abc import Mapping

import pytest

from tests.cli.conftest import Here
from tests.e2e.people import change_item, change_signal, live

FULL = {
    "name": "Cash",
    "description": "Counted.\nTwice.",
    "engUnit": "USD",
    "labels": {"site": ["Pier", "Yacht"]},
    "annotations": {"acme/plc": "plc-7"},
    "valueType": "enum",
    "enumValues": {"0": "ok"},
    "sampleInterval": "PT1M",
    "gapDetection": "PT5M",
}


@pytest.fixture
def found(local: Here) -> Here:
    """A project, and resources that others made: one is declared, one is another project's."""
    change_signal(local, "amount", **FULL)
    change_item(local, "amount", **{**FULL, "visible": False})
    change_signal(local, "other", name="Other", annotations={"syncer/project": "banana"})
    return local


def bare(view: Mapping[str, object]) -> dict[str, object]:
    """Return the view without what syncer writes for itself."""
    annotations = view["annotations"]
    assert isinstance(annotations, Mapping)
    kept = {key: text for key, text in annotations.items() if not key.startswith("syncer/")}
    return {**view, "annotations": kept}


def owner(folder: Here, address: str) -> object:
    annotations = live(folder)[address]["annotations"]
    assert isinstance(annotations, Mapping)
    return annotations.get("syncer/project")


def test_every_field_and_foreign_annotation_stays(found: Here) -> None:
    before = live(found)

    done = found.run("adopt", "*/amount", "--auto-approve")

    after = live(found)
    assert done.code == 0
    assert done.out.endswith("\nApplied: 2 adopted; verified 2/2.\n")
    assert {address: bare(view) for address, view in after.items()} == {
        address: bare(view) for address, view in before.items()
    }
    assert owner(found, "signals/pier/amount") == owner(found, "items/pier/amount") == "stand"
    assert owner(found, "signals/pier/other") == "banana"


def test_the_plan_is_shown_and_nothing_is_written_unasked(found: Here) -> None:
    before = live(found)

    refused = found.run("adopt", "signals/pier/amount")

    assert refused.code == 5
    assert "  = signals/pier/amount  nobody has marked it\n" in refused.out
    assert refused.out.endswith("\nPlan: 1 to adopt.\n")
    assert "error[APP-NOT-APPROVED]" in refused.err
    assert live(found) == before


def test_it_is_in_the_history_as_what_it_was(found: Here) -> None:
    found.run("adopt", "signals/pier/amount", "--auto-approve")

    assert "  adopt  local" in found.run("history").out


def test_what_is_owned_already_is_no_change(found: Here) -> None:
    found.run("adopt", "*/amount", "--auto-approve")
    before = live(found)

    again = found.run("adopt", "*/amount")

    assert (again.code, again.out) == (0, "")
    assert "Nothing to adopt" in again.err
    assert live(found) == before


def test_anothers_is_refused_until_it_is_taken(found: Here) -> None:
    refused = found.run("adopt", "*", "--auto-approve")
    assert refused.code == 5
    assert "error[PLN-OWNER]: signals/pier/other belongs to banana" in refused.err
    assert owner(found, "signals/pier/amount") is None

    taken = found.run("adopt", "*", "--auto-approve", "--take-ownership", "*/other")

    assert taken.code == 0
    assert "  = signals/pier/other  belonged to banana\n" in taken.out
    assert owner(found, "signals/pier/other") == "stand"


@pytest.mark.parametrize("glob", ["signals/pier/nothing", "signals/yacht/*", "amount"])
def test_a_glob_that_matches_nothing_is_a_mistake(found: Here, glob: str) -> None:
    wrong = found.run("adopt", "*/amount", glob, "--auto-approve")

    assert wrong.code == 64
    assert f"error[CLI-TARGET]: {glob!r} matches no resource that exists in local" in wrong.err
    assert owner(found, "signals/pier/amount") is None


def test_a_glob_is_needed(found: Here) -> None:
    assert found.run("adopt").code == 64


def test_what_is_protected_is_marked_only_when_it_is_named(found: Here) -> None:
    found.edit("stand", "name: Amount,", "name: Amount, lifecycle: {protected: true},")

    assert found.run("adopt", "signals/pier/amount", "--auto-approve").code == 5
    allowed = ("--allow-protected", "*/amount")
    assert found.run("adopt", "signals/pier/amount", "--auto-approve", *allowed).code == 0


def test_what_agrees_with_the_manifests_becomes_the_base(found: Here) -> None:
    found.run("adopt", "signals/pier/amount", "--auto-approve")
    change_signal(found, "amount", engUnit="EUR")

    told = found.run("drift", "--target", "signals/pier/amount")

    assert '      engUnit  "USD" -> "EUR"\n' in told.out
    assert "  update  signals/pier/amount  name, labels.site\n" in told.out


def test_the_report_is_json_and_the_plan_goes_to_stderr(found: Here) -> None:
    done = found.run("adopt", "signals/pier/amount", "--auto-approve", "-o", "json")

    assert [outcome["action"] for outcome in json.loads(done.out)["outcomes"]] == ["adopt"]
    assert "Plan: 1 to adopt." in done.err
