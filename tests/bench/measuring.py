"""Whole processes, timed from outside: median wall seconds and peak memory over several runs."""

import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """The medians over all runs of one command."""

    seconds: float
    mebibytes: float


def interleaved(
    commands: Mapping[str, Sequence[str]], *, cwd: Path, runs: int = 5
) -> dict[str, Measured]:
    """Return medians per command, run in turn (A B A B ...) so that both meet the same noise."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            run = _run(list(command), cwd)
            if number:  # the first of each warms the caches
                seen[name].append(run)
    return {
        name: Measured(*(statistics.median(column) for column in zip(*figures, strict=True)))
        for name, figures in seen.items()
    }


def report(title: str, measured: Mapping[str, Measured]) -> None:
    """Print the figures, and each as a ratio of the first."""
    first = next(iter(measured.values()))
    print(title)
    for name, figures in measured.items():
        ratio = figures.seconds / first.seconds
        print(f"  {name:<24} {figures.seconds:8.3f} s  {figures.mebibytes:7.1f} MiB  x{ratio:.2f}")


def _run(command: list[str], cwd: Path) -> tuple[float, float]:
    started = time.perf_counter()
    process = os.fork()
    if process == 0:  # pragma: no cover - the child becomes the command
        os.chdir(cwd)
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        try:
            os.execvp(command[0], command)  # noqa: S606 - the command of the benchmark
        finally:
            os._exit(127)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 2):
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024
