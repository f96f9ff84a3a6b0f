"""Random worlds: what manifests declare, and what Clarify already has, with much overlap."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hypothesis import strategies as st

from syncer.resources import Address, Desired, DesiredState, Lifecycle, Manage, Value
from tests.engine.sites import Site, View
from tests.plan.worlds import declare, item, signal, wanted

KEYS: Final = ("a", "b/1", "c:x.y", "d#+_-", "e")
# What acts in terminals, Markdown, HTML, YAML, CI logs and diffs, and what only looks alike.
NASTY: Final = (
    *"aA0 \t\n\r\x00\x1b\x7f\x85\\\"'`|<>&*_#@[]{}~$%:,",
    *("\u00a0", "\u00ad", "\u034f", "\u0301", "\u00e9", "\u0430", "\u115f", "\u200b", "\u200d"),
    *("\u202e", "\u2028", "\u2066", "\ufe0f", "\ufeff", "\uff21", "\U0001f34c", "\U000e0041"),
)
FOLLOWED: Final = (
    *("name", "description", "engUnit", "labels", "annotations", "valueType", "sourceType"),
    *("enumValues", "sampleInterval", "gapDetection"),
)

texts = st.text(st.sampled_from(NASTY), max_size=6)
some_text = st.text(st.sampled_from(NASTY), min_size=1, max_size=6)
durations = st.sampled_from(
    (
        *(None, "PT60S", "PT1M", "PT0.5S", "PT0.500S", "P1D", "PT24H", "P1W", "PT0S", "-PT1M"),
        *("PT960H", "P40D", "PT1H30M", "PT90M", "P1DT0.000000001S"),
    )
)
members = st.lists(some_text, max_size=3)
label_keys = st.sampled_from(("site", "area", "a/b", "-", "_x", "__y", "syncer/l"))
annotation_keys = st.sampled_from(("acme/x", "n", "z", "clarify/other"))
states = st.sampled_from(("0", "1", "42", "9999"))
owners = st.sampled_from(
    (
        *[{}] * 4,
        *({"syncer/project": "stand"}, {"syncer/project": "other"}),
        {"clarify/clarify-go/publisher/name": "nightly"},
    )
)


def _shared(values: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Value]]:
    """The fields that signals and items have; `values` are of their texts."""
    return {
        "name": some_text,
        "description": values,
        "engUnit": st.sampled_from(("", "bar", "kPa", "°C")) | values,
        "labels": st.dictionaries(label_keys, members, max_size=3),
        "annotations": st.dictionaries(annotation_keys, values, max_size=3),
        "valueType": st.sampled_from(("numeric", "enum")),
        "sourceType": st.sampled_from(("measurement", "aggregation", "prediction")),
        "enumValues": st.dictionaries(states, some_text, max_size=3),
        "sampleInterval": durations,
        "gapDetection": durations,
    }


signal_fields = st.fixed_dictionaries({}, optional=_shared(texts))
item_fields = st.fixed_dictionaries({}, optional={**_shared(texts), "visible": st.booleans()})
ignored = st.sampled_from(("name", "engUnit", "labels", "labels.site", "annotations.n"))
lifecycles = st.builds(
    Lifecycle,
    manage=st.sampled_from((*[Manage.DECLARED] * 4, Manage.FULL, Manage.OBSERVE)),
    ignore=st.frozensets(ignored, max_size=2),
    exact=st.frozensets(st.sampled_from(("labels", "annotations")), max_size=1),
    create_only=st.sampled_from((False, False, False, True)),
)
follows = st.frozensets(st.sampled_from(FOLLOWED), max_size=3) | st.just(frozenset(FOLLOWED))


@st.composite
def declarations(draw: st.DrawFn) -> DesiredState:
    """What manifests may say about some of the keys."""
    resources: list[Desired] = []
    for key in draw(st.sets(st.sampled_from(KEYS))):
        if draw(st.booleans()):
            declared = declare(signal(key), draw(signal_fields))
            resources.append(replace(declared, lifecycle=draw(lifecycles)))
        if draw(st.booleans()):
            declared = declare(item(key), draw(item_fields))
            treated = replace(declared, lifecycle=draw(lifecycles), follow=draw(follows))
            resources.append(treated)
    return wanted(*resources)


@dataclass(frozen=True, slots=True)
class World:
    """Declarations, and what stands in Clarify before: views of signals and items by key."""

    desired: DesiredState
    signals: Mapping[str, View] = field(default_factory=dict)
    items: Mapping[str, View] = field(default_factory=dict)

    def open(self) -> Site:
        """Return a Clarify in which all that stands."""
        site = Site()
        if self.signals:
            site.fill(self.signals, self.items)
        return site


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds in which some keys are declared, some live, and most of them both."""
    live = draw(st.lists(st.sampled_from(KEYS), unique=True))
    published = [key for key in live if draw(st.booleans())]
    return World(
        draw(declarations()),
        {key: _owned(draw(signal_fields), draw(owners)) for key in live},
        {key: _owned(draw(item_fields), draw(owners)) for key in published},
    )


def _owned(fields: View, owner: Mapping[str, str]) -> View:
    annotations = fields.get("annotations", {})
    assert isinstance(annotations, Mapping)
    return {**fields, "annotations": {**annotations, **owner}}


def reversed_keys(value: Value) -> Value:
    """Return the value with the members of each mapping the other way round."""
    if isinstance(value, Mapping):
        return {key: reversed_keys(value[key]) for key in reversed(list(value))}
    return value


def shuffled(desired: DesiredState) -> DesiredState:
    """Return the same declarations in another order, of resources and of keys."""
    backwards: dict[Address, Desired] = {
        address: Desired(
            address,
            {
                name: reversed_keys(resource.fields[name])
                for name in reversed(list(resource.fields))
            },
            resource.locate,
            resource.lifecycle,
            resource.follow,
            resource.links,
        )
        for address, resource in reversed(list(desired.resources.items()))
    }
    return DesiredState(desired.project, backwards, desired.filters)
