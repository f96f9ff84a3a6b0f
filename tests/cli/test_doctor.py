"""`syncer doctor` checks every credential over HTTP, whatever becomes of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from syncer.emulator.messages import Request, Response, text_response
from tests.cli.conftest import Here
from tests.cli.test_remote import FLEET, TWO
from tests.e2e.conftest import PIER, STAND, YACHT, Site

ITEMS = {"admin.selectSignals", "clarify.selectItems"}


def doctor(folder: Here, code: int = 0, **variables: str) -> dict[str, Any]:
    """Return what doctor found, as JSON."""
    found = folder.run("doctor", "-o", "json", **variables)
    assert found.code == code, found
    document: dict[str, Any] = json.loads(found.out)
    assert document["ready"] is (code == 0)
    return document


def codes(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the codes of the findings by variable."""
    return {
        each["variable"]: [f"{f['severity']} {f['code']}" for f in each["findings"]]
        for each in document["credentials"]
    }


@pytest.fixture
def two(remote: Here, site: Site) -> Here:
    """A project with admin's credentials and two integrations, of which one has its own."""
    remote.write(syncer=TWO, stand=f"integration: pier\n{STAND}", fleet=FLEET)
    variables = {"CLARIFY_PIER": site.path("pier"), "CLARIFY_ADMIN": site.path("yacht")}
    return Here(remote.path, variables, remote.call)


def test_a_whole_environment_is_ready(two: Here, site: Site) -> None:
    assert two.run("apply", "--auto-approve", CLARIFY_YACHT=site.path("yacht")).code == 0

    found = two.run("doctor", CLARIFY_YACHT=site.path("yacht", "basic-auth"))

    assert (found.code, found.err) == (0, "")
    assert f"CLARIFY_PIER, for pier: accepted\n  integration  {PIER} (client-cred" in found.out
    assert f"  integration  {YACHT} (basic-auth), as configured\n" in found.out
    assert "  namespaces   admin yes, clarify yes, integration not probed\n" in found.out
    assert "  signals      pier 2, yacht 1\n  items        1\n" in found.out
    assert found.out.endswith("Ready: `syncer plan` has what it needs.\n")
    assert not any(secret in found.out for secret in site.secrets())


def test_nothing_is_written(two: Here, site: Site) -> None:
    methods: set[str] = set()
    whole = site.handlers[-1]

    def listen(request: Request) -> Response:
        if request.path.endswith("/rpc"):
            methods.add(json.loads(request.body)["method"])
        return whole(request)

    site.answer_with(listen)
    two.run("doctor")

    assert methods == ITEMS
    assert not (two.path / ".syncer").exists()


def test_a_missing_credential_is_a_finding_and_the_others_are_checked(two: Here) -> None:
    document = doctor(two)

    assert codes(document) == {
        "CLARIFY_ADMIN": [],
        "CLARIFY_PIER": [],
        "CLARIFY_YACHT": ["warning CRD-MISSING"],
    }
    assert [each["state"] for each in document["credentials"]] == ["accepted"] * 2 + ["missing"]


def test_without_admin_the_integrations_own_credentials_are_needed(two: Here, site: Site) -> None:
    assert codes(doctor(two, 6, CLARIFY_ADMIN="")) == {
        "CLARIFY_ADMIN": ["warning CRD-MISSING"],
        "CLARIFY_PIER": [],
        "CLARIFY_YACHT": ["error CRD-MISSING"],
    }
    doctor(two, 0, CLARIFY_ADMIN="", CLARIFY_YACHT=site.path("yacht"))


