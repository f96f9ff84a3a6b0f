"""What a judged manifest's texts hide: invisible characters, look-alikes, reserved keys."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from unicodedata import is_normalized, normalize

from syncer.diagnostics import Diagnostic, Severity
from syncer.manifest.characters import INVISIBLE
from syncer.manifest.documents import Document, Path
from syncer.manifest.formats import LONG_NAME
from syncer.resources import BOOKKEEPING_PREFIX, Desired
from syncer.sinks import quoted

_KINDS: Final = ("items", "signals")
# How lines begin that CI systems take as commands: GitHub's, and Azure's.
_COMMANDS: Final = ("::", "##")
_SEPARATORS: Final = str.maketrans(dict.fromkeys("_:.#+/", "-"))


def check_texts(
    document: Document, value: Mapping[str, Any], *, is_defaults: bool
) -> Iterator[Diagnostic]:
    """Yield what is odd about the texts of a manifest, or of a `_defaults.yaml`."""
    text = document.text
    has_escapes = "\\" in text
    if has_escapes or not text.isascii():
        yield from _check_value(document, value, ())
    may_be_reserved = has_escapes or BOOKKEEPING_PREFIX in text
    for path, resources in _sections(value, is_defaults=is_defaults):
        names = [entry["name"] for entry in resources.values() if "name" in entry]
        if len(max(names, key=len, default="")) > LONG_NAME:
            yield from _find_long_names(document, path, resources)
        if may_be_reserved:
            for key, resource in resources.items():
                yield from _check_annotations(document, (*path, key), resource)


def check_lookalikes(declared: Mapping[str, Desired]) -> Iterator[Diagnostic]:
    """Yield warnings for IDs that read like another one, or like a command to a CI system."""
    # One text of all keys: a project has thousands, and none of them is usually odd.
    keys = "\n".join(declared)
    folded = keys.lower().translate(_SEPARATORS).split("\n")
    if len(set(folded)) < len(declared):
        seen: dict[str, Desired] = {}
        for key, desired in zip(folded, declared.values(), strict=True):
            other = seen.setdefault(key, desired)
            if other is not desired:
                what = f"{quoted(str(other.address))} at {other.locate(())}"
                yield _lookalike(desired, what, "use one spelling, unless these are two signals")
    if any(command in keys for command in _COMMANDS):
        for key, desired in declared.items():
            if key.startswith(_COMMANDS):
                yield _lookalike(desired, "a command to a CI system", "begin it otherwise")


def _sections(
    value: Mapping[str, Any], *, is_defaults: bool
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield every mapping of resources; defaults count as one resource for each kind."""
    if is_defaults:
        yield (), {kind: value[kind] for kind in _KINDS if kind in value}
        return
    for kind in _KINDS:
        yield (kind,), value.get(kind, {})
    yield ("defaults",), value.get("defaults", {})


def _check_annotations(
    document: Document, path: Path, resource: Mapping[str, Any]
) -> Iterator[Diagnostic]:
    for key in resource.get("annotations", ()):
        if key.startswith(BOOKKEEPING_PREFIX):
            here = (*path, "annotations", key)
            yield Diagnostic(
                "MAN-RESERVED",
                f"the annotation {quoted(key)} is syncer's own",
                document.locate(here, at_key=True),
                rule=f"keys that begin with {BOOKKEEPING_PREFIX} keep who owns a resource",
                hint="begin the key with your own domain: acme/plc",
                width=document.width(here, at_key=True),
            )


def _find_long_names(
    document: Document, path: Path, resources: Mapping[str, Any]
) -> Iterator[Diagnostic]:
    for key, resource in resources.items():
        name, here = resource.get("name", ""), (*path, key, "name")
        if len(name) > LONG_NAME:
            yield Diagnostic(
                "MAN-LENGTH",
                f"a name of {len(name)} characters",
                document.locate(here),
                rule=f"names of more than {LONG_NAME} characters are cut on some pages",
                hint="put the details into the description",
                severity=Severity.WARNING,
                width=document.width(here),
            )


def _lookalike(desired: Desired, what: str, hint: str) -> Diagnostic:
    return Diagnostic(
        "MAN-ID-LOOKALIKE",
        f"the ID {quoted(desired.address.key)} looks like {what}",
        desired.locate(()),
        rule="a create cannot be undone",
        hint=hint,
        severity=Severity.WARNING,
        width=len(desired.address.key),
    )


# -- characters


def _check_value(document: Document, value: object, path: Path) -> Iterator[Diagnostic]:
    match value:
        case str():
            yield from _check_characters(document, value, path, at_key=False)
        case dict():
            for key, entry in value.items():
                yield from _check_characters(document, key, (*path, key), at_key=True)
                yield from _check_value(document, entry, (*path, key))
        case list():
            clashes = _find_clashes(value)
            for index, entry in enumerate(value):
                if index in clashes:
                    what = " and equals another value of the list"
                    yield _not_composed(document, (*path, index), what, Severity.ERROR)
                else:
                    yield from _check_value(document, entry, (*path, index))
        case _:
            pass


def _check_characters(
    document: Document, text: str, path: Path, *, at_key: bool
) -> Iterator[Diagnostic]:
    if text.isascii():
        return
    found = INVISIBLE.search(text)
    if found is not None:
        yield Diagnostic(
            "MAN-INVISIBLE",
            f"char {found.start()} U+{ord(found.group()):04X} cannot be seen",
            document.locate(path, at_key=at_key),
            rule="two texts that look equal are not",
            hint="leave the character out, or write an ordinary space",
            severity=Severity.WARNING,
            width=document.width(path, at_key=at_key),
        )
    if not is_normalized("NFC", text):
        yield _not_composed(document, path, "", Severity.WARNING, at_key=at_key)


def _find_clashes(values: list[object]) -> set[int]:
    """Return where a list says a text again, once composed and once decomposed."""
    first: dict[str, str] = {}
    clashes = set()
    for index, value in enumerate(values):
        if isinstance(value, str) and first.setdefault(normalize("NFC", value), value) != value:
            clashes.add(index)
    return clashes


def _not_composed(
    document: Document, path: Path, what: str, severity: Severity, *, at_key: bool = False
) -> Diagnostic:
    return Diagnostic(
        "MAN-NFC",
        f"the text has decomposed letters{what}",
        document.locate(path, at_key=at_key),
        rule="the same letter as one character and as two are different texts to the API",
        hint="write the composed letters (Unicode NFC)",
        severity=severity,
        width=document.width(path, at_key=at_key),
    )
