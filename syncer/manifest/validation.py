"""A document against a model: findings with places, in words that a manifest's author knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from syncer import durations
from syncer.diagnostics import Diagnostic
from syncer.manifest.annotations import KEY, Expected, expected
from syncer.manifest.builder import MOST_FINDINGS
from syncer.manifest.documents import Document, Path, Step
from syncer.manifest.models import LATER, Manifest
from syncer.manifest.project import SECRET
from syncer.sinks import quoted

Section = TypeVar("Section")

_NOUNS: Final = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "bool_type": "true or false",
    "int_type": "a whole number",
}
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding of the model and the path of the value that it refuses."""

    path: Path
    finding: Diagnostic


def judge(document: Document, adapter: TypeAdapter[Section], model: object) -> tuple[Problem, ...]:
    """Return what the model refuses in a document, in the order in which it was found."""
    if not isinstance(document.value, Mapping):
        return (Problem((), _root(document)),)
    try:
        adapter.validate_python(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)[:MOST_FINDINGS]
        return tuple(_problem(document, model, detail) for detail in details)
    return ()


def prune(value: object, problems: Sequence[Problem]) -> Mapping[str, Any]:
    """Return the values without the sections' entries that were refused, for what comes after."""
    if not isinstance(value, Mapping):
        return {}
    pruned = dict(value)
    for problem in problems:
        _drop(pruned, value, problem.path)
    return pruned


def _drop(pruned: dict[str, Any], value: Mapping[str, Any], path: Path) -> None:
    if not path:
        pruned.clear()
        return
    name = str(path[0])
    if len(path) > 1 and isinstance(value[name], Mapping):
        if pruned.get(name) is value[name]:
            pruned[name] = dict(value[name])
        pruned.get(name, {}).pop(path[1], None)
    else:
        pruned.pop(name, None)


