"""`local`, the embedded Clarify in a file of the project."""

from tests.cli.conftest import Here
from tests.e2e.conftest import STAND


def test_it_needs_no_create_guard(local: Here) -> None:
    local.write(stand="signals:\n" + "".join(f"  s{n}: {{name: s{n}}}\n" for n in range(150)))

    assert local.run("apply", "--auto-approve").out.endswith("150 created; verified 150/150.\n")


def test_it_may_be_lost(applied: Here) -> None:
    (applied.path / ".syncer/local.db").unlink()

    assert "3 to create" in applied.run("plan").out


def test_the_same_project_gets_the_same_ids(local: Here) -> None:
    first = local.run("plan", "-o", "json").out
    (local.path / ".syncer/local.db").unlink()

    assert local.run("plan", "-o", "json").out == first


def test_a_field_that_is_dropped_keeps_its_value(applied: Here) -> None:
    applied.edit("stand", "name: Amount, engUnit: USD", "name: Amount")

    assert applied.run("plan", "--detailed-exitcode").code == 0
    assert '"USD"' in applied.run("select", "signals").out


def test_a_resource_that_is_dropped_is_left_alone(applied: Here) -> None:
    applied.write(stand=STAND.partition("items:")[0])

    assert applied.run("plan", "--detailed-exitcode").code == 0
    assert "1 row" in applied.run("select", "items").out
