"""The published JSON Schemas by name; `schemas/` holds the same texts.

python -m syncer.cli.schemas DIR     writes them all
"""

import json
import sys
from pathlib import Path
from typing import Final

from syncer.manifest.schemas import defaults_schema, manifest_schema, project_schema
from syncer.plan.document import plan_schema

_SCHEMAS: Final = {
    "defaults": defaults_schema,
    "manifest": manifest_schema,
    "plan": plan_schema,
    "project": project_schema,
}
NAMES: Final = tuple(sorted(_SCHEMAS))


def schema_text(name: str) -> str:
    """Return the schema as JSON, ending in a newline."""
    return json.dumps(_SCHEMAS[name](), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def file_name(name: str) -> str:
    """Return the name of the file in `schemas/`."""
    return f"{name}.v1.schema.json"


if __name__ == "__main__":
    for known in NAMES:
        Path(sys.argv[1], file_name(known)).write_text(schema_text(known), encoding="utf-8")
