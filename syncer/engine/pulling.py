"""Live values into the manifests: new texts, judged as a project before any is written (shell)."""

import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from syncer import durable
from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.engine.placing import FilePlaces, Places, Pull, place
from syncer.engine.workflow import Planned, Session
from syncer.errors import ManifestError, PlanRefused
from syncer.manifest import files
from syncer.manifest.adding import add
from syncer.manifest.editing import edit
from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.plan import drift, planner, scope
from syncer.resources import DesiredState


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file, as it is and as it is to be."""

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Pulled:
    """What goes into which file, and why some of what others changed is left."""

    pulls: tuple[Pull, ...] = ()
    files: tuple[Rewritten, ...] = ()
    left: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """The project's folder, and how large its files may be."""

    root: Path
    limits: Limits


def pull(
    desired: DesiredState,
    planned: Planned,
    session: Session,
    globs: Collection[str],
    folder: Folder,
) -> Pulled:
    """Return the manifests with the live values in them; nothing is written yet.

    Raises Misuse for a glob that matches nothing declared, PlanRefused when a file has changed
    since it was loaded, and ManifestError when the project would not be valid.
    """
    chosen = (
        scope.expand(globs, desired.resources, "syncer pull") if globs else desired.resources.keys()
    )
    moved = [(a, change) for a, change in drift.moved(planned.plan) if a in chosen]
    places = place(moved, desired, session.reconciler.kinds, folder.limits)
    pulls: list[Pull] = []
    rewritten: list[Rewritten] = []
    for path, wanted in sorted(places.files.items()):
        before = _read(folder, path, wanted)
        after, done = _rewrite(path, before.decode(), wanted, places, folder.limits)
        if done:
            pulls += done
            rewritten.append(Rewritten(path, before, after.encode()))
    after_pull = _judge(folder, rewritten)
    untold = drift.untold(planned.plan)
    left = _still_moved(places, after_pull, planned, session) if places.left else ()
    pulls.sort(key=lambda each: each.key)
    return Pulled(tuple(pulls), tuple(rewritten), (*untold, *left))


def write(folder: Folder, rewritten: Collection[Rewritten]) -> None:
    """Replace the files, each whole and with the mode it has; all of them, or on OSError none."""
    done: list[Rewritten] = []
    try:
        for each in rewritten:
            _replace(folder.root / each.path, each.after)
            done.append(each)
    except OSError:
        for each in done:
            _replace(folder.root / each.path, each.before)
        raise


def _replace(path: Path, content: bytes) -> None:
    durable.replace(path, content, mode=stat.S_IMODE(path.lstat().st_mode))


def _read(folder: Folder, path: str, wanted: FilePlaces) -> bytes:
    """Return what the file holds; raises PlanRefused unless it is what was loaded."""
    data = files.read(folder.root, path, folder.limits)
    if isinstance(data, bytes) and _text(data) == wanted.document.text:
        return data
    raise PlanRefused.of(
        "PUL-STALE",
        f"{path} has changed since it was read",
        location=Location(path),
        rule="values are written over exactly the lines that were compared",
        hint="pull again",
    )


def _text(data: bytes) -> str:
    return data.decode(errors="replace").removeprefix("\ufeff")


def _rewrite(
    path: str, text: str, wanted: FilePlaces, places: Places, limits: Limits
) -> tuple[str, list[Pull]]:
    """Return the new text and what it holds; what could not be written is noted as left."""
    done: list[Pull] = []
    if wanted.edits:
        edited = edit(text, [each for each, _ in wanted.edits], limits)
        text = edited.text
        refused = {finding.location: finding for finding in edited.findings}
        for each, pulls in wanted.edits:
            if each.location in refused:
                places.left |= {one.key: refused[each.location] for one in pulls}
            else:
                done += pulls
    if wanted.additions:
        added = add(path, text, [addition for addition, _ in wanted.additions], limits)
        text = added.text
        for number, (_, one) in enumerate(wanted.additions):
            if number in added.refused:
                places.left[one.key] = one.otherwise or added.refused[number]
            else:
                done.append(one)
    return text, done


def _judge(folder: Folder, rewritten: Collection[Rewritten]) -> DesiredState:
    """Return what the project would declare; raises ManifestError when it would not be valid."""
    loaded = load(folder.root, folder.limits, {each.path: each.after for each in rewritten})
    errors = [f for f in loaded.diagnostics if f.severity is Severity.ERROR]
    if errors:
        invalid = Diagnostic(
            "PUL-INVALID",
            "with the values from Clarify the manifests would not be valid; nothing is written",
            rule="what is pulled passes `syncer validate`",
            hint="pull the rest by naming it (syncer pull GLOB), and correct these in Clarify",
        )
        raise ManifestError(invalid, *errors, texts=loaded.texts)
    return loaded.desired


def _still_moved(
    places: Places, desired: DesiredState, planned: Planned, session: Session
) -> tuple[Diagnostic, ...]:
    """Return why values are left, but for those that agree now: a follower of a pulled signal."""
    excluded = {a for glob in session.excludes for a in scope.matching(glob, desired.resources)}
    options = planner.Options(scope=desired.resources.keys() - excluded)
    live, kinds = planned.live, session.reconciler.kinds
    plan = planner.plan(desired, live, kinds, session.target, options)
    moved = {(address, change.path) for address, change in drift.moved(plan)}
    return tuple(dict.fromkeys(places.left[key] for key in sorted(moved & places.left.keys())))
