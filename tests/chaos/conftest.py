from collections.abc import Iterator

import pytest

from tests.chaos.scenes import Scene, scene


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A project of 200 changes in front of a Clarify on a socket."""
    with scene(tmp_path_factory.mktemp("stage")) as made:
        yield made
