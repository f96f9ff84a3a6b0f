"""Whether a manifest may hold a value that Clarify has, judged as if it stood in one."""

from syncer.diagnostics import Diagnostic, Severity
from syncer.manifest.limits import Limits
from syncer.manifest.models import Manifest, manifest_adapter
from syncer.manifest.quoting import write_inline
from syncer.manifest.reading import scan
from syncer.manifest.texts import check_texts
from syncer.manifest.validation import judge
from syncer.resources import FieldPath, Value


def refusal(kind: str, path: FieldPath, value: Value, limits: Limits) -> Diagnostic | None:
    """Return why no manifest may say this of a resource of the kind; None if one may."""
    for step in reversed(path):
        value = {step: value}
    text = write_inline({kind: {"x": value}})
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
