"""The blocks of docs/library.md run in their order, and print what stands below them."""

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.library.site import Site

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)


def test_every_block_prints_what_stands_below_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clarify-credentials.json").write_text(json.dumps(site.credentials))
    names: dict[str, Any] = {}

    for code, expected in BLOCK.findall(PAGE.read_text()):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)  # noqa: S102 - our own page
        assert printed.getvalue() == expected, code


def test_no_block_stands_apart() -> None:
    text = PAGE.read_text()

    assert len(BLOCK.findall(text)) == text.count("```python")
