"""Drift, pull and adopt as their users run them."""

import os

from tests.e2e.command import Folder
from tests.e2e.conftest import PIER, YACHT, Site
from tests.e2e.people import change_item, change_signal
from tests.e2e.test_approval import asked

SEVERAL = f"""\
version: 1
project: stand
integrations: [pier]
environments:
  dev: {{integrations: {{pier: {{id: {PIER}}}}}, admin: {{credentials_env: READER}}}}
  prod: {{integrations: {{pier: {{id: {YACHT}}}}}, admin: {{credentials_env: READER}}}}
"""


def test_what_others_changed_is_found_pulled_and_gone(applied: Folder) -> None:
    applied.write(
        stand="""\
# the stand
signals:
  amount: {name: 'Amount', engUnit: USD, labels: {site: [Pier]}}  # of money
  status: {name: Status, valueType: enum, enumValues: {0: ok, 1: on fire}}
items:
  amount: {name: Money, follow: [engUnit]}
"""
    )
    assert applied.run("drift").code == 0
    change_signal(applied, "amount", name="Cash", engUnit="EUR")
    change_item(applied, "amount", name="Cash in hand")
    assert applied.run("drift").code == 2

    pulled = applied.run("pull")

    assert (pulled.code, pulled.err) == (0, "")
    assert (
        (applied.path / "manifests/stand.yaml").read_text()
        == """\
# the stand
signals:
  amount: {name: 'Cash', engUnit: EUR, labels: {site: [Pier]}}  # of money
  status: {name: Status, valueType: enum, enumValues: {0: ok, 1: on fire}}
items:
  amount: {name: Cash in hand, follow: [engUnit]}
"""
    )
    assert applied.run("validate").code == 0
    assert applied.run("drift").code == 0
    planned = applied.run("plan")
    # The item follows its signal, which is Git's word now.
    assert '  ~ items/pier/amount  engUnit "USD" -> "EUR"\n' in planned.out
    assert "Revert" not in planned.out


def test_what_exists_is_adopted_and_then_its_drift_is_known(local: Folder) -> None:
    change_signal(local, "amount", name="Amount", engUnit="USD", labels={"site": ["Pier"]})
    assert local.run("adopt", "signals/pier/*").code == 5

    assert local.run("adopt", "signals/pier/*", "--auto-approve").code == 0
    change_signal(local, "amount", engUnit="EUR")

    drift = local.run("drift")
    assert drift.code == 2
    assert '      engUnit  "USD" -> "EUR"\n' in drift.out


def test_an_adoption_is_asked_about_and_yes_approves_it(local: Folder) -> None:
    change_signal(local, "amount")

    with asked(local, "signals/*", command="adopt") as (process, terminal):
        os.write(terminal, b"yes\n")
        assert process.stdout is not None
        out = process.stdout.read()
        assert process.wait(10) == 0

    assert out.endswith("Applied: 1 adopted; verified 1/1.\n")


def test_each_environment_has_its_own_drift_and_reading_needs_no_writer(
    local: Folder, site: Site
) -> None:
    local.write(syncer=SEVERAL)
    reader = {"READER": site.path("pier")}
    writers = {"CLARIFY_CREDENTIALS": site.path("pier")}
    assert local.run("apply", "--env", "dev", "--auto-approve", **reader, **writers).code == 0

    told = [local.run("drift", "--env", env, **reader) for env in ("dev", "prod")]

    assert [each.code for each in told] == [0, 0]
    assert told[0].out.startswith(f"Environment dev at {site.url.removesuffix('/v1/')}: no")
    assert "no drift, 3 pending" in told[1].out
    assert local.run("drift", **reader).code == 64
    assert local.run("drift", "--env", "dev").code == 6
