"""What goes wrong in a call, as an exception that carries every finding.

In: findings while parameters are read. Out: `RpcError`, whose codes are those of
docs.clarify.io/api/1.0/jsonrpc/response and of clarify-go's jsonrpc package.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

UNKNOWN_PARAMETER = "unknown parameter"
MOST_PROBLEMS = 10_000


class Fault(Enum):
    """An error code with its message."""

    PARSE_ERROR = (-32700, "Parse error")
    INVALID_REQUEST = (-32600, "Invalid request")
    METHOD_NOT_FOUND = (-32601, "Method not found")
    INVALID_PARAMS = (-32602, "Invalid params")
    SERVER_ERROR = (-32000, "Server error")
    FORBIDDEN = (-32003, "Forbidden")
    TRY_AGAIN = (-32015, "Try again")
    PARTIAL_FAILURE = (-32021, "Partial failure")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a path below `params`, and what is wrong there."""

    path: str
    message: str


class RpcError(Exception):
    """A call that is answered by an error."""

    def __init__(self, fault: Fault, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(fault.value[1])
        self.fault = fault
        self.problems = problems

    def describe(self) -> str:
        """Return message and findings as one line."""
        found = join_problems(self.problems)
        return f"{self.fault.value[1]}: {found}" if found else self.fault.value[1]


def join_problems(problems: Iterable[Problem]) -> str:
    """Return the findings as one line."""
    return "; ".join(f"{problem.path}: {problem.message}" for problem in problems)


def group_problems(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Return the messages by path below the parameters."""
    grouped: dict[str, list[str]] = {}
    for problem in problems:
        grouped.setdefault(problem.path.removeprefix("params."), []).append(problem.message)
    return grouped


class Problems:
    """The findings of one call in order, up to a bound."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    @property
    def found(self) -> tuple[Problem, ...]:
        """The findings so far."""
        return tuple(self._found)

    def note(self, path: str, message: str) -> None:
        """Add a finding."""
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(path, message))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add findings that were made elsewhere."""
        for problem in problems:
            self.note(problem.path, problem.message)

    def check(self) -> None:
        """Raise RpcError when anything was found."""
        if self._found:
            raise RpcError(Fault.INVALID_PARAMS, tuple(self._found))
