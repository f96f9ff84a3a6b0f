"""Credentials files: ready to use, private, and never written through a link."""

import json
from pathlib import Path

import pytest

from syncer.emulator.credentials import make_credentials, write_credentials
from syncer.emulator.records import Integration

STAND = Integration("c618rbfqfsj7mjkj0ss0", "stand", "id", "secret", "password", frozenset())
URL = "http://127.0.0.1:8080/v1/"


def test_files_hold_the_documents_and_are_private(tmp_path: Path) -> None:
    paths = write_credentials(tmp_path, STAND, URL)

    assert [path.name for path in paths] == [
        "stand.client-credentials.json",
        "stand.basic-auth.json",
    ]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
    documents = [json.loads(path.read_text()) for path in paths]
    assert documents == list(make_credentials(STAND, URL).values())
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    link = tmp_path / "stand.basic-auth.json"
    link.symlink_to(target)

    write_credentials(tmp_path, STAND, URL)

    assert (link.is_symlink(), target.read_text()) == (False, "mine")


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "stand.client-credentials.json").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_credentials(tmp_path, STAND, URL)

    assert [path.name for path in tmp_path.iterdir()] == ["stand.client-credentials.json"]


@pytest.mark.parametrize("name", ["a/b", "..", "", "a\0b", ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    integration = Integration("x", name, "id", "secret", "password", frozenset())

    with pytest.raises(ValueError, match="cannot name a file"):
        write_credentials(tmp_path, integration, URL)