@pytest.mark.parametrize(
    ("grants", "expected", "code"),
    [
        (frozenset({"admin"}), ["error CRD-NAMESPACE"], 6),
        (frozenset({"clarify"}), ["error CRD-NAMESPACE"], 6),
        (frozenset(), ["error CRD-NAMESPACE", "error CRD-NAMESPACE"], 6),
    ],
)
def test_a_namespace_of_the_reader_is_needed(
    two: Here, site: Site, grants: frozenset[str], expected: list[str], code: int
) -> None:
    site.store.ensure_integration(YACHT, "yacht", grants=grants)

    document = doctor(two, code)

    assert codes(document)["CLARIFY_ADMIN"] == expected
    told = document["credentials"][0]["namespaces"]
    assert {name for name in ("admin", "clarify") if told[name] == "yes"} == grants


def test_the_namespace_of_items_is_needed_only_where_items_are_declared(
    two: Here, site: Site
) -> None:
    site.store.ensure_integration(YACHT, "yacht", grants=frozenset({"admin"}))
    two.write(stand="integration: pier\nsignals: {amount: {name: A}}\n")

    assert codes(doctor(two))["CLARIFY_ADMIN"] == ["warning CRD-NAMESPACE"]


def test_own_credentials_need_no_namespace_where_admin_reads(two: Here, site: Site) -> None:
    site.store.ensure_integration(PIER, "pier", grants=frozenset())

    document = doctor(two)

    assert codes(document)["CLARIFY_PIER"] == []
    assert document["credentials"][1]["namespaces"]["admin"] == "no"


def test_refused_own_credentials_are_a_warning_where_admin_reads(two: Here, site: Site) -> None:
    text = json.loads(site.text("pier", "basic-auth"))
    text["credentials"]["clientSecret"] = "wrong-canary"

    document = doctor(two, CLARIFY_PIER=json.dumps(text))

    assert codes(document)["CLARIFY_PIER"] == ["warning CRD-REFUSED"]
    assert document["credentials"][1]["state"] == "refused"
    assert codes(doctor(two, 6, CLARIFY_ADMIN=json.dumps(text)))["CLARIFY_ADMIN"] == [
        "error CRD-REFUSED"
    ]


@pytest.mark.parametrize("text", ["{", "nowhere.json", '{"apiUrl": 1}'])
def test_unusable_credentials_are_a_finding(two: Here, text: str) -> None:
    document = doctor(two, 6, CLARIFY_PIER=text)

    states = {each["variable"]: each["state"] for each in document["credentials"]}
    assert states["CLARIFY_PIER"] == "unusable"
    assert states["CLARIFY_ADMIN"] == "accepted"


def test_credentials_of_another_integration_are_told_with_what_they_see(
    two: Here, site: Site
) -> None:
    document = doctor(two, 6, CLARIFY_PIER=site.path("yacht"))

    pier = document["credentials"][1]
    assert (pier["matches"], pier["integration"], pier["expected"]) == (False, YACHT, [PIER])
    assert codes(document)["CLARIFY_PIER"] == ["error CRD-INTEGRATION"]
    assert pier["signals"] == {"pier": 0, "yacht": 0}


def test_two_servers_are_a_finding(two: Here, site: Site) -> None:
    elsewhere = site.text("yacht").replace("127.0.0.1", "localhost")

    document = doctor(two, 6, CLARIFY_YACHT=elsewhere)

    assert [finding["code"] for finding in document["findings"]] == ["CRD-ORIGINS"]


def test_a_server_that_is_away_is_no_question_of_credentials(two: Here, site: Site) -> None:
    variables = {
        name: site.text("pier", "basic-auth").replace(site.url, "http://127.0.0.1:9/v1/")
        for name in ("CLARIFY_ADMIN", "CLARIFY_PIER")
    }

    document = doctor(two, 1, **variables, SYNCER_DEADLINE="0.1")

    assert codes(document)["CLARIFY_ADMIN"] == ["error NET-UNREACHABLE"]
    assert document["credentials"][0]["state"] == "not checked"


def test_a_call_that_fails_leaves_the_others(two: Here, site: Site) -> None:
    whole = site.handlers[-1]
    site.answer_with(lambda r: text_response(400, "no") if b"selectSignals" in r.body else whole(r))

    document = doctor(two, 1)

    admin = document["credentials"][0]
    assert admin["namespaces"] == {
        "admin": "unknown",
        "clarify": "yes",
        "integration": "not probed",
    }
    assert codes(document)["CLARIFY_ADMIN"] == ["error API-REJECTED"]


