"""Every folder beside this file is a project that earns the finding it is named after."""

import os
import shutil
from pathlib import Path

import pytest

from syncer.codes import CODES
from syncer.diagnostics import Diagnostic
from syncer.manifest.limits import Limits
from syncer.manifest.load import Loaded, load

_HERE = Path(__file__).parent
_FAMILIES = ("YML", "LIM", "PTH", "MAN", "FIL", "POL", "SCH")
_PROJECT = "version: 1\nproject: example\nintegrations: [stand]\n"
_FOLDERS = sorted(path.name for path in _HERE.iterdir() if path.is_dir() and "-" in path.name)


def _prepare(code: str, root: Path) -> Loaded:
    shutil.copytree(_HERE / code, root, dirs_exist_ok=True)
    if not (root / "syncer.yaml").exists():
        (root / "syncer.yaml").write_text(_PROJECT)
    for line in _lines(root / "make.txt"):
        verb, path = line.split()
        _make(verb, root / path)
    changes = dict(line.split("=") for line in _lines(root / "limits.txt"))
    return load(root, Limits(**{name: int(value) for name, value in changes.items()}))


def _make(verb: str, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if verb == "fifo":
        os.mkfifo(path)
    elif verb == "link":
        path.symlink_to("/etc/passwd" if path.suffix else "/etc")
    else:
        path.unlink()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _line(finding: Diagnostic) -> str:
    return f"{finding.severity.name.lower()} {finding.code} {finding.location}\n"


@pytest.mark.parametrize("code", _FOLDERS)
def test_a_project_earns_exactly_the_expected_findings(
    code: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    expected = _HERE / code / "expected.txt"

    found = "".join(_line(finding) for finding in _prepare(code, tmp_path).diagnostics)

    if request.config.getoption("--update-golden"):
        expected.write_text(found)
    assert found == expected.read_text()
    assert f" {code} " in found


@pytest.mark.parametrize("code", _FOLDERS)
def test_a_finding_says_what_why_and_where(code: str, tmp_path: Path) -> None:
    loaded = _prepare(code, tmp_path)

    for finding in loaded.diagnostics:
        assert finding.summary
        assert finding.rule
        assert finding.location is not None
        lines = loaded.texts.get(finding.location.file, "").split("\n")
        if finding.location.line and lines != [""]:
            line = lines[finding.location.line - 1]
            assert 1 <= finding.location.column <= len(line) + 1
            assert finding.location.column + finding.width <= len(line) + 2


def test_every_code_of_these_families_has_a_folder_and_an_explanation() -> None:
    codes = {code for code in CODES if code.startswith(_FAMILIES)}

    assert codes == set(_FOLDERS)
