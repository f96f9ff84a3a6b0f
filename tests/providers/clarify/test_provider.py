from collections.abc import Iterator
from dataclasses import replace

import pytest

from syncer.errors import AccessDenied, TransportError
from syncer.kinds import Action
from syncer.plan.changes import Change, Outcome, Status
from syncer.providers.base import Limits
from syncer.providers.clarify import wire
from syncer.providers.clarify.kinds import KINDS
from syncer.providers.clarify.provider import Clarify
from syncer.resources import Address, Live
from tests.engine.sites import IDS, ITEMS, PUBLISH, SAVE, SIGNALS, Site, bare, forgetful
from tests.plan.worlds import PLACE, item, signal

YACHT = Address("signals", "yacht", "y")


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()


def clarify(site: Site) -> Clarify:
    return Clarify(IDS, site.clients, site.clients, {"pier": "CLARIFY_PIER"})


def change(address: Address, action: Action = Action.UPDATE, **fields: object) -> Change:
    before = {"annotations": {"gone": "1", "kept": "2"}} if action is Action.UPDATE else None
    view = {"annotations": {"kept": "2"}, **fields}
    return Change(action, address, before, view, (), "", PLACE)


def test_kinds_and_limits_are_clarifys(site: Site) -> None:
    assert clarify(site).kinds == KINDS
    assert clarify(site).limits == Limits(500, 8 * 1024 * 1024)


def test_all_signals_are_read_and_only_the_items_that_are_asked_for(site: Site) -> None:
    for key in ("a", "b", "c"):
        site.save(key, annotations={"syncer/project": "stand"})
    site.publish("a", name="A")
    site.publish("b", name="B")

    live = clarify(site).read([item("a"), item("c")])

    ids, views = site.ids(), site.views()
    assert {a: f.fields for a, f in live.resources.items()} == {
        a: views[a] for a in (signal("a"), signal("b"), signal("c"), item("a"))
    }
    assert live.resources[signal("a")] == Live(
        signal("a"), ids[signal("a")], views[signal("a")], "stand"
    )
    assert site.counted() == {SIGNALS: 1, ITEMS: 1}


def test_without_items_none_are_asked_for(site: Site) -> None:
    site.save("a")

    clarify(site).read([signal("a"), item("a")])

    assert site.counted() == {SIGNALS: 1}


def test_integrations_are_read_one_by_one(site: Site) -> None:
    site.save("a")
    site.save("y", alias="yacht")

    assert clarify(site).read([YACHT, signal()]).resources.keys() == {YACHT, signal()}
    assert clarify(site).read([YACHT]).resources.keys() == {YACHT}


def test_an_item_that_a_signal_names_and_the_listing_lacks_is_an_error(site: Site) -> None:
    site.save("a")
    site.publish("a", name="A")
    site.always[ITEMS] = bare

    with pytest.raises(TransportError, match="signals name items"):
        clarify(site).read([item("a")])


def test_reading_back_asks_by_id_in_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a", "b", "c"):
        site.save(key)
    site.publish("a", name="A")
    site.save("y", alias="yacht")
    live = clarify(site).read([item("a"), YACHT]).resources
    ids = {address: found.id for address, found in live.items() if address != signal("c")}
    site.calls.clear()
    monkeypatch.setattr(wire, "PAGE_ROWS", 1)

    back = clarify(site).read_back(ids)

    assert back.resources == {address: live[address] for address in ids}
    assert site.counted() == {SIGNALS: 3, ITEMS: 1}


def test_access_is_needed_for_signals_only(site: Site) -> None:
    reader = Clarify(IDS, site.clients, {}, {"pier": "CLARIFY_PIER"})

    reader.check_access([change(item())])
    with pytest.raises(AccessDenied, match="CLARIFY_PIER is not set"):
        reader.check_access([change(signal())])


def test_a_write_answers_for_each_change(site: Site) -> None:
    site.save("a", name="old", annotations={"gone": "1", "kept": "2"})
    ids = site.ids()

    outcomes = clarify(site).write([change(signal(), name="new")], ids)

    assert outcomes == (Outcome(signal(), Action.UPDATE, Status.DONE, ids[signal()]),)
    assert site.views()[signal()]["annotations"] == {"kept": "2"}


def test_a_create_that_exists_is_skipped_with_its_id(site: Site) -> None:
    site.save("a", name="theirs")

    (outcome,) = clarify(site).write([change(signal(), Action.CREATE, name="ours")], {})

    assert (outcome.status, outcome.id) == (Status.SKIPPED, site.ids()[signal()])
    assert outcome.finding is not None
    assert outcome.finding.code == "APP-EXISTS"
    assert site.calls[0].params["createOnly"] is True
    assert site.views()[signal()]["name"] == "theirs"


def test_items_are_published_under_the_ids_of_their_signals(site: Site) -> None:
    site.save("a")
    made = change(item(), Action.CREATE, name="A")

    (outcome,) = clarify(site).write([made], site.ids())

    assert (outcome.status, outcome.address) == (Status.DONE, item())
    assert [call.keys for call in site.calls if call.method == PUBLISH] == [[site.ids()[signal()]]]
    assert site.views()[item()]["name"] == "A"


def test_a_key_that_the_answer_forgets_is_unknown(site: Site) -> None:
    site.faults[SAVE, 1] = forgetful

    (outcome,) = clarify(site).write([change(signal())], {})

    assert outcome.status is Status.UNKNOWN
    assert outcome.finding is not None
    assert outcome.finding.code == "APP-NO-SUMMARY"


def test_a_change_takes_the_bytes_of_its_view_and_of_what_it_removes(site: Site) -> None:
    kept = change(signal(), name="n")
    created = replace(kept, before=None)

    # `"gone":"",` more
    assert clarify(site).size(kept) == clarify(site).size(created) + 10


def test_nothing_is_asked_of_the_service_for_a_size(site: Site) -> None:
    clarify(site).size(change(item(), annotations=None))

    assert site.calls == []
    assert SAVE not in site.counted()
