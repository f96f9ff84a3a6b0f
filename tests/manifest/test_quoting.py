"""Which texts stand without quotes, and how the others are written."""

import pytest

from syncer.manifest.quoting import is_text, is_writable, quote, quote_singly, write_text


@pytest.mark.parametrize(
    "text",
    ["a", "a b", "°C", "m³/h", "a:b", "-a", "a-", "a#b", "4-20 mA", "é", "\U0001f34c", "a'b"],
)
def test_what_everybody_reads_as_text_is_plain(text: str) -> None:
    assert write_text(text, in_flow=False) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", " a", "a ", "- a", "-", "a: b", "a:", "a #b", "#a", "[a", "{", "&a", "*a", "!a"),
        *("|", ">", "'a", '"a', "%a", "@a", "`a", "---", "--- a", "...", "? a", ": a", ",a"),
        *("NO", "yes", "y", "null", "~", "true", "1", "1.10", "012", "0o7", "0x1F", "1_000"),
        *("1e3", ".5", ".inf", ".NaN", "1:30", "2024-01-01", "=", "<<", "1" * 40),
    ],
)
def test_everything_else_is_quoted(text: str) -> None:
    assert write_text(text, in_flow=False) == quote(text)


@pytest.mark.parametrize("text", [":0", "a,b", "a]", "{a}", "a?b"])
def test_brackets_and_commas_are_quoted_in_brackets(text: str) -> None:
    assert write_text(text, in_flow=False) in (text, quote(text))
    assert write_text(text, in_flow=True) == quote(text)


def test_what_cannot_be_seen_is_escaped() -> None:
    assert quote('"\\\t\n\x85\u00a0\u200b\U000e0041e\u0301é') == (
        '"\\"\\\\\\t\\n\\x85\\xa0\\u200b\\U000e0041e\\u0301é"'
    )
    assert quote_singly("it's") == "'it''s'"
    assert quote_singly("a\n") is None


def test_control_characters_have_no_spelling() -> None:
    assert is_writable("a\tb\nc \u00a0")
    assert not any(map(is_writable, ("\x00", "\x85", "\r", "\u202e", "\ud800", "\ue000")))


def test_a_plain_scalar_of_ours_is_text_unless_it_is_a_number_a_boolean_or_null() -> None:
    assert is_text("NO")
    assert not is_text("1.10")
    assert not is_text("1" * 40)
