"""`syncer pull` on the embedded Clarify: what it writes, says, and ends with."""

import json

from tests.cli.conftest import Here
from tests.e2e.people import change_item, change_signal


def test_what_others_changed_is_in_the_manifests_afterwards(applied: Here) -> None:
    change_signal(applied, "amount", name="Cash", labels={"site": ["Yacht"]})

    pulled = applied.run("pull")

    assert pulled.code == 0
    assert pulled.out.startswith("Environment local at ")
    assert (
        '  signals/pier/amount  name "Amount" -> "Cash"  (manifests/stand.yaml:2:18)' in pulled.out
    )
    assert pulled.out.endswith("\nPulled 2 values into 1 file.\n")
    assert applied.run("validate").code == 0
    assert applied.run("plan", "--detailed-exitcode").code == 0
    assert applied.run("drift").code == 0


def test_a_diff_writes_nothing(applied: Here) -> None:
    change_signal(applied, "amount", engUnit="EUR")
    path = applied.path / "manifests/stand.yaml"
    before = path.read_bytes()

    shown = applied.run("pull", "--diff")

    assert shown.code == 0
    assert shown.out.startswith("--- manifests/stand.yaml\n+++ manifests/stand.yaml\n@@ -")
    assert "\n+  amount: {name: Amount, engUnit: EUR, labels: {site: [Pier]}}\n" in shown.out
    assert shown.err.startswith("Environment local at ")
    assert shown.err.endswith("\nWould pull 1 value into 1 file.\n")
    assert path.read_bytes() == before


def test_what_is_left_is_told_and_is_a_partial_end(applied: Here) -> None:
    change_item(applied, "amount", engUnit="EUR", name="Cash")

    pulled = applied.run("pull")

    assert pulled.code == 4
    assert "error[PUL-FOLLOW]: items/pier/amount: engUnit follows its signal" in pulled.out
    assert "name: Cash" in (applied.path / "manifests/stand.yaml").read_text()


def test_json_says_what_was_taken_and_left(applied: Here) -> None:
    change_item(applied, "amount", engUnit="EUR", name="Cash")

    document = json.loads(applied.run("pull", "-o", "json").out)

    assert [each["field"] for each in document["pulled"]] == ["name"]
    assert [each["code"] for each in document["left"]] == ["PUL-FOLLOW"]


def test_nothing_to_pull_is_fine(applied: Here) -> None:
    pulled = applied.run("pull")

    assert pulled.code == 0
    assert pulled.out.endswith("\nNothing to pull. Nobody changed what syncer applied.\n")


def test_what_cannot_be_told_is_no_clean_bill(applied: Here) -> None:
    for path in (applied.path / ".syncer").glob("local.db*"):
        path.unlink()

    pulled = applied.run("pull")

    assert pulled.code == 4
    assert "error[PLN-EMPTY-LIVE]" in pulled.out


def test_a_glob_that_matches_nothing_is_a_mistake(applied: Here) -> None:
    wrong = applied.run("pull", "signals/pier/nothing")

    assert wrong.code == 64
    assert "error[CLI-TARGET]" in wrong.err
