"""Which variable serves which integration."""

import json
import os
from pathlib import Path

import pytest

from syncer.cli.keyring import Keyring
from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import AccessDenied
from syncer.manifest.project import Environment, Integration
from syncer.views.findings import one_line

PIER, YACHT = "c618rbfqfsj7mjkj0ss0", "c7a1bbfqfsj7mjkj0ss0"
DEV = Environment(
    "dev",
    {"pier": Integration(PIER, "OWN"), "yacht": Integration(YACHT)},
    admin_credentials_env="ADMIN",
)


def credentials(integration: str = PIER, **changes: object) -> str:
    secret = {"type": "basic-auth", "clientId": integration, "clientSecret": "canary"}
    url = "https://api.clarify.io/v1/"
    return json.dumps({"apiUrl": url, "integration": integration, "credentials": secret} | changes)


def keyring(*origins: str, **variables: str) -> Keyring:
    return Keyring(variables, origins, warn=lambda finding: pytest.fail(finding.summary))


def label(ring: Keyring, alias: str) -> str | None:
    found = ring.own(DEV, alias)
    return found.label if found else None


@pytest.mark.parametrize(
    ("variables", "pier", "yacht", "admin"),
    [
        ({}, None, None, None),
        ({"OWN": credentials()}, "OWN", None, None),
        ({"OWN": ""}, None, None, None),
        ({"CLARIFY_CREDENTIALS": credentials(YACHT)}, None, "CLARIFY_CREDENTIALS", None),
        ({"ADMIN": credentials(YACHT), "OWN": credentials()}, "OWN", None, "ADMIN"),
        (
            {"CLARIFY_USERNAME": PIER, "CLARIFY_PASSWORD": "canary"},
            "CLARIFY_PASSWORD",
            None,
            None,
        ),
        ({"CLARIFY_USERNAME": PIER}, None, None, None),
    ],
)
def test_a_variable_serves_what_it_is_named_for_and_the_common_one_its_own_integration(
    variables: dict[str, str], pier: str | None, yacht: str | None, admin: str | None
) -> None:
    ring = keyring(**variables)

    key = ring.admin(DEV)
    assert (label(ring, "pier"), label(ring, "yacht")) == (pier, yacht)
    assert (key.label if key else None) == admin


def test_the_common_credentials_read_where_no_admin_is_named() -> None:
    unnamed = Environment("dev", {"pier": Integration(PIER)})

    found = keyring(CLARIFY_CREDENTIALS=credentials(YACHT)).admin(unnamed)

    assert found is not None
    assert found.label == "CLARIFY_CREDENTIALS"


def test_a_file_is_read_and_its_mode_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(credentials())
    path.chmod(0o640)
    warnings: list[Diagnostic] = []

    found = Keyring({"OWN": f"{path}\n"}, (), warnings.append).named("OWN")

    assert found is not None
    assert found.credentials.integration == PIER
    assert [one_line(warning) for warning in warnings] == [
        "warning[CRD-MODE]: others can read the file that OWN names (chmod 600)"
    ]
    assert warnings == [Diagnostic("CRD-MODE", warnings[0].summary, severity=Severity.WARNING)]


def test_a_variable_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(credentials())
    path.chmod(0o600)
    ring = keyring(OWN=str(path))

    first = ring.named("OWN")
    path.unlink()

    assert ring.named("OWN") is first


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    with pytest.raises(AccessDenied, match="not JSON"):
        keyring(OWN=str(tmp_path / "pipe")).named("OWN")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"OWN": "/nowhere/canary.json"}, "CRD-FILE"),
        ({"OWN": "canary"}, "CRD-FILE"),
        ({"OWN": "{canary"}, "CRD-FORMAT"),
        ({"OWN": credentials(YACHT)}, "CRD-INTEGRATION"),
        ({"OWN": credentials(apiUrl="https://evil.example/v1/")}, "CRD-ORIGIN"),
        ({"CLARIFY_USERNAME": "me", "CLARIFY_PASSWORD": "canary"}, "CRD-FORMAT"),
    ],
)
def test_a_refusal_names_the_variable_and_never_what_it_holds(
    variables: dict[str, str], code: str
) -> None:
    with pytest.raises(AccessDenied) as caught:
        keyring(**variables).own(DEV, "pier")

    (finding,) = caught.value.findings
    assert finding.code == code
    assert "canary" not in f"{finding.summary}{finding.rule}{finding.hint}{finding.location}"


def test_an_origin_is_allowed_by_the_operator() -> None:
    elsewhere = credentials(apiUrl="https://clarify.example/v1/")

    found = keyring("https://clarify.example", OWN=elsewhere).own(DEV, "pier")

    assert found is not None
    assert found.credentials.origin == "https://clarify.example"
