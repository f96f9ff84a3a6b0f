"""What is said while the API does not answer, and how long a run goes on asking."""

import pytest

from syncer.emulator.messages import Request, Response, text_response
from syncer.seams import SystemClock
from tests.cli.conftest import Here
from tests.e2e.conftest import Site


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait; the clock runs on by what would have been waited."""
    passed = 0.0
    real = SystemClock.monotonic

    def sleep(_: SystemClock, seconds: float) -> bool:
        nonlocal passed
        passed += seconds
        return True

    monkeypatch.setattr(SystemClock, "sleep", sleep)
    monkeypatch.setattr(SystemClock, "monotonic", lambda clock: real(clock) + passed)


def away(site: Site) -> str:
    """Return credentials for a port at which nobody listens."""
    return site.text("pier", "basic-auth").replace(site.url, "http://127.0.0.1:9/v1/")


def test_a_server_that_is_away_is_waited_for_aloud(remote: Here, site: Site) -> None:
    found = remote.run("plan", CLARIFY_PIER=away(site))

    assert found.code == 1
    waiting, *rest = found.err.splitlines()
    assert waiting.startswith(
        "Waiting for http://127.0.0.1:9: the host could not be reached (ConnectError); trying up to"
    )
    assert rest[0].startswith("error[NET-UNREACHABLE]: admin.selectSignals at http://127.0.0.1:9")
    assert "6 attempts" in rest[0]
    assert found.err.count("Waiting") == 1


def test_quiet_waits_in_silence(remote: Here, site: Site) -> None:
    found = remote.run("plan", "-q", CLARIFY_PIER=away(site))

    assert "Waiting" not in found.err


def test_a_run_ends_at_its_deadline(remote: Here, site: Site) -> None:
    busy = Response(503, {"retry-after": "60"}, b"")
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return busy

    site.answer_with(answer)

    found = remote.run("plan", SYNCER_DEADLINE="100", CLARIFY_PIER=site.path("pier", "basic-auth"))

    assert found.code == 1
    assert found.err.startswith(f"Waiting for {site.url.removesuffix('/v1/')}: the API asks to")
    assert "error[API-BUSY]" in found.err
    assert len(seen) == 2


@pytest.mark.parametrize("text", ["0", "-1", "abc", "nan"])
def test_a_deadline_is_a_number_above_zero(remote: Here, text: str) -> None:
    found = remote.run("plan", SYNCER_DEADLINE=text)

    assert found.code == 64
    assert "error[CLI-DEADLINE]" in found.err


def test_a_wrong_address_is_told_as_one(remote: Here, site: Site) -> None:
    site.answer_with(lambda _: text_response(404, "CANARY"))

    found = remote.run("plan")

    assert found.code == 1
    assert "error[NET-ADDRESS]: oauth/token at " in found.err
    assert "= help: Correct apiUrl in the credentials." in found.err
    assert "CANARY" not in found.err
