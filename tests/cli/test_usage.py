"""Command lines that make no sense: 64, nothing on stdout, and a word on stderr."""

import pytest

from syncer.cli.main import COMMANDS, main
from tests.cli.conftest import Here


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("plann",),
        ("plan", "--otu", "x"),
        ("--otu", "plan"),
        ("plan", "stray"),
        ("plan", "-o", "yaml"),
        ("plan", "--out"),
        ("plan", "--allow-creates", "many"),
        ("plan", "--allow-creates", "-1"),
        ("plan", "--target", "signals/pier/nothing"),
        ("plan", "--exclude", "signals/pier/nothing"),
        ("plan", "--filter", "nothing"),
        ("plan", "--env", "nowhere"),
        ("plan", "-C", "nowhere"),
        ("apply", "nowhere.json"),
        ("apply", "-o", "markdown"),
        ("show",),
        ("show", "nowhere.json"),
        ("validate", "nowhere"),
        ("validate", "/"),
        ("select",),
        ("select", "labels"),
        ("select", "signals", "--filter", "{"),
        ("select", "signals", "--integration", "nowhere"),
        ("schema", "nothing"),
        ("explain", "NOTHING-AT-ALL"),
        ("explain", "signals/pier/nothing"),
        ("emulator", "--integration", "x"),
        ("emulator", "--port", "65536"),
    ],
    ids=" ".join,
)
def test_64_is_a_command_line_that_makes_no_sense(local: Here, arguments: tuple[str, ...]) -> None:
    found = local.run(*arguments)

    assert (found.code, found.out) == (64, "")
    assert found.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_an_option_that_it_does_not_have(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "--no-such-option"]) == 64
    assert f"Try 'syncer {command} --help' for help." in capsys.readouterr().err
