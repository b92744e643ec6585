"""Whole outputs of whole command lines, in a pipe and on a terminal. How the files read: tests/support/snapshot.py.

``CAPSA_TEST_SNAPSHOTS=write`` writes what is answered into the files, to be read before it is committed.
"""

import os
import sys
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from capsa.version import __version__
from support.loopback import LoopbackIndex, serve
from support.run import Capsa
from support.snapshot import Snapshot

HERE = Path(__file__).parent
IS_WRITTEN = os.environ.get("CAPSA_TEST_SNAPSHOTS") == "write"
SNAPSHOTS = sorted((HERE / "snapshots").glob("*.txt"))


@pytest.fixture(scope="session")
def index(tmp_path_factory):
    """Serve a few invented wheels; the one of `cracked` never arrives as it was promised."""
    wheels = tmp_path_factory.mktemp("wheels")
    folder = str(wheels)
    make_wheel(folder, "ink", "1.0")
    make_wheel(folder, "ink", "2.0")
    make_wheel(
        folder,
        "parchment",
        "1.0",
        requires=["ink>=1"],
        entry_points={"console_scripts": {"parchment": "parchment:main"}},
        metadata_extra="Summary: sheets of skin \x1b[31mto write on\nLicense-Expression: MIT\n",
    )
    make_wheel(folder, "parchment", "2.0", requires=["ink>=2"])
    make_wheel(folder, "quill", "1.0", requires=["ink<2"])
    make_wheel(folder, "future", "1.0", requires_python=">=4")
    cracked = make_wheel(folder, "cracked", "1.0")
    loopback = LoopbackIndex(wheels)
    loopback.faults[f"/files/{os.path.basename(cracked)}"] = ["wrong"] * 1000
    with serve(loopback):
        yield loopback


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Return the folder of a store that all command lines share: what is shown does not depend on it."""
    return tmp_path_factory.mktemp("store")


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_the_output_is_what_was_agreed(path, index, store, tmp_path):
    capsa = Capsa(tmp_path, index=index.url)
    capsa.variables |= {"CAPSA_CACHE_DIR": str(store), "CAPSA_RETRIES": "0"}
    words = (
        (str(capsa.folder), "/desk"),
        (str(capsa.home), "/me"),
        (str(store), "/store"),
        (str(tmp_path), "/elsewhere"),
        (sys.executable, "/usr/bin/python3"),
        (index.address, "index.example"),
        (f"capsa {__version__}", "capsa N.N"),
    )
    answered = Snapshot(path, HERE / "given", words).play(capsa)
    if IS_WRITTEN:
        path.write_text(answered, encoding="utf-8")
    assert answered == path.read_text(encoding="utf-8")


def test_every_verb_that_is_there_has_a_snapshot():
    commands = {path.stem for path in (HERE.parents[1] / "src" / "capsa" / "cli" / "commands").glob("[a-z]*.py")}
    texts = "".join(path.read_text(encoding="utf-8") for path in SNAPSHOTS)
    assert {name for name in commands if f"capsa {name.replace('_', ' ')}" not in texts} == set()
