"""Views and queries go out strictly, rows come in checked."""

import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.errors import Misuse, TransportError
from syncer.providers.clarify import wire
from syncer.providers.clarify.dialects import dialect
from syncer.providers.clarify.wire import ItemRow, Page, Saved, SignalRow

INTEGRATION = "c618rbfqfsj7mjkj0ss0"
FIELDS: dict[str, object] = {
    "name": "Amount",
    "description": "Counted",
    "valueType": "enum",
    "sourceType": "aggregation",
    "engUnit": "USD",
    "sampleInterval": None,
    "gapDetection": "PT960H",
    "labels": {"site": ["Pier"]},
    "enumValues": {"0": "ok"},
    "annotations": {"acme/plc": "7"},
}
SIGNAL: dict[str, object] = {
    "type": "signals",
    "id": "s1",
    "meta": {
        "annotations": {"acme/plc": "7"},
        "attributesHash": "abc",
        "relationshipsHash": "def",
        "createdAt": "2024-01-01T00:00:00.000Z",
    },
    "attributes": {
        **{name: value for name, value in FIELDS.items() if name != "annotations"},
        "input": "banana-stand/amount",
        "later": {"unknown": 1},
    },
    "relationships": {
        "item": {"data": {"type": "items", "id": "i1"}},
        "integration": {"data": {"type": "integrations", "id": INTEGRATION}},
        "organization": {"data": None},
    },
}


@pytest.mark.parametrize("version", ["1.1", "1.1beta2", "1.2", "1.2alpha1", "1.2beta1"])
def test_known_versions_are_spoken(version: str) -> None:
    assert dialect(version).version == version


@pytest.mark.parametrize(
    "version", ["", "1.0", "1.1beta1", "1.1.2", "1.3", "2.0", "1.1\n", "1.2rc1"]
)
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(Misuse) as caught:
        dialect(version)

    assert caught.value.findings[0].code == "API-VERSION"


def test_each_version_has_its_methods_and_format() -> None:
    methods = [
        (spoken.save_signals, spoken.select_items)
        for spoken in map(dialect, ["1.1beta2", "1.1", "1.2beta1", "1.2"])
    ]

    assert methods == [
        ("integration.saveSignals", "clarify.selectItems"),
        ("integration.saveSignals", "clarify.selectItems"),
        ("integration.saveSignals", "clarify.selectItems"),
        ("integration.signals.save", "clarify.items.select"),
    ]
    both = {"dataAsArray": True, "groupIncludedByType": True}
    assert dialect("1.1beta2").format == {"groupIncludedByType": True}
    assert dialect("1.1").format == {"format": both}
    assert dialect("1.2").format == {"format": {**both, "includeResourceHashFields": True}}


def test_a_select_asks_for_sorted_counted_rows_and_never_includes_items() -> None:
    params = wire.select_params(dialect("1.1"), {"name": "a"}, limit=5, skip=10)

    assert params == {
        "query": {"filter": {"name": "a"}, "sort": ["id"], "limit": 5, "skip": 10, "total": True},
        "include": [],
        "format": {"dataAsArray": True, "groupIncludedByType": True},
    }


def test_a_save_sends_the_full_view_and_nothing_unknown() -> None:
    params = wire.save_params(
        INTEGRATION, {"a": {**FIELDS, "visible": True, "input": "a"}}, create_only=True
    )

    expected = {"integration": INTEGRATION, "signalsByInput": {"a": FIELDS}, "createOnly": True}
    assert params == expected


def test_a_save_says_that_durations_are_unset_and_nulls_nothing_else() -> None:
    sent = wire.signal_view({"name": None, "labels": {}, "annotations": {"k": ""}})

    expected = {"annotations": {"k": ""}, "labels": {}}
    assert sent == {**expected, "sampleInterval": None, "gapDetection": None}


def test_a_publish_sends_visible_too() -> None:
    params = wire.publish_params(
        INTEGRATION, {"s1": {**FIELDS, "visible": False}}, create_only=False
    )

    assert params == {
        "integration": INTEGRATION,
        "itemsBySignal": {"s1": {**FIELDS, "visible": False}},
        "createOnly": False,
    }


def test_sizes_are_those_of_the_encoded_request() -> None:
    keys = ["a", "ø/ü", 'quo"te']
    views = {key: wire.signal_view({**FIELDS, "name": key * 9}) for key in keys}

    encoded = json.dumps(views, ensure_ascii=False, separators=(",", ":")).encode()

    sizes = sum(wire.entry_size(key, view) for key, view in views.items())
    assert len(encoded) == sizes + 1  # two braces, and one comma less than entries


def test_a_signal_row_is_read_with_its_full_view() -> None:
    found = wire.read_signal(SIGNAL)

    assert found == SignalRow("s1", "banana-stand/amount", FIELDS, "i1", INTEGRATION, "abc")


@pytest.mark.parametrize("missing", [{}, {"name": None, "labels": None, "enumValues": None}])
def test_what_a_row_leaves_out_has_the_apis_default(missing: dict[str, object]) -> None:
    found = wire.read_signal({"id": "s1", "attributes": {"input": "a", **missing}})

    defaults: dict[str, object] = {
        "name": "a",
        "description": "",
        "valueType": "numeric",
        "sourceType": "measurement",
        "engUnit": "",
        "sampleInterval": None,
        "gapDetection": None,
        "labels": {},
        "enumValues": {},
        "annotations": {},
    }
    assert found == SignalRow("s1", "a", defaults, None, None, "")


