"""Small projects on disk."""

from pathlib import Path

from syncer.manifest.limits import Limits
from syncer.manifest.load import Loaded, load

PROJECT = "version: 1\nproject: example\nintegrations: [stand]\n"


def write(root: Path, files: dict[str, str]) -> Path:
    """Return the folder after writing the files; a project file is added where there is none."""
    for name, text in {"syncer.yaml": PROJECT, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def load_files(root: Path, files: dict[str, str], limits: Limits | None = None) -> Loaded:
    """Return what a project of these files holds."""
    return load(write(root, files), limits or Limits())


def findings(loaded: Loaded) -> list[str]:
    """Return severity, code and place of each finding."""
    return [
        f"{finding.severity.name.lower()} {finding.code} {finding.location}"
        for finding in loaded.diagnostics
    ]
