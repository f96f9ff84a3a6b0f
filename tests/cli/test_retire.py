"""`--retire`: what left the manifests is counted, and hidden only when somebody asks for it."""

import json

import pytest

from tests.cli.conftest import Here

SIGNALS = """\
signals:
  amount: {name: Amount, engUnit: USD, labels: {site: [Pier]}}
  status: {name: Status, valueType: enum, enumValues: {0: ok, 1: on fire}}
"""
HIDE = ("--retire", "items/*", "--allow-retires", "1")


@pytest.fixture
def left(applied: Here) -> Here:
    """A project whose item has left the manifests."""
    applied.write(stand=SIGNALS)
    return applied


def is_visible(here: Here) -> bool:
    (item,) = json.loads(here.run("select", "items", "-o", "json").out)
    return item["visible"] is True


def test_what_left_the_manifests_is_told_and_kept(left: Here) -> None:
    plan = left.run("plan", "--detailed-exitcode")

    assert plan.code == 0
    assert "Not declared" in plan.out
    assert "items/pier/amount" in plan.out
    assert left.run("apply", "--auto-approve").code == 0
    assert is_visible(left)


def test_it_is_hidden_on_request_and_within_the_guard(left: Here) -> None:
    refused = left.run("apply", "--auto-approve", "--retire", "items/*")

    assert (refused.code, is_visible(left)) == (5, True)
    assert "--allow-retires 1" in refused.err

    done = left.run("apply", "--auto-approve", *HIDE)

    assert (done.code, is_visible(left)) == (0, False)
    assert "Applied: 1 retired; verified 1/1." in done.out


def test_a_saved_plan_hides_what_was_reviewed(left: Here) -> None:
    assert left.run("plan", "--out", "plan.json", *HIDE).code == 0
    assert "retire" in left.run("show", "plan.json", "-o", "markdown").out

    assert left.run("apply", "plan.json").code == 0
    assert not is_visible(left)


def test_a_saved_plan_does_not_hide_what_is_declared_again(left: Here) -> None:
    assert left.run("plan", "--out", "plan.json", *HIDE).code == 0
    left.write(stand=f"{SIGNALS}items:\n  amount: {{name: Money}}\n")

    refused = left.run("apply", "plan.json")

    assert (refused.code, is_visible(left)) == (5, True)
    assert "PLN-STALE" in refused.err


def test_a_hidden_item_comes_back_by_its_manifest_or_a_rollback(left: Here) -> None:
    assert left.run("plan", "--out", "plan.json", *HIDE).code == 0
    assert left.run("apply", "plan.json").code == 0
    assert left.run("rollback", "plan.json", "--auto-approve").code == 0
    assert is_visible(left)

    assert left.run("apply", "--auto-approve", *HIDE).code == 0
    left.write(stand=f"{SIGNALS}items:\n  amount: {{visible: true}}\n")
    assert left.run("apply", "--auto-approve").code == 0
    assert is_visible(left)


@pytest.mark.parametrize("glob", ["items/pier/other", "signals/*"])
def test_a_glob_that_names_nothing_to_hide_is_a_usage_error(left: Here, glob: str) -> None:
    refused = left.run("plan", "--retire", glob)

    assert refused.code == 64
    assert "CLI-TARGET" in refused.err
