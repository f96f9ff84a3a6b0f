"""`plan --out`, `show`, and `apply` of a file: only the plan that was reviewed is run."""

import hashlib
import json
import stat

import pytest

from syncer.sinks import json_text
from tests.e2e.command import Folder
from tests.e2e.conftest import REMOTE, Site


def test_a_plan_file_is_for_its_owner_and_holds_what_json_prints(local: Folder) -> None:
    printed = local.run("plan", "-o", "json", "--out", "plan.json")

    saved = local.path / "plan.json"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert saved.read_text() == printed.out
    assert json.loads(printed.out)["format_version"] == "1.0"
    assert printed.err.endswith("\nSaved; what was reviewed is run by: syncer apply plan.json\n")


def test_show_prints_what_plan_printed_without_a_project(planned: Folder) -> None:
    text = planned.run("plan").out
    (planned.path / "syncer.yaml").unlink()

    assert planned.run("show", "plan.json").out == text
    assert planned.run("show", "plan.json", "-o", "json").out == _saved(planned)
    assert planned.run("show", "plan.json", "-o", "markdown").out.startswith("<!-- syncer-plan -->")


def test_a_saved_plan_is_applied_without_asking(planned: Folder) -> None:
    applied = planned.run("apply", "plan.json")

    assert (applied.code, applied.err) == (0, "")
    assert applied.out.endswith("\nApplied: 2 updated; verified 2/2.\n")
    assert planned.run("plan", "--detailed-exitcode").code == 0


def test_a_plan_whose_resource_was_made_by_someone_else_is_refused(local: Folder) -> None:
    local.run("plan", "--out", "plan.json")
    local.edit("stand", "engUnit: USD", "engUnit: GBP")
    assert local.run("apply", "--auto-approve").code == 0
    local.edit("stand", "engUnit: GBP", "engUnit: USD")

    refused = local.run("apply", "plan.json")

    assert refused.code == 5
    assert "error[PLN-STALE]: signals/pier/amount would now be updated, not created" in refused.err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"EUR"', '"GBP"'),
        ('"after": "EUR"', '"after": "GBP"'),
        ('"engUnit": "EUR"', '"engUnit": "GBP"'),
        ('"signals/pier/amount"', '"signals/quay/amount"'),
    ],
)
def test_an_edited_plan_is_refused(planned: Folder, old: str, new: str) -> None:
    (planned.path / "plan.json").write_text(_saved(planned).replace(old, new))

    refused = planned.run("apply", "plan.json")

    assert refused.code == 5
    assert refused.err.startswith("error[PLN-FORMAT]: ")


def test_an_edited_plan_with_a_digest_of_its_own_is_still_refused(planned: Folder) -> None:
    edited = json.loads(_saved(planned).replace('"EUR"', '"GBP"'))
    body = json_text({**edited, "digest": ""}).encode()
    edited["digest"] = hashlib.sha256(body).hexdigest()
    (planned.path / "plan.json").write_text(json_text(edited))

    refused = planned.run("apply", "plan.json")

    assert refused.code == 5
    assert refused.err.startswith("error[PLN-STALE]: ")


def test_a_truncated_plan_is_refused_wherever_it_ends(planned: Folder) -> None:
    whole = _saved(planned)

    for end in (len(whole) // 2, len(whole) - 2):
        (planned.path / "plan.json").write_text(whole[:end])
        assert "PLN-FORMAT" in planned.run("show", "plan.json").err


def test_a_plan_brings_its_environment_and_no_other_may_be_asked_for(
    planned: Folder, site: Site
) -> None:
    planned.write(syncer=REMOTE)

    assert planned.run("apply", "plan.json", "--env", "dev").code == 64
    assert planned.run("apply", "plan.json", SYNCER_ENV="dev").code == 64
    assert planned.run("apply", "plan.json", CLARIFY_PIER=site.path("pier")).code == 0


def test_a_plan_for_another_server_is_refused(remote: Folder, site: Site) -> None:
    remote.run("plan", "--out", "plan.json")
    moved = site.text("pier").replace("127.0.0.1", "localhost")

    refused = remote.run("apply", "plan.json", CLARIFY_PIER=moved)

    assert refused.code == 5
    assert "error[PLN-TARGET]: the plan was made for http://127.0.0.1:" in refused.err


def _saved(folder: Folder) -> str:
    return (folder.path / "plan.json").read_text()
