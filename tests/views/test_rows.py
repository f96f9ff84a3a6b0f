import json

from syncer.views.rows import rows_json, rows_text

SIGNAL = {
    "id": "s1",
    "integration": "pier",
    "input": "a\x1b",
    "item": None,
    "name": "A\n",
    "engUnit": "bar",
    "labels": {"site": ["Pier"]},
}
ITEM = {"id": "i1", "name": "Item", "engUnit": "", "labels": {}, "visible": False}


def test_each_row_is_one_line() -> None:
    assert rows_text([SIGNAL, ITEM]) == (
        's1  pier/a\\x1b  "A\\n"  "bar"  {site: ["Pier"]}\ni1  "Item"  hidden\n2 rows\n'
    )


def test_rows_are_counted() -> None:
    assert rows_text([{**ITEM, "visible": True}]) == 'i1  "Item"\n1 row\n'
    assert rows_text([]) == "0 rows\n"


def test_json_holds_the_rows_as_they_are() -> None:
    text = rows_json([SIGNAL, ITEM])

    assert text.isascii()
    assert json.loads(text) == [SIGNAL, ITEM]
