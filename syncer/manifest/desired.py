"""Manifests and defaults to desired state: the cascade, the addresses, what clashes.

In: judged documents with the defaults above them. Out: resources sorted by address, and findings.
A resource without defaults shares its values with the document; places are looked up on demand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, TypeAlias

from syncer import filters
from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.manifest.documents import Document, Path
from syncer.manifest.models import BESIDE, FOLLOWED
from syncer.manifest.origins import Layer, Origin, entry_place
from syncer.manifest.project import PROJECT_FILE, Project
from syncer.manifest.texts import check_lookalikes
from syncer.manifest.validation import suggest
from syncer.manifest.vocabulary import Vocabulary
from syncer.resources import PLAIN, Address, Desired, DesiredState, Lifecycle, Manage, Value
from syncer.sinks import quoted

KINDS: Final = ("items", "signals")
# Resources by key, in groups of one kind and integration: keys sort faster than addresses.
Groups: TypeAlias = dict[tuple[str, str], dict[str, Desired]]
_first = itemgetter(0)
_CASCADING: Final = ("labels", "annotations", "lifecycle")


@dataclass(frozen=True, slots=True)
class Source:
    """A manifest and the `_defaults.yaml` files above it, the outermost first."""

    manifest: Layer
    defaults: tuple[Layer, ...] = ()


@dataclass(slots=True)
class Resolved:
    """Desired state, the vocabulary, and what is wrong with them."""

    state: DesiredState
    vocabulary: Vocabulary
    findings: list[Diagnostic] = field(default_factory=list)


def resolve(project: Project, sources: tuple[Source, ...]) -> Resolved:
    """Return what all manifests together declare; clashes are found in the order of sources."""
    groups: Groups = {}
    named: dict[str, tuple[Value, Location]] = {}
    vocabulary = Vocabulary()
    findings: list[Diagnostic] = []
    for source in sources:
        manifest = source.manifest
        findings += _add_resources(project, source, groups)
        findings += _add_filters(source, named)
        findings += vocabulary.add(manifest.document, manifest.value.get("labels", {}))
    resources = {
        desired.address: desired
        for group in sorted(groups)
        for _, desired in sorted(groups[group].items(), key=_first)
    }
    for group in groups.values():
        findings += check_lookalikes(group)
    findings += _check_links(project, resources)
    findings += vocabulary.check(resources)
    state = DesiredState(
        project.name,
        resources,
        {name: value for name, (value, _) in sorted(named.items()) if isinstance(value, Mapping)},
    )
    return Resolved(state, vocabulary, findings)


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return defaults with the values over them; `{}` and `[]` stop what is below."""
    merged = {**under, **over}
    for name in _CASCADING:
        below, above = under.get(name), over.get(name)
        if below and above:
            merged[name] = {**below, **above}
    return merged


# -- resources


def _add_resources(project: Project, source: Source, groups: Groups) -> Iterator[Diagnostic]:
    document, value = source.manifest.document, source.manifest.value
    if not any(value.get(kind) for kind in KINDS):
        alias = value.get("integration", "")
        if alias and alias not in project.integrations:
            yield _unknown_integration(project, document, ("integration",), alias)
        return
    alias = value.get("integration", "")
    if not alias and len(project.integrations) == 1:
        alias = project.integrations[0]
    if alias not in project.integrations:
        yield _unknown_integration(project, document, ("integration",), alias)
        return
    for kind in KINDS:
        section = source.manifest.section(kind)
        if section is not None:
            group = groups.setdefault((kind, alias), {})
            yield from _add_kind(kind, alias, section, _defaults(source, kind), group)


def _add_kind(
    kind: str,
    alias: str,
    section: Layer,
    defaults: tuple[Layer, ...],
    group: dict[str, Desired],
) -> Iterator[Diagnostic]:
    below: Mapping[str, Any] = {}
    for layer in defaults:
        below = merge(below, layer.value)
    for key, own in section.value.items():
        address = Address(kind, alias, key)
        origin = Origin(section, key, defaults)
        if key in group:
            yield _declared_twice(str(address), origin(()), group[key].locate(()))
        else:
            group[key] = _desire(address, merge(below, own) if below else own, origin)


