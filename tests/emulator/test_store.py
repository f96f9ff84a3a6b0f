"""The store: one process, one file, nothing lost, nothing that is not ours."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from syncer.emulator.database import NotAStoreError, StoreError, StoreInUseError
from syncer.emulator.records import Entry, Integration, Kind, Row
from syncer.emulator.store import Store, open_store
from syncer.emulator.views import EMPTY_ATTRIBUTES

STAND = "c618rbfqfsj7mjkj0ss0"
OPEN = "import sys; from pathlib import Path; from syncer.emulator.store import open_store\n"


def start(script: str, path: Path) -> "subprocess.Popen[str]":
    code = OPEN + textwrap.dedent(script)
    command = [sys.executable, "-c", code, str(path)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def save(store: Store, identity: str) -> None:
    row = Row(identity, STAND, identity, None, "", "{}", "", "{}", 0, 0)
    store.put([Entry(Kind.SIGNAL, row, EMPTY_ATTRIBUTES, {})])


def save_with_broken_link(store: Store, identity: str) -> None:
    with store.transaction():
        save(store, identity)
        store.link({identity: "no such item"})


def test_secrets_are_made_once(tmp_path: Path) -> None:
    with_path = tmp_path / "local.db"
    store = open_store(with_path)
    made = store.ensure_integration(STAND, "stand")
    key, organization = store.signing_key, store.organization()
    store.close()

    store = open_store(with_path)
    again = store.ensure_integration(STAND, "renamed")

    assert again == Integration(
        STAND, "renamed", made.client_id, made.client_secret, made.password, made.grants
    )
    assert (store.signing_key, store.organization()) == (key, organization)
    assert store.integrations() == (again,)
    assert len({made.client_id, made.client_secret, made.password}) == 3
    store.close()


def test_secrets_come_from_the_given_source() -> None:
    secrets = iter("skab")
    store = open_store(new_secret=lambda: next(secrets))

    made = store.ensure_integration(STAND, "stand", grants=frozenset())

    assert made == Integration(STAND, "stand", "k", "a", "b", frozenset())
    assert store.integration_of_client("k") == made
    store.close()


def test_ids_keep_growing_after_a_restart(tmp_path: Path) -> None:
    ids = []
    for clock in (2_000_000_000_000_000, 1_000_000_000_000_000):
        store = open_store(tmp_path / "local.db")
        ids.append(store.new_id(clock))
        with store.transaction():
            save(store, ids[-1])
        store.close()

    assert ids == sorted(ids)


def test_a_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    store = open_store(path)
    store.ensure_integration(STAND, "stand")

    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert set(modes.values()) == {0o600}
    store.close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    holder = start(
        "store = open_store(Path(sys.argv[1])); print('open', flush=True); input()", path
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"

    with pytest.raises(StoreInUseError, match=r"local\.db is in use by another process"):
        open_store(path)

    holder.communicate("\n")
    open_store(path).close()


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    store = open_store(tmp_path / "local.db")

    with pytest.raises(StoreInUseError):
        open_store(tmp_path / "local.db")
    store.close()


KILLED = """
    store = open_store(Path(sys.argv[1]))
    for number in range(1_000_000):
        store.ensure_integration(f"{number:020}", "stand")
        print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    writer = start(KILLED, path)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
    writer.kill()
    rest, _ = writer.communicate()
    acknowledged += [int(line) for line in rest.split("\n")[:-1]]

    store = open_store(path)

    kept = [int(integration.id) for integration in store.integrations()]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1
    store.close()


def test_another_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(NotAStoreError, match="not a store of the emulator"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello " * 1000)

    with pytest.raises(NotAStoreError, match="not a store of the emulator"):
        open_store(path)
    assert path.read_text() == "hello " * 1000


def test_a_later_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    open_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()

    with pytest.raises(NotAStoreError, match="has layout 9; this version reads layout 1"):
        open_store(path)


def test_a_place_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot open"):
        open_store(tmp_path / "missing" / "local.db")
    with pytest.raises(StoreError, match="cannot open"):
        open_store(tmp_path)


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "local.db")

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        save_with_broken_link(store, "0" * 20)

    assert store.rows(["0" * 20]) == {}
    store.close()


def test_of_two_that_start_together_one_gets_the_file(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from syncer.emulator.store import open_store\n"
    program += "store = open_store(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(tmp_path / "db")]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL

    both = [
        subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=nowhere)
        for _ in range(2)
    ]
    # The refused one ends at once; the other waits for its input to end.
    first = [process.stdout.readline() for process in both if process.stdout]
    for process in both:
        process.communicate()

    assert sorted(first) == ["", "held\n"]
