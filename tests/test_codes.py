"""The codes in the program and the codes that `syncer explain` documents are the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import syncer
from syncer.codes import CODES

PACKAGE = Path(syncer.__file__).parent
CODE = re.compile(r"[A-Z]{3}-[A-Z-]+")
IN_MESSAGE = re.compile(r"\w\[([A-Z]{3}-[A-Z-]+)\]")


def _literals() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str):
                yield from [value] if CODE.fullmatch(value) else IN_MESSAGE.findall(value)


def test_every_code_is_documented_and_every_documented_code_is_used() -> None:
    used = set(_literals())

    assert used - CODES.keys() == set()
    assert CODES.keys() - used == set()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_a_family_and_words_and_its_text_ends_in_a_full_stop(code: str) -> None:
    assert CODE.fullmatch(code)
    assert CODES[code].strip() == CODES[code]
    assert CODES[code].endswith(".")
    assert "  " not in CODES[code]
