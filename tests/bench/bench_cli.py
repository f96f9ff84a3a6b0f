"""How long the commands take, as whole processes beside others that do the like.

    python tests/bench/bench_cli.py [help] [validate] [plan]

Run by hand, from an environment with the `bench` extra; prints the ratios of this run.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.measuring import interleaved, report
from tests.bench.projects import write_project

SCRIPTS = Path(sysconfig.get_path("scripts"))
SYNCER = str(SCRIPTS / "syncer")
BARE_CLICK = """
import click
@click.group()
@click.option("--chdir")
def cli(): "A program of the same kind."
for name in ("apply", "demo", "emulator", "explain", "plan", "schema", "select", "show"):
    @cli.command(name)
    def command(): "A command."
cli()
"""


def bench_help(folder: Path) -> None:
    """`syncer --help` beside a click program that does nothing else."""
    (folder / "bare.py").write_text(BARE_CLICK, encoding="utf-8")
    commands = {
        "bare click --help": [sys.executable, "bare.py", "--help"],
        "syncer --help": [SYNCER, "--help"],
    }
    report("start-up", interleaved(commands, cwd=folder, runs=15))


def bench_validate(folder: Path) -> None:
    """`syncer validate` beside check-jsonschema, over 1 000 files of one signal."""
    write_project(folder / "files", 1000, per_file=1)
    files = sorted(map(str, (folder / "files" / "manifests").iterdir()))
    schema = Path(__file__).parents[2] / "schemas" / "manifest.v1.schema.json"
    checker = [str(SCRIPTS / "check-jsonschema"), "--schemafile", str(schema), *files]
    commands = {"check-jsonschema": checker, "syncer validate": [SYNCER, "validate"]}
    report("validate, 1 000 files", interleaved(commands, cwd=folder / "files"))


def bench_plan(folder: Path) -> None:
    """A plan without changes over 10 000 signals, beside terraform's or octoDNS's."""
    ours, theirs = folder / "ours", folder / "theirs"
    write_project(ours, 10_000, per_file=1000)
    apply = [SYNCER, "apply", "--auto-approve", "-q"]
    subprocess.run(apply, cwd=ours, check=True, stdout=subprocess.DEVNULL)
    plan = [SYNCER, "plan", "--detailed-exitcode"]
    measured = interleaved({"syncer plan": plan}, cwd=ours, runs=5)
    theirs.mkdir()
    name, command, runs = _rival(theirs)
    measured |= interleaved({name: command}, cwd=theirs, runs=runs)
    report("a plan without changes, 10 000 signals", measured)


def _rival(folder: Path) -> tuple[str, Sequence[str], int]:
    if shutil.which("terraform"):
        _write_terraform(folder, 10_000)
        subprocess.run(["terraform", "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return "terraform plan", ["terraform", "plan", "-no-color", "-lock=false"], 2
    _write_octodns(folder, 10_000)
    sync = str(SCRIPTS / "octodns-sync")
    return "octodns-sync", [sync, "--config-file", "config.yaml"], 3


def _write_terraform(folder: Path, count: int) -> None:
    """Write the same fields as resources, and a state of them: applying so many takes hours."""
    resources = []
    for start in range(0, count, 100):
        blocks = []
        for number in range(start, start + 100):
            fields = _fields(number)
            blocks.append(
                f'resource "terraform_data" "s{number}" {{\n  input = {_hcl(fields)}\n}}\n'
            )
            resources.append(_terraform_resource(number, fields))
        (folder / f"part{start}.tf").write_text("".join(blocks), encoding="utf-8")
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": str(uuid.UUID(int=1)),
        "outputs": {},
        "resources": resources,
        "check_results": None,
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")


def _fields(number: int) -> dict[str, object]:
    """Return what `projects` declares of a signal."""
    area = number % 50
    return {
        "name": f"Pump {number} discharge pressure",
        "description": f"Discharge pressure of pump {number}, measured at the flange of the outlet"
        " line.",
        "labels": {
            "site": ["Havnevik"],
            "area": [f"Area {area}"],
            "equipment": [f"Pump {number}"],
            "measurement": ["pressure"],
            "criticality": ["high"],
        },
        "annotations": {
            "acme/plc": f"plc-{area}",
            "acme/address": f"DB{area}.DBD{number}",
            "acme/loop": f"{number}",
        },
        "engUnit": "bar",
        "sourceType": "measurement",
        "valueType": "numeric",
        "sampleInterval": "PT10S",
        "gapDetection": "PT5M",
    }


def _hcl(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_hcl(item)}' for key, item in value.items()) + "}"
    return json.dumps(value)


def _hcl_type(value: object) -> object:
    if isinstance(value, dict):
        return ["object", {key: _hcl_type(item) for key, item in value.items()}]
    return ["tuple", ["string"]] if isinstance(value, list) else "string"


def _terraform_resource(number: int, fields: dict[str, object]) -> dict[str, object]:
    typed = {"value": fields, "type": _hcl_type(fields)}
    attributes = {
        "id": str(uuid.UUID(int=number)),
        "input": typed,
        "output": typed,
        "triggers_replace": None,
    }
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"s{number}",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": attributes}],
    }


def _write_octodns(folder: Path, count: int) -> None:
    """Write one zone that is source and target at once, so that nothing differs."""
    config = """\
providers:
  here: {class: octodns.provider.yaml.YamlProvider, directory: ./zones}
  there: {class: octodns.provider.yaml.YamlProvider, directory: ./zones}
zones:
  example.com.: {sources: [here], targets: [there]}
"""
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    (folder / "zones").mkdir()
    records = (f"s{number:05}:\n  type: TXT\n  value: {'v' * 250}\n" for number in range(count))
    (folder / "zones" / "example.com.yaml").write_text("---\n" + "".join(records), encoding="utf-8")


BENCHES = {"help": bench_help, "validate": bench_validate, "plan": bench_plan}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or BENCHES:
        with tempfile.TemporaryDirectory() as place:
            BENCHES[chosen](Path(place))
