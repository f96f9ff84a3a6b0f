"""From the name of an environment to a session that talks to it."""

import math
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import partial
from typing import Final

from syncer.cli.app import App
from syncer.cli.keyring import COMMON, Key, Keyring
from syncer.cli.local import LOCAL, open_local, open_local_clients
from syncer.cli.states import open_memory
from syncer.diagnostics import Diagnostic
from syncer.engine.workflow import Session
from syncer.errors import AccessDenied, Misuse
from syncer.manifest.project import Environment, Project
from syncer.plan.changes import Target
from syncer.plan.guards import Limits
from syncer.providers.clarify.client import Client, Rates
from syncer.providers.clarify.provider import Clarify
from syncer.transport.credentials import is_origin
from syncer.transport.messages import Transport
from syncer.views.findings import one_line

# Seconds that plan and apply may spend on calls; reading and inserting values may take days.
_DEADLINE: Final = 900.0


@dataclass(frozen=True, slots=True)
class Connection:
    """An environment, and a client for each integration that was asked for, by alias."""

    target: Target
    clients: Mapping[str, Client]

    @property
    def client(self) -> Client:
        """The client for what is the organisation's: items and their data."""
        return next(iter(self.clients.values()))


def environment_name(project: Project, asked: str | None) -> str:
    """Return which environment a command talks to; raises Misuse when that is not clear."""
    configured = project.environments
    if asked is None:
        return _default_name(project)
    if asked == LOCAL or asked in configured:
        return asked
    near = get_close_matches(asked, [LOCAL, *configured], 1)
    raise Misuse.of(
        "CLI-ENV",
        f"the project has no environment {asked!r}",
        rule=f"there are: {', '.join([LOCAL, *sorted(configured)])}",
        hint=f"did you mean {near[0]!r}?" if near else "",
    )


@contextmanager
def open_session(app: App, project: Project, name: str) -> Iterator[Session]:
    """Yield a session with the environment; raises AccessDenied when nothing could be read."""
    if name == LOCAL:
        with open_local(app, project) as session:
            yield session
        return
    from syncer.transport.http import HttpTransport  # httpx takes 0.1 s to import

    with HttpTransport(trust_env=bool(os.environ.get("SYNCER_USE_ENV_PROXY"))) as transport:
        yield _remote(app, project, name, transport)


@contextmanager
def open_writer(app: App, project: Project, name: str, alias: str) -> Iterator[Connection]:
    """Yield what inserts into an integration; only its own credentials are needed."""
    if name == LOCAL:
        with open_local_clients(app, project) as (target, clients):
            yield Connection(target, {alias: clients[alias]})
        return
    environment = project.environments[name]
    key = open_keyring(app).own(environment, alias)
    if key is None:
        wanted = environment.integrations[alias].credentials_env
        names = " or ".join(dict.fromkeys(each for each in (wanted, COMMON) if each))
        raise AccessDenied.of(
            "CRD-MISSING",
            f"environment {name} cannot write to {alias}: {names} is not set",
            rule="only an integration's own credentials insert into its signals",
            hint="put Clarify's JSON credentials, or the path of the file, into the variable",
        )
    with _connected(app, environment, {alias: key}) as connection:
        yield connection


@contextmanager
def open_reader(app: App, project: Project, name: str) -> Iterator[Connection]:
    """Yield what reads every integration, and items; raises AccessDenied as a session does."""
    if name == LOCAL:
        with open_local_clients(app, project) as (target, clients):
            yield Connection(target, clients)
        return
    environment = project.environments[name]
    with _connected(app, environment, _reading_keys(open_keyring(app), environment)) as connection:
        yield connection


@contextmanager
def open_clients(app: App, api_version: str, seconds: float) -> Iterator[Callable[[Key], Client]]:
    """Yield what makes a client of credentials; each may spend so many seconds on its calls."""
    from syncer.transport.http import HttpTransport  # httpx takes 0.1 s to import

    with HttpTransport(trust_env=bool(os.environ.get("SYNCER_USE_ENV_PROXY"))) as transport:
        yield _Clients(app, api_version, transport, _deadline(os.environ, seconds)).reader


def announce(app: App, session: Session | Connection) -> None:
    """Say on stderr which environment is talked to, where stdout does not begin with it."""
    target = session.target
    app.output.say(f"Environment {target.environment} at {target.origin}")


def _default_name(project: Project) -> str:
    configured = project.environments
    if len(configured) < 2:
        return next(iter(configured), LOCAL)
    if project.default_environment:
        return project.default_environment
    raise Misuse.of(
        "CLI-ENV",
        f"the project has several environments: {', '.join(sorted(configured))}",
        rule="none of them is the default",
        hint="name one: --env NAME, SYNCER_ENV, or `default_environment` in syncer.yaml",
    )


def open_keyring(app: App, warn: Callable[[Diagnostic], None] | None = None) -> Keyring:
    """Return what finds credentials; raises Misuse for an allowed origin that is none."""
    for origin in app.settings.allow_origin:
        if not is_origin(origin):
            raise Misuse.of(
                "CLI-ORIGIN",
                f"--allow-origin (SYNCER_ALLOW_ORIGINS) {origin!r} is not a URL",
                hint="for example: --allow-origin https://clarify.example.com",
            )
    said = warn or (lambda finding: app.output.say(one_line(finding)))
    return Keyring(os.environ, app.settings.allow_origin, said)


