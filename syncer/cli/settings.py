"""What the global options say, as one value."""

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """The global options of one run; the one given last wins."""

    chdir: str = "."
    env: str | None = None
    format: str = "text"
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    no_input: bool = False
    allow_origin: tuple[str, ...] = ()