def test_a_file_that_others_can_read_is_a_warning(two: Here, site: Site) -> None:
    Path(site.path("pier")).chmod(0o644)

    assert [f["code"] for f in doctor(two)["findings"]] == ["CRD-MODE"]


def test_common_credentials_serve_admin_and_their_own_integration(remote: Here, site: Site) -> None:
    remote.write(syncer=TWO.replace("    admin: {credentials_env: CLARIFY_ADMIN}\n", ""))
    variables = {"CLARIFY_PIER": "", "CLARIFY_CREDENTIALS": site.path("pier")}
    remote.edit("stand", "signals:", "integration: pier\nsignals:")

    document = doctor(remote, 0, **variables)

    assert codes(document)["CLARIFY_CREDENTIALS"] == []
    assert document["credentials"][0]["serves"] == ["admin", "pier"]


def test_without_a_project_the_common_credentials_are_checked(local: Here, site: Site) -> None:
    (local.path / "syncer.yaml").unlink()

    assert doctor(local, 3)["credentials"] == []
    found = doctor(local, 3, CLARIFY_CREDENTIALS=site.path("pier"))
    assert found["credentials"][0]["signals"] == {PIER: 0}
    broken = doctor(local, 3, CLARIFY_CREDENTIALS="{")
    assert broken["credentials"][0]["state"] == "unusable"


@pytest.mark.parametrize(
    "files", [{"syncer": "version: 2\n"}, {"stand": "signals: {a: {nam: A}}\n"}]
)
def test_an_invalid_project_is_a_finding(local: Here, files: dict[str, str]) -> None:
    local.write(**files)

    assert [f["code"] for f in doctor(local, 3)["findings"]] == ["CLI-PROJECT"]


def test_the_embedded_clarify_is_not_made_by_looking(local: Here) -> None:
    assert doctor(local)["credentials"] == []
    assert not (local.path / ".syncer").exists()


def test_the_embedded_clarify_is_counted(applied: Here) -> None:
    (only,) = doctor(applied)["credentials"]

    assert (only["variable"], only["signals"], only["items"]) == ("local", {"pier": 2}, 1)


def test_a_database_that_is_none_is_a_finding(local: Here) -> None:
    (local.path / ".syncer").mkdir()
    (local.path / ".syncer/local.db").write_text("no database")

    assert [f["code"] for f in doctor(local, 1)["findings"]] == ["CLI-DB"]


def test_a_state_folder_that_is_none_is_a_finding(local: Here) -> None:
    (local.path / ".syncer").write_text("")

    (finding,) = doctor(local, 1)["findings"]

    assert finding["code"] == "CLI-STATE"
    assert finding["summary"] == f"{local.path}/.syncer cannot be written to"


def test_the_folder_of_locks_is_looked_at(local: Here) -> None:
    (local.path / "home").mkdir()
    facts = doctor(local, 0, XDG_STATE_HOME=f"{local.path}/home")["facts"]
    assert facts["locks"] == f"{local.path}/home/syncer/lock, not made yet"

    (local.path / "home/syncer").write_text("")
    (finding,) = doctor(local, 1, XDG_STATE_HOME=f"{local.path}/home")["findings"]
    assert finding["summary"] == f"{local.path}/home/syncer/lock cannot be written to"


def test_a_database_of_runs_that_cannot_be_used_is_a_finding(local: Here) -> None:
    url = "postgresql://me:canary-pw@127.0.0.1:9/x"

    document = doctor(local, 1, SYNCER_STATE_URL=url)

    assert document["facts"]["runs"] == "in the database of SYNCER_STATE_URL"
    assert "locks" not in document["facts"]
    assert len(document["findings"]) == 1
    assert "canary-pw" not in json.dumps(document)
