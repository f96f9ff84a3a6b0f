"""What text from manifests and the API may still do where it is shown: nothing."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syncer import sinks
from tests.plan.worlds import found, have, plan, signal, want, wanted
from tests.views.test_text import text as lines_of

pytestmark = pytest.mark.property

ACTIVE = "`|\\\"'<>&*_#~-+:![](){}@$%^=\n\r\t\x1b\x7f\x9b\u202e\u200b"
TEXT = st.one_of(st.text(), st.text(st.sampled_from("ab é°\u0301" + ACTIVE)))
# The runners' own words for a command: at the start of a line, and anywhere in it.
GITHUB_2 = re.compile(r"\s*::[a-zA-Z-]+( [^:]*)?::")
GITHUB_1 = re.compile(r"##\[[^\]]*\]")
AZURE = re.compile(r"##vso\[[^\]]*\]")


def commands(line: str) -> list[str]:
    """Return what runners of GitHub and Azure would execute in a line of a log."""
    found = [match.group() for kind in (GITHUB_1, AZURE) for match in kind.finditer(line)]
    start = GITHUB_2.match(line)
    return [*found, start.group()] if start else found


@given(TEXT)
@example("\u2028\u2029\x85\x0b\x0c")
@example("\ud800")
def test_terminal_text_is_one_line_of_visible_characters(text: str) -> None:
    """Law: nothing that a terminal, an editor or a reader takes for something else is left."""
    shown = sinks.terminal(text)

    assert len((shown + "x").splitlines()) == 1
    kinds = {unicodedata.category(c) for c in shown if c != " "}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


@given(st.lists(TEXT, min_size=2, max_size=2, unique=True))
@example(["\n", "\\n"])
@example(["\\x23", "##"])
@example(["#\\x23", "##"])
@example(["\u00e9", "e\u0301"])
@example(["\xa0", " "])
def test_two_texts_never_look_the_same(texts: list[str]) -> None:
    """Law: escaping is injective."""
    one, other = texts

    assert sinks.terminal(one) != sinks.terminal(other)
    assert sinks.quoted(one) != sinks.quoted(other)
    assert sinks.markdown(one) != sinks.markdown(other)


@given(TEXT)
@example('" -> "')
def test_a_quoted_text_ends_at_its_last_quote(text: str) -> None:
    """Law: no text can close its own quotes."""
    inner = sinks.quoted(text)[1:-1]

    assert re.fullmatch(r'(?:[^"\\]|\\.)*', inner)


@given(TEXT)
@example("::add-mask::x")
@example("x ##[add-path]/evil")
@example("##vso[task.setvariable variable=a]b")
@example("###[error]x")
@example("\n::stop-commands::x")
def test_no_line_of_a_plan_is_a_command_to_a_runner(text: str) -> None:
    """Law: whatever a manifest or the API says, a log of the plan executes nothing."""
    edited = want(signal(), name=text, labels={text: (text,)})
    made = plan(wanted(want(signal("a" + text), name=text), edited), found(have(signal())))

    assert [command for line in lines_of(made, verbose=True) for command in commands(line)] == []


@given(TEXT)
@example("::add-mask::x")
@example("Plan: 0 to change.")
@example("Plan:")
@example("No changes. Live state matches the manifests.")
def test_what_begins_a_line_is_like_an_id_or_quoted(text: str) -> None:
    """Law: no text at the beginning of a line is a command, or passes for a line of ours."""
    shown = sinks.leading(text)

    assert commands(shown) == []
    assert not shown.startswith(("Plan:", "No changes"))
    assert shown in (text, sinks.quoted(text))


@pytest.mark.parametrize(
    "line", ["::error::x", "  ::group::x", "a ##[error]x", "a ##vso[task.complete]x"]
)
def test_the_commands_that_are_looked_for_would_be_found(line: str) -> None:
    assert commands(line)


@given(TEXT)
@example("`")
@example("``` ` ``")
@example("<img src=x onerror=alert(1)> @org/team #1 https://evil.example")
def test_nothing_in_a_markdown_text_is_active(text: str) -> None:
    """Law: a text stays a code span, in a list, a table and a paragraph."""
    parser = MarkdownIt("commonmark", {"linkify": False}).enable("table")
    shown = sinks.markdown(text)

    for document in (f"a {shown} b", f"- {shown}\n  - {shown}"):
        children = [c for token in parser.parse(document) for c in token.children or ()]
        assert {child.type for child in children} <= {"text", "code_inline"}
        assert all(child.content in ("a ", " b", "") for child in children if child.type == "text")


@given(TEXT)
def test_a_markdown_text_stays_in_its_cell(text: str) -> None:
    """Law: no text adds a column or a row."""
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(f"| h | h |\n| --- | --- |\n| {sinks.markdown(text)} | b |\n")

    assert [token.type for token in tokens].count("td_open") == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("°C", "°C"),
        ("a\tb\r\n", r"a\tb\r\n"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202eevil", r"\u202eevil"),
        ("a\\b", r"a\\b"),
        ("##[error]", r"#\x23[error]"),
        ("\U000e0041", r"\U000e0041"),
        ("e\u0301", r"e\u0301"),
        ("", ""),
    ],
)
def test_what_is_escaped_is_shown_as_programmers_write_it(text: str, shown: str) -> None:
    assert sinks.terminal(text) == shown
