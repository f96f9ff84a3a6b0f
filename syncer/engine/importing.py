"""Undeclared live resources to manifests, so that the plan after it is empty (shell).

The texts are judged with the whole project before anything is written: its defaults, vocabulary and
policies have a say. What cannot be declared is left out, and stays as it is in Clarify.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final

from syncer.diagnostics import Diagnostic, Severity
from syncer.engine.drafts import Draft, unwritable
from syncer.errors import ManifestError
from syncer.manifest import layout
from syncer.manifest.documents import Path as ValuePath
from syncer.manifest.limits import Limits
from syncer.manifest.load import Loaded, load
from syncer.manifest.spans import Node, read_spans
from syncer.manifest.writer import write_manifest
from syncer.plan.changes import Plan
from syncer.resources import Address, DesiredState, FieldPath

_KEYED: Final = ("labels", "annotations")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files go: a folder of the project, what stands there, and their suffix."""

    folder: str
    suffix: str
    taken: frozenset[str] = frozenset()


@dataclass(slots=True)
class Imported:
    """The files to write, what they declare, and what had to be left out."""

    texts: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, list[Address]] = field(default_factory=dict)  # by file
    left_out: list[Diagnostic] = field(default_factory=list)


def compose(
    root: Path,
    limits: Limits,
    drafts: Iterable[Draft],
    place: Place,
    plan: Callable[[DesiredState, Collection[Address]], Plan],
) -> Imported:
    """Return the files that declare the drafts, so that `plan` of their addresses is empty.

    Raises ManifestError for a project that is invalid without them.
    """
    composing = _Composing(limits, place, {draft.address: draft for draft in drafts})
    composing.leave_out_unwritable()
    while composing.drafts:
        composing.write()
        unsaved = {path: text.encode() for path, text in composing.imported.texts.items()}
        loaded = load(root, limits, unsaved)
        if composing.heed_findings(loaded):
            continue
        if not composing.heed_plan(plan(loaded.desired, composing.drafts.keys())):
            return composing.imported
    composing.write()
    return composing.imported


