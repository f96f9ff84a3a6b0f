"""From credentials, as a program holds them, to a connection. Shell.

In: a path, JSON text or a mapping. Out: a client for single calls, and the transport to close.
"""

import json
import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from syncer.errors import AccessDenied, Misuse
from syncer.providers.clarify.client import Client, Rates
from syncer.providers.clarify.refusals import ApiVersionError, invalid
from syncer.redaction import Redactor
from syncer.seams import SystemClock, system_rng
from syncer.transport.credentials import Credentials, parse_credentials
from syncer.transport.http import HttpTransport, Limits
from syncer.transport.messages import Observation, Request, Transport

Source: TypeAlias = str | os.PathLike[str] | Mapping[str, object]

_MAX_BYTES: Final = 64 << 10
_LABEL: Final = "the credentials"


@dataclass(frozen=True, slots=True)
class Options:
    """How a connection behaves; seconds a call may take, and calls a second."""

    allowed_origins: Collection[str] = ()
    timeout: float = 60.0
    selects_per_second: float = 10.0
    writes_per_second: float = 1.0
    use_env_proxy: bool = False


def open_client(
    source: Source, admin: Source | None, api_version: str, options: Options
) -> tuple[Client, HttpTransport]:
    """Return a client and its transport; nothing is sent yet.

    Raises AccessDenied for credentials that cannot be read or used, and ApiVersionError.
    """
    _check(options)
    own = read_credentials(source, options.allowed_origins)
    reader = None if admin is None else read_credentials(admin, options.allowed_origins)
    if reader is not None and reader.origin != own.origin:
        raise AccessDenied.of(
            "CRD-ORIGINS",
            f"the credentials belong to different servers: {own.origin} and {reader.origin}",
        )
    limits = Limits(read=min(Limits().read, options.timeout), deadline=options.timeout)
    http = HttpTransport(trust_env=options.use_env_proxy, limits=limits)
    shared = _OneAtATime(http)
    try:
        first = None if reader is None else _client(reader, shared, None, api_version, options)
        return _client(own, shared, first, api_version, options), http
    except Misuse as error:
        raise ApiVersionError(*error.findings) from None


def read_credentials(source: object, allowed_origins: Collection[str]) -> Credentials:
    """Return the credentials in a file, a JSON text or a mapping; raises AccessDenied."""
    if isinstance(source, Mapping):
        text = json.dumps(dict(source))
    elif isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("{"):
        text = source.strip()
    elif isinstance(source, str | os.PathLike):
        return _read(Path(source), allowed_origins)
    else:
        rule = "credentials are a path, JSON text or a mapping"
        raise invalid("LIB-VALUE", f"credentials: a {type(source).__name__}", rule)
    return parse_credentials(text, _LABEL, allowed_origins=allowed_origins)


def _read(path: Path, allowed_origins: Collection[str]) -> Credentials:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            reason = "there is no such file" if not path.exists() else "it is no credentials file"
        else:
            text = path.read_text("utf-8", errors="replace")
            return parse_credentials(text, path.name, allowed_origins=allowed_origins)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise AccessDenied.of(
        "CRD-FILE",
        f"the credentials file {path} cannot be read: {reason}",
        hint="Download credentials from Clarify's admin panel.",
    )


def _client(
    credentials: Credentials,
    transport: Transport,
    admin: Client | None,
    api_version: str,
    options: Options,
) -> Client:
    return Client(
        credentials,
        transport,
        clock=SystemClock(),
        rng=system_rng(),
        redactor=Redactor(),
        admin=admin,
        api_version=api_version,
        rates=Rates(options.selects_per_second, options.writes_per_second),
    )


def _check(options: Options) -> None:
    if not options.timeout > 0:
        raise invalid("LIB-VALUE", f"timeout: {options.timeout}", "it is above zero, in seconds")
    for name in ("selects_per_second", "writes_per_second"):
        if not getattr(options, name) >= 0:
            raise invalid("LIB-VALUE", f"{name}: {getattr(options, name)}", "0 is unpaced")


class _OneAtATime:
    """A transport for several threads: a deadline that passes closes every connection."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()

    def send(self, request: Request) -> Observation:
        with self._lock:
            return self._transport.send(request)
