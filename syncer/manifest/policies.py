"""Users' JSON Schemas, which every declared resource must satisfy; judged offline.

A policy judges one resource at a time, after defaults, in this shape: the fields that manifests
name, under their own names, beside `address` ("signals/stand/pump"), `kind` ("signals"),
`integration` ("stand"), `key` ("pump"), `createOnly` and `follow` (a sorted list). A field that
nobody declares is absent: `required` demands it.

Policies come from the repository and are not trusted: no reference leaves the file, and regular
expressions run with RE2.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from syncer.diagnostics import Diagnostic, Location
from syncer.filters import Regex, compile_regex
from syncer.manifest.documents import Document, Path
from syncer.manifest.limits import Limits
from syncer.manifest.reading import scan
from syncer.resources import Desired, DesiredState
from syncer.sinks import quoted, terminal

_MOST_FINDINGS: Final = 1_000  # of one policy
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
# Keywords whose implementation would run an expression with backtracking.
_REFUSED: Final = ("unevaluatedProperties",)
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Policy:
    """A schema that has been judged itself."""

    file: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A policy, absent when its file cannot be used, the findings, and the file's text."""

    policy: Policy | None
    findings: tuple[Diagnostic, ...]
    text: str = ""


def read_policy(file: str, data: bytes, limits: Limits) -> ReadPolicy:
    """Return the policy in a file: a JSON Schema of draft 2020-12, in JSON or YAML."""
    scanned = scan(file, data, limits)
    document = scanned.document
    if document is None or scanned.findings:
        text = "" if document is None else document.text
        return ReadPolicy(None, scanned.findings, text)
    findings = tuple(_check_schema(document))
    if findings or not isinstance(document.value, dict):
        return ReadPolicy(None, findings, document.text)
    return ReadPolicy(Policy(file, document.value), (), document.text)


def judge_policies(policies: tuple[Policy, ...], state: DesiredState) -> Iterator[Diagnostic]:
    """Yield what declared resources say against the policies."""
    for policy in policies:
        validator = _Validator(dict(policy.schema), registry=_NOTHING)
        yield from islice(_judge(policy, validator, state), _MOST_FINDINGS)


def view(desired: Desired) -> dict[str, object]:
    """Return a resource in the shape that policies judge."""
    address = desired.address
    return {
        **desired.fields,
        "address": str(address),
        "kind": address.kind,
        "integration": address.integration,
        "key": address.key,
        "createOnly": desired.lifecycle.create_only,
        "follow": sorted(desired.follow),
    }


def _judge(policy: Policy, validator: Any, state: DesiredState) -> Iterator[Diagnostic]:
    for desired in state.resources.values():
        try:
            errors: list[ValidationError] = list(validator.iter_errors(view(desired)))
        except RecursionError:
            yield _unusable(policy.file, "its references run in a circle")
            return
        for error in errors:
            yield _violation(policy, desired, error)


def _violation(policy: Policy, desired: Desired, error: ValidationError) -> Diagnostic:
    path = tuple(str(step) for step in list(error.absolute_path)[:2])
    schema = error.schema
    description = schema.get("description") if isinstance(schema, dict) else None
    rule = description if isinstance(description, str) else error.message
    return Diagnostic(
        "POL-VIOLATION",
        f"{quoted(str(desired.address))} breaks the policy {quoted(policy.file)}"
        + (f" at {quoted('.'.join(path))}" if path else ""),
        desired.locate(path),
        rule=terminal(rule[:300]),
        hint="change the value, or the policy in review",
    )


# -- the schema itself


def _check_schema(document: Document) -> Iterator[Diagnostic]:
    schema = document.value
    if not isinstance(schema, dict):
        yield _bad_schema(document, (), "a policy is a mapping", at_key=False)
        return
    if schema.get("$schema", _DRAFT) != _DRAFT:
        yield _bad_schema(document, ("$schema",), f"policies are written in {_DRAFT}", at_key=False)
        return
    problems = [*_check_keywords(document, schema, ())]
    yield from problems
    if not problems:
        yield from _check_meta(document, schema)