def suggest(word: str, known: Sequence[str]) -> str:
    """Return the hint that names the nearest known word, or all of them when none is near."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {quoted(close[0])}?"
    return f"known: {', '.join(known)}" if known else ""


def shorten(text: str) -> str:
    """Return a text in quotes, cut where it gets too long for a message."""
    return quoted(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _root(document: Document) -> Diagnostic:
    return Diagnostic(
        "MAN-ROOT",
        f"the file holds {_describe(document, ())}, not a mapping",
        document.locate(()),
        rule="the file is a mapping of sections",
        hint="begin with a key, `signals:` for one",
        width=document.width(()),
    )


def _problem(document: Document, model: object, detail: ErrorDetails) -> Problem:
    loc: tuple[Step, ...] = detail["loc"]
    path = tuple(_real_steps(document, loc))
    at_key = loc[-1:] == (KEY,) or detail["type"] == "extra_forbidden"
    code, summary, rule, hint = _words(document, model, detail, path)
    finding = Diagnostic(
        code,
        summary,
        document.locate(path, at_key=at_key),
        rule=rule,
        hint=hint,
        width=1 if code == SECRET else document.width(path, at_key=at_key),
    )
    return Problem(path, finding)


def _real_steps(document: Document, loc: Sequence[Step]) -> Iterator[Step]:
    """Drop what pydantic adds to a path: union tags, `[key]`, and a missing key."""
    path: list[Step] = []
    for step in loc:
        if document.has((*path, step)):
            path.append(step)
            yield step


def _words(
    document: Document, model: object, detail: ErrorDetails, path: Path
) -> tuple[str, str, str, str]:
    """Return code, summary, rule and hint."""
    kind, loc = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return _unknown_field(model, loc)
    if kind == "missing":
        summary = f"{quoted(str(loc[-1]))} is missing"
        return "MAN-REQUIRED", summary, "this key cannot be left out", f"add {loc[-1]}: here"
    wanted = expected(model, loc)
    if wanted.rule is not None and wanted.rule.code == SECRET:
        return SECRET, "this is no name of an environment variable", *_remedy(wanted)
    name = _name(loc)
    if kind in _NOUNS:
        return _wrong_type(document, path, name, _NOUNS[kind], wanted)
    value = _key_or_value(document, path, loc)
    if kind in ("literal_error", "union_tag_invalid") and wanted.choices:
        return _wrong_choice(value, document.written(path), name, wanted)
    if wanted.rule is not None and kind in ("string_too_long", "string_too_short"):
        text = detail["input"]
        length = f"{len(text)} characters" if isinstance(text, str) else "too many entries"
        return wanted.rule.code, f"{name} is {value}: {length}", *_remedy(wanted)
    if wanted.rule is not None and wanted.rule.code == "MAN-DURATION":
        why = _explain_duration(str(detail["input"]))
        return wanted.rule.code, f"{name} is {value}, which is no fixed duration", why, ""
    if wanted.rule is not None:
        return wanted.rule.code, f"{name} is {value}", *_remedy(wanted)
    return "MAN-VALUE", f"{name} is {value}", detail["msg"], ""


def _unknown_field(model: object, loc: Sequence[Step]) -> tuple[str, str, str, str]:
    field, section = str(loc[-1]), expected(model, loc[:-1])
    if model is Manifest and len(loc) == 1 and field in LATER:
        summary = f"{quoted(field)} is not supported yet"
        return "MAN-LATER", summary, f"this version of syncer has no {LATER[field]}", "leave it out"
    summary = f"{shorten(field)} is no key of this section"
    return "MAN-UNKNOWN-FIELD", summary, "unknown keys are refused", suggest(field, section.keys)


def _wrong_type(
    document: Document, path: Path, name: str, noun: str, wanted: Expected
) -> tuple[str, str, str, str]:
    value, written = document.get(path), document.written(path)
    summary = f"{name} is {_describe(document, path)} where {noun} is wanted"
    hint = ""
    if value is None:
        hint = "leave the key out to leave the value alone" + _empty(noun, wanted)
    elif noun == "text" and written is not None:
        hint = f'put it in quotes: "{written}"'
    elif noun == "a list" and not isinstance(value, Mapping):
        hint = f"put it in brackets: [{value if isinstance(value, str) else written}]"
    elif noun == "a mapping" and wanted.keys:
        hint = f"its keys are: {', '.join(wanted.keys)}"
    return "MAN-TYPE", summary, f"{name} is {noun}", hint


def _empty(noun: str, wanted: Expected) -> str:
    """Return how to write an empty value, where one may be empty."""
    empty = {"text": '""', "a list": "[]", "a mapping": "{}"}.get(noun)
    if empty is None or (noun == "text" and wanted.rule is not None and wanted.rule.is_filled):
        return ""
    return f", or write {empty} for none"


def _wrong_choice(
    value: str, written: str | None, name: str, wanted: Expected
) -> tuple[str, str, str, str]:
    rule = f"{name} is one of: {', '.join(wanted.choices)}"
    if written in wanted.choices:
        return "MAN-TYPE", f"{name} is {value}", rule, f'put it in quotes: "{written}"'
    close = suggest(value.strip('"'), wanted.choices)
    return "MAN-VALUE", f"{name} is {value}", rule, close if close.startswith("did") else ""


def _explain_duration(text: str) -> str:
    try:
        durations.parse(text)
    except ValueError as error:
        return str(error)
    return "a duration has at most 999 weeks, 9999 days and 999999 hours"


def _remedy(wanted: Expected) -> tuple[str, str]:
    rule = wanted.rule
    return (rule.text, rule.hint) if rule is not None else ("", "")


def _name(loc: Sequence[Step]) -> str:
    """Return what to call the value in a sentence: the nearest key above it."""
    if loc[-1:] == (KEY,):
        return "the key"
    keys = [step for step in loc if isinstance(step, str) and step not in ("list", "all")]
    return quoted(keys[-1][:_SHOWN]) if keys else "the value"


def _key_or_value(document: Document, path: Path, loc: Sequence[Step]) -> str:
    if loc[-1:] == (KEY,):
        return shorten(str(path[-1]))
    return _describe(document, path)


def _describe(document: Document, path: Path) -> str:
    value = document.get(path)
    if value is None and path and document.written(path) == "":
        return "empty"
    match value:
        case str():
            return shorten(value)
        case None:
            return "null" if path else "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return f"{document.written(path)}"
