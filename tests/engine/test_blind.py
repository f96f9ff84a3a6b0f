"""Without the admin namespace nothing can be read; `--create-only` then works blindly."""

import pytest

from syncer.engine.workflow import Session, Wishes, make_plan
from syncer.errors import AccessDenied
from syncer.plan.changes import Status
from syncer.resources import Address
from syncer.views.outcomes import report_text
from tests.engine.sites import IDS, Site
from tests.plan.worlds import item, signal, want, wanted

DESIRED = wanted(want(signal("old"), engUnit="bar"), want(signal("new")), want(item("old")))
BLIND = Wishes(create_only=True)


@pytest.fixture
def site() -> Site:
    site = Site()
    site.save("old", engUnit="kPa")
    for alias, remote in IDS.items():
        site.store.ensure_integration(remote, alias, grants=frozenset())
    return site


@pytest.fixture
def session(site: Site) -> Session:
    return site.session()


def test_a_plan_needs_the_admin_namespace(session: Session) -> None:
    with pytest.raises(AccessDenied):
        make_plan(DESIRED, session, Wishes())


def test_every_declared_signal_counts_as_a_create(session: Session) -> None:
    planned = make_plan(DESIRED, session, BLIND)

    assert [c.address for c in planned.plan.changes] == [signal("new"), signal("old")]
    assert [warning.code for warning in planned.plan.warnings] == ["PLN-BLIND"]


def test_what_exists_is_left_alone_and_nothing_is_claimed_to_be_verified(
    site: Site, session: Session
) -> None:
    report = site.run(make_plan(DESIRED, session, BLIND), session)

    assert {outcome.address: outcome.status for outcome in report.outcomes} == {
        signal("new"): Status.DONE,
        signal("old"): Status.SKIPPED,
    }
    assert report.error is None
    assert "1 created; 1 existed already, nothing could be verified" in report_text(report)
    for alias, remote in IDS.items():
        site.store.ensure_integration(remote, alias)
    assert Address("signals", "pier", "new") in site.ids()
    (live,) = [r for r in site.people["pier"].select_signals(IDS["pier"]) if r.input == "old"]
    assert live.fields["engUnit"] == "kPa"
