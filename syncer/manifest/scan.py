"""libyaml's events, checked for nothing yet: the one home of PyYAML's C parser.

UTF-8 goes in, events with offsets come out. No loader, constructor or resolver of a library takes
part: those would accept tags, merge keys, `NO` as a boolean and a key said twice (measured with
PyYAML 6 and ruamel.yaml 0.19).
"""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias, cast

from yaml import events
from yaml._yaml import CParser  # yaml.CParser itself; its types are declared here
from yaml.error import MarkedYAMLError
from yaml.error import YAMLError as YAMLError

# The classes of events, compared by identity: nothing else is asked of them.
ALIAS: Final[type] = events.AliasEvent
DOCUMENT_START: Final[type] = events.DocumentStartEvent
LIST_END: Final[type] = events.SequenceEndEvent
LIST_START: Final[type] = events.SequenceStartEvent
MAPPING_END: Final[type] = events.MappingEndEvent
MAPPING_START: Final[type] = events.MappingStartEvent
SCALAR: Final[type] = events.ScalarEvent
STREAM_END: Final[type] = events.StreamEndEvent


class Mark(Protocol):
    """A place in the text."""

    index: int  # in code points, from 0


class Event(Protocol):
    """What libyaml says of an event; which of these it has depends on the event's class."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str
    version: object
    tags: object


NextEvent: TypeAlias = Callable[[], Event]


def open_events(data: bytes) -> NextEvent:
    """Return the function that gives the text's events one by one; it raises YAMLError."""
    # Stubs allow None where libyaml always has an event with both marks.
    return cast("NextEvent", CParser(data).get_event)


def explain(error: YAMLError) -> tuple[str, int]:
    """Return libyaml's words for a syntax error and the offset that they are about."""
    problem, offset = "the text is not YAML", 0
    if isinstance(error, MarkedYAMLError):
        problem = error.problem or problem
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark is not None else 0
    return problem, offset


def syntax_hint(problem: str) -> str:
    """Return what usually mends a syntax error, by libyaml's words for it."""
    return next((hint for words, hint in _HINTS if words in problem), "")


_HINTS: Final = (
    ("mapping values are not allowed", 'put a text that contains ": " in quotes'),
    ("cannot start any token", "indent with spaces, and put a text that begins so in quotes"),
    (
        "unknown escape character",
        "in double quotes write \\\\ for a backslash, or use single quotes",
    ),
    ("invalid Unicode character escape", "write the character itself"),
    ("could not find expected ':'", "write `key: value`, with a space after the colon"),
    ("expected <block end>", "give the keys of one mapping the same indentation"),
    ("unexpected end of stream", "close the quotes or brackets that are open"),
    ("expected ',' or", "close the brackets, or separate the entries with commas"),
)
