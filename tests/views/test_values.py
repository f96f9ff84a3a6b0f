import pytest

from syncer.plan.changes import AttributeChange
from syncer.views.values import edit, shown

ENUM_EDIT = '0: "a" -> "c", - 1: "b", + 2: "d"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unset"),
        ("unset", '"unset"'),
        ("", '""'),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        ([], "[]"),
        (("a", "b, c"), '["a", "b, c"]'),
        ({"0": "a: b"}, '{0: "a: b"}'),
        ('"\\\n', '"\\"\\\\\\n"'),
    ],
)
def test_values_are_typed_escaped_and_on_one_line(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("path", "before", "after", "text"),
    [
        ("engUnit", "kPa", "bar", '"kPa" -> "bar"'),
        ("visible", False, True, "false -> true"),
        ("sampleInterval", "PT1M", None, '"PT1M" -> unset'),
        ("labels.x", None, ["a"], 'none -> ["a"]'),
        ("labels.x", ["a", "b"], ["b", "c"], '- "a", + "c"'),
        ("annotations.x", "a", None, '"a" -> none'),
        ("enumValues", {"0": "a", "1": "b"}, {"0": "c", "2": "d"}, ENUM_EDIT),
    ],
)
def test_edits_tell_before_and_after_or_the_parts(
    path: str, before: object, after: object, text: str
) -> None:
    assert edit(AttributeChange(tuple(path.split(".")), before, after), is_new=False) == text


def test_what_is_new_has_no_before() -> None:
    assert edit(AttributeChange(("engUnit",), None, "bar"), is_new=True) == '"bar"'
