"""Live resources as rows: one line each, JSON, or CSV."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from syncer.sinks import csv, json_text, leading, quoted, terminal
from syncer.views.values import shown

Row = Mapping[str, object]

_FIRST: Final = ("id", "integration", "input", "item", "name", "description", "engUnit")
_KEYED: Final = ("labels", "annotations")


def rows_json(rows: Sequence[Row]) -> str:
    """Return the rows as a JSON list, ASCII only, ending in a newline."""
    return json_text(rows)


def rows_text(rows: Sequence[Row]) -> str:
    """Return a line for each row: its ID, input, name, unit and labels; then the count."""
    noun = "row" if len(rows) == 1 else "rows"
    return "".join(map(_line, rows)) + f"{len(rows)} {noun}\n"


def rows_csv(rows: Sequence[Row]) -> str:
    """Return the rows as CSV with every cell quoted: a column for each field, label and annotation.

    Several values of a label are joined by a comma; enum texts are JSON.
    """
    names = {name for row in rows for name in _flat(row)}
    columns: list[str] = [name for name in _FIRST if name in names]
    columns += sorted(names.difference(columns), key=_rank)
    lines = [columns or ["id"]]
    for row in rows:
        cells = _flat(row)
        lines.append([cells.get(name, "") for name in columns])
    return "".join(",".join(map(csv, line)) + "\n" for line in lines)


def _flat(row: Row) -> dict[str, str]:
    """Return the row's cells by column; a label or annotation is a column of its own."""
    cells = {name: _cell(value) for name, value in row.items() if name not in _KEYED}
    for name in _KEYED:
        keyed = row.get(name)
        for key, value in keyed.items() if isinstance(keyed, Mapping) else ():
            cells[f"{name}.{key}"] = _cell(value)
    return cells


def _rank(name: str) -> tuple[bool, str]:
    return "." in name, name


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping) else str(value)


def _line(row: Row) -> str:
    parts = [leading(str(row["id"]))]
    if "input" in row:
        parts.append(f"{terminal(str(row['integration']))}/{terminal(str(row['input']))}")
    parts.append(quoted(str(row["name"])))
    if row["engUnit"]:
        parts.append(quoted(str(row["engUnit"])))
    if row["labels"]:
        parts.append(shown(row["labels"]))
    if row.get("visible") is False:
        parts.append("hidden")
    return "  ".join(parts) + "\n"
