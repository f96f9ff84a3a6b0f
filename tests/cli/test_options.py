"""Options before and after the command, and their variables."""

from tests.cli.conftest import Here
from tests.e2e.conftest import Site


def test_the_option_after_the_command_wins(local: Here) -> None:
    assert local.run("-o", "json", "plan", "-o", "text").out.startswith("Environment local")


def test_global_options_have_variables(local: Here) -> None:
    elsewhere = Here(local.path.parent, {"SYNCER_CHDIR": str(local.path)}, local.call)

    assert elsewhere.run("plan", SYNCER_FORMAT="json").out.startswith("{")
    assert elsewhere.run("plan", SYNCER_ENV="nowhere").code == 64
    assert "\x1b[" in elsewhere.run("plan", SYNCER_COLOR="always").out
    assert elsewhere.run("select", "signals", SYNCER_QUIET="1").err == ""


def test_a_commands_own_options_have_variables(local: Here) -> None:
    assert local.run("plan", SYNCER_PLAN_DETAILED_EXITCODE="1").code == 2
    assert "1 to create" in local.run("plan", SYNCER_PLAN_TARGET="signals/pier/status").out
    assert local.run("plan", SYNCER_PLAN_FILTER="nothing").code == 64


def test_a_version_pinned_in_the_environment_is_no_wish_to_see_it(local: Here) -> None:
    for pinned in ("1", "0.1.0"):
        assert local.run("plan", SYNCER_VERSION=pinned).out.startswith("Environment local")


def test_an_option_wins_over_its_variable(local: Here) -> None:
    assert local.run("plan", "-o", "text", SYNCER_FORMAT="json").out.startswith("Environment")


def test_overrides_of_guards_have_no_variables(remote: Here, site: Site) -> None:
    remote.edit(
        "stand", "signals:", "defaults: {signals: {lifecycle: {protected: true}}}\nsignals:"
    )
    names = ("ALLOW_CREATES", "ALLOW_EMPTY", "ALLOW_PROTECTED", "TAKE_OWNERSHIP")
    values = {"ALLOW_CREATES": "9", "ALLOW_EMPTY": "1"}
    variables = {
        f"SYNCER{command}_{name}": values.get(name, "*")
        for name in names
        for command in ("", "_PLAN", "_APPLY")
    }

    assert remote.run("plan", **variables).code == 5
    assert remote.run("apply", "--auto-approve", **variables).code == 5
    assert remote.run("plan", "--allow-protected", "*").code == 0


def test_quiet_leaves_results_and_failures(local: Here) -> None:
    assert local.run("plan", "-q").out.startswith("Environment local")
    assert local.run("apply", "-q").err.startswith("error[APP-NOT-APPROVED]")


def test_verbose_lists_what_is_folded(local: Here) -> None:
    local.write(many="signals:\n" + "".join(f"  s{n}: {{name: s{n}}}\n" for n in range(20)))

    assert "... and 13 more (-v lists them)" in local.run("plan").out
    assert "signals/pier/s19" in local.run("plan", "-v").out