def _defaults(source: Source, kind: str) -> tuple[Layer, ...]:
    own = source.manifest.section("defaults")
    outer = source.defaults if own is None else (*source.defaults, own)
    return tuple(layer for root in outer if (layer := root.section(kind)) is not None)


def _desire(address: Address, value: Mapping[str, Any], origin: Origin) -> Desired:
    if value.keys().isdisjoint(BESIDE):
        return Desired(address, value, origin)
    fields = {name: entry for name, entry in value.items() if name not in BESIDE}
    follow = value.get("follow", ())
    return Desired(
        address,
        fields,
        origin,
        _lifecycle(value),
        frozenset(FOLLOWED if follow == "all" else follow),
        tuple(Address.parse(link) for link in value.get("signals", ())),
    )


def _lifecycle(value: Mapping[str, Any]) -> Lifecycle:
    section = value.get("lifecycle", {})
    if not section and "createOnly" not in value:
        return PLAIN
    return Lifecycle(
        manage=Manage(section.get("manage", Manage.DECLARED.value)),
        ignore=frozenset(section.get("ignore", ())),
        exact=frozenset(section.get("exact", ())),
        protected=section.get("protected", False),
        create_only=value.get("createOnly", False),
    )


def _check_links(project: Project, resources: Mapping[Address, Desired]) -> Iterator[Diagnostic]:
    """Find links to integrations that do not exist, and two items that would be one."""
    claimed = {
        Address("signals", address.integration, address.key): desired
        for address, desired in resources.items()
        if address.kind == "items"
    }
    for desired in [desired for desired in claimed.values() if desired.links]:
        for index, link in enumerate(desired.links):
            place = entry_place(desired, ("signals",), index)
            if link.integration not in project.integrations:
                hint = suggest(link.integration, project.integrations)
                yield _no_integration(link.integration, place, hint)
            other = claimed.setdefault(link, desired)
            if other is not desired:
                yield Diagnostic(
                    "MAN-DUPLICATE",
                    f"{quoted(str(link))} stands behind two items",
                    place,
                    rule=f"a signal is part of one item: {quoted(str(other.address))}"
                    f" at {other.locate(())} has it too",
                    hint="leave it out of one of them",
                )


def _unknown_integration(
    project: Project, document: Document, path: Path, alias: str
) -> Diagnostic:
    place = document.locate(path)
    if alias:
        return _no_integration(alias, place, suggest(alias, project.integrations))
    return Diagnostic(
        "MAN-INTEGRATION",
        "the manifest names no integration",
        document.locate(()),
        rule=f"the project has several: {', '.join(project.integrations)}",
        hint=f"add integration: {project.integrations[0]}",
    )


def _no_integration(alias: str, place: Location, hint: str) -> Diagnostic:
    return Diagnostic(
        "MAN-INTEGRATION",
        f"no integration {quoted(alias)} in this project",
        place,
        rule=f"the integrations are listed in {PROJECT_FILE}",
        hint=hint,
        width=len(alias),
    )


def _declared_twice(name: str, place: Location, first: Location) -> Diagnostic:
    return Diagnostic(
        "MAN-DUPLICATE",
        f"{quoted(name)} is declared twice",
        place,
        rule=f"it stands at {first} too",
        hint="remove one of the two",
    )


# -- filters


def _add_filters(source: Source, named: dict[str, tuple[Value, Location]]) -> Iterator[Diagnostic]:
    document = source.manifest.document
    for name, value in source.manifest.value.get("filters", {}).items():
        path = ("filters", name)
        place = document.locate(path, at_key=True)
        if name in named:
            yield _declared_twice(f"filters/{name}", place, named[name][1])
            continue
        problems = filters.check(value)
        yield from (_locate_problem(document, path, problem) for problem in problems)
        if all(problem.is_warning for problem in problems):
            named[name] = (value, place)


def _locate_problem(document: Document, path: Path, problem: filters.Problem) -> Diagnostic:
    path = (*path, *problem.path)
    return Diagnostic(
        problem.code,
        problem.summary,
        document.locate(path, at_key=problem.at_key),
        rule=problem.rule,
        hint=problem.hint,
        severity=Severity.WARNING if problem.is_warning else Severity.ERROR,
        width=document.width(path, at_key=problem.at_key),
    )
