"""An apply that is asked to end: after the request in flight, or at once."""

import json
import signal

import pytest

from syncer.emulator.faults import Silence, Slow, When
from tests.chaos.scenes import SECONDS, Scene, ended, start

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
SAVE = "integration.saveSignals"


def kinds(stage: Scene) -> list[tuple[str, str]]:
    """What the one journal says, line by line."""
    (journal,) = (stage.path / "work/.syncer/journal").iterdir()
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return [(line["kind"], line.get("status", "")) for line in lines]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_ends_an_apply_after_the_request_in_flight(
    stage: Scene, number: signal.Signals, code: int
) -> None:
    folder = stage.reset()
    stage.inject(When.BEFORE_EXEC, 2, Slow(0.5), SAVE)
    process = start(folder)
    assert stage.now.fired.wait(SECONDS)
    process.send_signal(number)

    result = ended(process)

    assert result.code == code
    assert "Stopping after the request in flight; a second signal ends at once\n" in result.err
    assert "150 of 200 changes: not sent" in result.err
    assert kinds(stage) == [
        ("begin", ""),
        *[("intent", ""), ("result", "")] * 2,
        ("end", "interrupted"),
    ]
    stage.check_finished(folder)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_second_signal_ends_it_at_once_and_the_next_apply_finishes(
    stage: Scene, number: signal.Signals, code: int
) -> None:
    folder = stage.reset()
    stage.inject(When.AFTER_EXEC, 2, Silence(None), SAVE)
    process = start(folder)
    assert stage.now.fired.wait(SECONDS)
    assert process.stderr is not None
    process.send_signal(number)
    while "Stopping after the request in flight" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)

    assert ended(process).code == code
    assert kinds(stage)[-1] == ("intent", "")
    stage.check_finished(folder)
