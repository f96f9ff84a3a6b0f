import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Diagnostic, Diagnostics, Location, Severity

FINDINGS = st.builds(
    Diagnostic,
    st.sampled_from(["A-A", "B-B"]),
    st.text(max_size=3),
    st.none() | st.builds(Location, st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 3)),
    severity=st.sampled_from(Severity),
)


@pytest.mark.parametrize(
    ("location", "shown"),
    [(Location("a.yaml", 3, 7), "a.yaml:3:7"), (Location("a.yaml"), "a.yaml")],
)
def test_a_place_is_written_as_editors_read_it(location: Location, shown: str) -> None:
    assert str(location) == shown


def test_findings_come_sorted_by_place_and_errors_first() -> None:
    late, early = Location("a", 2, 1), Location("a", 1, 9)
    warning = Diagnostic("A-A", "w", late, severity=Severity.WARNING)
    findings = [warning, Diagnostic("B-B", "e", late), Diagnostic("C-C", "f", early)]

    assert [finding.code for finding in Diagnostics(findings)] == ["C-C", "B-B", "A-A"]


@pytest.mark.property
@given(st.lists(FINDINGS))
def test_the_order_of_arrival_does_not_matter(findings: list[Diagnostic]) -> None:
    """Law: the same findings are told the same way, each once."""
    collected = Diagnostics(findings[::2])
    collected.extend(findings)
    for finding in reversed(findings):
        collected.add(finding)

    assert list(collected) == list(Diagnostics(reversed(findings)))
    assert len(collected) == len(set(findings))


def test_only_errors_refuse() -> None:
    warning = Diagnostic("A-A", "w", severity=Severity.WARNING)

    assert not Diagnostics([warning]).has_errors
    assert Diagnostics([warning, Diagnostic("A-A", "e")]).has_errors