def _check_meta(document: Document, schema: dict[str, Any]) -> Iterator[Diagnostic]:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        path = tuple(error.absolute_path)
        yield _bad_schema(document, path, terminal(error.message[:300]), at_key=False)


def _check_keywords(document: Document, value: object, path: Path) -> Iterator[Diagnostic]:
    """Find what would leave the file or run an unchecked expression, wherever it stands."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _check_keywords(document, entry, (*path, index))
    if not isinstance(value, dict):
        return
    for key, entry in value.items():
        here = (*path, key)
        is_property = path[-1:] in (("properties",), ("$defs",))
        if not is_property:
            yield from _check_keyword(document, key, entry, here)
        yield from _check_keywords(document, entry, here)


def _check_keyword(document: Document, key: str, value: object, path: Path) -> Iterator[Diagnostic]:
    if key in _REFUSED:
        yield _bad_schema(document, path, "write additionalProperties instead", at_key=True)
    elif key in _REFERENCES and isinstance(value, str):
        yield from _check_reference(document, value, path)
    elif key == "pattern" and isinstance(value, str):
        yield from _check_expression(document, value, path, at_key=False)
    elif key == "patternProperties" and isinstance(value, dict):
        for pattern in value:
            yield from _check_expression(document, pattern, (*path, pattern), at_key=True)


def _check_expression(
    document: Document, pattern: str, path: Path, *, at_key: bool
) -> Iterator[Diagnostic]:
    try:
        compile_regex(pattern)
    except ValueError as error:
        yield _bad_schema(document, path, str(error), at_key=at_key)


def _check_reference(document: Document, reference: str, path: Path) -> Iterator[Diagnostic]:
    if reference.startswith("#"):
        resource = DRAFT202012.create_resource(document.value)
        try:
            _NOTHING.with_resource("", resource).resolver().lookup(reference)
        except Unresolvable:
            reason = "nothing stands at this place of the file"
        else:
            return
    else:
        reason = "a policy is one file: nothing is read from elsewhere"
    yield Diagnostic(
        "SCH-REF",
        f"the reference {quoted(reference[:80])} cannot be followed",
        document.locate(path),
        rule=reason,
        hint="put the schema under $defs and refer to #/$defs/<name>",
        width=document.width(path),
    )


def _bad_schema(document: Document, path: Path, reason: str, *, at_key: bool) -> Diagnostic:
    return Diagnostic(
        "POL-SCHEMA",
        "the policy cannot be used",
        document.locate(path, at_key=at_key),
        rule=reason,
        hint="see json-schema.org/understanding-json-schema",
        width=document.width(path, at_key=at_key),
    )


def _unusable(file: str, reason: str) -> Diagnostic:
    return Diagnostic("POL-SCHEMA", "the policy cannot be used", Location(file), rule=reason)


# -- keywords that run expressions, with RE2

_NOTHING: Final[Registry[Any]] = Registry()  # retrieves nothing: no connection, no file


@lru_cache(maxsize=1024)
def _regex(pattern: str) -> Regex:
    return compile_regex(pattern)


def _pattern(
    validator: Any, pattern: str, instance: object, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _regex(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for pattern, subschema in patterns.items():
            for key, value in instance.items():
                if _regex(pattern).search(key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for key, value in instance.items():
        if key in schema.get("properties", {}) or any(
            _regex(pattern).search(key) for pattern in schema.get("patternProperties", {})
        ):
            continue
        if additional is False:
            yield ValidationError(f"{key!r} is not allowed", path=[key])
        else:
            yield from validator.descend(value, additional, path=key)


_extend: Callable[..., Any] = extend  # not typed in the stubs
_Validator: Final = _extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)
