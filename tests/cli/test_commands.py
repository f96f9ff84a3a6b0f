"""The commands on their own: what they print, and that their help and names agree."""

import json
from pathlib import Path

import click
import pytest

from syncer.cli.main import COMMANDS, cli
from tests.cli.conftest import Here

CONTEXT = click.Context(cli)
APPROVING = {"auto_approve", "take_ownership", "overwrite"}


def command(name: str) -> click.Command:
    found = cli.get_command(CONTEXT, name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_their_help_says(name: str) -> None:
    help_text = command(name).help or ""

    assert COMMANDS[name][1] == help_text.splitlines()[0]
    assert command(name).name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    options = [param for param in command(name).params if isinstance(param, click.Option)]

    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_own_options_have_the_variable_of_their_name_and_overrides_have_none(name: str) -> None:
    found = command(name)
    own = [p for p in getattr(found, "own_params", ()) if isinstance(p, click.Option)]
    context = click.Context(found, parent=CONTEXT, info_name=name, auto_envvar_prefix=_prefix(name))

    for option in own:
        long = max(option.opts, key=len).removeprefix("--")
        expected = f"{_prefix(name)}_{long.replace('-', '_').upper()}"
        is_override = option.name in APPROVING or long.startswith("allow-")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(expected, "1")
            assert (option.resolve_envvar_value(context) is None) == is_override, long


def test_a_command_that_does_not_exist_is_none() -> None:
    assert cli.get_command(CONTEXT, "nothing") is None
    assert cli.list_commands(CONTEXT) == sorted(COMMANDS)


def test_validate_tells_every_error_with_its_place(local: Here) -> None:
    local.write(stand="signals:\n  amount: {nam: x}\n  status: {valueType: enm}\n")

    found = local.run("validate")

    assert found.code == 3
    assert "manifests/stand.yaml:2:12" in found.out
    assert "manifests/stand.yaml:3:23" in found.out
    assert found.out.endswith("2 errors.\n")


def test_validate_writes_json(local: Here) -> None:
    local.write(stand="signals:\n  amount: {nam: x}\n")

    (finding,) = json.loads(local.run("validate", "-o", "json").out)

    assert (finding["code"], finding["line"]) == ("MAN-UNKNOWN-FIELD", 2)


def test_paths_limit_what_validate_reports(local: Here) -> None:
    local.write(bad="signals: {b: {nam: x}}\n")

    assert local.run("validate").code == 3
    assert local.run("validate", "manifests/bad.yaml").code == 3
    assert local.run("validate", "manifests").code == 3
    assert local.run("validate", "manifests/stand.yaml").code == 0


def test_validate_counts_findings_beyond_a_hundred(local: Here) -> None:
    local.write(bad="signals:\n" + "".join(f"  s{n}: {{nam: x}}\n" for n in range(110)))

    assert "... and 10 more findings\n" in local.run("validate").out


def test_explain_knows_codes_fields_and_addresses(local: Here) -> None:
    assert local.run("explain", "crd-mode").out.startswith("CRD-MODE\n\nOther users")
    assert local.run("explain", "engUnit").out.startswith("engUnit\n\n")
    assert local.run("explain", "signals/pier/amount").out.splitlines()[:2] == [
        "signals/pier/amount  manifests/stand.yaml:2:3",
        '  name  "Amount"  manifests/stand.yaml:2:18',
    ]
    assert "  engUnit  follows its signal  " in local.run("explain", "items/pier/amount").out


def test_explain_suggests_what_was_meant(local: Here) -> None:
    assert "did you mean engUnit" in local.run("explain", "engUnits").err
    assert "did you mean signals/pier/amount?" in local.run("explain", "signals/pier/amunt").err


def test_select_takes_filters_by_name_and_as_json(applied: Here) -> None:
    applied.write(filters="filters: {money: {engUnit: USD}}\n")

    for chosen in ("money", '{"engUnit": "USD"}'):
        found = applied.run("select", "signals", "--filter", chosen)
        assert found.out.endswith('stand/amount  "Amount"  "USD"  {site: ["Pier"]}\n1 row\n') or (
            '"Amount"  "USD"' in found.out and found.out.endswith("1 row\n")
        )
    assert applied.run("select", "signals", "--limit", "1").out.endswith("1 row\n")
    assert applied.run("select", "signals", "--integration", "pier").out.endswith("2 rows\n")
    assert applied.run("select", "items", "--filter", "{}", "-o", "json").out.startswith("[")


def test_select_refuses_a_field_that_no_filter_has(applied: Here) -> None:
    found = applied.run("select", "signals", "--filter", '{"unit": "USD"}')

    assert found.code == 64
    assert "unit" in found.err


def test_the_schemas_are_printed_as_they_are_published(local: Here) -> None:
    folder = Path(__file__).parents[2] / "schemas"

    for path in folder.iterdir():
        name = path.name.partition(".")[0]
        assert local.run("schema", name).out == path.read_text(encoding="utf-8")


def _prefix(name: str) -> str:
    return f"SYNCER_{name.upper()}"
