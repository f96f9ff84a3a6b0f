"""The commands that move data, in this process."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from syncer.cli import sample_files
from syncer.emulator.credentials import write_credentials
from syncer.emulator.faults import Faults, Rule, Status, When
from syncer.emulator.injecting import FaultyService
from syncer.emulator.service import Service
from tests.cli.conftest import Here
from tests.e2e.conftest import PIER, YACHT, Site

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)  # noqa: TID251 - data of today
TIMES = [f"{NOW - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (3, 2, 1)]
WIDE = f"time,amount,status\n{TIMES[0]},1,0\n{TIMES[1]},2.5,1\n{TIMES[2]},4,\n"
TWO = f"""\
version: 1
project: stand
integrations: [pier, yacht]
environments:
  dev:
    integrations:
      pier: {{id: {PIER}, credentials_env: CLARIFY_PIER}}
      yacht: {{id: {YACHT}, credentials_env: CLARIFY_YACHT}}
"""


def write(here: Here, text: str = WIDE, name: str = "x.csv") -> None:
    (here.path / name).write_text(text, encoding="utf-8")


@pytest.fixture
def filled(applied: Here) -> Here:
    """A project that was applied, with values."""
    write(applied)
    assert applied.run("insert", "x.csv").code == 0
    return applied


# -- insert


def test_a_file_is_inserted_and_read_back(applied: Here) -> None:
    write(applied)

    found = applied.run("insert", "x.csv")

    assert (found.code, found.out) == (0, "Inserted 5 values of 2 signals in 1 request.\n")
    assert found.err == "Environment local at .syncer/local.db (embedded Clarify)\n"
    read = applied.run("frame", "--start", "-1d", "-o", "json")
    (values,) = json.loads(read.out)["series"].values()
    assert values == [1, 2.5, 4]
    assert json.loads(read.out)["times"] == TIMES
    assert list((applied.path / ".syncer/inserts").iterdir()) == []


def test_signals_that_were_missing_are_told(local: Here) -> None:
    write(local)

    found = json.loads(local.run("insert", "x.csv", "-o", "json").out)

    assert (found["accepted"], found["created"]) == (5, ["amount", "status"])


def test_a_dry_run_sends_nothing(local: Here) -> None:
    write(local)

    found = local.run("insert", "x.csv", "--dry-run")

    assert found.code == 0
    assert found.out.startswith("5 values of 2 signals, from ")
    assert found.out.endswith(" in 1 requests. Nothing was sent.\n")
    assert local.run("select", "signals").out == "0 rows\n"


def test_bad_input_is_told_at_once_and_nothing_is_sent(local: Here) -> None:
    write(local, f"time,amount,sta tus\n{TIMES[0]},x,1\nyesterday,2,1\n")

    found = local.run("insert", "x.csv")

    assert (found.code, found.out) == (3, "")
    for place in ("x.csv:1:13", "x.csv:2:22", "x.csv:3:1"):
        assert f"--> {place}" in found.err
    assert local.run("select", "signals").out == "0 rows\n"


def test_bytes_that_are_no_text_are_refused(local: Here) -> None:
    (local.path / "x.csv").write_bytes(b"time;Tr\xf8ndelag\n")

    found = local.run("insert", "x.csv")

    assert found.code == 3
    assert "error[DAT-ENCODING]" in found.err
    assert "x.csv:1:8" in found.err


def test_inputs_that_no_manifest_declares_need_a_flag(local: Here) -> None:
    write(local, f"time,amuont\n{TIMES[0]},1\n")

    refused = local.run("insert", "x.csv")
    allowed = local.run("insert", "x.csv", "--allow-undeclared")

    assert (refused.code, refused.out) == (5, "")
    assert 'no manifest declares "signals/pier/amuont"' in refused.err
    assert 'did you mean "amount"?' in refused.err
    assert "--allow-undeclared" in refused.err
    assert allowed.code == 0
    assert allowed.out.startswith("Created 1 signal: amuont\n")


def test_warnings_do_not_keep_from_inserting(applied: Here) -> None:
    write(applied, f"time,amount\n{TIMES[0]},1\n{TIMES[0]},2\n")

    found = applied.run("insert", "x.csv")

    assert found.code == 0
    assert "warning[DAT-DUPLICATE]" in found.err


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("time;amount\n2026-01-31 10:00;1,5\n", ("--timezone", "Europe/Oslo", "--decimal-comma")),
        ("wert,tag,wann\n1,amount,2026-01-31T09:00:00Z\n",
         ("--time-column", "wann", "--input-column", "tag", "--value-column", "wert")),
    ],
)  # fmt: skip
def test_tables_are_read_as_they_are_said_to_be(
    local: Here, text: str, arguments: tuple[str, ...]
) -> None:
    write(local, text)

    found = local.run("insert", "x.csv", "--dry-run", *arguments)

    assert "1 values of 1 signals, from 2026-01-31 09:00:00+00:00" in found.out


def test_standard_input_is_csv_or_json(local: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = json.dumps({"times": TIMES, "series": {"amount": [1, None, 2]}})
    for text, count in ((WIDE, 5), (frame, 2)):
        stream = SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stream)
        assert local.run("insert", "-", "--dry-run").out.startswith(f"{count} values")
    write(local, frame, "x.json")
    assert local.run("insert", "x.json", "--dry-run").out.startswith("2 values")


@pytest.mark.parametrize(
    "arguments",
    [
        ("insert",),
        ("insert", "nowhere.csv"),
        ("insert", "manifests"),
        ("insert", "x.csv", "--timezone", "Mars/Base"),
        ("insert", "x.csv", "--timezone", "../x"),
        ("insert", "x.csv", "--timezone", "Europe"),
        ("insert", "x.csv", "--integration", "yacht"),
        ("insert", "x.csv", "--layout", "tall"),
        ("insert", "x.csv", "--request-size", "1"),
        ("insert", "x.csv", "-o", "csv"),
        ("frame", "--start", "soon"),
        ("frame", "--start", "2026-01-31"),
        ("frame", "--start", "now", "--end", "-1d"),
        ("frame", "--limit", "0"),
        ("frame", "--rollup", "1h"),
        ("frame", "--timezone", ""),
        ("frame", "-o", "parquet"),
        ("frame", "-o", "markdown"),
        ("frame", "--filter", '{"unit": "bar"}'),
        ("evaluate",),
        ("evaluate", "--rollup", "PT1H"),
        ("evaluate", "--item", "a=items/pier/amount"),
        ("evaluate", "--item", "a", "--rollup", "PT1H"),
        ("evaluate", "--item", "a=items/yacht/x", "--rollup", "PT1H"),
        ("evaluate", "--item", "a=items/pier/nothing", "--rollup", "PT1H"),
        ("evaluate", "--formula", "a", "--item", "a=items/pier/amount", "--rollup", "PT1H"),
        ("evaluate", "nowhere.yaml"),
        ("evaluate", "manifests"),
        ("select", "signals", "--sort", "$"),
        ("select", "signals", "--skip", "-1"),
        ("select", "signals", "-o", "parquet"),
    ],
    ids=" ".join,
)
def test_64_is_a_command_line_that_makes_no_sense(
    applied: Here, arguments: tuple[str, ...]
) -> None:
    write(applied)

    found = applied.run(*arguments)

    assert (found.code, found.out) == (64, "")
    assert found.err


def test_a_file_may_be_too_large(local: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_files, "MAX_BYTES", 10)
    write(local)

    assert "error[DAT-SIZE]" in local.run("insert", "x.csv").err


def test_credentials_serve_an_integration_without_a_variable(remote: Here, site: Site) -> None:
    remote.write(syncer=TWO.replace(", credentials_env: CLARIFY_YACHT", ""))
    remote.write(stand="integration: yacht\nsignals: {amount: {name: A}, status: {name: B}}\n")
    write(remote)

    found = remote.run("insert", "x.csv", "--integration", "yacht")

    assert found.code == 6
    assert "CLARIFY_CREDENTIALS is not set" in found.err


def test_a_restart_is_the_same_when_nothing_was_interrupted(applied: Here) -> None:
    write(applied)

    assert applied.run("insert", "x.csv", "--restart").code == 0
    assert applied.run("insert", "x.csv").out == "Inserted 5 values of 2 signals in 1 request.\n"


def test_a_terminal_shows_progress(applied: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    write(applied)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert "Inserting" in applied.run("insert", "x.csv").err


# -- insert, over a socket


def test_only_the_integrations_own_credentials_are_needed(remote: Here, site: Site) -> None:
    write(remote)
    write_credentials(
        site.credentials, site.store.ensure_integration(PIER, "pier", grants=frozenset()), site.url
    )

    assert remote.run("insert", "x.csv").code == 0
    assert remote.run("select", "signals").code == 6


def test_credentials_that_are_missing_are_named(remote: Here, site: Site) -> None:
    write(remote)

    found = remote.run("insert", "x.csv", CLARIFY_PIER="")

    assert found.code == 6
    assert "CLARIFY_PIER or CLARIFY_CREDENTIALS is not set" in found.err
    assert remote.run("frame", CLARIFY_PIER="").code == 6


def test_of_several_integrations_one_is_named(remote: Here, site: Site) -> None:
    remote.write(
        syncer=TWO, stand="integration: yacht\nsignals: {amount: {name: A}, status: {name: B}}\n"
    )
    write(remote)
    variables = {"CLARIFY_YACHT": site.path("yacht")}

    unclear = remote.run("insert", "x.csv")
    found = remote.run("insert", "x.csv", "--integration", "yacht", **variables)

    assert (unclear.code, found.code) == (64, 0)
    assert "--integration pier|yacht" in unclear.err
    listed = remote.run("select", "signals", "--sort", "-input", "--limit", "1", **variables)
    assert "yacht/status" in listed.out
    assert listed.err.endswith("1 of 2 rows (--limit N, or --all)\n")
    rest = remote.run("select", "signals", "--skip", "1", "-o", "csv", **variables)
    assert rest.out.splitlines()[1].split(",")[2] == '"status"'


def test_an_insert_that_ended_early_is_partial_and_goes_on(remote: Here, site: Site) -> None:
    rows = "".join(f"2026-01-01T00:{minute:02}:00Z,{minute}\n" for minute in range(60))
    write(remote, "time,amount\n" + rows)
    rule = Rule(When.BEFORE_EXEC, Status(403), "integration.insert", nth=2)
    site.answer_with(FaultyService(Service(site.store), Faults((rule,))).handle)

    partial = remote.run("insert", "x.csv", "--request-size", "1000")
    rest = remote.run("insert", "x.csv", "--request-size", "1000")

    assert (partial.code, rest.code) == (4, 0)
    assert "Insert the same file again to go on" in partial.err
    assert "Going on with an insert that was interrupted" in rest.err
    assert "Accepted by the interrupted insert, and not sent again: 30\n" in rest.out


# -- frame, evaluate, select


def test_text_is_a_line_for_each_series(filled: Here) -> None:
    found = filled.run("frame", "--start", "-1d", "--end", "now")

    assert '"Money" USD' in found.out
    assert "n 3  min 1  max 4  last 4  ▁▅█" in found.out
    assert found.out.endswith("1 series, 3 times\n")


def test_items_beyond_the_limit_are_told(filled: Here) -> None:
    filled.edit("stand", "items:\n", "items:\n  status: {name: State}\n")
    assert filled.run("apply", "--auto-approve").code == 0

    found = filled.run("frame", "--limit", "1")

    assert found.err.endswith("1 of 2 items (--limit N, or --all)\n")
    assert "2 series" in filled.run("frame", "--all", "--start", "-1d").out


def test_rollups_and_filters_reach_the_api(filled: Here) -> None:
    chosen = ("--filter", '{"engUnit": "USD"}', "--rollup", "window", "--last", "1")

    found = filled.run("frame", "--start", "-1d", *chosen, "-o", "json")

    series = json.loads(found.out)["series"]
    assert {key.partition("_")[2]: values for key, values in series.items()} == {
        "avg": [2.5], "count": [3], "max": [4], "min": [1], "sum": [7.5],
    }  # fmt: skip


def test_data_is_written_to_a_file(filled: Here) -> None:
    found = filled.run("frame", "--start", "-1d", "-o", "csv", "--names", "--out", "y.csv")

    assert (found.code, found.out) == (0, "")
    assert (filled.path / "y.csv").read_text().startswith('"time","Money"\n')
    assert found.err.endswith("Wrote y.csv\n")


def test_parquet_without_pyarrow_is_told(filled: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    found = filled.run("frame", "-o", "parquet", "--out", "y.parquet")

    assert found.code == 64
    assert "pip install pyarrow" in found.err
    assert not (filled.path / "y.parquet").exists()


def test_parquet_is_written_by_pyarrow(filled: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncer.cli.querying.frame_parquet", lambda table: b"PAR1")

    assert filled.run("frame", "-o", "parquet", "--out", "y.parquet").code == 0
    assert (filled.path / "y.parquet").read_bytes() == b"PAR1"


def test_a_stream_of_ascii_gets_ascii(filled: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncer.cli.querying.BLOCKS", "\ud800")

    assert filled.run("frame", "--start", "-1d").out.isascii()


def test_formulas_are_evaluated(filled: Here) -> None:
    item = "a=items/pier/amount:max"
    formula = "double=a * 2"

    found = filled.run(
        "evaluate", "--item", item, "--formula", formula, "--rollup", "PT1H", "--start", "-1d",
        "-o", "csv",
    )  # fmt: skip

    assert found.code == 0
    rows = [line.split(",") for line in found.out.splitlines()]
    assert rows[0] == ['"time"', '"a"', '"double"']
    assert [(float(a), float(double)) for _, a, double in rows[1:] if a] == [
        (1, 2),
        (2.5, 5),
        (4, 8),
    ]


def test_formulas_may_stand_in_a_file(filled: Here) -> None:
    listed = json.loads(filled.run("select", "items", "-o", "json").out)
    write(
        filled,
        f"rollup: window\nitems:\n  a: {{item: {listed[0]['id']}, aggregation: sum}}\n"
        "calculations: {t: a + 1}\n",
        "f.yaml",
    )

    found = filled.run("evaluate", "f.yaml", "--start", "-1d", "--last", "1", "-o", "json")

    assert {k: v[-1] for k, v in json.loads(found.out)["series"].items()} == {"a": 7.5, "t": 8.5}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("items: {a: {item: x}}\n", ("DAT-ITEM", "f.yaml:1:19")),
        ("itms: {}\n", ("MAN-UNKNOWN-FIELD", "f.yaml:1:1")),
        ("items: {1a: {item: items/pier/amount}}\n", ("DAT-FORMULA", "f.yaml:1:9")),
        ("items: {a: {item: items/pier/amount, state: -1}}\n", ("DAT-ITEM", "f.yaml:1:45")),
        ("items: {a: {item: items/pier/amount}}\ncalculations: {a: b}\n",
         ("DAT-FORMULA", "f.yaml:2:16")),
        ("items: {a: {aggregation: avg}}\n", ("MAN-REQUIRED", "f.yaml:1:12")),
        ("items: [", ("YML-SYNTAX", "f.yaml:")),
        ("", ("MAN-ROOT", "f.yaml:1:1")),
    ],
)  # fmt: skip
def test_a_file_of_formulas_is_judged_with_places(
    applied: Here, text: str, told: tuple[str, str]
) -> None:
    write(applied, text, "f.yaml")

    found = applied.run("evaluate", "f.yaml", "--rollup", "PT1H")

    assert (found.code, found.out) == (3, "")
    for words in told:
        assert words in found.err


def test_a_file_of_formulas_has_the_limit_of_manifests(applied: Here) -> None:
    write(applied, "rollup: PT1H\n", "f.yaml")

    assert "LIM-FILE" in applied.run("evaluate", "f.yaml", SYNCER_LIMIT_FILE="3").err


def test_rows_are_sorted_skipped_and_limited(applied: Here) -> None:
    backwards = applied.run("select", "signals", "--sort", "-name", "--limit", "1")
    skipped = applied.run("select", "signals", "--skip", "1", "--all")

    assert '"Status"' in backwards.out
    assert backwards.err.endswith("1 of 2 rows (--limit N, or --all)\n")
    assert skipped.out.endswith("1 row\n")
    assert "rows (" not in skipped.err


def test_rows_are_written_as_csv(applied: Here) -> None:
    found = applied.run("select", "signals", "-o", "csv")

    head, first, _ = (line.split('","') for line in found.out.splitlines())
    assert head[:5] == ['"id', "integration", "input", "item", "name"]
    assert first[1:3] == ["pier", "amount"]
    assert "labels.site" in head[-1]


def test_help_is_complete(local: Here) -> None:
    for name, words in (
        ("insert", "--allow-undeclared"),
        ("frame", "--rollup"),
        ("evaluate", "FILE"),
    ):
        assert words in local.run(name, "--help").out
