"""The failure matrix names a test for each of its promises, and each of these tests exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs/failures.md").read_text(encoding="utf-8")
HEADER = ["what fails", "what syncer does", "exit", "test"]
# A path, a function, and perhaps the ID of one of its cases.
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)(\[[^\]`]+\])?")


def cells(line: str) -> list[str]:
    """Return the cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(text: str) -> list[list[str]]:
    """Return the rows of all tables, each with as many cells as the header."""
    lines = [cells(line) for line in text.splitlines() if line.startswith("|")]
    return [row for row in lines if row != HEADER and set("".join(row)) != {"-"}]


@cache
def functions(path: str) -> frozenset[str]:
    """Return the functions of a file of tests; none when there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def problems(row: list[str]) -> list[str]:
    """Return what is wrong with a row: nothing, when every test that it names exists."""
    if len(row) != len(HEADER) or not all(row):
        return [f"it has not the cells {HEADER}"]
    names = re.findall(r"`([^`]*)`", row[-1])
    read = [TEST.fullmatch(name) for name in names]
    if not names or None in read:
        return [f"it does not name tests: {row[-1]}"]
    return [
        f"there is no {found[0]}" for found in read if found and found[2] not in functions(found[1])
    ]


ROWS = rows(DOC)


def test_the_matrix_has_its_tables() -> None:
    headers = [cells(line) for line in DOC.splitlines() if line.startswith("| what fails |")]

    assert headers == [HEADER] * DOC.count("\n## ")
    assert len(ROWS) >= 100


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_every_row_names_tests_that_exist(row: list[str]) -> None:
    assert problems(row) == []


def test_no_two_rows_are_about_the_same() -> None:
    titles = [row[0] for row in ROWS]

    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    "row",
    [
        "| a | b | 1 | |",
        "| a | b | 1 | tests/test_docs.py |",
        "| a | b | 1 | `tests/test_docs.py` |",
        "| a | b | `tests/test_failures_doc.py::test_no_two_rows_are_about_the_same` |",
        "| a | b | 1 | `tests/test_failures_doc.py::test_that_is_not_there` |",
        "| a | b | 1 | `tests/test_that_is_not_there.py::test_a` |",
        "| a | b | 1 | `tests/test_failures_doc.py::test_no_two_rows_are_about_the_same`, `x` |",
    ],
)
def test_a_row_without_a_test_is_found(row: str) -> None:
    assert problems(*rows(row)) != []


def test_a_row_may_name_one_case_of_a_test() -> None:
    name = "`tests/test_failures_doc.py::test_every_row_names_tests_that_exist[a b]`"

    assert problems(*rows(f"| a | b | 1 | {name} |")) == []
