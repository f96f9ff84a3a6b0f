import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.durations import NANOSECONDS, canonical, parse


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT15M", 900),
        ("PT2H", 7200),
        ("PT960H", 3_456_000),
        ("P1DT12H", 129_600),
        ("P2W", 1_209_600),
        ("-PT1M", -60),
        ("P0DT0H1M0.000000S", 60),
        ("PT0S", 0),
    ],
)
def test_durations_are_exact(text: str, seconds: int) -> None:
    assert parse(text) == seconds * NANOSECONDS


def test_fractions_reach_nanoseconds() -> None:
    assert parse("PT0.000000001S") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("P1Y", "years and months"),
        ("P3M", "years and months"),
        ("P15H", "follow a T"),
        ("P1D5S", "follow a T"),
        ("15 min", "written like"),
        ("", "written like"),
        ("P", "written like"),
        ("PT", "written like"),
        ("P1DT", "written like"),
        ("PT1S\n", "written like"),
        ("PT\u0661S", "written like"),
        ("PT1.0000000001S", "written like"),
        ("P" + "9" * 300 + "D", "written like"),
        ("P15251W", "292 years"),
    ],
)
def test_other_texts_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)


@pytest.mark.parametrize("text", ["PT960H", "PT1H30M", "PT49H0.5S", "PT0S", "-PT15M", "PT0.25S"])
def test_the_canonical_text_is_the_services(text: str) -> None:
    assert canonical(parse(text)) == text


@pytest.mark.property
@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_every_duration_survives_the_round_trip(nanoseconds: int) -> None:
    """parse(canonical(n)) == n."""
    assert parse(canonical(nanoseconds)) == nanoseconds


@pytest.mark.property
@given(st.text(alphabet="P-TWDHMSY0123456789.", max_size=20))
def test_a_text_is_a_duration_or_refused(text: str) -> None:
    """parse raises nothing but ValueError, and what it accepts has a canonical form."""
    try:
        nanoseconds = parse(text)
    except ValueError:
        return
    assert parse(canonical(nanoseconds)) == nanoseconds
