"""What goes wrong around a command, and how it ends: one process, a Clarify on a socket."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from syncer.emulator.messages import Request, Response, text_response
from syncer.emulator.service import Service
from tests.cli.conftest import Here
from tests.e2e.conftest import REMOTE, STAND, Site

WRITES = (b"integration.saveSignals", b"admin.publishSignals")


def is_write(request: Request) -> bool:
    """Whether the request saves or publishes."""
    return any(method in request.body for method in WRITES)


def refusing(site: Site, refuses: Callable[[Request], bool], answer: Response) -> list[str]:
    """Let the site refuse some requests; returns the paths of all, as they come."""
    whole, paths = site.handlers[-1], []

    def handle(request: Request) -> Response:
        paths.append(request.path)
        return answer if refuses(request) else whole(request)

    site.answer_with(handle)
    return paths


def written(site: Site) -> list[str]:
    """The keys that were written with effect."""
    return [e.key for e in site.store.ledger.entries() if e.effect.value in ("created", "updated")]


def journals(here: Here) -> list[Path]:
    return sorted((here.path / ".syncer/journal").iterdir())


# -- credentials in the middle of a run


def test_a_token_that_expires_in_the_middle_is_fetched_once_more(remote: Here, site: Site) -> None:
    refused: list[bool] = []

    def expires(request: Request) -> bool:
        if b"admin.publishSignals" not in request.body or refused:
            return False
        refused.append(True)
        return True

    paths = refusing(site, expires, text_response(401, "expired"))

    done = remote.run("apply", "--auto-approve")

    assert (done.code, done.out.splitlines()[-1]) == (0, "Applied: 3 created; verified 3/3.")
    assert sum(path.endswith("/token") for path in paths) == 2


def test_a_token_that_is_refused_again_ends_the_run_with_what_was_made(
    remote: Here, site: Site
) -> None:
    paths = refusing(site, lambda r: WRITES[1] in r.body, text_response(401, "revoked"))

    ended = remote.run("apply", "--auto-approve")

    assert ended.code == 4
    assert "error[CRD-REFUSED]" in ended.err
    assert "+ items/pier/amount" in ended.out
    assert sum(path.endswith("/token") for path in paths) <= 3


def test_access_that_is_refused_before_anything_was_written_is_6(remote: Here, site: Site) -> None:
    refusing(site, is_write, text_response(401, "revoked"))

    ended = remote.run("apply", "--auto-approve")

    assert (ended.code, written(site)) == (6, [])


def test_a_redirect_in_the_middle_ends_the_run(remote: Here, site: Site) -> None:
    moved = Response(307, {"location": "https://clarify.example/"}, b"")
    paths = refusing(site, lambda r: WRITES[1] in r.body, moved)

    ended = remote.run("apply", "--auto-approve")

    assert ended.code == 4
    assert "error[NET-REDIRECT]" in ended.err
    assert len(written(site)) == 2
    assert all(path.startswith("/v1/") for path in paths)


# -- the project's own memory


def test_without_a_place_for_journals_plans_are_made_and_nothing_is_sent(
    remote: Here, site: Site
) -> None:
    (remote.path / ".syncer").write_text("something else")

    assert remote.run("validate").code == 0
    assert remote.run("plan").code == 0
    refused = remote.run("apply", "--auto-approve")

    assert refused.code == 1
    assert "error[JRN-WRITE]" in refused.err
    assert written(site) == []


def test_a_broken_journal_stops_an_apply_and_no_plan(remote: Here, site: Site) -> None:
    assert remote.run("apply", "--auto-approve").code == 0
    (journal,) = journals(remote)
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:1] + lines[2:-1]))
    remote.edit("stand", "USD", "EUR")

    planned = remote.run("plan", "--detailed-exitcode")
    refused = remote.run("apply", "--auto-approve")

    assert (planned.code, refused.code) == (2, 1)
    assert "JRN-CHAIN" in planned.err
    assert "error[JRN-CHAIN]" in refused.err
    assert "move it away" in refused.err
    assert len(written(site)) == 3
    journal.unlink()
    assert remote.run("apply", "--auto-approve").code == 0


def test_an_integration_that_was_written_to_and_answers_empty_is_not_believed(
    remote: Here, site: Site
) -> None:
    empty = site.store.copy()
    assert remote.run("apply", "--auto-approve").code == 0
    site.answer_with(Service(empty).handle)

    planned = remote.run("plan")
    refused = remote.run("apply", "--auto-approve")

    assert (planned.code, refused.code) == (5, 5)
    assert "PLN-EMPTY-LIVE" in planned.out + planned.err
    assert "error[PLN-EMPTY-LIVE]" in refused.err
    assert empty.ledger.entries() == ()
    assert remote.run("apply", "--auto-approve", "--allow-empty").code == 0
    empty.close()


# -- saved plans


@pytest.fixture
def many(remote: Here) -> Here:
    """A project with more new signals than the guard lets through."""
    signals = "".join(f"  tag-{number}: {{}}\n" for number in range(101))
    remote.write(stand=f"signals:\n{signals}")
    return remote


def test_what_was_allowed_when_a_plan_was_saved_is_allowed_when_it_is_applied(
    many: Here, site: Site
) -> None:
    assert many.run("plan", "--out", "refused.json").code == 5
    assert many.run("plan", "--out", "plan.json", "--allow-creates", "101").code == 0

    assert many.run("apply", "refused.json").code == 5
    assert written(site) == []
    assert many.run("apply", "plan.json").code == 0
    assert len(written(site)) == 101


def test_what_a_plan_was_allowed_cannot_be_edited(many: Here, site: Site) -> None:
    assert many.run("plan", "--out", "plan.json", "--allow-creates", "50").code == 5
    path = many.path / "plan.json"
    document = json.loads(path.read_text())
    document["allowances"]["creates"] = 500
    path.write_text(json.dumps(document))

    refused = many.run("apply", "plan.json")

    assert (refused.code, written(site)) == (5, [])
    assert "error[PLN-FORMAT]" in refused.err


@pytest.mark.parametrize("order", ["newer format", "other project"])
def test_a_plan_of_another_kind_is_refused(remote: Here, site: Site, order: str) -> None:
    assert remote.run("plan", "--out", "plan.json").code == 0
    path = remote.path / "plan.json"
    if order == "newer format":
        path.write_text(
            path.read_text().replace('"format_version": "1.0"', '"format_version": "2.0"')
        )
    else:
        remote.write(syncer=REMOTE.replace("project: stand", "project: quay"))

    refused = remote.run("apply", "plan.json")

    assert (refused.code, written(site)) == (5, [])
    assert "error[PLN-" in refused.err


# -- manifests that change


def test_manifests_that_change_after_they_were_read_change_nothing(
    remote: Here, site: Site
) -> None:
    path = remote.path / "manifests/stand.yaml"

    def edit(request: Request) -> bool:
        path.write_text(STAND.replace("USD", "EUR"))
        return False

    refusing(site, edit, text_response(500, ""))

    assert remote.run("apply", "--auto-approve").code == 0
    rows = json.loads(remote.run("select", "signals", "-o", "json").out)
    assert {row["engUnit"] for row in rows} == {"USD", ""}
    assert remote.run("plan", "--detailed-exitcode").code == 2
