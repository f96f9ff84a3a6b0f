"""`syncer import`: what Clarify has and nobody declares, as manifests."""

import json

import pytest

from tests.cli.conftest import Here

HOSTILE = """\
signals:
  ..: {name: "NO", engUnit: ": x", labels: {site: ["'", "1.10"]}}
  ::x: {name: "\\u00a0a\\\\", description: "two\\nlines", enumValues: {0: "on"}}
  plain: {}
items:
  ..: {visible: false, engUnit: "", labels: {site: []}}
"""


@pytest.fixture
def filled(local: Here) -> Here:
    """A project without manifests, and an environment that was filled by another checkout."""
    local.write(stand=HOSTILE)
    assert local.run("apply", "--auto-approve").code == 0
    (local.path / "manifests/stand.yaml").unlink()
    return local


def test_what_is_imported_plans_to_nothing(filled: Here) -> None:
    done = filled.run("import", "signals/pier/*", "items/*")

    assert done.code == 0
    assert done.out == "  + manifests/pier.yaml  3 signals, 1 item\nImported: 4 resources.\n"
    assert done.err.startswith("Environment local")
    assert filled.run("validate").code == 0
    assert filled.run("plan", "--detailed-exitcode").code == 0
    assert filled.run("fmt", "--check").code == 0
    text = (filled.path / "manifests/pier.yaml").read_text(encoding="utf-8")
    assert '  ..:\n    name: "NO"\n' in text
    assert "  plain: {}\n" in text
    assert "    labels: {site: []}\n    visible: false\n" in text


def test_what_is_declared_is_counted_and_no_file_is_touched(filled: Here) -> None:
    filled.write(pier="signals: {plain: {}}\n")

    done = filled.run("import", "signals/*")

    assert done.out == (
        "  + manifests/pier-imported.yaml  2 signals\nImported: 2 resources. Declared already: 1.\n"
    )
    assert (filled.path / "manifests/pier.yaml").read_text() == "signals: {plain: {}}\n"
    again = filled.run("import", "signals/*")
    assert (again.code, again.out) == (0, "Imported: 0 resources. Declared already: 3.\n")


def test_only_some_fields_are_written(filled: Here) -> None:
    filled.run("import", "signals/*", "--fields", "name, engUnit")

    text = (filled.path / "manifests/pier.yaml").read_text(encoding="utf-8")
    assert "name" in text
    assert "labels" not in text
    assert filled.run("plan", "--detailed-exitcode").code == 0


def test_json_tells_the_same(filled: Here) -> None:
    done = filled.run("import", "signals/pier/plain", "-o", "json")

    assert json.loads(done.out) == {
        "files": {"manifests/pier.yaml": ["signals/pier/plain"]},
        "declared": 0,
        "skipped": {},
        "left_out": [],
    }


def test_defaults_and_the_vocabulary_have_a_say(filled: Here) -> None:
    filled.write(
        _defaults="signals: {engUnit: bar, labels: {site: [x]}}\n",
        vocabulary='labels: {site: {values: ["x", "1.10"]}}\n',
    )

    done = filled.run("import", "signals/*")

    assert done.code == 0
    assert "IMP-LEFT-OUT" in done.err
    assert "labels.site of signals/pier/.. is left out: " in done.err
    assert (
        "signals/pier/.. is left out: the project's defaults would change labels.site" in done.err
    )
    text = (filled.path / "manifests/pier.yaml").read_text(encoding="utf-8")
    assert '  plain:\n    engUnit: ""\n    labels: {site: []}\n' in text
    assert filled.run("plan", "--detailed-exitcode").code == 0


def test_a_project_that_is_invalid_by_itself_is_told(filled: Here) -> None:
    filled.write(bad="signals: {a: {nmae: x}}\n")

    assert filled.run("import", "*").code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing/*",), "CLI-TARGET"),
        (("*", "--fields", "nmae"), "CLI-FIELDS"),
        (("*", "--out", ".."), "CLI-OUT"),
        (("*", "--out", "elsewhere"), "CLI-OUT"),
        (("*", "--out", "manifests/.hidden"), "CLI-OUT"),
        (("*", "--out", "syncer.yaml"), "CLI-OUT"),
        (("*", "--out", "link"), "CLI-OUT"),
    ],
)
def test_what_cannot_be_is_misuse(filled: Here, arguments: tuple[str, ...], code: str) -> None:
    (filled.path / "link").symlink_to(filled.path / "manifests")

    done = filled.run("import", *arguments)

    assert done.code == 64
    assert code in done.err
    assert list((filled.path / "manifests").iterdir()) == []


def test_the_folder_is_chosen_and_made(filled: Here) -> None:
    done = filled.run("import", "signals/*", "--out", "manifests/new/deep")

    assert done.code == 0
    path = filled.path / "manifests/new/deep/pier.yaml"
    assert path.stat().st_mode & 0o777 == 0o644
