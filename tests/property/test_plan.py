"""What a plan promises, over random worlds."""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.engine.workflow import Wishes, make_plan
from syncer.plan import planfile
from syncer.plan.changes import AttributeChange, Change, Plan
from syncer.plan.diff import Part, compare, parts
from syncer.plan.merge import differing
from syncer.providers.clarify import listing, wire
from syncer.providers.clarify.kinds import ITEMS, KINDS, SIGNALS
from syncer.views.formats import PLAN_FORMATS, write_plan
from syncer.views.values import edit
from tests.engine.sites import Site, View
from tests.plan.worlds import TARGET, declare, found, have, item, plan, signal, want, wanted
from tests.property.strategies import (
    World,
    durations,
    item_fields,
    members,
    shuffled,
    signal_fields,
    some_text,
    states,
    texts,
    worlds,
)

pytestmark = pytest.mark.property
MANY = settings(max_examples=120)
ACTIVE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def made(world: World, site: Site) -> Plan:
    return make_plan(world.desired, site.session(), Wishes()).plan


@MANY
@given(worlds())
def test_planning_writes_nothing(world: World) -> None:
    """plan is a pure function: the ledger has no line more, and a second plan is equal."""
    with closing(world.open()) as site:
        before = site.written()

        assert made(world, site) == made(world, site)
        assert site.written() == before


@MANY
@given(worlds(), st.integers(1, 4))
def test_order_and_pages_do_not_matter(world: World, rows: int) -> None:
    """Permuted resources and keys, read in pages of any size, give the same bytes."""
    with closing(world.open()) as site:
        expected = planfile.dumps(made(world, site))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(wire, "PAGE_ROWS", rows)
            patched.setattr(listing, "PAGE_ROWS", rows)
            backwards = replace(world, desired=shuffled(world.desired))

            assert planfile.dumps(made(backwards, site)) == expected


@MANY
@given(worlds())
def test_a_plan_file_brings_back_the_plan(world: World) -> None:
    """loads(dumps(p)) = p, and dumps(loads(dumps(p))) = dumps(p)."""
    with closing(world.open()) as site:
        planned = made(world, site)

    text = planfile.dumps(planned)
    assert planfile.loads(text) == planned
    assert planfile.dumps(planfile.loads(text)) == text


@MANY
@given(worlds(), st.booleans(), st.booleans())
def test_every_format_writes_lines_in_which_nothing_acts(
    world: World, verbose: bool, colour: bool
) -> None:
    """Writing never raises, ends in a newline, and shows no character that acts."""
    with closing(world.open()) as site:
        planned = made(world, site)

    for form in PLAN_FORMATS:
        text = write_plan(planned, form, verbose=verbose, colour=colour)
        assert text.endswith("\n")
        assert not ACTIVE.search(re.sub(r"\x1b\[\d*m", "", text) if form == "text" else text)


@MANY
@given(worlds())
def test_verbose_text_has_one_line_for_each_record(world: World) -> None:
    """Each change, attribute, note and finding starts exactly one line; nothing else does."""
    with closing(world.open()) as site:
        planned = made(world, site)

    text = write_plan(planned, "text", verbose=True, colour=False)
    lines = text.splitlines()
    findings = (*planned.refusals, *planned.warnings)
    assert sum(line.startswith("  ! ") for line in lines) == len(findings)
    assert sum(line.startswith(("  > ", "  ? ")) for line in lines) == len(planned.notes)
    creates = [change for change in planned.changes if change.before is None]
    assert sum(line.startswith("  + ") for line in lines) == len(creates)
    assert text == "".join(f"{line}\n" for line in lines)


values = texts | durations | members | st.dictionaries(states, some_text, max_size=3)


@settings(max_examples=500)
@given(values, values)
def test_different_values_never_look_the_same(one: object, other: object) -> None:
    """edit(a -> v) is injective in v, for creates and for updates from nothing."""
    if one == other:
        return
    for is_new in (True, False):
        shown = {
            edit(AttributeChange(("x",), None, value), is_new=is_new) for value in (one, other)
        }
        assert len(shown) == 2


@settings(max_examples=300)
@given(signal_fields, signal_fields)
def test_different_edits_never_look_the_same(one: View, other: View) -> None:
    """Two creates whose one record differs have different texts in every format."""
    for name in one.keys() & other.keys():
        edits = [compare(SIGNALS, {}, {name: view[name]}) for view in (one, other)]
        if edits[0] == edits[1]:
            continue
        for form in ("text", "markdown"):
            texts_ = {write_plan(creation(e), form, verbose=True, colour=False) for e in edits}
            assert len(texts_) == 2


def creation(attributes: tuple[AttributeChange, ...]) -> Plan:
    (change,) = plan(wanted(want(signal())), found()).changes
    return Plan(TARGET, (replace(change, attributes=attributes),))


mappings = st.dictionaries(texts, some_text, min_size=1, max_size=3)


@settings(max_examples=200)
@given(mappings, mappings)
def test_the_parts_of_a_change_are_what_really_differs(
    before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """parts tells each key whose value differs, once, with both values; sets by their members."""
    keys = sorted(before.keys() | after.keys())
    attribute = AttributeChange(("enumValues",), before, after)
    assert parts(attribute) == tuple(
        Part(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )
    old, new = list(before.values()), list(after.values())
    told = parts(AttributeChange(("labels", "x"), old, new))
    assert {part.before for part in told} - {None} == set(old) - set(new)
    assert {part.after for part in told} - {None} == set(new) - set(old)


@MANY
@given(signal_fields, item_fields)
def test_what_the_service_gives_back_is_equal_to_what_was_sent(fields: View, more: View) -> None:
    """normal(roundtrip(view)) = normal(view): what was accepted never comes back as a diff."""
    site = Site()
    site.save("a", fields)
    site.publish("a", more)
    views = site.views()
    site.close()

    assert differing(declare(signal(), fields), SIGNALS, views[signal()]) == {}
    assert differing(declare(item(), more), ITEMS, views[item()]) == {}


@MANY
@given(signal_fields, signal_fields)
def test_a_merge_is_done_in_one_step(wanted_fields: View, live: View) -> None:
    """differing(d, live + differing(d, live)) = {}: merging is idempotent."""
    desired, base = declare(signal(), wanted_fields), {**have(signal()).fields, **live}

    merged = {**base, **differing(desired, SIGNALS, base)}

    assert differing(desired, SIGNALS, merged) == {}


@MANY
@given(worlds())
def test_a_change_tells_exactly_what_it_changes(world: World) -> None:
    """An update's attributes are the differences of its views; it has some, and no others."""
    with closing(world.open()) as site:
        planned = made(world, site)

    for change in planned.changes:
        if change.before is not None:
            assert names(change) == told(change) != []


def names(change: Change) -> list[str]:
    kind = KINDS[change.address.kind]
    return [a.name for a in compare(kind, change.before or {}, change.after)]


def told(change: Change) -> list[str]:
    return [attribute.name for attribute in change.attributes]
