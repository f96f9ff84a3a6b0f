"""Plans as canonical JSON, and back.

The same plan gives the same bytes; text that is not a plan of this format is refused whole.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

from pydantic import ValidationError

from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.errors import PlanRefused
from syncer.kinds import Action
from syncer.plan.changes import (
    Allowances,
    AttributeChange,
    Change,
    Mover,
    Note,
    NoteKind,
    Plan,
    Release,
    Target,
)
from syncer.plan.document import (
    FORMAT_VERSION,
    ActionWord,
    AllowancesDocument,
    FieldDocument,
    FindingDocument,
    MoverWord,
    NoteDocument,
    PlanDocument,
    ResourceChangeDocument,
    SourceDocument,
    adapter,
)
from syncer.resources import Address, value_at
from syncer.sinks import json_text
from syncer.version import __version__

_TYPES: Final = {"signals": "clarify_signal", "items": "clarify_item"}
_WORDS: Final[Mapping[Action, ActionWord]] = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.RETIRE: "retire",
    Action.ADOPT: "adopt",
}
_MOVERS: Final[Mapping[Mover, MoverWord]] = {
    Mover.GIT: "git",
    Mover.LIVE: "live",
    Mover.BOTH: "both",
    Mover.FIRST: "first",
}
_ACTIONS: Final = {word: action for action, word in _WORDS.items()}
_MAX_BYTES: Final = 256 * 1024 * 1024


def dumps(plan: Plan) -> str:
    """Return the plan as JSON text, ASCII only, ending in a newline."""
    document = _document(plan)
    document["digest"] = _digest(document)
    return json_text(document)


def digest(plan: Plan) -> str:
    """Return what names the plan: the digest that its file carries."""
    return _digest(_document(plan))


def loads(text: str) -> Plan:
    """Return the plan that `dumps` wrote; raises PlanRefused (PLN-FORMAT) for other text."""
    if len(text) > _MAX_BYTES:
        _refuse(f"is larger than {_MAX_BYTES} bytes")
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        _refuse("is not JSON, or only a part of it")
    version = data.get("format_version") if isinstance(data, dict) else None
    if not isinstance(version, str) or version.split(".")[0] != FORMAT_VERSION.split(".")[0]:
        _refuse(f"has no format_version {FORMAT_VERSION.split('.')[0]}.x")
    if not _is_untouched(data, text):
        _refuse("was edited after it was written: its digest does not fit")
    try:
        document = adapter().validate_python(data)
        plan = _plan(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        _refuse(f"is wrong at {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except ValueError:
        _refuse("names an address that cannot be")
    _refuse_contradictions(document, plan)
    return plan


def _is_untouched(data: Mapping[str, object], text: str) -> bool:
    """Whether these are the very bytes that were written, spaces and order included."""
    try:
        return json_text(data) == text and data.get("digest") == _digest(data)
    except (ValueError, RecursionError):  # no number that JSON has, or nested without end
        return False


def _refuse_contradictions(document: PlanDocument, plan: Plan) -> None:
    """Refuse a plan that tells a reader, or a policy, something else than what is compared."""
    written = _document(plan)
    for member in ("applyable", "kind", "summary"):
        if document[member] != written[member]:
            _refuse(f"contradicts its changes at {member}")
    told = zip(plan.changes, document["resource_changes"], written["resource_changes"], strict=True)
    for change, read, derived in told:
        if change.address.integration not in plan.target.integrations:
            _refuse(f"names an integration that it gives no ID: {change.address}")
        if read != derived or not _holds(change):
            _refuse(f"contradicts itself at {change.address}")


def _holds(change: Change) -> bool:
    """Whether each changed field stands in the full views as it is listed."""
    return all(
        value_at(change.before or {}, attribute.path) == attribute.before
        and value_at(change.after, attribute.path) == attribute.after
        for attribute in change.attributes
    )


def _refuse(what: str) -> NoReturn:
    raise PlanRefused(
        Diagnostic(
            "PLN-FORMAT",
            f"the plan file {what}",
            rule="a plan is applied as it was written, or not at all",
            hint="write it again: syncer plan --out FILE",
        )
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _document(plan: Plan) -> PlanDocument:
    return PlanDocument(
        format_version=FORMAT_VERSION,
        syncer_version=__version__,
        kind="rollback" if plan.undoes else "plan",
        environment=plan.target.environment,
        origin=plan.target.origin,
        integrations=dict(plan.target.integrations),
        applyable=bool(plan.changes) and not plan.refusals,
        summary={
            "create": plan.count(Action.CREATE),
            "update": plan.count(Action.UPDATE),
            "retire": plan.count(Action.RETIRE),
            "adopt": plan.count(Action.ADOPT),
        },
        refusals=[_finding(finding) for finding in plan.refusals],
        warnings=[_finding(finding) for finding in plan.warnings],
        resource_changes=[_change(change) for change in plan.changes],
        notes=[_note(note) for note in plan.notes],
        released=[
            {"address": str(release.address), "fields": list(release.names)}
            for release in plan.released
        ],
        undeclared=[str(address) for address in plan.undeclared],
        allowances=_allowances(plan.allowances),
        undoes=plan.undoes,
        digest="",
    )


def _digest(document: Mapping[str, object]) -> str:
    return hashlib.sha256(json_text({**document, "digest": ""}).encode()).hexdigest()


def _allowances(allowances: Allowances) -> AllowancesDocument:
    return {
        "creates": allowances.creates,
        "updates": allowances.updates,
        "reverts": allowances.reverts,
        "retires": allowances.retires,
        "new": list(allowances.new),
        "protected": list(allowances.protected),
        "overwrite": list(allowances.overwrite),
        "take_ownership": list(allowances.take_ownership),
        "empty": allowances.empty,
    }


def _change(change: Change) -> ResourceChangeDocument:
    word = _WORDS[change.action]
    return {
        "address": str(change.address),
        "type": _TYPES[change.address.kind],
        "name": change.address.key,
        "integration": change.address.integration,
        "change": {
            "actions": ["create" if word == "create" else "update"],
            "action": word,
            "before": change.before,
            "after": change.after,
            "after_unknown": dict.fromkeys(change.after_unknown, True),
            "changed": _fields(change.attributes),
        },
        "meaning": change.has_meaning,
        "reason": change.reason,
        "source": _source(change.location),
    }


def _note(note: Note) -> NoteDocument:
    return {
        "address": str(note.address),
        "note": "skip" if note.kind is NoteKind.SKIP else "waiting",
        "reason": note.reason,
        "owner": note.owner,
        "changed": _fields(note.attributes),
        "source": _source(note.location),
    }


def _fields(attributes: Iterable[AttributeChange]) -> list[FieldDocument]:
    return [
        {
            "field": attribute.name,
            "before": attribute.before,
            "after": attribute.after,
            "moved": _MOVERS[attribute.mover],
            "meaning": attribute.has_meaning,
            "source": None if attribute.location is None else _source(attribute.location),
        }
        for attribute in attributes
    ]


def _finding(finding: Diagnostic) -> FindingDocument:
    return {
        "code": finding.code,
        "severity": "error" if finding.severity is Severity.ERROR else "warning",
        "summary": finding.summary,
        "rule": finding.rule,
        "hint": finding.hint,
        "source": None if finding.location is None else _source(finding.location),
    }


def _source(place: Location) -> SourceDocument:
    return {"file": place.file, "line": place.line, "column": place.column}


def _plan(document: PlanDocument) -> Plan:
    return Plan(
        target=Target(document["environment"], document["origin"], document["integrations"]),
        changes=tuple(map(_read_change, document["resource_changes"])),
        notes=tuple(map(_read_note, document["notes"])),
        refusals=tuple(map(_read_finding, document["refusals"])),
        warnings=tuple(map(_read_finding, document["warnings"])),
        released=tuple(
            Release(_read_address(each["address"]), tuple(each["fields"]))
            for each in document["released"]
        ),
        undeclared=tuple(map(_read_address, document["undeclared"])),
        allowances=_read_allowances(document["allowances"]),
        undoes=document["undoes"],
    )


def _read_allowances(document: AllowancesDocument) -> Allowances:
    return Allowances(
        creates=document["creates"],
        updates=document["updates"],
        reverts=document["reverts"],
        retires=document["retires"],
        new=tuple(document["new"]),
        protected=tuple(document["protected"]),
        overwrite=tuple(document["overwrite"]),
        take_ownership=tuple(document["take_ownership"]),
        empty=document["empty"],
    )


def _read_change(document: ResourceChangeDocument) -> Change:
    change = document["change"]
    return Change(
        action=_ACTIONS[change["action"]],
        address=_read_address(document["address"]),
        before=change["before"],
        after=change["after"],
        attributes=_read_fields(change["changed"]),
        reason=document["reason"],
        location=_read_source(document["source"]),
        after_unknown=tuple(change["after_unknown"]),
    )


def _read_note(document: NoteDocument) -> Note:
    return Note(
        kind=NoteKind.SKIP if document["note"] == "skip" else NoteKind.WAITING,
        address=_read_address(document["address"]),
        reason=document["reason"],
        location=_read_source(document["source"]),
        attributes=_read_fields(document["changed"]),
        owner=document["owner"],
    )


def _read_address(text: str) -> Address:
    address = Address.parse(text)
    if address.kind not in _TYPES:
        raise ValueError(text)
    return address


def _read_fields(documents: Iterable[FieldDocument]) -> tuple[AttributeChange, ...]:
    return tuple(
        AttributeChange(
            path=tuple(document["field"].split(".", 1)),
            before=document["before"],
            after=document["after"],
            has_meaning=document["meaning"],
            mover=Mover(document["moved"]),
            location=None if document["source"] is None else _read_source(document["source"]),
        )
        for document in documents
    )


def _read_finding(document: FindingDocument) -> Diagnostic:
    return Diagnostic(
        code=document["code"],
        summary=document["summary"],
        location=None if document["source"] is None else _read_source(document["source"]),
        rule=document["rule"],
        hint=document["hint"],
        severity=Severity.ERROR if document["severity"] == "error" else Severity.WARNING,
    )


def _read_source(document: SourceDocument) -> Location:
    return Location(document["file"], document["line"], document["column"])
