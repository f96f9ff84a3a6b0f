"""Equal as Clarify means it: every comparer, wanted value first."""

import json
from collections.abc import Callable

import pytest

from syncer.providers.clarify.compare import (
    choice_form,
    duration_form,
    enum_texts_form,
    flag_form,
    members_form,
    same_choice,
    same_duration,
    same_enum_texts,
    same_flag,
    same_gap_detection,
    same_members,
    same_text,
    text_form,
)


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [("a", "a", True), ("", None, True), (None, "", True), ("a", "a ", False), ("a", None, False)],
)
def test_texts_are_equal_as_written_and_absent_is_empty(
    wanted: object, live: object, is_same: bool
) -> None:
    assert same_text(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [("numeric", "", True), ("numeric", None, True), ("enum", "", False), ("enum", "enum", True)],
)
def test_an_absent_choice_is_the_default_one(wanted: object, live: object, is_same: bool) -> None:
    assert same_choice("numeric")(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"), [(False, None, True), (True, True, True), (True, None, False)]
)
def test_an_absent_flag_is_false(wanted: object, live: object, is_same: bool) -> None:
    assert same_flag(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [
        ("PT1M", "PT60S", True),
        ("P1W", "PT168H", True),
        ("PT0.50S", "PT0.5S", True),
        (None, "PT0S", True),
        (None, "", True),
        ("PT1M", "PT61S", False),
        ("PT1M", None, False),
        ("PT1M", "-PT1M", False),
        ("PT1M", "a minute", False),
        ("a minute", "a minute", True),
    ],
)
def test_durations_are_compared_by_length(wanted: object, live: object, is_same: bool) -> None:
    assert same_duration(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [
        (None, "PT960H", True),
        (None, "P40D", True),
        ("PT0S", "PT1H30M", True),
        (None, "PT2H", False),
        ("PT960H", None, False),
        ("PT90M", "PT1H30M", True),
    ],
)
def test_an_items_unset_gap_detection_is_the_servers_default(
    wanted: object, live: object, is_same: bool
) -> None:
    assert same_gap_detection(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [
        (["a", "b"], ["b", "a", "a"], True),
        ([], None, True),
        ("", ("a",), False),
        (["a"], ["A"], False),
        (["a,b"], ["a", "b"], False),
    ],
)
def test_label_values_are_a_set(wanted: object, live: object, is_same: bool) -> None:
    assert same_members(wanted, live) is is_same


@pytest.mark.parametrize(
    ("wanted", "live", "is_same"),
    [
        ({"0": "ok", "1": "fire"}, {"1": "fire", "0": "ok"}, True),
        ({"1": "a"}, {"01": "a"}, True),
        ({"1": "a"}, {"1": "b"}, False),
        ({"1": "a"}, {"1": "a", "2": "b"}, False),
        ({}, None, True),
        ({"x": "a"}, {"x": "a", "y": "b"}, False),
        ({"²": "a"}, {"2": "a"}, False),
        ({"1": "a"}, {"1" * 10_000: "a"}, False),
    ],
)
def test_enum_texts_are_compared_by_number(wanted: object, live: object, is_same: bool) -> None:
    assert same_enum_texts(wanted, live) is is_same


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (text_form, "a", "a"),
        (text_form, None, ""),
        (choice_form("numeric"), "", "numeric"),
        (choice_form("numeric"), None, "numeric"),
        (choice_form("numeric"), "enum", "enum"),
        (flag_form, None, False),
        (flag_form, True, True),
        (duration_form, "PT1M", 60_000_000_000),
        (duration_form, "PT60S", 60_000_000_000),
        (duration_form, "PT0S", None),
        (duration_form, "", None),
        (duration_form, None, None),
        (duration_form, "a minute", "a minute"),
        (members_form, ("b", "a", "b"), ["a", "b"]),
        (members_form, None, []),
        (members_form, "ab", []),
        (enum_texts_form, {"10": "b", "01": "a", "x": "c"}, [["1", "a"], ["10", "b"], ["x", "c"]]),
        (enum_texts_form, None, []),
    ],
)
def test_all_spellings_of_a_value_have_one_form(
    form: Callable[[object], object], value: object, expected: object
) -> None:
    assert form(value) == expected
    assert json.loads(json.dumps(form(value))) == expected
