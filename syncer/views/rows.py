"""Live resources as rows: one line each, or JSON."""

import json
from collections.abc import Mapping, Sequence

from syncer.sinks import quoted, terminal
from syncer.views.values import shown

Row = Mapping[str, object]


def rows_json(rows: Sequence[Row]) -> str:
    """Return the rows as a JSON list, ASCII only, ending in a newline."""
    return json.dumps(rows, indent=2, sort_keys=True) + "\n"


def rows_text(rows: Sequence[Row]) -> str:
    """Return a line for each row: its ID, input, name, unit and labels; then the count."""
    noun = "row" if len(rows) == 1 else "rows"
    return "".join(map(_line, rows)) + f"{len(rows)} {noun}\n"


def _line(row: Row) -> str:
    parts = [terminal(str(row["id"]))]
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
