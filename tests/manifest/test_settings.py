from pathlib import Path

import pytest

from syncer.manifest.project import Environment, Guards, Integration, Project
from tests.manifest.projects import PROJECT, findings, load_files

_ID = "c618rbfqfsj7mjkj0ss0"


def test_a_whole_project_file_is_read(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "syncer.yaml": f"""\
$schema: ./schemas/project.schema.json
version: 1
project: banana-stand
manifests: ["m/**/*.yaml"]
integrations: [stand]
environments:
  prod:
    integrations: {{stand: {{id: {_ID}, credentials_env: CLARIFY_STAND}}}}
    admin: {{credentials_env: CLARIFY_ADMIN}}
    guards: {{max_creates: 20}}
    exclude: ["signals/stand/test-*"]
    api_version: "1.2"
  dev: {{integrations: {{stand: {{id: {_ID}}}}}}}
default_environment: dev
guards: {{max_reverts: 5}}
""",
            "m/a.yaml": "{}\n",
        },
    )

    assert not findings(loaded)
    assert loaded.project == Project(
        name="banana-stand",
        integrations=("stand",),
        environments={
            "prod": Environment(
                "prod",
                {"stand": Integration(_ID, "CLARIFY_STAND")},
                "CLARIFY_ADMIN",
                Guards(max_creates=20, max_reverts=5),
                ("signals/stand/test-*",),
                "1.2",
            ),
            "dev": Environment("dev", {"stand": Integration(_ID)}, guards=Guards(max_reverts=5)),
        },
        default_environment="dev",
        guards=Guards(max_reverts=5),
        manifests=("m/**/*.yaml",),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("default_environment: prdo", "error MAN-VALUE syncer.yaml:4:22"),
        ("guards: {max_creates: -1}", "error MAN-VALUE syncer.yaml:4:23"),
        ("guards: {max_update_percent: 101}", "error MAN-VALUE syncer.yaml:4:30"),
        ("guards: {max_creates: many}", "error MAN-TYPE syncer.yaml:4:23"),
        ("manifests: []", "error MAN-VALUE syncer.yaml:4:12"),
        ("policies: x.json", "error MAN-TYPE syncer.yaml:4:11"),
        (f"environments: {{local: {{integrations: {{stand: {{id: {_ID}}}}}}}}}",
         "error MAN-RESERVED syncer.yaml:4:16"),
        (f"environments: {{dev: {{integrations: {{stnad: {{id: {_ID}}}}}}}}}",
         "error MAN-INTEGRATION syncer.yaml:4:37"),
        ("environments: {dev: {integrations: {stand: {id: xyz}}}}",
         "error MAN-ID syncer.yaml:4:49"),
        (f"environments: {{dev: {{integrations: {{stand: {{id: {_ID}}}}}, api_version: 1.2}}}}",
         "error MAN-TYPE syncer.yaml:4:86"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_found_at_its_place(line: str, expected: str, tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"syncer.yaml": f"{PROJECT}{line}\n", "manifests/a.yaml": "{}"})

    assert findings(loaded) == [expected]
    assert loaded.project is None


def test_an_alias_is_listed_once(tmp_path: Path) -> None:
    project = PROJECT.replace("[stand]", "[stand, stand]")

    loaded = load_files(tmp_path, {"syncer.yaml": project})

    assert findings(loaded) == ["error MAN-DUPLICATE syncer.yaml:3:23"]


@pytest.mark.parametrize(
    "entry",
    [
        """credentials_env: '{"clientSecret": "CANARY"}'""",
        """credentials_env: {"clientSecret": "CANARY"}""",
        "credentials_env: canary",
        "credentials_env: CANARY-with-more",
        "credentials: {secret: CANARY}",
        "secret: CANARY",
        "credentials_env: |\n          CANARY-1\n          CANARY-2",
    ],
)
def test_what_may_be_a_secret_is_never_shown(entry: str, tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "syncer.yaml": f"{PROJECT}environments:\n  dev:\n    integrations:\n      stand:\n"
            f"        id: {_ID}\n        {entry}\n"
        },
    )

    shown = repr(list(loaded.diagnostics)) + repr(loaded.texts)
    assert loaded.diagnostics.has_errors
    assert "canary" not in shown.lower()


@pytest.mark.parametrize(
    ("text", "code"), [("", "MAN-ROOT"), ("- x\n", "MAN-ROOT"), ("{", "YML-SYNTAX")]
)
def test_an_unusable_project_file_ends_the_reading(text: str, code: str, tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"syncer.yaml": text, "manifests/a.yaml": "bad: [\n"})

    assert [finding.code for finding in loaded.diagnostics] == [code]
    assert loaded.project is None
