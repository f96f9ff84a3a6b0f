import json

import jsonschema
import pytest

from syncer.plan import planfile
from syncer.plan.document import plan_schema
from tests.plan.test_planfile import FULL


def test_a_plan_satisfies_its_published_schema() -> None:
    jsonschema.Draft202012Validator(plan_schema()).validate(json.loads(planfile.dumps(FULL)))


@pytest.mark.parametrize("member", ["format_version", "origin", "resource_changes"])
def test_the_schema_demands_every_member(member: str) -> None:
    document = json.loads(planfile.dumps(FULL))
    del document[member]

    assert not jsonschema.Draft202012Validator(plan_schema()).is_valid(document)