class _Composing:
    """Drafts, and the files that they make; each round has fewer values, or says one more."""

    def __init__(self, limits: Limits, place: Place, drafts: dict[Address, Draft]) -> None:
        self.drafts = drafts
        self.imported = Imported()
        self._place = place
        self._limits = limits

    def write(self) -> None:
        """Write the files anew."""
        self.imported.texts.clear()
        self.imported.addresses.clear()
        aliases = sorted({address.integration for address in self.drafts})
        taken = set(self._place.taken)
        for alias, stem in layout.stems(aliases).items():
            own = sorted(a for a in self.drafts if a.integration == alias)
            for addresses, text in self._portions(alias, own):
                name = layout.free_name(stem, self._place.suffix, taken)
                taken.add(name)
                path = f"{self._place.folder}/{name}" if self._place.folder else name
                self.imported.texts[path] = text
                self.imported.addresses[path] = addresses

    def _portions(self, alias: str, own: list[Address]) -> Iterator[tuple[list[Address], str]]:
        """Yield the addresses of each file, and its text; a file keeps within the limits."""
        waiting = layout.portions(own)
        while waiting:
            addresses = waiting.pop(0)
            text = write_manifest(self._manifest(alias, addresses))
            if len(text.encode()) > self._limits.file and len(addresses) > 1:
                half = len(addresses) // 2
                waiting[:0] = [addresses[:half], addresses[half:]]
            else:
                yield addresses, text

    def _manifest(self, alias: str, addresses: list[Address]) -> dict[str, object]:
        manifest: dict[str, object] = {"integration": alias}
        for kind in ("signals", "items"):
            own = {a.key: self.drafts[a].fields for a in addresses if a.kind == kind}
            if own:
                manifest[kind] = own
        return manifest

    # -- what cannot be declared

    def leave_out_unwritable(self) -> None:
        """Leave out texts that no spelling brings into a manifest."""
        for draft in self.drafts.values():
            for path in list(unwritable(draft, self._limits.scalar)):
                draft.leave_out(path)
                self._tell(draft.address, path, "manifests do not hold such a text")

    def heed_findings(self, loaded: Loaded) -> bool:
        """Leave out what the project refuses of the drafts; whether there was anything."""
        errors = [each for each in loaded.diagnostics if each.severity is Severity.ERROR]
        own = [each for each in errors if _file(each) in self.imported.texts]
        if len(own) < len(errors):
            others = [each for each in errors if each not in own]
            raise ManifestError(*others, texts=loaded.texts)
        places = {file: _Places(self.imported.texts[file]) for file in set(map(_file, own))}
        before = len(self.imported.left_out)
        for error in own:
            path = places[_file(error)].path_at(error)
            self._heed(self._alias(_file(error)), path, error)
        if own and len(self.imported.left_out) == before:
            raise ManifestError(*own, texts=self.imported.texts)
        return bool(own)

    def _heed(self, alias: str, path: ValuePath, error: Diagnostic) -> None:
        kind, key, *rest = (*map(str, path), "", "")[: max(len(path), 2)]
        address = Address(kind, alias, key)
        draft = self.drafts.get(address)
        if draft is None:
            return
        if not rest:
            del self.drafts[address]
            self._tell(address, (), error.summary, error)
            return
        field_path = tuple(rest[:2] if rest[0] in _KEYED else rest[:1])
        if field_path not in draft.unwritable:
            draft.leave_out(field_path)
            self._tell(address, field_path, error.summary, error)

    def heed_plan(self, plan: Plan) -> bool:
        """Say what the project's defaults would change otherwise; whether there was anything."""
        differing = [(c.address, each.path) for c in plan.changes for each in c.attributes]
        differing += [(n.address, each.path) for n in plan.notes for each in n.attributes]
        for address, path in differing:
            draft = self.drafts.get(address)
            if draft is not None and not draft.say(path):
                del self.drafts[address]
                why = f"the project's defaults would change {'.'.join(path)}"
                self._tell(address, (), why)
        return bool(differing)

    def _alias(self, file: str) -> str:
        return self.imported.addresses[file][0].integration

    def _tell(
        self, address: Address, path: FieldPath, why: str, error: Diagnostic | None = None
    ) -> None:
        what = f"{'.'.join(path)} of {address}" if path else str(address)
        self.imported.left_out.append(
            Diagnostic(
                "IMP-LEFT-OUT",
                f"{what} is left out: {why}",
                rule=error.rule if error is not None else "",
                hint="it stays as it is in Clarify, unmanaged",
                severity=Severity.WARNING,
            )
        )


class _Places:
    """Which value a place in a text belongs to."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        root = read_spans(text)
        found = sorted(_places(root, ()), key=itemgetter(0)) if root is not None else []
        self._offsets = [offset for offset, _ in found]
        self._paths = [path for _, path in found]

    def path_at(self, finding: Diagnostic) -> ValuePath:
        """Return the path of the last key or value that begins before a finding's place."""
        place = finding.location
        if place is None or not place.line:
            return ()
        offset = self._starts[place.line - 1] + place.column - 1
        return self._paths[bisect_right(self._offsets, offset) - 1]


def _places(node: Node, path: ValuePath) -> Iterable[tuple[int, ValuePath]]:
    for index, entry in enumerate(node.entries):
        inner = (*path, index if entry.key is None else entry.key.value)
        yield entry.start, inner
        yield from _places(entry.value, inner)


def _file(finding: Diagnostic) -> str:
    return finding.location.file if finding.location is not None else ""


def summary(imported: Imported) -> Mapping[str, Mapping[str, int]]:
    """Return how many signals and items each file declares."""
    return {
        file: {
            kind: sum(address.kind == kind for address in addresses)
            for kind in ("signals", "items")
        }
        for file, addresses in imported.addresses.items()
    }
