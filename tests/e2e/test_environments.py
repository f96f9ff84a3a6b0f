"""Which environment a command talks to, and that its first line says so."""

from tests.e2e.command import Folder
from tests.e2e.conftest import PIER, REMOTE

SEVERAL = f"""\
version: 1
project: stand
integrations: [pier]
environments:
  dev: {{integrations: {{pier: {{id: {PIER}, credentials_env: CLARIFY_DEV}}}}}}
  prod: {{integrations: {{pier: {{id: {PIER}, credentials_env: CLARIFY_PROD}}}}}}
"""


def test_local_must_be_asked_for_where_a_remote_environment_is_configured(local: Folder) -> None:
    local.write(syncer=REMOTE)

    assert local.run("plan").code == 6
    assert local.run("plan", "--env", "local").code == 0
    assert local.run("plan", SYNCER_ENV="local").code == 0


def test_several_environments_have_no_default(local: Folder) -> None:
    local.write(syncer=SEVERAL)

    found = local.run("plan")

    assert found.code == 64
    assert "the project has several environments: dev, prod" in found.err
    assert "--env NAME, SYNCER_ENV, or `default_environment`" in found.err
