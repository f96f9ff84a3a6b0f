import io
from pathlib import Path

import pytest

from syncer.cli.output import Output, is_coloured
from syncer.redaction import Redactor, Secret


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "pipe"),
    [
        ("auto", {}, True, False),
        ("always", {"NO_COLOR": "1"}, True, True),
        ("never", {"FORCE_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": ""}, True, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, True, True),
        ("auto", {"CLICOLOR": "0"}, False, False),
        ("auto", {"TERM": "dumb"}, False, False),
        ("auto", {"CI": "true", "GITHUB_ACTIONS": "true"}, True, False),
    ],
)
def test_colour_is_option_then_variables_then_stream(
    choice: str, environment: dict[str, str], terminal: bool, pipe: bool
) -> None:
    assert is_coloured(choice, environment, Terminal()) is terminal
    assert is_coloured(choice, environment, io.StringIO()) is pipe


def test_quiet_leaves_data_and_failures(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(Redactor(), color="auto", quiet=True)

    output.data("data\n")
    output.say("said")
    output.error("failed")

    assert capsys.readouterr() == ("data\n", "failed\n")


def test_every_stream_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    redactor = Redactor()
    redactor.add(Secret("canary"))
    output = Output(redactor, color="auto", quiet=False)

    output.data("a canary\n")
    output.say("b canary")
    output.error("c canary")

    assert capsys.readouterr() == ("a ***\n", "b ***\nc ***\n")


def test_a_character_that_a_stream_lacks_is_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        Output(Redactor(), color="auto", quiet=False).data("°C\n")

    assert (tmp_path / "out").read_text() == "\\xb0C\n"
