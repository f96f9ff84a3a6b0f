"""Settings as texts: each can be set, and what cannot is told with its nearest name."""

from dataclasses import fields

import pytest

from syncer.emulator.settings import (
    ClarifyGo,
    ErrorStyle,
    SaveAtomicity,
    Settings,
    Throttle,
    UnsetDuration,
)
from syncer.emulator.switches import SwitchError, list_switches, read_switches


def test_every_setting_is_listed_with_what_it_is_for() -> None:
    switches = list_switches()

    names = [switch.name.replace("-", "_") for switch in switches]
    assert names == [field.name for field in fields(Settings)]
    assert all(switch.doc.endswith(".") and switch.choices for switch in switches)


def test_every_default_can_be_set_as_it_is_listed() -> None:
    texts = [f"{switch.name}={switch.default}" for switch in list_switches()]

    assert read_switches(texts) == Settings()


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("error-style=params", Settings(error_style=ErrorStyle.TRACE_AND_PARAMS)),
        ("unset_duration=PT0S", Settings(unset_duration=UnsetDuration.ZERO)),
        ("item-gap-detection=PT1H30M", Settings(item_gap_detection="PT1H30M")),
        ("Accepts-Include = TRUE", Settings(accepts_include=True)),
        ("save-atomicity=partial", Settings(save_atomicity=SaveAtomicity.PARTIAL)),
        ("lists-skipped=false", Settings(lists_skipped=False)),
        ("insert-delay-seconds=1.5", Settings(insert_delay_seconds=1.5)),
        ("requests-per-second=10", Settings(requests_per_second=10.0)),
        ("throttle=-32015", Settings(throttle=Throttle.TRY_AGAIN)),
        ("clarify-go=never", Settings(clarify_go=ClarifyGo.NEVER)),
        ("token-lifetime-seconds=60", Settings(token_lifetime_seconds=60)),
    ],
)
def test_a_text_sets_a_setting(text: str, settings: Settings) -> None:
    assert read_switches([text]) == settings


def test_later_texts_win_over_earlier_ones_and_over_given_settings() -> None:
    before = Settings(accepts_include=True, always_counts=True)

    found = read_switches(["accepts-include=false", "throttle=429", "throttle=-32015"], before)

    assert found == Settings(always_counts=True, throttle=Throttle.TRY_AGAIN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("eror-style=params", "'eror-style' is no setting; did you mean 'error-style'?"),
        ("zzz=1", "'zzz' is no setting; known are error-style, "),
        ("throttle", "'throttle' is not NAME=VALUE"),
        (
            "save-atomicity=partal",
            "'partal' does not set save-atomicity: give whole or partial; did you mean 'partial'?",
        ),
        ("accepts-include=1", "'1' does not set accepts-include: give true or false"),
        ("token-lifetime-seconds=-1", "'-1' does not set token-lifetime-seconds"),
        ("token-lifetime-seconds=9999999999", "give a whole number"),
        ("requests-per-second=-1", "give a number"),
        ("requests-per-second=nan", "give a number"),
        ("requests-per-second=ten", "give a number"),
        ("item-gap-detection=1h", "give a fixed RFC 3339 duration"),
    ],
)
def test_what_sets_nothing_is_told(text: str, message: str) -> None:
    with pytest.raises(SwitchError) as caught:
        read_switches([text])

    assert message in str(caught.value)
