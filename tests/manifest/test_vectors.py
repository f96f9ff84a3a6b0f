"""Hostile inputs, one JSON object a line: each must be refused with its code at its place."""

import base64
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from syncer import filters
from syncer.diagnostics import Diagnostic
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.manifest.models import Manifest, Signal, manifest_adapter
from syncer.manifest.reading import scan
from syncer.manifest.texts import check_texts
from syncer.manifest.validation import judge, prune

_FILE = Path(__file__).parents[1] / "vectors" / "hostile.jsonl"
_ROWS = [json.loads(line) for line in _FILE.read_text().splitlines()]
_PROJECT = "version: 1\nproject: example\nintegrations: [stand]\n"
_CODE = re.compile(r"(YML|MAN|LIM|FIL|PTH|SCH)-[A-Z-]+")
_PLACE = re.compile(r"\b([0-9]+):([0-9]+)\b")


def _rows(*entries: str) -> list[dict[str, str]]:
    return [row for row in _ROWS if row["entry"] in entries]


def _data(row: dict[str, str]) -> bytes:
    if row["gen"].startswith("'a: '"):
        return b"a: " + b"x" * 5_000_000
    if row["gen"]:
        return "".join(f"- &a{number} x\n" for number in range(40000)).encode()
    return base64.b64decode(row["data_b64"])


def _find(data: bytes) -> Iterable[Diagnostic]:
    """Return the findings of a whole manifest, or of a fragment: a signal's fields, a filter."""
    scanned = scan("f.yaml", data, Limits())
    yield from scanned.findings
    if scanned.document is None:
        return
    document = scanned.document
    if data.startswith(b"filter:") and isinstance(document.value, dict):
        for problem in filters.check(document.value["filter"]):
            path = ("filter", *problem.path)
            place = document.locate(path, at_key=problem.at_key)
            yield Diagnostic(problem.code, problem.summary, place)
        return
    is_manifest = data.startswith(b"signals:") or not isinstance(document.value, dict)
    adapter: TypeAdapter[Any] = manifest_adapter() if is_manifest else TypeAdapter(Signal)
    problems = judge(document, adapter, Manifest if is_manifest else Signal)
    yield from (problem.finding for problem in problems)
    yield from check_texts(document, prune(document.value, problems), is_defaults=False)


@pytest.mark.parametrize("row", _rows("manifest"), ids=lambda row: row["id"])
def test_a_hostile_manifest_is_refused_at_its_place(row: dict[str, str]) -> None:
    start = time.perf_counter()
    found = list(_find(_data(row)))

    assert time.perf_counter() - start < 2
    code = _CODE.match(row["expect"])
    place = _PLACE.search(row["expect"])
    if code is not None and place is not None:
        line, column = map(int, place.groups())
        places = [(one.location.line, one.location.column) for one in found if one.location]
        assert (code.group(), (line, column)) in list(
            zip([one.code for one in found], places, strict=True)
        )
    elif code is not None:
        assert code.group() in [one.code for one in found]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"labels: {country: [NO]}\n", {"labels": {"country": ["NO"]}}),
        (b"name: 1_000\n", {"name": "1_000"}),
        (b"a: 2024-13-45\n", {"a": "2024-13-45"}),
    ],
)
def test_what_looks_like_yaml_1_1_is_text(data: bytes, value: object) -> None:
    scanned = scan("f.yaml", data, Limits())

    assert not scanned.findings
    assert scanned.document is not None
    assert scanned.document.value == value


def test_an_id_that_looks_like_a_ci_command_is_a_warning(tmp_path: Path) -> None:
    codes = _load(tmp_path, _PROJECT, 'signals:\n  "::add-mask::e": {name: x}\n')

    assert codes == [("MAN-ID-LOOKALIKE", "manifests/a.yaml:2:3")]


@pytest.mark.parametrize("row", _rows("settings"), ids=lambda row: row["id"])
def test_hostile_patterns_are_refused(row: dict[str, str], tmp_path: Path) -> None:
    codes = _load(tmp_path, _PROJECT + _data(row).decode() + "\n", "{}\n")

    assert {code for code, _ in codes} == {str(row["expect"]).split()[0]}
    assert codes[0][1] == "syncer.yaml:4:13"


def test_a_symbolic_link_is_refused_and_never_read(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/x.yaml").symlink_to("/etc/passwd")

    codes = _load(tmp_path, _PROJECT, "{}\n")

    assert codes == [("PTH-SYMLINK", "manifests/x.yaml")]


@pytest.mark.parametrize("row", _rows("schema"), ids=lambda row: row["id"])
def test_a_remote_reference_is_refused(row: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_bytes(_data(row))

    codes = _load(tmp_path, _PROJECT + "policies: [policy.json]\n", "{}\n")

    assert codes == [("SCH-REF", "policy.json:1:9")]


@pytest.mark.parametrize("key", ["origin", "api_url", "redact", "plugins"])
def test_what_widens_trust_is_no_setting_of_the_repository(key: str, tmp_path: Path) -> None:
    codes = _load(tmp_path, f"{_PROJECT}{key}: x\n", "{}\n")

    assert codes == [("MAN-UNKNOWN-FIELD", "syncer.yaml:4:1")]


def test_sizes_are_added_up_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    for number in range(300):
        with (tmp_path / f"manifests/m{number:03}.yaml").open("wb") as file:
            file.truncate(1 << 20)  # takes no space on disk
    start = time.perf_counter()

    codes = _load(tmp_path, _PROJECT, "{}\n")

    assert [code for code, _ in codes] == ["LIM-TOTAL"]
    assert time.perf_counter() - start < 5


def _load(root: Path, project: str, manifest: str) -> list[tuple[str, str]]:
    (root / "manifests").mkdir(exist_ok=True)
    (root / "syncer.yaml").write_text(project)
    (root / "manifests/a.yaml").write_text(manifest)
    loaded = load(root, Limits())
    return [(finding.code, str(finding.location)) for finding in loaded.diagnostics]
