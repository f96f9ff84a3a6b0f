from collections.abc import Iterator

import pytest

from tests.engine.sites import Site


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()
