"""What the models say of the value at a path: its type, its rule, and the keys beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from typing_extensions import get_type_hints, is_typeddict

from syncer.manifest.documents import Step
from syncer.manifest.formats import Rule

KEY = "[key]"  # what pydantic appends to the path of a mapping's key


@dataclass(frozen=True, slots=True)
class Expected:
    """What may stand at a path: the bare type, the rule that its annotation carries, if any."""

    type: object
    rule: Rule | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a section; empty for what is no section."""
        return tuple(section_hints(self.type)) if is_typeddict(self.type) else ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts of a choice; empty for what is no choice."""
        values = get_args(self.type) if get_origin(self.type) is Literal else ()
        return tuple(str(value) for value in values)


def expected(model: object, path: Sequence[Step]) -> Expected:
    """Return what the model expects at a path of pydantic's, union tags and `[key]` included."""
    is_key = bool(path) and path[-1] == KEY
    here = _bare(model)
    for step in path[:-2] if is_key else path:
        here = _step(here, step)
    if is_key and get_origin(here.type) is dict:
        return _bare(get_args(here.type)[0])
    return here


@cache
def section_hints(section: type) -> dict[str, object]:
    """Return the annotations of a section by the keys that a file writes."""
    hints = get_type_hints(section, include_extras=True)
    return {_alias(hint) or name: hint for name, hint in hints.items()}


def _step(here: Expected, step: Step) -> Expected:
    arguments = get_args(here.type)
    if is_typeddict(here.type):
        hints = section_hints(here.type) if isinstance(here.type, type) else {}
        return _bare(hints[step]) if step in hints else Expected(object)
    if get_origin(here.type) is dict:
        return _bare(arguments[1])
    if get_origin(here.type) is list and isinstance(step, int):
        return _bare(arguments[0])
    if get_origin(here.type) in (Union, UnionType):
        return _member(arguments, step) or here
    return here


def _member(members: tuple[object, ...], tag: Step) -> Expected | None:
    bare = [_bare(member) for member in members]
    wanted = list if tag == "list" else Literal
    return next((member for member in bare if get_origin(member.type) is wanted), None)


def _bare(annotation: object) -> Expected:
    """Return the annotation without its wrappers; the innermost rule holds."""
    rule: Rule | None = None
    while get_origin(annotation) in (Annotated, Required, NotRequired):
        if get_origin(annotation) is Annotated:
            found = [extra for extra in _extras(annotation) if isinstance(extra, Rule)]
            rule = found[0] if found else rule
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            annotation = members[0]
    return Expected(annotation, rule)


def _extras(annotation: Any) -> tuple[object, ...]:  # typing declares no class for Annotated
    extras: tuple[object, ...] = annotation.__metadata__
    return extras


def _alias(hint: object) -> str | None:
    while get_origin(hint) in (Required, NotRequired):
        hint = get_args(hint)[0]
    if get_origin(hint) is Annotated:
        for extra in _extras(hint):
            if isinstance(extra, FieldInfo) and extra.alias:
                return extra.alias
    return None
