"""What `syncer` exports, and what importing it costs."""

import inspect
import subprocess
import sys

import pytest

import syncer
from syncer import query

MEMBERS = [
    *("Client", "DataFrame", "Filter", "Item", "Signal"),
    *("Calculation", "GroupAggregation", "ItemAggregation"),
    *("FrameSelection", "Saved", "SelectedItem", "SelectedSignal", "Selection"),
    *("AccessDenied", "ApiRejection", "ApiVersionError", "BatchTooLarge", "InvalidInput"),
    *("OutcomeUnknown", "PartlyInserted", "PartlyWritten", "SyncerError", "TransportError"),
]
OPERATORS = ["Equal", "Greater", "GreaterOrEqual", "In", "Less", "LessOrEqual"]
OPERATORS += ["NotEqual", "NotIn", "Regex"]


def test_the_members_are_these() -> None:
    assert sorted(syncer.__all__) == sorted(MEMBERS)
    assert sorted(query.__all__) == sorted(["Comparison", "Filter", *OPERATORS])


@pytest.mark.parametrize("name", MEMBERS)
def test_each_member_is_there_listed_and_documented(name: str) -> None:
    member = getattr(syncer, name)

    assert name in dir(syncer)
    assert inspect.getdoc(member)
    for part, value in vars(member).items():
        if inspect.isfunction(value) and not part.startswith("_"):
            assert inspect.getdoc(value), f"{name}.{part}"


def test_other_names_are_no_members() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = syncer.Nothing


@pytest.mark.parametrize("name", ["syncer", "syncer.query"])
def test_importing_is_cheap(name: str) -> None:
    code = f"import sys, {name}; print('httpx' in sys.modules, 'pydantic' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
