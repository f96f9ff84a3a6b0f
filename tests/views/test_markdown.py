from dataclasses import replace

from markdown_it import MarkdownIt

from syncer.diagnostics import Diagnostic, Location
from syncer.plan import adoption
from syncer.plan.changes import Plan
from syncer.providers.clarify.kinds import KINDS
from syncer.views.base import render
from syncer.views.markdown import MarkdownView
from tests.plan.worlds import TARGET, found, have, item, plan, signal, want, wanted
from tests.views.test_text import full


def comment(made: Plan, *, verbose: bool = False) -> str:
    return "\n".join(render(made, MarkdownView(), verbose=verbose)) + "\n"


def test_the_comment_can_be_found_again_and_begins_with_the_story() -> None:
    assert comment(plan(wanted(want(signal())), found())).startswith(
        "<!-- syncer-plan -->\n### syncer plan: 1 to create\n\nEnvironment `dev` at `https:"
    )


def test_changes_are_nested_lists() -> None:
    desired = wanted(*(want(signal(key), engUnit="bar") for key in "ab"), want(item("z")))
    live = found(*(have(signal(key), engUnit="kPa") for key in "ab"))

    text = comment(plan(desired, live), verbose=True)

    assert '- **update** 2 signals\n  - `engUnit` `"kPa" -> "bar"`\n  - `signals/pier/a`' in text
    assert "- *waiting* `items/pier/z` (`its signal signals/pier/z does not exist yet`)" in text


def test_long_lists_are_cut() -> None:
    made = plan(wanted(*(want(signal(f"s{n:02}")) for n in range(12))), found())

    assert "- ... and 2 more" in comment(made)


def test_refusals_name_place_and_remedy() -> None:
    refusal = Diagnostic("PLN-X", "too much", Location("f", 1, 2), hint="--allow")
    bare = Diagnostic("PLN-Y", "no place")
    made = replace(plan(wanted(), found()), refusals=(refusal, bare))

    assert "- **PLN-X** `too much` at `f:1:2` Help: `--allow`\n- **PLN-Y** `no place`" in comment(
        made
    )


def test_hostile_names_activate_nothing() -> None:
    hostile = "```\n</details>\n# Approved by @org/security\n![x](http://evil/p.png) <b>|</b>"
    live = have(signal("#123"), name=hostile)
    made = plan(wanted(want(signal("#123"), name=f"`{hostile}``")), found(live))

    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(comment(made))
    kinds = {child.type for token in tokens for child in token.children or ()}

    assert kinds <= {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
    assert [t.content for t in tokens if t.type == "html_block"] == ["<!-- syncer-plan -->\n"]
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h3", "h4"]


def test_every_section_tells_its_verb_and_who_moved() -> None:
    text = comment(full())

    assert [line for line in text.splitlines() if line.startswith(("####", "- **", "- *", "  -"))][
        1:
    ] == [
        "- **PLN-X** `too much` Help: `--allow`",
        "#### Create",
        "- **create** `signals/pier/new`",
        "#### Change of meaning",
        "- **update** `signals/pier/c`",
        '  - `engUnit` `"psi" -> "kPa"` (changed in Clarify)',
        "#### Conflict",
        "- **update** `signals/pier/b`",
        '  - `name` `"by hand" -> "m"` (changed in Clarify, too)',
        "#### Revert",
        "- **update** `signals/pier/a`",
        '  - `name` `"by hand" -> "n"` (changed in Clarify)',
        "#### Update",
        "- **update** `signals/pier/d`",
        '  - `description` `"d" -> "new"`',
        "#### Retire",
        "- **retire** `items/pier/i`",
        "  - `visible` `true -> false`",
        "#### Left alone",
        "- *waiting* `items/pier/z` (`its signal signals/pier/z does not exist yet`)",
        "#### Released",
        "#### Not declared",
        "#### Warnings",
        "- **PLN-W** `careful`",
    ]
    assert "#### Revert\n\nSomebody changed these in Clarify; the plan sets them back.\n" in text
    assert "\n- `signals/pier/e` (`engUnit`)\n" in text
    assert "\n- 2 signals (`in pier`)\n" in text


def test_adopting_says_whose_the_resources_were() -> None:
    live = found(have(signal("a")), have(signal("b"), owner="x|y"))
    made = adoption.plan(wanted(), live, KINDS, TARGET, list(live.resources), {signal("b")})

    text = comment(made)

    assert "- **adopt** `signals/pier/a` (`nobody has marked it`)\n" in text
    assert "- **adopt** `signals/pier/b` (`belonged to x\\|y`)\n" in text
