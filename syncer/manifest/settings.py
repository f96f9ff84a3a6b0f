"""A document to the Project it describes, or to findings: the rules between its sections."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from syncer.diagnostics import Diagnostic
from syncer.manifest import globs
from syncer.manifest.documents import Document, Path
from syncer.manifest.limits import Limits, raise_hint
from syncer.manifest.project import (
    LOCAL,
    SECRET,
    Project,
    ProjectSection,
    build_project,
    project_adapter,
)
from syncer.manifest.validation import Problem, judge, suggest
from syncer.sinks import quoted


@dataclass(frozen=True, slots=True)
class Settings:
    """The project, absent where the file is unusable, the findings, and where secrets stand."""

    project: Project | None
    findings: tuple[Diagnostic, ...]
    secrets: tuple[Path, ...] = ()


def read_settings(document: Document, limits: Limits) -> Settings:
    """Return what a project file says. Any error leaves the project out."""
    problems = judge(document, project_adapter(), ProjectSection)
    findings = [problem.finding for problem in problems]
    secrets = tuple(problem.path for problem in problems if _may_be_secret(problem))
    if not isinstance(document.value, dict):
        return Settings(None, tuple(findings))
    section: dict[str, Any] = document.value
    for name in ("manifests", "policies"):
        findings += _check_globs(document, section.get(name), name, limits)
    if problems:
        return Settings(None, tuple(findings), secrets)
    findings += _check_names(document, section)
    if findings:
        return Settings(None, tuple(findings))
    return Settings(build_project(cast("ProjectSection", section)), ())  # judged above


def _may_be_secret(problem: Problem) -> bool:
    """Whether somebody may have put credentials at this place; such a value is never shown."""
    code = problem.finding.code
    return code == SECRET or (code == "MAN-UNKNOWN-FIELD" and "environments" in problem.path)


def _check_globs(
    document: Document, patterns: object, name: str, limits: Limits
) -> Iterator[Diagnostic]:
    if not isinstance(patterns, list):
        return
    if len(patterns) > limits.globs:
        yield Diagnostic(
            "LIM-GLOBS",
            f"{name} has {len(patterns)} patterns",
            document.locate((name,)),
            rule=f"the limit is {limits.globs} patterns",
            hint=raise_hint("globs"),
        )
        return
    for index, pattern in enumerate(patterns):
        refused = globs.refuse(pattern) if isinstance(pattern, str) else None
        if refused is not None:
            path = (name, index)
            yield Diagnostic(
                refused[0],
                f"the pattern {quoted(pattern[:80])} leaves the project's folder",
                document.locate(path),
                rule=refused[1],
                hint='write it relative to the folder of syncer.yaml: "manifests/**/*.yaml"',
                width=document.width(path),
            )


def _check_names(document: Document, section: dict[str, Any]) -> Iterator[Diagnostic]:
    aliases = section["integrations"]
    for index, alias in enumerate(aliases):
        if alias in aliases[:index]:
            rule = "an alias stands for one integration"
            yield _finding(document, ("integrations", index), "MAN-DUPLICATE", alias, rule, "")
    environments = section.get("environments", {})
    if LOCAL in environments:
        rule = "local is the built-in environment, an embedded Clarify"
        path: Path = ("environments", LOCAL)
        yield _finding(document, path, "MAN-RESERVED", LOCAL, rule, "rename it", at_key=True)
    for name, environment in environments.items():
        for alias in environment["integrations"]:
            if alias not in aliases:
                path = ("environments", name, "integrations", alias)
                rule = "the aliases of a project are listed under integrations"
                hint = suggest(alias, aliases)
                yield _finding(document, path, "MAN-INTEGRATION", alias, rule, hint, at_key=True)
    default = section.get("default_environment")
    # Beside configured environments, `local` is used only when the operator names it.
    known = tuple(environments) or (LOCAL,)
    if default is not None and default not in known:
        rule = "default_environment is one of the environments"
        path = ("default_environment",)
        yield _finding(document, path, "MAN-VALUE", default, rule, suggest(default, known))


def _finding(
    document: Document,
    path: Path,
    code: str,
    value: str,
    rule: str,
    hint: str,
    *,
    at_key: bool = False,
) -> Diagnostic:
    return Diagnostic(
        code,
        f"{quoted(value[:80])} cannot stand here",
        document.locate(path, at_key=at_key),
        rule=rule,
        hint=hint,
        width=document.width(path, at_key=at_key),
    )
