"""What each credential of an environment can do, found out by reads alone.

A credential that is missing or refused is a finding, and the others are checked all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from syncer.cli.keyring import COMMON, Key, Keyring
from syncer.diagnostics import Diagnostic, Severity
from syncer.errors import AccessDenied, SyncerError
from syncer.manifest.project import Environment
from syncer.providers.clarify.client import Client
from syncer.providers.clarify.listing import Selecting
from syncer.views.checkups import NAMESPACES, Checked, Grant, State

ADMIN: Final = "admin"
_NO_NAMESPACE: Final = "CRD-NAMESPACE"
_ONE: Final = Selecting(None, 1)  # its total is what counts

# How grave it is for a plan that a namespace is missing, or ("") that a call fails.
Gravity: TypeAlias = Mapping[str, Severity | None]
ERRORS: Final[Gravity] = dict.fromkeys(("", "admin", "clarify"), Severity.ERROR)
_READS: Final[Mapping[bool, Gravity]] = {
    True: ERRORS,
    False: {**ERRORS, "clarify": Severity.WARNING},  # no item is declared
}
_WRITES: Final[Gravity] = {"": Severity.WARNING, "admin": None, "clarify": None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A credential that something needs: what, from which variable, of which integration."""

    serves: str
    variable: str
    key: Key | None
    expected: str = ""
    error: AccessDenied | None = None


def find_wanted(keyring: Keyring, environment: Environment) -> tuple[Wanted, ...]:
    """Return the credentials of admin, and of each integration, whether they are there or not."""
    named = environment.admin_credentials_env
    admin = _look(lambda: keyring.admin(environment), ADMIN, named or COMMON)
    own = (_own(keyring, environment, alias) for alias in environment.integrations)
    # Where nothing names admin's credentials, an integration's own read for it.
    return (*([admin] if named or admin.key or admin.error else []), *own)


def check_all(
    wanted: Iterable[Wanted],
    open_client: Callable[[Key], Client],
    integrations: Mapping[str, str],
    *,
    needs_items: bool,
) -> tuple[Checked, ...]:
    """Return what each credential can do; one that serves several needs is checked once."""
    wanted = tuple(wanted)
    by_variable: dict[str, list[Wanted]] = {}
    for each in wanted:
        by_variable.setdefault(each.variable, []).append(each)
    has_admin = any(each.serves == ADMIN and each.key for each in wanted)
    checked = []
    for together in by_variable.values():
        reads = not has_admin or any(each.serves == ADMIN for each in together)
        key = next((each.key for each in together if each.key), None)
        if key is None:
            checked.append(_without(together, reads=reads))
            continue
        gravity = _READS[needs_items] if reads else _WRITES
        probed = probe(open_client(key), integrations, _found(together, key), gravity)
        others = tuple(_differs(each) for each in together if _is_other(each))
        checked.append(replace(probed, findings=(*others, *probed.findings)))
    return tuple(checked)


def probe(
    client: Client, integrations: Mapping[str, str], found: Checked, gravity: Gravity
) -> Checked:
    """Return what the client's credentials see and may; nothing is written."""
    grants = dict.fromkeys(NAMESPACES, Grant.UNKNOWN) | {"integration": Grant.NOT_PROBED}
    signals: dict[str, int] = {}
    findings: list[Diagnostic] = []
    state, items = State.UNCHECKED, None
    for namespace, alias, count in _counts(client, integrations):
        if grants[namespace] is Grant.NO:
            continue
        try:
            number = count()
        except SyncerError as error:
            code = error.findings[0].code
            grave = gravity[namespace if code == _NO_NAMESPACE else ""]
            told = (replace(f, severity=grave) for f in error.findings if grave is not None)
            findings += [finding for finding in told if finding not in findings]
            if code == _NO_NAMESPACE:
                grants[namespace], state = Grant.NO, State.ACCEPTED
            elif isinstance(error, AccessDenied):
                state = State.REFUSED
                break
            elif code.startswith("NET-"):
                break
            continue
        grants[namespace], state = Grant.YES, State.ACCEPTED
        if alias:
            signals[alias] = number
        else:
            items = number
    return replace(
        found, state=state, grants=grants, signals=signals, items=items, findings=tuple(findings)
    )


def _counts(
    client: Client, integrations: Mapping[str, str]
) -> Iterator[tuple[str, str, Callable[[], int]]]:
    for alias, remote in integrations.items():
        yield "admin", alias, partial(_count_signals, client, remote)
    yield "clarify", "", partial(_count_items, client)


def _count_signals(client: Client, integration: str) -> int:
    return client.list_signals(integration, _ONE).total


def _count_items(client: Client) -> int:
    return client.list_items(_ONE).total


def _found(together: Sequence[Wanted], key: Key) -> Checked:
    held = key.credentials
    return Checked(
        key.label,
        tuple(each.serves for each in together),
        State.UNCHECKED,
        held.kind.value,
        held.origin,
        held.integration,
        tuple(dict.fromkeys(each.expected for each in together if each.expected)),
    )


def _without(together: Sequence[Wanted], *, reads: bool) -> Checked:
    """Return what is known of credentials that are not there, or that cannot be used."""
    first = together[0]
    state = State.UNUSABLE if first.error else State.MISSING
    findings = first.error.findings if first.error else (_missing(together, reads=reads),)
    serves = tuple(each.serves for each in together)
    return Checked(first.variable, serves, state, findings=findings)


def _own(keyring: Keyring, environment: Environment, alias: str) -> Wanted:
    integration = environment.integrations[alias]
    variable = integration.credentials_env or COMMON

    def look() -> Key | None:
        # Another integration's credentials are looked at too, so not by `keyring.own` alone.
        named = integration.credentials_env
        return (keyring.named(named) if named else None) or keyring.own(environment, alias)

    return replace(_look(look, alias, variable), expected=integration.id)


def _look(look: Callable[[], Key | None], serves: str, variable: str) -> Wanted:
    try:
        key = look()
    except AccessDenied as error:
        return Wanted(serves, variable, None, error=error)
    return Wanted(serves, key.label if key else variable, key)


def _is_other(wanted: Wanted) -> bool:
    key = wanted.key
    return key is not None and wanted.expected not in ("", key.credentials.integration)


def _differs(wanted: Wanted) -> Diagnostic:
    held = wanted.key.credentials.integration if wanted.key else ""
    return Diagnostic(
        "CRD-INTEGRATION",
        f"{wanted.variable} holds credentials of integration {held}, "
        f"and {wanted.serves} is {wanted.expected}",
        hint=f"put the credentials of {wanted.expected} into {wanted.variable}",
    )


def _missing(together: Sequence[Wanted], *, reads: bool) -> Diagnostic:
    first = together[0]
    served = ", ".join(each.serves for each in together)
    what = f"{first.variable} is not set"
    if first.variable == COMMON:
        what += f", or holds credentials of another integration than {served}"
    grave = Severity.WARNING
    if first.serves == ADMIN:
        needed = "each integration is read with its own credentials instead"
    elif reads:
        needed, grave = "nothing can be read without it", Severity.ERROR
    else:
        needed = f"plan works without it, and apply cannot save the signals of {served}"
    hint = "put Clarify's JSON credentials, or the path of the file, into the variable"
    return Diagnostic("CRD-MISSING", f"{what}: {needed}", hint=hint, severity=grave)
