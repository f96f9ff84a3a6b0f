"""Whether a manifest may hold a value that Clarify has, judged as if it stood in one."""

from collections.abc import Mapping

from syncer.diagnostics import Diagnostic, Severity
from syncer.manifest.limits import Limits
from syncer.manifest.models import Manifest, manifest_adapter
from syncer.manifest.quoting import quote
from syncer.manifest.reading import scan
from syncer.manifest.texts import check_texts
from syncer.manifest.validation import judge
from syncer.resources import FieldPath, Value


def refusal(kind: str, path: FieldPath, value: Value, limits: Limits) -> Diagnostic | None:
    """Return why no manifest may say this of a resource of the kind; None if one may."""
    for step in reversed(path):
        value = {step: value}
    text = _write({kind: {"x": value}})
    scanned = scan("", text.encode(), limits)
    document = scanned.document
    findings = list(scanned.findings)
    if document is not None and not findings:
        problems = judge(document, manifest_adapter(), Manifest)
        findings += [problem.finding for problem in problems]
    if document is not None and isinstance(document.value, dict) and not findings:
        texts = check_texts(document, document.value, is_defaults=False)
        findings += [finding for finding in texts if finding.severity is Severity.ERROR]
    return findings[0] if findings else None


def _write(value: Value) -> str:
    """Return a value on one line, with every text in quotes and what cannot be seen as escapes."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            pairs = (f"{quote(key)}: {_write(each)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_write, value)) + "]"
        case _:
            return quote(str(value))
