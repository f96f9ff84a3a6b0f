"""Signals that ask for an end: the first one is a wish, the second one is obeyed at once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final

from syncer.errors import ExitCode

# A terminal that is closed means the same as a request to end.
CODES: Final = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.TERMINATED,
}


class Stop:
    """Whether a stop was asked for, by which signal; calling it is asking."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        # The one lock of the standard library that a signal handler may take while it is held.
        self._bell: SimpleQueue[None] = SimpleQueue()

    def __call__(self) -> bool:
        """Return whether a stop was asked for."""
        return self.signal is not None

    is_set = __call__

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a run that was stopped; OK when none was asked for."""
        return ExitCode.OK if self.signal is None else CODES[self.signal]

    def ask(self, number: signal.Signals) -> None:
        """Ask for a stop; whoever waits goes on at once."""
        self.signal = number
        self._bell.put(None)

    def wait(self, seconds: float) -> bool:
        """Return whether a stop was asked for, at once if so, else after this many seconds."""
        try:
            self._bell.get(timeout=max(seconds, 0.0))
        except Empty:
            return self.is_set()
        self._bell.put(None)  # for others who wait
        return True


@contextmanager
def graceful(say: Callable[[str], None], stop: Stop | None = None) -> Iterator[Stop]:
    """Yield what the first SIGINT, SIGTERM or SIGHUP sets; a second one ends the process.

    A signal that is ignored, as under nohup, stays ignored. Handlers are restored at the end.
    """
    stop = stop or Stop()

    def handle(number: int, frame: FrameType | None) -> None:
        received = signal.Signals(number)
        if stop.is_set():
            os._exit(CODES[received])
        stop.ask(received)
        try:
            say("Stopping after the request in flight; a second signal ends at once")
        except (OSError, RuntimeError):
            return  # nobody listens any more, or the stream is being written to just now

    replaced = {
        number: signal.signal(number, handle)
        for number in CODES
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield stop
    finally:
        for number, before in replaced.items():
            signal.signal(number, signal.SIG_DFL if before is None else before)
