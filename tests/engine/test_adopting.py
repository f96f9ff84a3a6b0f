from dataclasses import replace

import pytest

from syncer.engine.adopting import (
    Adoption,
    approve_adoption,
    integrations_of,
    plan_adoption,
)
from syncer.errors import Misuse, StalePlan
from syncer.kinds import Action
from tests.engine.sites import PUBLISH, SAVE, Site
from tests.plan.worlds import item, signal, want, wanted

NOTHING = wanted()
ALL = Adoption(("*",))


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (("*",), {"pier", "yacht"}),
        (("signals/pier/*",), {"pier"}),
        (("items/yacht/a",), {"yacht"}),
        (("signals/p*", "items/y*"), {"pier", "yacht"}),
        (("signals/pier",), set()),
        (("*/amount", "nothing"), {"pier", "yacht"}),
        (("signals/other/*",), set()),
    ],
)
def test_only_integrations_in_which_a_glob_can_match_are_read(
    site: Site, globs: tuple[str, ...], expected: set[str]
) -> None:
    assert integrations_of(Adoption(globs), site.session()) == expected


def test_what_the_environment_leaves_out_is_not_adopted(site: Site) -> None:
    site.save("a")
    site.save("b")
    session = replace(site.session(), excludes=("*/b",))

    planned = plan_adoption(ALL, NOTHING, session)

    assert [change.address for change in planned.plan.changes] == [signal("a")]
    with pytest.raises(Misuse):
        plan_adoption(Adoption(("*/b",)), NOTHING, session)


def test_an_integration_that_is_empty_refuses_nothing(site: Site) -> None:
    site.save("a")
    site.apply(wanted(want(signal("a"), name="A")))
    site.save("b")

    planned = plan_adoption(
        ALL, wanted(want(signal("a")._replace(integration="yacht"))), site.session()
    )

    assert planned.plan.refusals == ()
    assert [change.address for change in planned.plan.changes] == [signal("b")]


def test_what_was_approved_is_planned_again(site: Site) -> None:
    site.save("a")
    shown = plan_adoption(ALL, NOTHING, site.session())
    site.save("a", engUnit="kPa")  # carried through

    planned = approve_adoption(shown.plan, ALL, NOTHING, site.session())
    report = site.run(planned)

    assert [(c.action, c.address) for c in planned.plan.changes] == [(Action.ADOPT, signal("a"))]
    assert report.error is None
    assert site.views()[signal("a")]["engUnit"] == "kPa"


def test_what_is_new_since_is_not_adopted_unseen(site: Site) -> None:
    site.save("a")
    shown = plan_adoption(ALL, NOTHING, site.session())
    site.save("b")

    planned = approve_adoption(shown.plan, ALL, NOTHING, site.session())

    assert [change.address for change in planned.plan.changes] == [signal("a")]


def test_what_somebody_has_marked_since_is_refused(site: Site) -> None:
    site.save("a")
    shown = plan_adoption(Adoption(("*",), ("*",)), NOTHING, site.session())
    site.save("a", annotations={"syncer/project": "banana"})

    for wanted_now in (ALL, Adoption(("*",), ("*",))):
        with pytest.raises(StalePlan):
            approve_adoption(shown.plan, wanted_now, NOTHING, site.session())


def test_a_signal_and_its_item_take_a_request_each(site: Site) -> None:
    for key in ("a", "b"):
        site.save(key)
        site.publish(key, name=key)
    planned = plan_adoption(ALL, NOTHING, site.session())
    site.counted()

    site.run(planned)

    assert {c.address for c in planned.plan.changes} == {
        signal("a"),
        signal("b"),
        item("a"),
        item("b"),
    }
    counted = site.counted()
    assert (counted[SAVE], counted[PUBLISH]) == (1, 1)


def test_runs_that_did_not_end_are_found(site: Site) -> None:
    site.save("a")

    assert plan_adoption(ALL, NOTHING, site.session()).unfinished == ()