@pytest.mark.parametrize("relation", [None, {}, {"data": None}])
def test_an_unpublished_signal_has_no_item(relation: object) -> None:
    row = {**SIGNAL, "relationships": {"item": relation}}

    assert wire.read_signal(row).item_id is None


def test_an_item_row_is_read_with_its_visibility() -> None:
    attributes = {name: value for name, value in FIELDS.items() if name != "annotations"}
    row = {"id": "i1", "meta": SIGNAL["meta"], "attributes": {**attributes, "visible": True}}

    assert wire.read_item(row) == ItemRow("i1", {**FIELDS, "visible": True}, "abc")
    assert wire.read_item({"id": "i1", "attributes": {}}).fields["visible"] is False


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), None),
        (("id",), ""),
        (("attributes",), []),
        (("meta",), "x"),
        (("meta",), None),
        (("relationships",), [1]),
        (("relationships", "item"), "i1"),
        (("relationships", "item", "data"), "i1"),
        (("relationships", "item", "data", "id"), 5),
        (("attributes", "input"), None),
        (("attributes", "input"), ""),
        (("attributes", "name"), 5),
        (("attributes", "gapDetection"), 5),
        (("attributes", "labels"), ["x"]),
        (("attributes", "labels", "site"), "Pier"),
        (("attributes", "labels", "site"), [1]),
        (("attributes", "enumValues", "0"), 1),
        (("meta", "annotations"), "x"),
        (("meta", "annotations", "acme/plc"), None),
    ],
)
def test_a_row_of_another_shape_is_refused_by_path(path: tuple[str, ...], value: object) -> None:
    row = copy.deepcopy(SIGNAL)
    place = row
    for step in path[:-1]:
        inner = place[step]
        assert isinstance(inner, dict)
        place = inner
    place[path[-1]] = value

    with pytest.raises(TransportError) as caught:
        wire.read_signal(row)
    assert caught.value.findings[0].code == "API-SHAPE"
    assert any(step in caught.value.findings[0].summary for step in path[-2:])


def test_an_items_visibility_is_a_truth_value() -> None:
    with pytest.raises(TransportError):
        wire.read_item({"id": "i1", "attributes": {"visible": "yes"}})


@pytest.mark.parametrize(
    ("relations", "updater"),
    [
        ({"updatedBy": {"data": {"type": "users", "id": "u1"}}}, "u1"),
        ({"updatedBy": {"data": None}}, ""),
        ({"updatedBy": "u1"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_who_updated_an_item_is_read_where_the_api_says_so(relations: object, updater: str) -> None:
    row = {"id": "i1", "attributes": {}, "relationships": relations}

    assert wire.read_item(row).updated_by == updater


@pytest.mark.parametrize(
    ("meta", "updated"), [({"updatedAt": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z"), ({}, "")]
)
def test_when_a_resource_was_updated_is_what_the_api_wrote(
    meta: dict[str, object], updated: str
) -> None:
    assert wire.read_updated(meta) == updated


def test_a_page_is_a_count_and_rows() -> None:
    assert wire.read_page({"meta": {"total": 2}, "data": [1, 2]}) == Page(2, [1, 2])
    assert wire.read_page({"meta": {"total": 0}, "data": None}) == Page(0, [])


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        {"meta": {}},
        {"meta": {"total": -1}, "data": []},
        {"meta": {"total": True}, "data": []},
        {"meta": {"total": 0}, "data": {}},
    ],
)
def test_a_page_without_a_count_is_refused(result: object) -> None:
    with pytest.raises(TransportError):
        wire.read_page(result)


def test_summaries_are_read_and_old_versions_do_not_tell_updates() -> None:
    result = {
        "signalsByInput": {
            "a": {"id": "s1", "created": True, "updated": False, "more": 1},
            "b": {"id": "s2", "created": False},
        }
    }

    found = wire.read_saved(result, "signalsByInput")

    assert found == {"a": Saved("s1", True, False), "b": Saved("s2", False, None)}
    assert wire.read_saved({}, "itemsBySignal") == {}


@pytest.mark.parametrize(
    "result",
    [[], {"x": []}, {"x": {"a": None}}, {"x": {"a": {"id": "s"}}}, {"x": {"a": {"created": 1}}}],
)
def test_a_summary_of_another_shape_is_refused(result: object) -> None:
    with pytest.raises(TransportError):
        wire.read_saved(result, "x")


texts = st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)
members = st.dictionaries(
    st.sampled_from(["id", "meta", "attributes", "relationships", "data", "input", "labels"]),
    values,
)


@pytest.mark.property
@given(values | members | st.fixed_dictionaries({"id": texts, "attributes": members}))
def test_any_value_is_a_row_or_refused(row: object) -> None:
    """Reading is total: nothing but TransportError is raised."""
    for read in (wire.read_signal, wire.read_item, wire.read_page):
        with contextlib.suppress(TransportError):
            read(row)
