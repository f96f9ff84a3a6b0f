"""Every example is a project that validates, plans, applies and plans empty; the demo is one."""

import filecmp
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from syncer.cli.main import main
from syncer.cli.schemas import NAMES, file_name, schema_text

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/syncer.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_applied_and_planned_empty(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / example.name
    shutil.copytree(example, project, ignore=shutil.ignore_patterns(".syncer"))
    where = ["-C", str(project), "--env", "local"]

    assert main([*where, "validate"]) == 0
    assert "no findings" in capsys.readouterr().out
    assert main([*where, "plan", "--detailed-exitcode"]) == 2
    assert main([*where, "apply", "--auto-approve"]) == 0
    assert main([*where, "plan", "--detailed-exitcode"]) == 0


def test_there_are_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["banana-stand", "plant"]


def test_the_demo_is_the_banana_stand() -> None:
    example = ROOT / "examples/banana-stand"

    with as_file(files("syncer.cli") / "demo_project") as demo:
        assert _files(demo) == _files(example)
        different = filecmp.cmpfiles(demo, example, _files(demo), shallow=False)[1:]
        assert different == ([], [])


def test_the_published_schemas_are_the_ones_in_the_program() -> None:
    published = {path.name: path.read_text("utf-8") for path in (ROOT / "schemas").iterdir()}

    assert published == {file_name(name): schema_text(name) for name in NAMES}


def _files(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ".syncer" not in path.parts
    )
