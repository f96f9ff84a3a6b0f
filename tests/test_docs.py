"""The README knows every command, option, exit code and guard; the code knows what it says."""

import re
from pathlib import Path

import click
import pytest

from syncer.cli.main import COMMANDS, cli
from syncer.cli.options import FORMATS, global_options
from syncer.errors import ExitCode

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTEXT = click.Context(cli, auto_envvar_prefix="SYNCER")


def options(name: str) -> list[click.Parameter]:
    command = cli.get_command(CONTEXT, name)
    assert command is not None
    return [param for param in command.params if isinstance(param, click.Option)]


OPTIONS = sorted(
    {opt for name in COMMANDS for param in options(name) for opt in param.opts if "--" in opt}
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"`syncer {name}\b", README)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_in_the_readme(option: str) -> None:
    assert re.search(rf"{option}(?![\w-])", README)


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: str(code.value))
def test_every_exit_code_is_in_the_readme_and_in_the_help(code: ExitCode) -> None:
    rows = [line.split("|")[1] for line in README.splitlines() if re.match(r"\| [\d, ]+ \|", line)]

    assert str(code.value) in re.findall(r"\d+", " ".join(rows))
    assert str(code.value) in re.findall(r"\d+", cli.epilog or "")


def test_every_format_is_in_the_readme() -> None:
    assert [form for form in FORMATS if f"`{form}`" not in README] == []


def test_every_global_option_has_help_and_shows_its_variable() -> None:
    for option in global_options():
        record = option.get_help_record(CONTEXT)
        assert record is not None
        assert re.search(r"\w\..*\[env var: SYNCER_[A-Z_]+\]", record[1]), record


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_names_no_option_that_is_not_there() -> None:
    section = README.partition("## Commands")[2].partition("\n## The embedded")[0]
    named = set(re.findall(r"--[a-z][a-z-]+", section))

    assert named - set(OPTIONS) - {"--version", "--help"} == set()
