from syncer.plan.changes import AttributeChange
from syncer.plan.diff import Part, compare, parts
from syncer.providers.clarify.kinds import SIGNALS


def test_differences_come_in_the_kinds_order_and_per_key() -> None:
    before = {"engUnit": "kPa", "labels": {"b": ["1"], "a": ["1"]}, "name": "x"}
    after = {"engUnit": "bar", "labels": {"b": ["2"], "c": ["3"]}, "name": "y"}

    assert [(a.path, a.before, a.after) for a in compare(SIGNALS, before, after)] == [
        (("name",), "x", "y"),
        (("engUnit",), "kPa", "bar"),
        (("labels", "a"), ["1"], None),
        (("labels", "b"), ["1"], ["2"]),
        (("labels", "c"), None, ["3"]),
    ]


def test_units_types_and_enum_texts_carry_meaning() -> None:
    before = {"engUnit": "a", "valueType": "enum", "enumValues": {"0": "x"}, "name": "n"}

    changed = compare(SIGNALS, before, {})

    assert [a.name for a in changed if a.has_meaning] == ["engUnit", "valueType", "enumValues"]


def test_syncers_own_annotations_are_no_difference() -> None:
    assert compare(SIGNALS, {}, {"annotations": {"syncer/project": "stand"}}) == ()


def test_a_views_lists_and_maps_of_another_kind_count_as_absent() -> None:
    assert [a.name for a in compare(SIGNALS, {"labels": None}, {"labels": {"a": ["1"]}})] == [
        "labels.a"
    ]


def test_enum_texts_are_told_number_by_number() -> None:
    change = AttributeChange(
        ("enumValues",), {"0": "ok", "1": "on fire", "3": "x"}, {"0": "ok", "1": "hot", "2": "wet"}
    )

    assert parts(change) == (
        Part("1", "on fire", "hot"),
        Part("2", None, "wet"),
        Part("3", "x", None),
    )


def test_label_values_are_told_as_removed_and_added() -> None:
    change = AttributeChange(("labels", "site"), ["Pier", "Yacht"], ["Yacht", "Dock", "Attic"])

    assert parts(change) == (
        Part("", "Pier", None),
        Part("", None, "Attic"),
        Part("", None, "Dock"),
    )


def test_scalars_and_values_that_come_or_go_whole_have_no_parts() -> None:
    assert parts(AttributeChange(("name",), "a", "b")) == ()
    assert parts(AttributeChange(("labels", "site"), [], ["Pier"])) == ()
    assert parts(AttributeChange(("labels", "site"), ["Pier"], None)) == ()


def test_a_label_that_looks_like_bookkeeping_is_told() -> None:
    changes = compare(SIGNALS, {"labels": {"syncer/x": ["1"]}}, {"labels": {}})

    assert [change.name for change in changes] == ["labels.syncer/x"]


def test_a_key_that_looks_private_is_told() -> None:
    change = AttributeChange(("enumValues",), {"__a": "1", "b": "1"}, {"__a": "2", "b": "2"})

    assert [part.key for part in parts(change)] == ["__a", "b"]


def test_texts_without_a_common_number_are_told_key_by_key() -> None:
    change = AttributeChange(("enumValues",), {"0": "ok"}, {"1": "on fire"})

    assert parts(change) == (Part("0", "ok", None), Part("1", None, "on fire"))
