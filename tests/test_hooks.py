"""The pre-commit hook, in a repository of a user, through pre-commit itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import syncer

pytestmark = pytest.mark.e2e

ROOT = Path(syncer.__file__).parents[1]
NEEDED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
GOOD = "signals: {amount: {name: Amount}}\n"
LINKED = "labels: {site: {values: [Pier]}}\n"


@dataclass(frozen=True)
class Repository:
    """A Git repository; its commands run without the developer's own settings."""

    path: Path
    variables: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def begin(self) -> None:
        """Make the folder a repository with one commit of everything in it."""
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "first")

    def commit(self, **files: str | None) -> subprocess.CompletedProcess[str]:
        """Write manifests by name, or delete them, and commit."""
        for name, text in files.items():
            path = self.path / f"manifests/{name}.yaml"
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        return self.run("git", "commit", "--message", "change")


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """The repository that offers the hook, committed; environments are kept beside it."""
    folder = tmp_path_factory.mktemp("hooks")
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    passed = {k: v for k, v in os.environ.items() if k in kept or k.upper().startswith("PIP_")}
    proxies = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}
    person = {**author, "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    own = {"PRE_COMMIT_HOME": str(folder / "cache"), "GIT_CONFIG_GLOBAL": os.devnull}
    variables = {**passed, **proxies, **person, **own, "GIT_CONFIG_NOSYSTEM": "1"}

    repository = Repository(folder / "syncer", variables)
    repository.path.mkdir()
    for name in NEEDED:
        shutil.copy(ROOT / name, repository.path)
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "syncer", repository.path / "syncer", ignore=compiled)
    repository.begin()
    yield repository
    shutil.rmtree(folder)


@pytest.fixture
def consumer(hook: Repository, tmp_path: Path) -> Repository:
    """A user's repository with a project in it, committed."""
    user = Repository(tmp_path, hook.variables)
    (user.path / "manifests").mkdir()
    (user.path / "syncer.yaml").write_text("version: 1\nproject: p\nintegrations: [pier]\n")
    (user.path / "manifests/good.yaml").write_text(GOOD)
    user.begin()
    return user


def test_the_hook_is_described_as_pre_commit_wants_it() -> None:
    command = (sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")

    assert subprocess.run(command, cwd=ROOT).returncode == 0


def test_the_hook_can_be_tried(hook: Repository, consumer: Repository) -> None:
    command = (sys.executable, "-m", "pre_commit", "try-repo", str(hook.path), "syncer-validate")

    tried = consumer.run(*command, "--verbose")

    assert tried.returncode == 0, tried.stdout
    assert "Checked 1 resource: no findings." in tried.stdout


def test_the_hook_passes_and_refuses_commits(hook: Repository, consumer: Repository) -> None:
    where = f"repo: {hook.path}, rev: {hook.git('rev-parse', 'HEAD')}"
    (consumer.path / ".pre-commit-config.yaml").write_text(
        f"repos: [{{{where}, hooks: [{{id: syncer-validate}}]}}]\n"
    )
    installed = consumer.run(sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stdout

    good = consumer.commit(more="items: {amount: {name: Money}}\n", words=LINKED)
    assert good.returncode == 0, good.stdout

    bad = consumer.commit(bad="signals: {b: {nam: B}}\n")
    assert bad.returncode == 1
    assert "error[MAN-UNKNOWN-FIELD]" in bad.stdout
    assert "manifests/bad.yaml:1:15" in bad.stdout
    (consumer.path / "manifests/bad.yaml").unlink()

    deleted = consumer.commit(good=None, more=None, words=None)
    assert deleted.returncode == 1
    assert "error[MAN-NONE]" in deleted.stdout
