"""Which credentials an environment's integrations use, from the operator's environment.

A variable holds Clarify's JSON credentials or the path of a file with them. `CLARIFY_CREDENTIALS`,
or the pair `CLARIFY_USERNAME` and `CLARIFY_PASSWORD`, serves the integration whose ID it carries.
"""

import os
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import AccessDenied
from syncer.manifest.project import Environment
from syncer.transport.credentials import Credentials, parse_credentials, password_credentials

COMMON: Final = "CLARIFY_CREDENTIALS"
_USERNAME: Final = "CLARIFY_USERNAME"
_PASSWORD: Final = "CLARIFY_PASSWORD"  # noqa: S105 - the name of a variable
_MAX_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """Credentials, and the variable that they came from."""

    label: str
    credentials: Credentials


class Keyring:
    """Finds credentials by variable; the same variable is read once."""

    def __init__(
        self,
        variables: Mapping[str, str],
        allowed_origins: Collection[str],
        warn: Callable[[Diagnostic], None],
    ) -> None:
        self._variables = variables
        self._allowed = allowed_origins
        self._warn = warn
        self._found: dict[str, Key] = {}

    def named(self, variable: str) -> Key | None:
        """Return the credentials in the variable; None when it is not set."""
        if variable not in self._found and self._variables.get(variable):
            text = self._variables[variable].strip()
            content = text if text.startswith("{") else self._read(Path(text), variable)
            found = parse_credentials(content, variable, allowed_origins=self._allowed)
            self._found[variable] = Key(variable, found)
        return self._found.get(variable)

    def common(self) -> Key | None:
        """Return the credentials that no environment needs to name, where there are any."""
        found = self.named(COMMON)
        username, password = (self._variables.get(name, "") for name in (_USERNAME, _PASSWORD))
        if found is not None or not (username and password):
            return found
        pair = password_credentials(username, password, _PASSWORD, allowed_origins=self._allowed)
        return Key(_PASSWORD, pair)

    def own(self, environment: Environment, alias: str) -> Key | None:
        """Return the integration's own credentials; raises AccessDenied for another's."""
        integration = environment.integrations[alias]
        named = integration.credentials_env
        found = self.named(named) if named else None
        if found is not None:
            _check_integration(found, alias, integration.id)
            return found
        common = self.common()
        return common if common and common.credentials.integration == integration.id else None

    def admin(self, environment: Environment) -> Key | None:
        """Return the credentials that read for all integrations, where there are any."""
        named = environment.admin_credentials_env
        return self.named(named) if named else self.common()

    def _read(self, path: Path, variable: str) -> str:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = stream.read(_MAX_BYTES + 1) if stat.S_ISREG(mode) else b""
        except OSError as error:
            raise AccessDenied.of(
                "CRD-FILE",
                f"the file that {variable} names cannot be read: {error.strerror}",
                rule="the variable holds JSON credentials, or the path of a file with them",
            ) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            said = f"others can read the file that {variable} names (chmod 600)"
            self._warn(Diagnostic("CRD-MODE", said, severity=Severity.WARNING))
        return data.decode("utf-8", errors="replace")


def _check_integration(key: Key, alias: str, integration: str) -> None:
    if key.credentials.integration != integration:
        raise AccessDenied.of(
            "CRD-INTEGRATION",
            f"{key.label} holds credentials of integration {key.credentials.integration}, "
            f"and {alias} is {integration}",
            rule="a save reaches only the integration's own signals",
            hint=f"put the credentials of {integration} into {key.label}",
        )