def _reading_keys(keyring: Keyring, environment: Environment) -> dict[str, Key]:
    """Return what reads each integration: admin's credentials, or its own."""
    admin = keyring.admin(environment)
    readers = {
        alias: admin or keyring.own(environment, alias) for alias in environment.integrations
    }
    found = {alias: key for alias, key in readers.items() if key is not None}
    _check_readers(environment, found)
    return found


@contextmanager
def _connected(app: App, environment: Environment, keys: Mapping[str, Key]) -> Iterator[Connection]:
    from syncer.transport.http import HttpTransport  # httpx takes 0.1 s to import

    ids = {alias: integration.id for alias, integration in environment.integrations.items()}
    target = Target(environment.name, one_origin(set(keys.values())), ids)
    with HttpTransport(trust_env=bool(os.environ.get("SYNCER_USE_ENV_PROXY"))) as transport:
        clients = _Clients(app, environment.api_version, transport, _deadline(os.environ, math.inf))
        yield Connection(target, {alias: clients.reader(key) for alias, key in keys.items()})


def _remote(app: App, project: Project, name: str, transport: Transport) -> Session:
    environment = project.environments[name]
    keyring = open_keyring(app)
    admin = keyring.admin(environment)
    writers = {
        alias: key
        for alias in environment.integrations
        if (key := keyring.own(environment, alias)) is not None
    }
    readers = {alias: admin or writers.get(alias) for alias in environment.integrations}
    found = {alias: key for alias, key in readers.items() if key is not None}
    _check_readers(environment, found)
    origin = one_origin({*found.values(), *writers.values()})
    clients = _Clients(app, environment.api_version, transport, _deadline(os.environ, _DEADLINE))
    ids = {alias: integration.id for alias, integration in environment.integrations.items()}
    return Session(
        target=Target(name, origin, ids),
        reconciler=Clarify(
            ids,
            {alias: clients.reader(key) for alias, key in found.items()},
            {alias: clients.writer(key, found[alias]) for alias, key in writers.items()},
            {alias: i.credentials_env or COMMON for alias, i in environment.integrations.items()},
        ),
        memory=open_memory(app),
        limits=Limits(
            **asdict(environment.guards),
            is_remote=not any(key.credentials.is_loopback for key in found.values()),
        ),
        excludes=environment.exclude,
    )


class _Clients:
    """One client for each credential, so that tokens and pace are shared."""

    def __init__(self, app: App, api_version: str, transport: Transport, seconds: float) -> None:
        self._app = app
        self._api_version = api_version
        self._transport = transport
        self._readers: dict[Key, Client] = {}
        self._deadline = app.clock.monotonic() + seconds

    def reader(self, key: Key) -> Client:
        if key not in self._readers:
            self._readers[key] = self._client(key, None)
        return self._readers[key]

    def writer(self, key: Key, reader: Key) -> Client:
        return self.reader(key) if key == reader else self._client(key, self.reader(reader))

    def _client(self, key: Key, admin: Client | None) -> Client:
        return Client(
            key.credentials,
            self._transport,
            clock=self._app.clock,
            rng=self._app.rng,
            redactor=self._app.redactor,
            admin=admin,
            api_version=self._api_version,
            rates=_rates(os.environ),
            label=key.label,
            deadline=self._deadline,
            tell=partial(self._say, key),
        )

    def _say(self, key: Key, text: str) -> None:
        self._app.output.say(f"Waiting for {key.credentials.origin}: {text}")


def _check_readers(environment: Environment, readers: Mapping[str, Key]) -> None:
    """Raise AccessDenied for an integration that no credential can read."""
    for alias, integration in environment.integrations.items():
        if alias not in readers:
            variables = (environment.admin_credentials_env, integration.credentials_env, COMMON)
            names = " or ".join(dict.fromkeys(name for name in variables if name))
            raise AccessDenied.of(
                "CRD-MISSING",
                f"environment {environment.name} cannot read {alias}: {names} is not set",
                rule="reading needs the credentials of an integration with the admin and clarify "
                "namespaces",
                hint="put Clarify's JSON credentials, or the path of the file, into the variable",
            )


def one_origin(keys: Collection[Key]) -> str:
    """Return the one origin of all credentials; raises AccessDenied when they differ."""
    origins = {key.credentials.origin: key.label for key in keys}
    if len(origins) == 1:
        return next(iter(origins))
    told = ", ".join(f"{label} {origin}" for origin, label in sorted(origins.items()))
    raise AccessDenied.of(
        "CRD-ORIGINS",
        f"the credentials belong to different servers: {told}",
        rule="one environment is one server",
    )


def _rates(variables: Mapping[str, str]) -> Rates:
    selects, writes = (
        _rate(variables, name) for name in ("SYNCER_SELECTS_PER_SECOND", "SYNCER_WRITES_PER_SECOND")
    )
    default = Rates()
    return Rates(
        default.selects if selects is None else selects,
        default.writes if writes is None else writes,
    )


def _deadline(variables: Mapping[str, str], default: float) -> float:
    """Return the seconds that a run may spend on calls; raises Misuse."""
    text = variables.get("SYNCER_DEADLINE")
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = math.nan
    if not seconds > 0:
        raise Misuse.of("CLI-DEADLINE", "SYNCER_DEADLINE is not a number of seconds above zero")
    return seconds


def _rate(variables: Mapping[str, str], name: str) -> float | None:
    text = variables.get(name)
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise Misuse.of("CLI-RATE", f"{name} is not a number from 0", hint="0 is unpaced")
    return rate
