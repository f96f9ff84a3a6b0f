import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.filters import FIELDS, OPERATORS, check, compile_filter, compile_regex, is_risky

PUMP = {
    "name": "Pump 1",
    "engUnit": "bar",
    "input": "area/pump-1",
    "visible": True,
    "gapDetection": "PT1H",
    "sampleInterval": None,
    "labels": {"site": ["Pier", "Yacht"], "area": []},
    "annotations": {"acme/plc": "plc-7"},
}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": "Pump 1"},
        {"name": "Pump 1", "engUnit": "bar"},
        {"labels.site": "Yacht"},
        {"labels.site": {"$in": ["Yacht", "Dock"]}},
        {"labels.site": {"$ne": "Dock"}},
        {"labels.site": {"$nin": ["Dock"]}},
        {"labels.site": {"$regex": "^Y"}},
        {"labels.other": {"$ne": "x"}},
        {"labels.area": {"$nin": ["x"]}},
        {"annotations.acme/plc": "plc-7"},
        {"name": {"$regex": "ump"}},
        {"name": {"$gt": "Pump", "$lt": "Pump 2"}},
        {"name": {"$gte": "Pump 1", "$lte": "Pump 1"}},
        {"gapDetection": "PT60M"},
        {"gapDetection": {"$gte": "PT15M", "$lt": "PT61M"}},
        {"gapDetection": {"$lte": "PT1H", "$gt": "-PT1H"}},
        {"sampleInterval": None},
        {"gapDetection": {"$ne": None}},
        {"visible": True},
        {"$or": [{"name": "x"}, {"engUnit": "bar"}]},
        {"$and": [{"name": "Pump 1"}, {"engUnit": "bar"}]},
    ],
)
def test_a_filter_selects(wanted: object) -> None:
    assert compile_filter(wanted)(PUMP)


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "pump 1"},
        {"name": "Pump 1", "engUnit": "kPa"},
        {"labels.site": "Dock"},
        {"labels.site": {"$ne": "Pier"}},
        {"labels.site": {"$nin": ["Pier"]}},
        {"labels.other": "x"},
        {"labels.other": {"$regex": ""}},
        {"labels.other": {"$gt": ""}},
        {"labels.area": {"$in": ["x"]}},
        {"name": {"$in": []}},
        {"description": ""},
        {"sampleInterval": {"$gt": "PT0S"}},
        {"sampleInterval": "PT0S"},
        {"visible": False},
        {"$or": [{"name": "x"}, {"engUnit": "x"}]},
        {"$and": [{"name": "Pump 1"}, {"engUnit": "x"}]},
    ],
)
def test_a_filter_leaves_out(wanted: object) -> None:
    assert not compile_filter(wanted)(PUMP)


def test_a_flat_view_is_read_too() -> None:
    assert compile_filter({"labels.site": "Pier"})({"labels.site": ["Pier"]})


@pytest.mark.parametrize(
    ("wanted", "code", "path", "at_key"),
    [
        ([], "FIL-TYPE", (), False),
        ({"$where": "x"}, "FIL-OP", ("$where",), True),
        ({"name": {"$like": "x"}}, "FIL-OP", ("name", "$like"), True),
        ({"name": {"$and": []}}, "FIL-OP", ("name", "$and"), True),
        ({"__proto__": "x"}, "FIL-FIELD", ("__proto__",), True),
        ({"labels.a b": "x"}, "FIL-FIELD", ("labels.a b",), True),
        ({"name": 5}, "FIL-TYPE", ("name",), False),
        ({"name": {}}, "FIL-TYPE", ("name",), False),
        ({"name": {"$in": "x"}}, "FIL-TYPE", ("name", "$in"), False),
        ({"name": {"$in": ["x", 1]}}, "FIL-TYPE", ("name", "$in", 1), False),
        ({"visible": "yes"}, "FIL-TYPE", ("visible",), False),
        ({"visible": {"$gt": True}}, "FIL-TYPE", ("visible", "$gt"), False),
        ({"gapDetection": {"$gt": None}}, "FIL-TYPE", ("gapDetection", "$gt"), False),
        ({"gapDetection": "P1Y"}, "FIL-TYPE", ("gapDetection",), False),
        ({"gapDetection": 15}, "FIL-TYPE", ("gapDetection",), False),
        ({"gapDetection": {"$regex": "x"}}, "FIL-TYPE", ("gapDetection", "$regex"), False),
        ({"$or": []}, "FIL-TYPE", ("$or",), False),
        ({"$or": [{"x": 1}]}, "FIL-FIELD", ("$or", 0, "x"), True),
        ({"name": {"$regex": "(?<=a)"}}, "FIL-REGEX", ("name", "$regex"), False),
        ({"name": {"$regex": "a" * 257}}, "FIL-REGEX", ("name", "$regex"), False),
    ],
)
def test_a_problem_is_found_at_its_path(
    wanted: object, code: str, path: tuple[object, ...], at_key: bool
) -> None:
    found = [(one.code, one.path, one.at_key) for one in check(wanted)]

    assert found == [(code, path, at_key)]
    with pytest.raises(ValueError, match=r"."):
        compile_filter(wanted)


def _nested(depth: int) -> object:
    wanted: object = {"name": "x"}
    for _ in range(depth):
        wanted = {"$and": [wanted]}
    return wanted


def test_filters_are_nested_eight_deep() -> None:
    assert not check(_nested(8))
    assert [one.code for one in check(_nested(9))] == ["FIL-DEPTH"]


def test_a_filter_compares_256_times() -> None:
    assert not check({"$or": [{"name": "x"}] * 256})
    assert [one.code for one in check({"$or": [{"name": "x"}] * 257})] == ["FIL-LEAVES"]


def test_a_risky_expression_is_a_warning_and_runs_in_linear_time() -> None:
    wanted = {"name": {"$regex": "^(a+)+$"}}
    start = time.perf_counter()

    selected = compile_filter(wanted)({"name": "a" * 100_000 + "!"})

    assert not selected
    assert time.perf_counter() - start < 1
    assert [(one.code, one.is_warning) for one in check(wanted)] == [("FIL-REGEX-RISK", True)]


@pytest.mark.parametrize("pattern", ["(a+)+", "((a*))*", "(a{2}){3}", "(x(a+))+"])
def test_nested_repetitions_are_risky(pattern: str) -> None:
    assert is_risky(pattern)


@pytest.mark.parametrize("pattern", ["^[a-z ]+$", "(ab)+c+", "a+b*"])
def test_plain_repetitions_are_not_risky(pattern: str) -> None:
    assert not is_risky(pattern)


def test_an_expression_may_have_256_characters() -> None:
    assert compile_regex("a" * 256).search("a" * 300)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from((*OPERATORS, *FIELDS, "labels.x", "$x", "y")), inner, max_size=3
        )
    ),
    max_leaves=20,
)


@pytest.mark.property
@given(_values, _values)
def test_any_value_is_a_filter_or_refused(wanted: object, other: object) -> None:
    """check raises nothing; what it accepts can be compiled and evaluated on any view."""
    if any(not one.is_warning for one in check(wanted)):
        return
    view = other if isinstance(other, dict) else {}
    view = {key: value for key, value in view.items() if "Interval" not in key}
    view.pop("gapDetection", None)

    assert compile_filter(wanted)(view) in (True, False)
