"""Credentials files, as the service's admin panel would give them out.

In: an integration and the API's URL. Out: the two documents of docs.clarify.io/reference/auth,
and files of them that only their owner can read.
"""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from syncer.emulator.jsontext import write_json
from syncer.emulator.records import Integration

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,200}")


def make_credentials(integration: Integration, api_url: str) -> Mapping[str, Mapping[str, object]]:
    """Return the documents by type: client-credentials and basic-auth; the URL ends in `/`."""
    pairs = {
        "client-credentials": (integration.client_id, integration.client_secret),
        "basic-auth": (integration.id, integration.password),
    }
    return {
        kind: {
            "name": integration.name,
            "apiUrl": api_url,
            "integration": integration.id,
            "credentials": {"type": kind, "clientId": client_id, "clientSecret": secret},
        }
        for kind, (client_id, secret) in pairs.items()
    }


def write_credentials(directory: Path, integration: Integration, api_url: str) -> tuple[Path, ...]:
    """Write `<name>.<type>.json` files of mode 0600, and return their paths.

    Raises ValueError when the integration's name cannot name a file.
    """
    if not _FILE_NAME.fullmatch(integration.name):
        raise ValueError(f"{integration.name!r} cannot name a file")
    documents = make_credentials(integration, api_url)
    paths = {kind: directory / f"{integration.name}.{kind}.json" for kind in documents}
    for kind, path in paths.items():
        _replace(path, write_json(documents[kind]).encode() + b"\n")
    return tuple(paths.values())


def _replace(path: Path, data: bytes) -> None:
    # A new file under a fresh name, then renamed: a link in its place is replaced, not followed.
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(fresh, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
