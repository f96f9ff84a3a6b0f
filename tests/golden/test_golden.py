"""Whole plans as people and programs read them: one folder a case, in every format.

`pytest tests/golden --update-golden` writes the plans anew; the difference is for review.
"""

import json
from pathlib import Path

import pytest

from syncer.engine.workflow import Wishes, make_plan
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.plan import planfile
from syncer.plan.changes import Plan
from syncer.views.formats import write_plan
from tests.engine.sites import Site

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/live.json"))
FILES = {"plan.txt": "text", "plan.md": "markdown", "plan.json": "json"}


def plan(case: Path) -> Plan:
    loaded = load(case, Limits())
    assert [
        str(finding) for finding in loaded.diagnostics if finding.severity.name == "ERROR"
    ] == []
    site = Site()
    for alias, live in json.loads((case / "live.json").read_text()).items():
        site.fill(live["signals"], live["items"], alias)
    made = make_plan(loaded.desired, site.session(), Wishes()).plan
    site.close()
    return made


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_reads_as_it_always_did(
    case: Path, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planfile, "__version__", "0.0.0")

    text = write_plan(plan(case), FILES[name], verbose=False, colour=False)

    golden = case / name
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_there_are_cases() -> None:
    assert len(CASES) > 3
