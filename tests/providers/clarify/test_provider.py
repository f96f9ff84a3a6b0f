from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NoReturn

import pytest

from syncer.errors import AccessDenied, TransportError
from syncer.kinds import Action
from syncer.plan.changes import Change, Outcome, Status
from syncer.providers.base import Limits
from syncer.providers.clarify import wire
from syncer.providers.clarify.kinds import KINDS
from syncer.providers.clarify.provider import Clarify
from syncer.resources import Address, Live
from syncer.transport.messages import Observation, Request, Seen
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


def test_all_signals_are_read_and_the_items_behind_them(site: Site) -> None:
    for key in ("a", "b", "c"):
        site.save(key, annotations={"syncer/project": "stand"})
    site.publish("a", name="A")
    site.publish("b", name="B")

    live = clarify(site).read(["pier"])

    ids, views = site.ids(), site.views()
    assert {a: f.fields for a, f in live.resources.items()} == views
    assert item("c") not in live.resources
    assert live.resources[signal("a")] == Live(
        signal("a"), ids[signal("a")], views[signal("a")], "stand"
    )
    assert site.counted() == {SIGNALS: 1, ITEMS: 1}


def test_who_updated_an_item_is_passed_on_where_the_api_says_so(site: Site) -> None:
    site.save("a")
    site.publish("a", name="A")

    def answer(send: Callable[[Request], Observation], request: Request) -> Observation:
        body = send(request).body
        updater = b'"relationships":{"updatedBy":{"data":{"type":"users","id":"u1"}}}'
        return Observation(Seen.ANSWERED, 200, (), body.replace(b'"relationships":{}', updater))

    site.always[ITEMS] = answer
    live = clarify(site).read(["pier"]).resources

    assert (live[item("a")].updated_by, live[signal("a")].updated_by) == ("u1", "")
    assert live[item("a")].updated.endswith("Z")


def test_without_items_none_are_asked_for(site: Site) -> None:
    site.save("a")

    clarify(site).read(["pier"], needs={"signals", "items"})

    assert site.counted() == {SIGNALS: 1}


def test_integrations_are_read_one_by_one(site: Site) -> None:
    site.save("a")
    site.save("y", alias="yacht")

    assert clarify(site).read(["yacht", "pier"]).resources.keys() == {YACHT, signal()}
    assert clarify(site).read(["yacht"]).resources.keys() == {YACHT}
    assert clarify(site).read([]).resources == {}


def test_an_item_that_a_signal_names_and_the_listing_lacks_is_an_error(site: Site) -> None:
    site.save("a")
    site.publish("a", name="A")
    site.always[ITEMS] = bare

    with pytest.raises(TransportError, match="signals name items"):
        clarify(site).read(["pier"])


def test_items_out_of_reach_are_left_out_unless_they_are_needed(site: Site) -> None:
    site.save("a")
    site.publish("a", name="A")
    site.always[ITEMS] = out_of_reach

    assert clarify(site).read(["pier"]).resources.keys() == {signal()}
    assert clarify(site).read(["pier"], needs={"signals"}).resources.keys() == {signal()}
    with pytest.raises(AccessDenied):
        clarify(site).read(["pier"], needs={"items"})


def out_of_reach(_: object, request: object) -> NoReturn:
    raise AccessDenied.of("CRD-NAMESPACE", "the clarify namespace is not ticked")


def test_resources_are_read_again_by_their_input_in_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b", "c"):
        site.save(key)
    site.publish("a", name="A")
    site.publish("b", name="B")
    site.save("y", alias="yacht")
    live = clarify(site).read(["pier", "yacht"]).resources
    asked = [item("a"), signal("b"), YACHT, item("c"), signal("gone")]
    site.calls.clear()
    monkeypatch.setattr(wire, "PAGE_ROWS", 2)

    back = clarify(site).reread(asked)

    assert back.resources == {address: live[address] for address in asked[:3]}
    # Four inputs of pier in two pages, one of yacht, and the one item that is asked for.
    assert site.counted() == {SIGNALS: 3, ITEMS: 1}


def test_nothing_is_read_again_for_nothing(site: Site) -> None:
    assert clarify(site).reread([]).resources == {}
    assert site.calls == []


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
