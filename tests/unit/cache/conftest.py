"""What the tests of the store share."""

import pytest

from capsa.cache.store import Store


@pytest.fixture
def store(tmp_path):
    """A store that is not there yet."""
    return Store(str(tmp_path / "cache"))
