"""Which environment a command talks to, and that its first line says so."""

import pytest

from tests.cli.conftest import Here
from tests.e2e.conftest import LOCAL, PIER, REMOTE, Site

SEVERAL = f"""\
version: 1
project: stand
integrations: [pier]
environments:
  dev: {{integrations: {{pier: {{id: {PIER}, credentials_env: CLARIFY_DEV}}}}}}
  prod: {{integrations: {{pier: {{id: {PIER}, credentials_env: CLARIFY_PROD}}}}}}
"""


def test_without_environments_it_is_local(local: Here) -> None:
    first = local.run("plan").out.splitlines()[0]

    assert first == "Environment local at .syncer/local.db (embedded Clarify): 3 to create"


def test_the_only_environment_is_the_default(remote: Here, site: Site) -> None:
    first = remote.run("plan").out.splitlines()[0]

    assert first == f"Environment dev at {site.url.removesuffix('/v1/')}: 3 to create"


def test_every_command_that_talks_says_where(remote: Here, site: Site) -> None:
    where = f"Environment dev at {site.url.removesuffix('/v1/')}"

    assert remote.run("plan").out.startswith(where)
    assert remote.run("plan", "-o", "json").err.startswith(where)
    assert remote.run("select", "items").err.startswith(where)
    assert remote.run("apply", "-o", "json", "--auto-approve").err.startswith(where)
    assert remote.run("apply").out.startswith(where)


@pytest.mark.parametrize(
    ("arguments", "variable", "meant"),
    [
        ((), "", "CLARIFY_DEV"),
        (("--env", "prod"), "", "CLARIFY_PROD"),
        ((), "prod", "CLARIFY_PROD"),
        (("--env", "dev"), "prod", "CLARIFY_DEV"),
    ],
)
def test_the_option_wins_over_the_variable_and_that_over_the_default(
    local: Here, arguments: tuple[str, ...], variable: str, meant: str
) -> None:
    local.write(syncer=SEVERAL + "default_environment: dev\n")

    found = local.run("plan", *arguments, SYNCER_ENV=variable)

    assert found.code == 6
    assert f"{meant} or CLARIFY_CREDENTIALS is not set" in found.err


def test_an_unknown_environment_is_told_with_what_there_is(local: Here) -> None:
    local.write(syncer=SEVERAL)

    found = local.run("plan", "--env", "pord")

    assert found.code == 64
    assert "the project has no environment 'pord'" in found.err
    assert "there are: local, dev, prod" in found.err
    assert "did you mean 'prod'?" in found.err


@pytest.mark.parametrize(
    "addition",
    [
        "default_environment: pord\n",
        "environments: {local: {integrations: {}}}\n",
    ],
)
def test_the_project_file_cannot_name_what_is_not_there(local: Here, addition: str) -> None:
    local.write(syncer=(LOCAL if "environments" in addition else SEVERAL) + addition)

    assert local.run("validate").code == 3


def test_offline_commands_need_no_environment(local: Here) -> None:
    local.write(syncer=SEVERAL)

    assert local.run("validate").code == 0
    assert local.run("explain", "signals/pier/amount").code == 0


def test_an_environment_without_an_integration_says_so(remote: Here) -> None:
    remote.write(syncer=REMOTE.replace("[pier]", "[pier, yacht]"))
    remote.write(yacht="integration: yacht\nsignals: {draught: {name: Draught}}\n")
    remote.edit("stand", "signals:", "integration: pier\nsignals:")

    found = remote.run("plan")

    assert found.code == 3
    assert "environment dev has no integration yacht" in found.err
    assert remote.run("plan", "--exclude", "*/yacht/*").code == 0


def test_an_origin_that_could_never_match_is_misuse(remote: Here) -> None:
    found = remote.run("plan", "--allow-origin", "clarify.example.com")

    assert found.code == 64
    assert "error[CLI-ORIGIN]" in found.err
