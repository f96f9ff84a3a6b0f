"""What a plan says beside its changes: declarations that meet, and what is worth a warning."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from syncer.diagnostics import Diagnostic, Severity
from syncer.kinds import Kind
from syncer.resources import Address, Desired, LiveState, Value

_View: TypeAlias = Mapping[str, Value]


def ambiguous(chosen: Iterable[Desired], live: LiveState) -> Iterator[tuple[Address, Diagnostic]]:
    """Yield a finding for each declaration whose live item another one declares too."""
    declared: dict[str, list[Desired]] = {}
    for resource in chosen:
        found = live.resources.get(resource.address)
        if found is not None:
            declared.setdefault(found.id, []).append(resource)
    for remote, resources in sorted(declared.items()):
        for resource in resources if len(resources) > 1 else ():
            others = ", ".join(str(r.address) for r in resources if r is not resource)
            yield (
                resource.address,
                Diagnostic(
                    "PLN-AMBIGUOUS",
                    f"{resource.address} and {others} are one item in Clarify ({remote})",
                    resource.locate(()),
                    rule="an item may be declared once, through one of its signals",
                    hint="keep one of the declarations and name the other signal in its `signals`",
                ),
            )


def warnings(
    chosen: Iterable[Desired],
    kinds: Mapping[str, Kind],
    live: LiveState,
    view_after: Callable[[Address], _View | None],
) -> Iterator[Diagnostic]:
    """Yield what users should know of items: another meaning than their signal's, missing links."""
    for resource in chosen:
        kind = kinds[resource.address.kind]
        if not kind.source:
            continue
        item = view_after(resource.address)
        signal = view_after(resource.address._replace(kind=kind.source))
        if item is not None and signal is not None:
            yield from _differing_meaning(resource, kind, item, signal)
        for link in resource.links:
            if not _are_linked(resource.address, link, live):
                yield _unlinked(resource, link)


def _differing_meaning(
    resource: Desired, kind: Kind, item: _View, signal: _View
) -> Iterator[Diagnostic]:
    for name, field in kind.fields.items():
        if field.has_meaning and not field.same(item.get(name), signal.get(name)):
            yield Diagnostic(
                "PLN-MEANING",
                f"{resource.address} has another {name} than its signal",
                resource.locate((name,)),
                rule="stored values are shown under the item's unit and texts, not converted",
                hint=f"let the item follow its signal: `follow: [{name}]`",
                severity=Severity.WARNING,
            )


def _are_linked(item: Address, signal: Address, live: LiveState) -> bool:
    here, there = live.resources.get(item), live.resources.get(signal._replace(kind=item.kind))
    return here is not None and there is not None and here.id == there.id


def _unlinked(resource: Desired, link: Address) -> Diagnostic:
    return Diagnostic(
        "PLN-LINK",
        f"{resource.address} names {link} as a further signal, and syncer does not link it",
        resource.locate(("signals",)),
        rule="API 1.1 cannot connect a signal to an existing item",
        hint="link the signal in Clarify's admin panel",
        severity=Severity.WARNING,
    )
