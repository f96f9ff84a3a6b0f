"""The entries of a save: views by key, with the findings of each apart.

In: one object of the parameters. Out: `Entries`. By the setting `save_atomicity` an invalid entry
refuses the whole save, or only itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from syncer.emulator.calls import Call, Partial
from syncer.emulator.fields import Fields
from syncer.emulator.jsontext import write_json
from syncer.emulator.problems import Problem, Problems, join_problems
from syncer.emulator.records import Effect, Kind, LedgerEntry
from syncer.emulator.refusals import LONGEST_TEXT
from syncer.emulator.settings import SaveAtomicity
from syncer.emulator.timestamps import write_timestamp
from syncer.emulator.views import Reading, View, read_view


@dataclass(frozen=True, slots=True)
class Entries:
    """The valid views by key, and what is wrong with the other entries."""

    kind: Kind
    views: Mapping[str, View]
    refused: Mapping[str, tuple[Problem, ...]]


def read_entries(
    call: Call, fields: Fields, member: str, kind: Kind, *, check: Callable[[str], str]
) -> Entries:
    """Return the entries; `check` says what is wrong with a key, or nothing."""
    fields.require(member)
    reading = Reading(kind, call.version, call.settings)
    views: dict[str, View] = {}
    refused: dict[str, tuple[Problem, ...]] = {}
    for key, value in fields.members(member).items():
        path = f"{fields.path}.{member}.{key}"
        problems = Problems()
        finding = check(key)
        if finding:
            problems.note(path, finding)
        views[key] = read_view(value, path, problems, reads=reading)
        if problems.found:
            refused[key] = problems.found
    valid = {key: views[key] for key in views if key not in refused}
    # assumed: a save of which nothing is valid is refused as a whole.
    if call.settings.save_atomicity is SaveAtomicity.WHOLE or not valid:
        fields.problems.extend(problem for found in refused.values() for problem in found)
    return Entries(kind, valid, refused)


def finish_save(call: Call, entries: Entries, result: Mapping[str, object]) -> str | Partial:
    """Return the save's result, and write down which entries were refused."""
    text = write_json(result)
    if not entries.refused:
        return text
    refused = entries.refused.items()
    call.store.ledger.append(_note_refusal(call, key, problems) for key, problems in refused)
    return Partial(text, entries.kind, tuple(entries.refused.values()))


def _note_refusal(call: Call, key: str, problems: tuple[Problem, ...]) -> LedgerEntry:
    return LedgerEntry(
        time=write_timestamp(call.now),
        method=call.method,
        integration=call.caller.id,
        key=key[:LONGEST_TEXT],
        resource="",
        effect=Effect.REFUSED,
        before="",
        after="",
        error=join_problems(problems)[:LONGEST_TEXT],
    )
