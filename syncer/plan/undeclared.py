"""Resources that the project owns and that no manifest declares: counted, and hidden on request."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from syncer.diagnostics import Location
from syncer.kinds import Action, Kind
from syncer.plan import base
from syncer.plan.changes import AttributeChange, Change, Mover
from syncer.resources import Address, DesiredState, LiveState

NOWHERE: Final = Location("", 0, 0)  # of a change that no manifest asks for
_HIDING: Final = "visible"


def undeclared(desired: DesiredState, live: LiveState) -> tuple[Address, ...]:
    """Return what bears the project's mark and stands in no manifest, each once, sorted."""
    declared = {found.id for address in desired.resources if (found := live.resources.get(address))}
    left: dict[str, Address] = {}
    for address, found in live.resources.items():
        if found.owner == desired.project and found.id not in declared:
            left[found.id] = min(address, left.get(found.id, address))
    return tuple(sorted(left.values()))


def retirements(
    addresses: Iterable[Address], live: LiveState, kinds: Mapping[str, Kind]
) -> Iterator[Change]:
    """Yield the changes that hide those of the resources that can be, and are not yet, hidden."""
    for address in addresses:
        found = live.resources[address]
        field = kinds[address.kind].fields.get(_HIDING)
        view = found.fields
        if field is None or field.same(False, view.get(_HIDING)):
            continue
        hidden = AttributeChange((_HIDING,), view[_HIDING], False, mover=Mover.GIT)
        yield Change(
            Action.RETIRE,
            address,
            before=view,
            after=base.marked(
                {**view, _HIDING: False},
                found.owner,
                {**base.read(view, found.owner), _HIDING: base.digest(field, False)},
            ),
            attributes=(hidden,),
            reason="no manifest declares it any more",
            location=NOWHERE,
        )
