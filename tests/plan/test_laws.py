"""What holds for all values: of bases, of who moved what, and of changes carried over."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from syncer.kinds import Action, Field, Kind
from syncer.plan import base
from syncer.plan.changes import Mover
from syncer.plan.merge import rebase
from syncer.providers.clarify.kinds import ITEMS, SIGNALS
from syncer.resources import Address, DesiredState, LiveState, Value
from tests.plan.worlds import (
    PROJECT,
    applied,
    declare,
    edited,
    found,
    item,
    plan,
    signal,
    stand,
    wanted,
)

pytestmark = pytest.mark.property

texts = st.sampled_from(["", "a", "b", "kPa", " a", "A", "1", "°C"])
durations = st.sampled_from(
    [
        *(None, "", "PT0S", "-PT0S", "PT60S", "PT1M", "PT0.5S", "PT0.500S", "P1D", "PT24H"),
        *("P1W", "PT960H", "P40D", "PT1H30M", "PT90M", "-PT1M", "a minute", "P1Y"),
    ]
)
members = st.lists(texts, max_size=3) | st.none()
numbers = st.sampled_from(["0", "00", "1", "01", "9999", "1" * 30, "x", "²"])
enum_texts = st.dictionaries(numbers, texts, max_size=3) | st.none()
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "name": texts,
    "description": texts | st.none(),
    "engUnit": texts | st.none(),
    "labels": members,
    "annotations": texts | st.none(),
    "valueType": st.sampled_from([None, "", "numeric", "enum"]),
    "sourceType": st.sampled_from([None, "", "measurement", "aggregation", "prediction"]),
    "enumValues": enum_texts,
    "sampleInterval": durations,
    "gapDetection": durations,
    "visible": st.sampled_from([None, False, True]),
}
FIELDS = [(kind, field) for kind in (SIGNALS, ITEMS) for field in kind.fields.values()]
fields = st.sampled_from(FIELDS)


@settings(max_examples=800)
@given(fields, st.data())
def test_a_hash_is_the_same_exactly_for_values_that_are(
    chosen: tuple[Kind, Field], data: st.DataObject
) -> None:
    """digest(a) = digest(b) iff a is b in either order, but for what the API puts for unset."""
    kind, field = chosen
    one, other = data.draw(VALUES[field.name]), data.draw(VALUES[field.name])
    are_alike = base.digest(field, one) == base.digest(field, other)

    if kind is ITEMS and field.name == "gapDetection":
        # Unset wants whatever default stands there; a default that is said wants itself alone.
        assert not are_alike or field.same(one, other)
        assert are_alike == (field.same(one, other) and field.same(other, one))
    else:
        assert are_alike == field.same(one, other) == field.same(other, one)


@settings(max_examples=800)
@given(fields, st.data())
def test_git_is_never_blamed_for_what_others_moved(
    chosen: tuple[Kind, Field], data: st.DataObject
) -> None:
    """Who moved is GIT only if live is the base, LIVE only if Git is; FIRST only without a base."""
    _, field = chosen
    then, live, now = (data.draw(VALUES[field.name]) for _ in range(3))
    path = (field.name, "k") if field.is_keyed else (field.name,)
    known = {".".join(path): base.digest(field, then)}

    mover = base.mover(known, field, path, live, now)

    assert base.mover({}, field, path, live, now) is Mover.FIRST
    if field.same(then, live):
        assert mover is Mover.GIT
    elif field.same(then, now):
        assert mover is Mover.LIVE
    else:
        assert mover is Mover.BOTH


keyed = {
    "labels": st.dictionaries(st.sampled_from("abc"), st.lists(texts, max_size=2), max_size=3),
    "annotations": st.dictionaries(st.sampled_from("abc"), texts, max_size=3),
    "enumValues": st.dictionaries(st.sampled_from(["0", "1"]), texts, max_size=2),
    "name": texts,
    "engUnit": texts,
    "description": texts,
    "sampleInterval": st.sampled_from([None, "PT60S", "PT1M", "PT2M"]),
}
declared = st.fixed_dictionaries({}, optional=keyed)


@st.composite
def live_views(draw: st.DrawFn) -> dict[str, Value]:
    view = draw(declared)
    for name in ("labels", "annotations"):
        keys = view.get(name, {})
        assert isinstance(keys, Mapping)
        view[name] = {key: value for key, value in keys.items() if value}
    return view


def moved_beside(desired: Mapping[str, Value], before: LiveState, now: Mapping[str, Value]) -> bool:
    """Whether live state moved only in what nobody manages."""
    old, new = before.resources[signal()].fields, stand(signal(), now).fields
    for name, said in desired.items():
        field = SIGNALS.fields[name]
        if not field.is_keyed:
            if not field.same(old[name], new[name]):
                return False
            continue
        was, is_now, keys = old[name], new[name], said
        assert isinstance(was, Mapping)
        assert isinstance(is_now, Mapping)
        assert isinstance(keys, Mapping)
        # With no key at all every key goes, so every key is managed.
        for key in keys or (was.keys() | is_now.keys()):
            if not field.same(was.get(key), is_now.get(key)):
                return False
    return True


@settings(max_examples=600)
@given(declared, live_views(), live_views())
def test_a_change_carried_over_is_the_change_planned_again(
    fields: Mapping[str, Value], then: Mapping[str, Value], beside: Mapping[str, Value]
) -> None:
    """Over a view that moved in unmanaged fields, rebase(c) is plan again; else it may be None."""
    desired = wanted(declare(signal(), fields))
    before = found(stand(signal(), then))
    now = {**then, **{name: value for name, value in beside.items() if name not in fields}}
    for name in ("labels", "annotations"):
        said, old, new = fields.get(name, {}), then.get(name, {}), beside.get(name, {})
        assert isinstance(said, Mapping)
        assert isinstance(old, Mapping)
        assert isinstance(new, Mapping)
        if name not in fields or said:
            kept = {key: value for key, value in old.items() if key in said}
            now[name] = {**{key: new[key] for key in new if key not in said}, **kept}
    live = found(stand(signal(), now))
    made = plan(desired, before).changes
    assume(made)
    assert moved_beside(fields, before, now)

    rebased = rebase(made[0], live.resources[signal()].fields, SIGNALS)

    assert rebased is not None
    (again,) = plan(desired, live).changes
    assert rebased == again
    changed = {attribute.path[0] for attribute in rebased.attributes} | {"annotations"}
    for name, value in live.resources[signal()].fields.items():
        assert name in changed or rebased.after[name] == value


@settings(max_examples=300)
@given(declared, live_views(), live_views())
def test_a_change_is_carried_over_or_not_but_never_over_anothers_edit(
    fields: Mapping[str, Value], then: Mapping[str, Value], now: Mapping[str, Value]
) -> None:
    """rebase(c, v) is None exactly when a field of c is another in v; and keeps all else of v."""
    made = plan(wanted(declare(signal(), fields)), found(stand(signal(), then))).changes
    assume(made)
    view = stand(signal(), now).fields

    rebased = rebase(made[0], view, SIGNALS)

    overtaken = [
        attribute.name
        for attribute in made[0].attributes
        if not SIGNALS.fields[attribute.path[0]].same(attribute.before, _at(view, attribute.path))
    ]
    assert (rebased is None) == bool(overtaken)
    if rebased is not None:
        told = {attribute.path: attribute.after for attribute in made[0].attributes}
        for path in _paths(view) | _paths(rebased.after):
            expected = told.get(path, _at(view, path))
            field = SIGNALS.fields[path[0]]
            assert path[-1].startswith("syncer/") or field.same(expected, _at(rebased.after, path))


def _at(view: Mapping[str, Value], path: tuple[str, ...]) -> Value:
    value = view.get(path[0])
    if len(path) == 1:
        return value
    assert isinstance(value, Mapping)
    return value.get(path[1])


def _paths(view: Mapping[str, Value]) -> set[tuple[str, ...]]:
    paths: set[tuple[str, ...]] = set()
    for name, field in SIGNALS.fields.items():
        value = view[name]
        if field.is_keyed:
            assert isinstance(value, Mapping)
            paths |= {(name, key) for key in value}
        else:
            paths.add((name,))
    return paths


def backwards(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: backwards(value[key]) for key in reversed(list(value))}
    return value


def turned(state: LiveState) -> LiveState:
    resources = reversed(list(state.resources.items()))
    return LiveState(
        {
            address: replace(live, fields={k: backwards(v) for k, v in live.fields.items()})
            for address, live in resources
        }
    )


resources = st.dictionaries(
    st.builds(lambda kind, key: kind(key), st.sampled_from([signal, item]), st.sampled_from("abc")),
    declared,
    max_size=5,
)


@settings(max_examples=300)
@given(resources, resources, st.dictionaries(st.sampled_from("abc"), live_views(), max_size=3))
def test_the_order_of_maps_does_not_matter(
    first: Mapping[Address, Mapping[str, Value]],
    second: Mapping[Address, Mapping[str, Value]],
    edits: Mapping[str, Mapping[str, Value]],
) -> None:
    """Planning the same declarations and the same live state in another order is the same plan."""
    live = applied(wanted(*(declare(a, f) for a, f in first.items())), found())
    for key, view in edits.items():
        if signal(key) in live.resources:
            live = edited(live, signal(key), **view)
    state = wanted(*(declare(a, f) for a, f in second.items()))
    other = DesiredState(
        PROJECT,
        {
            address: declare(address, {k: backwards(v) for k, v in reversed(list(fields.items()))})
            for address, fields in reversed(list(second.items()))
        },
    )

    assert plan(state, live) == plan(other, turned(live))


@settings(max_examples=300)
@given(resources, resources)
def test_what_is_owned_is_declared_or_listed_and_a_release_was_once_declared(
    first: Mapping[Address, Mapping[str, Value]], second: Mapping[Address, Mapping[str, Value]]
) -> None:
    """Each owned resource is declared or undeclared; each released path is the base's own."""
    live = applied(wanted(*(declare(a, f) for a, f in first.items())), found())

    made = plan(wanted(*(declare(a, f) for a, f in second.items())), live)

    assert set(made.undeclared) == live.resources.keys() - second.keys()
    for release in made.released:
        known = base.read(live.resources[release.address].fields, PROJECT)
        assert set(release.names) <= known.keys()
    for change in made.changes:
        if change.action is not Action.CREATE:
            assert {Mover.LIVE, Mover.BOTH}.isdisjoint(change.movers)


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_any_text_is_a_base_or_none(text: str) -> None:
    """read never fails, and what it returns is written as it was read."""
    view = {"annotations": {"syncer/project": PROJECT, "syncer/base": text}}

    known = base.read(view, PROJECT)

    assert base.read(base.marked({}, PROJECT, known), PROJECT) == known
