"""Which credentials an environment uses, and which it refuses."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Here
from tests.e2e.conftest import PIER, STAND, YACHT, Site

TWO = f"""\
version: 1
project: stand
integrations: [pier, yacht]
environments:
  dev:
    integrations:
      pier: {{id: {PIER}, credentials_env: CLARIFY_PIER}}
      yacht: {{id: {YACHT}, credentials_env: CLARIFY_YACHT}}
    admin: {{credentials_env: CLARIFY_ADMIN}}
"""
FLEET = "integration: yacht\nsignals: {draught: {name: Draught}}\n"


def test_creates_are_capped_at_100_unless_said_otherwise(remote: Here) -> None:
    remote.write(stand="signals:\n" + "".join(f"  s{n}: {{name: s{n}}}\n" for n in range(101)))

    refused = remote.run("apply", "--auto-approve")

    assert refused.code == 5
    assert "the plan creates 101 signals in pier, and the limit is 100" in refused.err
    assert remote.run("apply", "--auto-approve", "--allow-creates", "101").code == 0


def test_an_empty_answer_on_loopback_is_believed(remote: Here) -> None:
    remote.write(stand="signals:\n" + "".join(f"  s{n}: {{name: s{n}}}\n" for n in range(11)))

    assert remote.run("plan", "--detailed-exitcode").code == 2
    assert remote.run("plan", "--detailed-exitcode", "--allow-empty").code == 2


@pytest.mark.parametrize("kind", ["client-credentials", "basic-auth"])
@pytest.mark.parametrize("as_text", [True, False])
def test_credentials_are_a_path_or_their_text(
    remote: Here, site: Site, kind: str, as_text: bool
) -> None:
    value = site.text("pier", kind) if as_text else site.path("pier", kind)

    assert remote.run("apply", "--auto-approve", CLARIFY_PIER=value).code == 0


def test_common_credentials_serve_the_integration_that_they_are_of(
    remote: Here, site: Site
) -> None:
    variables = {"CLARIFY_PIER": "", "CLARIFY_CREDENTIALS": site.path("pier")}

    assert remote.run("apply", "--auto-approve", **variables).code == 0


def test_an_integration_without_own_credentials_can_be_left_out(remote: Here, site: Site) -> None:
    remote.write(syncer=TWO, stand=f"integration: pier\n{STAND}", fleet=FLEET)
    variables = {"CLARIFY_ADMIN": site.path("yacht")}

    applied = remote.run("apply", "--auto-approve", "--exclude", "signals/yacht/*", **variables)

    assert applied.out.endswith("Applied: 3 created; verified 3/3.\n")


def test_credentials_of_another_integration_are_refused(remote: Here, site: Site) -> None:
    found = remote.run("plan", CLARIFY_PIER=site.path("yacht"))

    assert found.code == 6
    assert f"CLARIFY_PIER holds credentials of integration {YACHT}, and pier is {PIER}" in found.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://clarify.example/v1/", "--allow-origin https://clarify.example"),
        ("http://clarify.example/v1/", "neither https nor on this machine"),
        ("http://127.0.0.1@clarify.example/v1/", "not a plain https URL"),
        ("https://api.clarify.io.example/v1/", "--allow-origin https://api.clarify.io.example"),
    ],
)
def test_a_secret_goes_to_known_origins_only(remote: Here, site: Site, url: str, told: str) -> None:
    found = remote.run("plan", CLARIFY_PIER=site.text("pier").replace(site.url, url))

    assert found.code == 6
    assert "error[CRD-ORIGIN]: CLARIFY_PIER: " in found.err
    assert told in found.err


def test_plain_http_cannot_be_allowed(remote: Here, site: Site) -> None:
    value = site.text("pier").replace(site.url, "http://clarify.example/v1/")

    allowed = ("--allow-origin", "http://clarify.example")
    assert remote.run("plan", *allowed, CLARIFY_PIER=value).code == 6


def test_one_environment_is_one_server(remote: Here, site: Site) -> None:
    remote.write(syncer=TWO, stand=f"integration: pier\n{STAND}", fleet=FLEET)
    elsewhere = site.text("yacht").replace("127.0.0.1", "localhost")

    found = remote.run("plan", CLARIFY_YACHT=elsewhere)

    assert found.code == 6
    assert "error[CRD-ORIGINS]: the credentials belong to different servers" in found.err


def test_credentials_that_others_can_read_are_a_warning(remote: Here, site: Site) -> None:
    Path(site.path("pier")).chmod(0o644)

    found = remote.run("plan")

    assert found.code == 0
    assert "warning[CRD-MODE]: others can read the file that CLARIFY_PIER names" in found.err


def test_a_manifest_cannot_print_a_secret_either(remote: Here, site: Site) -> None:
    secret = json.loads(site.text("pier", "basic-auth"))["credentials"]["clientSecret"]
    remote.edit("stand", "name: Amount", f"name: {json.dumps(secret)}")
    variables = {"CLARIFY_PIER": site.path("pier", "basic-auth")}

    for form in ("text", "json", "markdown"):
        found = remote.run("plan", "-o", form, **variables)
        assert secret not in found.out
        assert "***" in found.out
