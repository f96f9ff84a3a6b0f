"""The package's borders: what may be imported, and by whom."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import syncer.emulator

FOLDER = Path(syncer.emulator.__path__[0])
HOMES = {
    "re2": {"queries"},
    "sqlite3": {"database"},
    "starlette": {"server"},
    "uvicorn": {"server"},
}


def imports() -> Iterator[tuple[str, str]]:
    """Yield each module and what it imports."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path.stem, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield path.stem, node.module or ""


def test_nothing_else_of_this_project_is_imported() -> None:
    own = {name for _, name in imports() if name.partition(".")[0] == "syncer"}

    assert {name for name in own if not name.startswith("syncer.emulator")} == set()


def test_each_library_has_one_home() -> None:
    found: dict[str, set[str]] = {}
    for module, name in imports():
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names - {"sqlite3"} | {"syncer"}:
            found.setdefault(top, set()).add(module)

    assert found == HOMES
