import pytest

from syncer.errors import Misuse
from syncer.manifest.limits import Limits, read_limits


def test_the_operator_raises_limits_by_variables() -> None:
    limits = read_limits(
        {"SYNCER_LIMIT_FILE": "33554432", "SYNCER_LIMIT_DEPTH": "40", "OTHER": "x"}
    )

    assert limits == Limits(file=33554432, depth=40)


@pytest.mark.parametrize("text", ["", "-1", "0", "1e3", "x", "101", "\u0661", "9" * 30])
def test_a_limit_is_a_number_up_to_a_hard_maximum(text: str) -> None:
    with pytest.raises(Misuse, match="SYNCER_LIMIT_DEPTH"):
        read_limits({"SYNCER_LIMIT_DEPTH": text})
