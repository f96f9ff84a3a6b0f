"""Settings that shape errors and answers for clarify-go: each of their values."""

from typing import TYPE_CHECKING, Any

import pytest

from syncer.emulator.problems import MOST_PROBLEMS
from syncer.emulator.settings import ClarifyGo, ErrorStyle, Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Clarify

GO = {"user_agent": "clarify-go/v0.4.0"}
SHORT = {"dataAsArray", "groupIncludedByType"}
LONG = SHORT | {"flattenResourceFields", "includeResourceHashFields"}


def error_data(clarify: "Clarify", **headers: str) -> Any:
    params = {"query": {"limit": "1"}, "x": 1}
    return clarify.answer("clarify.selectItems", params, **headers)["error"]["data"]


def test_errors_have_paths_by_default(clarify: "Clarify") -> None:
    assert error_data(clarify) == {
        "pathErrors": [
            {"path": "params.query.limit", "error": "must be an integer"},
            {"path": "params.x", "error": "unknown parameter"},
        ]
    }


def test_errors_can_be_as_documented(clarify: "Clarify") -> None:
    clarify.use(Settings(error_style=ErrorStyle.TRACE_AND_PARAMS))

    assert error_data(clarify) == {
        "trace": f"{1_700_000_000_000_000:032x}",
        "params": {"query.limit": ["must be an integer"], "x": ["unknown parameter"]},
    }


def test_an_error_tells_of_a_bounded_number_of_problems(clarify: "Clarify") -> None:
    params = {f"p{number}": 1 for number in range(MOST_PROBLEMS + 1)}

    assert len(clarify.refusal("clarify.selectItems", params)) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("mode", "headers", "is_compatible"),
    [
        (ClarifyGo.BY_USER_AGENT, {}, False),
        (ClarifyGo.BY_USER_AGENT, GO, True),
        (ClarifyGo.BY_USER_AGENT, {"user_agent": "my clarify-go/v0.4.0"}, False),
        (ClarifyGo.ALWAYS, {}, True),
        (ClarifyGo.NEVER, GO, False),
    ],
)
def test_answers_keep_to_what_clarify_go_knows(
    clarify: "Clarify", mode: ClarifyGo, headers: dict[str, str], is_compatible: bool
) -> None:
    clarify.save_ids("a")
    clarify.use(Settings(clarify_go=mode))
    params = {"integration": clarify.caller.id}

    result = clarify.call("admin.selectSignals", params, "1.2", **headers)

    links = {"integration", "item"} | (set() if is_compatible else {"organization"})
    assert result["meta"]["format"].keys() == (SHORT if is_compatible else LONG)
    assert result["data"][0]["relationships"].keys() == links
    assert error_data(clarify, **headers).keys() == (
        {"trace", "params"} if is_compatible else {"pathErrors"}
    )
