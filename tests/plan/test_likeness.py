import time

import pytest

from syncer.plan.likeness import Likeness, fold, folded


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("Pump-01/T", "pump.01_t", True),
        ("a:b#c+d", "A-B_C.D", True),
        ("pump-101", "pump-102", False),
        ("pump-1", "pump-01", False),
        ("straße", "STRASSE", True),
        ("a b", "ab", False),
    ],
)
def test_keys_fold_alike_that_differ_in_case_and_separators(
    one: str, other: str, is_alike: bool
) -> None:
    assert (fold(one) == fold(other)) is is_alike


def test_of_several_keys_that_fold_alike_the_first_is_named() -> None:
    assert folded(["b", "pump_1", "Pump-1", "pump-1"]) == {"b": "b", "pump1": "Pump-1"}


@pytest.mark.parametrize(
    ("key", "old", "is_alike"),
    [
        ("pump-102", "pump-101", False),
        ("line-1/pump-7", "line-7/pump-1", False),
        ("pump-101", "pump-101-2", False),
        ("Pump_101", "pump-101", True),
        ("pmp-101", "pump-101", True),
        ("pump-0101", "pump-101", True),
        ("north/pump-101/temperature", "north/pump-101/temp", True),
        ("banana-stand/amounts", "banana-stand/amount", True),
        ("banana-stand/status", "banana-stand/amount", False),
        ("fan-101", "pump-101", False),
        ("a", "b", False),
        ("101", "101-", True),
    ],
)
def test_keys_are_alike_with_the_same_numbers_and_hardly_another_word(
    key: str, old: str, is_alike: bool
) -> None:
    assert Likeness({old: ""}).find(key, "") == (old if is_alike else "")


@pytest.mark.parametrize(
    ("key", "is_alike"), [("abcd", True), ("abcx", True), ("abxy", False), ("abcdefg", False)]
)
def test_three_letters_of_four_are_enough(key: str, is_alike: bool) -> None:
    # abcx shares 2 * 3 of 8 letters, abcdefg 2 * 4 of 11.
    assert bool(Likeness({"abcd": ""}).find(key, "")) is is_alike


def test_letters_in_another_order_are_other_words() -> None:
    assert Likeness({"abcdef": ""}).find("fedcba", "") == ""


def test_the_closest_key_is_named() -> None:
    likeness = Likeness({"pump-1/temp": "", "pump-1/temps": "", "pump-1/tempo": ""})

    assert likeness.find("pump-1/temps-", "") == "pump-1/temps"
    assert likeness.find("pump-1/temper", "") == "pump-1/temp"


def test_of_equals_the_first_is_named() -> None:
    assert Likeness({"pump-1b": "", "pump-1a": ""}).find("pump-1c", "") == "pump-1a"
    assert Likeness({"pump_1": "", "pump-1": ""}).find("pump1", "") == "pump-1"


@pytest.mark.parametrize(
    ("key", "name", "expected"),
    [
        ("x-7", "Feed pressure", "feed/pt-7"),
        ("x-8", "Feed pressure", ""),
        ("x-7", "Feed", ""),
        ("x-7", "", ""),
        ("x-7", "x-7", ""),
    ],
)
def test_a_key_of_the_same_name_and_numbers_is_alike(key: str, name: str, expected: str) -> None:
    likeness = Likeness({"feed/pt-7": "Feed pressure", "q-7": "", "z-7": "x-7"})

    assert likeness.find(key, name) == expected


def test_the_first_of_the_same_name_is_named_and_a_like_spelling_comes_first() -> None:
    likeness = Likeness({"b-7": "Feed", "a-7": "Feed", "quench-7": "Other"})

    assert likeness.find("x-7", "Feed") == "a-7"
    assert likeness.find("quenches-7", "Feed") == "quench-7"


@pytest.mark.parametrize(("count", "expected"), [(200, "k" * 20), (201, "")])
def test_beyond_so_many_spellings_only_names_count(count: int, expected: str) -> None:
    keys = {chr(0x4E00 + n) * 2: "" for n in range(count - 2)}
    likeness = Likeness({**keys, "k" * 20: "", "other": "Feed"})

    assert likeness.find("k" * 21, "") == expected
    assert likeness.find("elsewhere", "Feed") == "other"


def test_ten_thousand_new_keys_beside_ten_thousand_old_ones_take_little_time() -> None:
    words = ["temperature", "pressure", "flow", "level", "speed", "power", "torque", "ph", "mass"]
    measures = [f"{one}/{other}" for one in words for other in words]
    old = {f"area-{n}/{measure}": "" for n in range(125) for measure in measures}
    new = [f"areas-{n}/{measure}" for n in range(125) for measure in measures]
    assert len(old) == len(new) == 10_125
    likeness = Likeness(old)

    began = time.perf_counter()
    found = [likeness.find(key, "") for key in new]

    assert time.perf_counter() - began < 5  # seconds; it takes a quarter of one
    assert all(found)
