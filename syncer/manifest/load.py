"""A project's folder to its desired state, with every finding of every file (shell)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter

from syncer.diagnostics import Diagnostic, Diagnostics, Location
from syncer.manifest import files
from syncer.manifest.desired import Source, resolve
from syncer.manifest.documents import Document
from syncer.manifest.limits import Limits
from syncer.manifest.models import DefaultsFile, Manifest, defaults_adapter, manifest_adapter
from syncer.manifest.origins import Layer
from syncer.manifest.project import PROJECT_FILE, Project
from syncer.manifest.reading import Scanned, scan
from syncer.manifest.settings import read_settings
from syncer.manifest.texts import check_texts
from syncer.manifest.validation import judge, prune
from syncer.resources import DesiredState
from syncer.sinks import quoted

Section = TypeVar("Section")
NOTHING: Final[Mapping[str, bytes]] = {}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a project folder holds; with errors among the findings, the state is not complete."""

    project: Project | None  # None: the project file is unusable, and nothing else was read
    desired: DesiredState
    diagnostics: Diagnostics
    texts: Mapping[str, str]  # of the files that have findings, for snippets


@dataclass(slots=True)
class _Loading:
    """What has been gathered so far."""

    root: Path
    limits: Limits
    unsaved: Mapping[str, bytes]
    findings: Diagnostics = field(default_factory=Diagnostics)
    texts: dict[str, str] = field(default_factory=dict)

    def scan(self, path: str) -> Scanned:
        """Return what a file holds; the findings have been noted."""
        unsaved = self.unsaved.get(path)
        data = files.read(self.root, path, self.limits) if unsaved is None else unsaved
        if isinstance(data, Diagnostic):
            self.findings.add(data)
            return Scanned(None, (data,))
        scanned = scan(path, data, self.limits)
        self.findings.extend(scanned.findings)
        if scanned.findings and scanned.document is None:
            self.texts[path] = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
        return scanned

    def note(self, findings: Iterable[Diagnostic], document: Document) -> None:
        """Take in findings of a document."""
        self.findings.extend(findings)
        self.texts[document.file] = document.text


def load(root: Path, limits: Limits, unsaved: Mapping[str, bytes] = NOTHING) -> Loaded:
    """Return what the folder with `syncer.yaml` holds; bad input becomes findings, never raises.

    `unsaved` holds manifests that are judged as if they stood in the folder, by path.
    """
    loading = _Loading(root, limits, unsaved)
    settings = loading.scan(PROJECT_FILE).document
    project = _read_project(loading, settings) if settings is not None else None
    desired = DesiredState("") if project is None else _read_manifests(loading, project)
    return Loaded(project, desired, loading.findings, _shown(loading))


def _read_project(loading: _Loading, document: Document) -> Project | None:
    settings = read_settings(document, loading.limits)
    loading.note(settings.findings, document)
    loading.texts[PROJECT_FILE] = document.mask(settings.secrets)
    return settings.project


def _read_manifests(loading: _Loading, project: Project) -> DesiredState:
    found = files.discover(loading.root, project.manifests, loading.limits)
    loading.findings.extend(found.findings)
    paths = sorted({*found.files, *loading.unsaved}.difference(found.defaults))
    if not paths and not found.findings:
        loading.findings.add(_no_manifest(project))
    layers = {
        path: layer
        for path in found.defaults
        if (layer := _read(loading, path, defaults_adapter(), DefaultsFile)) is not None
    }
    manifests = (_read(loading, path, manifest_adapter(), Manifest) for path in paths)
    sources = tuple(
        Source(manifest, _defaults_above(manifest.document.file, layers))
        for manifest in manifests
        if manifest is not None
    )
    resolved = resolve(project, sources)
    loading.findings.extend(resolved.findings)
    loading.findings.extend(_judge_policies(loading, project, resolved.state))
    return resolved.state


def _read(
    loading: _Loading, path: str, adapter: TypeAdapter[Section], model: object
) -> Layer | None:
    """Return a judged file; a text of comments only says nothing, which is no error."""
    scanned = loading.scan(path)
    document = scanned.document
    if document is None:
        return None
    loading.texts[path] = document.text
    if document.value is None:
        return Layer(document, (), {})
    problems = judge(document, adapter, model)
    # What the scanner refused at a place is not refused there again for what was left of it.
    refused = {finding.location for finding in scanned.findings}
    loading.findings.extend(
        problem.finding for problem in problems if problem.finding.location not in refused
    )
    value = prune(document.value, problems) if problems else document.value
    layer = Layer(document, (), value if isinstance(value, dict) else {})
    loading.findings.extend(check_texts(document, layer.value, is_defaults=model is DefaultsFile))
    return layer


def _defaults_above(file: str, layers: Mapping[str, Layer]) -> tuple[Layer, ...]:
    if not layers:
        return ()
    folders = file.split("/")[:-1]
    above = ("/".join((*folders[:depth], files.DEFAULTS_FILE)) for depth in range(len(folders) + 1))
    return tuple(layers[path] for path in above if path in layers)


def _no_manifest(project: Project) -> Diagnostic:
    return Diagnostic(
        "MAN-NONE",
        "the project has no manifest",
        Location(PROJECT_FILE),
        rule=f"manifests are looked for at {', '.join(quoted(glob) for glob in project.manifests)}",
        hint="add a manifest there, or change manifests: in syncer.yaml",
    )


def _judge_policies(
    loading: _Loading, project: Project, state: DesiredState
) -> tuple[Diagnostic, ...]:
    if not project.policies:
        return ()
    # jsonschema is slow to import; most projects have no policies.
    from syncer.manifest.policies import judge_policies, read_policy

    found = files.discover(loading.root, project.policies, loading.limits)
    findings, policies = list(found.findings), []
    for path in found.files:
        data = files.read(loading.root, path, loading.limits)
        if isinstance(data, Diagnostic):
            findings.append(data)
            continue
        judged = read_policy(path, data, loading.limits)
        loading.texts[path] = judged.text
        findings += judged.findings
        policies += [judged.policy] if judged.policy is not None else []
    return (*findings, *judge_policies(tuple(policies), state))


def _shown(loading: _Loading) -> dict[str, str]:
    named = {finding.location.file for finding in loading.findings if finding.location}
    return {path: text for path, text in loading.texts.items() if path in named}
