"""The structure holds: who imports whom, which modules are the core, what a command loads."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import syncer

PACKAGE = Path(syncer.__file__).parent
ROOT = PACKAGE.parent
SHELLS = ("cli", "emulator")  # packages that do I/O throughout
# The one place in each library that is slow to import, and that `--help` can do without.
HEAVY = {"pydantic", "httpx", "yaml", "sqlite3", "starlette", "uvicorn"}
RARE = {"deepdiff", "ruamel", "jsonschema"}


def test_imports_keep_to_the_contracts() -> None:
    script = "import sys; from importlinter.cli import lint_imports_command as run; run()"

    done = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout


def test_every_module_is_core_or_says_that_it_is_shell() -> None:
    modules = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
    core = _core()

    unknown = [name for name in core if name not in modules]
    unplaced = [
        name
        for name, path in modules.items()
        if not _is_within(name, core) and not _is_shell(name, path)
    ]
    assert (unknown, unplaced) == ([], [])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was applied."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "manifests").mkdir()
    (folder / "manifests/stand.yaml").write_text("signals: {a: {name: A}}\nitems: {a: {}}\n")
    (folder / "syncer.yaml").write_text("version: 1\nproject: p\nintegrations: [pier]\n")
    assert _loaded(folder, "apply", "--auto-approve")
    return folder


@pytest.mark.parametrize("arguments", [("--help",), ("validate",), ("plan",)], ids=" ".join)
def test_what_is_seldom_needed_is_not_imported(project: Path, arguments: tuple[str, ...]) -> None:
    assert _loaded(project, *arguments) & RARE == set()


def test_help_imports_only_click(project: Path) -> None:
    assert _loaded(project, "--help") & HEAVY == set()


def test_offline_commands_import_no_network(project: Path) -> None:
    assert _loaded(project, "validate") & {"httpx", "sqlite3", "starlette", "uvicorn"} == set()
    assert _loaded(project, "plan") & {"httpx", "starlette", "uvicorn"} == set()


def _loaded(folder: Path, *arguments: str) -> set[str]:
    """Return the outermost packages that a command has imported when it ends."""
    script = (
        "import json, sys; from syncer.cli.main import main; code = main(sys.argv[1:]); "
        "print('\\n' + json.dumps([code, *{name.partition('.')[0] for name in sys.modules}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *names = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return set(names)


def _core() -> list[str]:
    """Return the modules that the contract of the core names."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (names,) = (c["source_modules"] for c in contracts if c["name"] == "The core does no I/O")
    assert isinstance(names, list)
    return names


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_within(name: str, core: list[str]) -> bool:
    return any(name == known or name.startswith(f"{known}.") for known in core)


def _is_shell(name: str, path: Path) -> bool:
    if path.name in ("__init__.py", "__main__.py", "version.py") or name.split(".")[1] in SHELLS:
        return True
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return "shell" in text.lower().replace("(", " ").replace(")", " ").replace(".", " ").split()
