"""What the service sets when a save leaves a field out, measured on the embedded one."""

import pytest

from syncer.providers.clarify.kinds import ITEMS, KINDS, SIGNALS, owner
from tests.engine.sites import Site
from tests.plan.worlds import item, signal


def test_items_have_the_signals_fields_and_their_visibility() -> None:
    assert list(ITEMS.fields) == [*SIGNALS.fields, "visible"]
    assert {kind.name: kind.source for kind in KINDS.values()} == {
        "signals": "",
        "items": "signals",
    }


def test_a_field_stands_under_its_own_name() -> None:
    for kind in KINDS.values():
        assert [field.name for field in kind.fields.values()] == list(kind.fields)


def test_the_fields_that_give_stored_values_their_meaning() -> None:
    for kind in KINDS.values():
        assert [field.name for field in kind.fields.values() if field.has_meaning] == [
            "engUnit",
            "valueType",
            "enumValues",
        ]


def test_the_defaults_are_those_of_the_service() -> None:
    site = Site()
    site.save("a")
    site.publish("a", name="n")
    views = site.views()
    site.close()

    for kind, address in ((SIGNALS, signal()), (ITEMS, item())):
        assert views[address].keys() == kind.fields.keys()
        for field in kind.fields.values():
            assert field.name == "name" or field.same(field.default, views[address][field.name])


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({}, ""),
        (None, ""),
        ({"acme/x": "1"}, ""),
        ({"syncer/project": ""}, ""),
        ({"syncer/project": "stand"}, "stand"),
        ({"clarify/clarify-go/publisher/name": "nightly"}, "clarify-go's nightly"),
        ({"syncer/project": "s", "clarify/clarify-go/publisher/name": "n"}, "s"),
    ],
)
def test_owners_are_read_from_annotations(annotations: object, expected: str) -> None:
    assert owner({"annotations": annotations}) == expected
