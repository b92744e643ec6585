"""What the crash tests share: a place for thousands of small boxes."""

import os
import shutil
import tempfile

import pytest

MEMORY = os.path.join(os.sep, "dev", "shm")


@pytest.fixture(autouse=True)
def _unflushed(monkeypatch):
    """Leave out the waiting for the disk: a kill loses nothing that the kernel was given, only a power cut would."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in memory where the system offers one, which is 20 times faster."""
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        yield tmp_path
        return
    folder = tempfile.mkdtemp(prefix="capsa-", dir=MEMORY)
    yield type(tmp_path)(folder)
    shutil.rmtree(folder)
