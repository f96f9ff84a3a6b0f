"""Streams, colours, encodings and bytes, as pipelines and terminals see them."""

import json
import os
import pty
import re
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Folder, Result


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A project that is only read: its plan holds more than ASCII, and a warning."""
    folder = Folder(tmp_path_factory.mktemp("project"), {})
    folder.write(
        syncer="version: 1\nproject: stand\nintegrations: [pier]\n",
        stand="signals:\n  t: {name: Größe, engUnit: °C, labels: {site: [Pier]}}\n"
        "  p: {name: Pressure}\nlabels:\n  area: {}\n",
    )
    assert folder.run("plan", "--out", "plan.json").code == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "variables", "terminal", "coloured"),
    [
        ((), {}, False, False),
        ((), {}, True, True),
        ((), {"NO_COLOR": "1"}, True, False),
        ((), {"NO_COLOR": ""}, True, True),
        ((), {"FORCE_COLOR": "1"}, False, True),
        ((), {"FORCE_COLOR": "0"}, False, False),
        ((), {"CLICOLOR_FORCE": "1"}, False, True),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ((), {"CLICOLOR": "0"}, True, False),
        ((), {"TERM": "dumb"}, True, False),
        (("--color", "always"), {"NO_COLOR": "1"}, False, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, True, False),
        (("--color", "always", "-o", "json"), {}, True, False),
        (("--color", "always", "-o", "markdown"), {}, True, False),
    ],
)
def test_colour_is_what_option_variables_and_stream_say_in_that_order(
    project: Folder,
    arguments: tuple[str, ...],
    variables: dict[str, str],
    terminal: bool,
    coloured: bool,
) -> None:
    show = ("show", "plan.json", *arguments)

    written = (_at_terminal if terminal else _at_pipe)(project, show, variables)

    assert ("\x1b[" in written) == coloured


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_a_narrow_encoding_escapes_and_goes_on(project: Folder, variables: dict[str, str]) -> None:
    folder = Folder(project.path, variables)

    done = folder.shell("syncer plan -q | iconv -f latin1 -t utf-8; exit ${PIPESTATUS[0]}")

    assert (done.code, done.err) == (0, "")
    assert "\\xb0C" in done.out or "°C" in done.out


def test_a_reader_that_leaves_early_is_no_news(project: Folder) -> None:
    assert project.shell("syncer plan -q -o json | head -1") == Result(0, "{\n", "")


def test_a_reader_that_never_reads_is_no_news(project: Folder) -> None:
    assert project.shell("syncer plan -q | true; syncer explain name | true") == Result(0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments", ["plan -q", "plan -q -o json", "validate", "doctor", "show p"]
)
def test_a_full_disk_is_an_error_without_a_traceback(project: Folder, arguments: str) -> None:
    arguments = arguments.replace("show p", "show plan.json")
    done = project.shell(f"syncer {arguments} > /dev/full")

    assert done == Result(1, "", "error[CLI-IO]: standard output: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_help_for_a_full_disk_is_an_error_too(project: Folder) -> None:
    done = project.shell("syncer --help > /dev/full")

    assert done == Result(1, "", "error[CLI-IO]: No space left on device\n")


ENDS = [("plan", 0), ("plan -o json", 0), ("validate", 0), ("plan --otu", 64), ("plan --env x", 64)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(("arguments", "code"), [*ENDS, ("plan --detailed-exitcode", 2)])
@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "2</dev/null", "2> >(exec true)"])
def test_a_stderr_that_takes_nothing_changes_nothing(
    project: Folder, arguments: str, code: int, stderr: str
) -> None:
    done = project.shell(f"syncer {arguments} {stderr}")

    assert (done.code, done.err) == (code, "")
    assert done.out == project.shell(f"syncer {arguments}").out


def test_a_stdout_that_cannot_be_written_to_is_an_error(project: Folder) -> None:
    done = project.shell("syncer plan -q 1</dev/null")

    assert done == Result(1, "", "error[CLI-IO]: standard output: Bad file descriptor\n")


@pytest.mark.parametrize("closed", [">&- 2>&- <&-", ">&-", "2>&-", "<&-", ">&- <&-"])
def test_closed_streams_are_borne(project: Folder, closed: str) -> None:
    done = project.shell(f"syncer plan {closed}")

    assert done.code == 0
    assert not (project.path / "-").exists()


def test_json_stands_alone_on_stdout(project: Folder) -> None:
    found = project.run("plan", "-o", "json")

    assert json.loads(found.out)["format_version"] == "1.0"
    assert "warning[MAN-LABEL-KEY]" in found.err


def test_bytes_do_not_depend_on_seed_zone_locale_or_order_of_files(tmp_path: Path) -> None:
    seen = set()
    for number, (seed, zone, locale) in enumerate(
        [("0", "UTC", "C"), ("1", "Asia/Tokyo", "C.UTF-8"), ("2", "America/Caracas", "POSIX")]
    ):
        folder = Folder(tmp_path / str(number), {})
        folder.path.mkdir()
        folder.write(syncer="version: 1\nproject: stand\nintegrations: [pier]\n")
        names = ["a", "b", "c", "d", "e"]
        for name in names if number else reversed(names):
            folder.write(**{name: f"signals: {{{name}: {{name: N, labels: {{x: [q, p]}}}}}}\n"})
        environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        seen |= {folder.run("plan", "-o", form, **environment).out for form in ("json", "markdown")}

    assert len(seen) == 2


def test_a_long_key_survives_a_narrow_pipe(project: Folder) -> None:
    key = "k" * 100
    project.write(long=f"signals: {{{key}: {{name: L}}}}\n")
    try:
        assert key in project.run("plan", "-v", COLUMNS="40").out
    finally:
        (project.path / "manifests/long.yaml").unlink()


def test_help_mentions_every_exit_code(project: Folder) -> None:
    words = re.findall(r"\d+", project.run("--help").out.partition("Exit codes:")[2])

    assert words == ["0", "1", "2", "3", "4", "5", "6", "64", "130", "143"]


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "syncer").exists(), reason="the package is not installed"
)
def test_the_script_is_the_command(project: Folder) -> None:
    done = project.shell(f'"{Path(sys.executable).parent / "syncer"}" --version')

    assert done.out == project.run("--version").out


def _at_pipe(folder: Folder, arguments: tuple[str, ...], variables: dict[str, str]) -> str:
    return folder.run(*arguments, **{"TERM": "xterm", **variables}).out


def _at_terminal(folder: Folder, arguments: tuple[str, ...], variables: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    there = Folder(folder.path, {"TERM": "xterm", **variables})
    with there.start(*arguments, stdout=theirs) as process:
        os.close(theirs)
        written = b""
        try:
            while read := os.read(ours, 65536):
                written += read
        except OSError:  # the process has closed its end
            pass
        process.communicate(timeout=10)
    os.close(ours)
    return written.decode()
