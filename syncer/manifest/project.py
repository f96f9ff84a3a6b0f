"""The project file, syncer.yaml: its sections as pydantic judges them, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Final, Literal, Required, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from syncer.manifest.formats import Alias, Rule

PROJECT_FILE: Final = "syncer.yaml"
LOCAL: Final = "local"  # the built-in environment
DEFAULT_MANIFESTS: Final = ("manifests/**/*.yaml",)
DEFAULT_API_VERSION: Final = "1.1"

_STRICT = ConfigDict(strict=True, extra="forbid")
SECRET: Final = "MAN-SECRET"  # noqa: S105 - a code, not a secret; values it is found at are never shown

Variable: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]{0,127}$"),
    Rule(
        SECRET,
        "credentials_env is the name of an environment variable, in capitals: CLARIFY_ADMIN",
        "credentials never stand in Git: put them into a variable and write its name here;"
        " if this was a secret, revoke it",
    ),
]
IntegrationId: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-v0-9]{20}$"),
    Rule(
        "MAN-ID",
        "an integration's ID is 20 of the characters a-v and 0-9",
        "copy it from the integration's page in Clarify's admin panel",
    ),
]
ProjectName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"),
    Rule("MAN-ID", "a project's name is 1 to 63 of the characters a-z A-Z 0-9 . _ -"),
]
EnvironmentName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$"),
    Rule("MAN-ID", "an environment's name begins with a letter, then has a-z 0-9 _ and -"),
]
Count: TypeAlias = Annotated[
    int, Field(ge=0), Rule("MAN-VALUE", "a guard is a whole number from 0")
]
Percent: TypeAlias = Annotated[
    int, Field(ge=0, le=100), Rule("MAN-VALUE", "a percentage is a whole number from 0 to 100")
]
AddressGlob: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=512),
    Rule("MAN-LENGTH", "an address pattern has 1 to 512 characters"),
]


@with_config(_STRICT)
class GuardsSection(TypedDict, total=False):
    """What refuses a plan until the operator allows it."""

    max_creates: Count
    """The most resources of a kind that one apply may create in an integration."""

    max_update_percent: Percent
    """The largest share of the managed resources that one apply may update."""

    max_reverts: Count
    """The most values changed outside that one apply may set back."""

    max_retires: Count
    """The most items that one apply may hide."""


@with_config(_STRICT)
class IntegrationSection(TypedDict, total=False):
    """An integration in one environment."""

    id: Required[IntegrationId]
    """The integration's ID, 20 characters."""

    credentials_env: Variable
    """The environment variable that holds the integration's credentials, or their path."""


@with_config(_STRICT)
class AdminSection(TypedDict, total=False):
    """The credentials that read and publish."""

    credentials_env: Required[Variable]
    """The environment variable that holds the credentials, or their path."""


@with_config(_STRICT)
class EnvironmentSection(TypedDict, total=False):
    """One target."""

    integrations: Required[dict[Alias, IntegrationSection]]
    """The integrations' IDs and credentials by alias."""

    admin: AdminSection
    """The credentials that read and publish; else each integration's own."""

    guards: GuardsSection
    """Guards of this environment; the project's where they are silent."""

    exclude: list[AddressGlob]
    """Address patterns that are left out in this environment."""

    api_version: Literal["1.1beta2", "1.1", "1.2alpha1", "1.2beta1", "1.2"]
    """The API's version, 1.1 unless said, in quotes."""


@with_config(_STRICT)
class ProjectSection(TypedDict, total=False):
    """The project file of syncer."""

    schema_: Annotated[object, Field(alias="$schema")]
    """The JSON Schema for editors; ignored."""

    version: Required[Literal[1]]
    """The version of the file's format."""

    project: Required[ProjectName]
    """The project's name: the ownership marker of the resources it writes."""

    manifests: Annotated[
        list[str], Field(min_length=1), Rule("MAN-VALUE", "a project has at least one pattern")
    ]
    """Patterns of manifest files inside this folder."""

    integrations: Required[
        Annotated[
            list[Alias],
            Field(min_length=1),
            Rule("MAN-VALUE", "a project has at least one integration"),
        ]
    ]
    """The aliases of integrations, as manifests and addresses use them."""

    environments: dict[EnvironmentName, EnvironmentSection]
    """The targets by name; `local` is built in."""

    default_environment: str
    """The environment that is used when none is named."""

    guards: GuardsSection
    """What refuses a plan, in every environment."""

    policies: list[str]
    """Patterns of JSON Schema files that every declared resource must satisfy."""


@cache
def project_adapter() -> TypeAdapter[ProjectSection]:
    """Return the judge of project files."""
    return TypeAdapter(ProjectSection)


@dataclass(frozen=True, slots=True)
class Guards:
    """What refuses a plan; the values are the defaults."""

    max_creates: int = 100
    max_update_percent: int = 30
    max_reverts: int = 20
    max_retires: int = 0


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration in one environment; the variable is empty when none is named."""

    id: str
    credentials_env: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """A configured target; its guards are the project's with its own over them."""

    name: str
    integrations: Mapping[str, Integration]
    admin_credentials_env: str = ""
    guards: Guards = Guards()
    exclude: tuple[str, ...] = ()
    api_version: str = DEFAULT_API_VERSION


@dataclass(frozen=True, slots=True)
class Project:
    """What syncer.yaml says."""

    name: str
    integrations: tuple[str, ...]
    environments: Mapping[str, Environment] = field(default_factory=dict)
    default_environment: str = ""
    guards: Guards = Guards()
    manifests: tuple[str, ...] = DEFAULT_MANIFESTS
    policies: tuple[str, ...] = ()


def build_project(section: ProjectSection) -> Project:
    """Return the project that a judged file describes."""
    guards = replace(Guards(), **section.get("guards", {}))
    return Project(
        name=section["project"],
        integrations=tuple(section["integrations"]),
        environments={
            name: _environment(name, environment, guards)
            for name, environment in section.get("environments", {}).items()
        },
        default_environment=section.get("default_environment", ""),
        guards=guards,
        manifests=tuple(section.get("manifests", DEFAULT_MANIFESTS)),
        policies=tuple(section.get("policies", ())),
    )


def _environment(name: str, section: EnvironmentSection, guards: Guards) -> Environment:
    return Environment(
        name=name,
        integrations={
            alias: Integration(integration["id"], integration.get("credentials_env", ""))
            for alias, integration in section["integrations"].items()
        },
        admin_credentials_env=section.get("admin", {}).get("credentials_env", ""),
        guards=replace(guards, **section.get("guards", {})),
        exclude=tuple(section.get("exclude", ())),
        api_version=section.get("api_version", DEFAULT_API_VERSION),
    )
