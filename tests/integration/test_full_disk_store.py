"""The store on a real disk that is full: a tmpfs of a few megabytes, in a mount namespace of its own."""

import os
import subprocess
import sys

import pytest

import capsa
from capsa.testing.wheel import make_wheel

# Adds two wheels to a store on the small disk: the first fits, the second does not; then the first once more.
SCRIPT = """
import os, sys
sys.path.insert(0, sys.argv[1])
from capsa.cache.archive import Archives
from capsa.cache.store import Store
from capsa.disk.atomic import append, write_atomic
from capsa.disk.link import Linker
from capsa.disk.refusal import RefusedError
class Silent:
    def event(self, event): pass
disk, small, large = sys.argv[2:]
store = Store(disk + "/cache")
archives = Archives(store, Silent())
def add(path):
    return archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin="a test")
manifest = add(small)
try:
    add(large)
except RefusedError as error:
    print(error.errno, str(error).partition(": ")[2], error.hints)
print(os.listdir(disk + "/cache/temporary-v1"), len(archives.lookup("large")), len(archives.lookup("small")))
print(add(small).facts() == manifest.facts())
page = disk + "/page"
write_atomic(page, b"old")
source = disk + "/source"
append(source, bytes(1 << 20))
os.utime(source, ns=(1, 1))
facts = (1 << 20, 1, 0o644)
for act in (
    lambda: write_atomic(page, bytes(64 << 20), is_durable=True),
    lambda: [Linker("copy").link(source, f"{disk}/copy{number}", facts) for number in range(64)],
):
    try:
        act()
    except RefusedError as error:
        print(error.errno)
print(open(page).read(), "copy0" in os.listdir(disk), len([n for n in os.listdir(disk) if n.startswith(".")]))
sizes = {os.stat(f"{disk}/{name}").st_size for name in os.listdir(disk) if name.startswith("copy")}
print(sizes == {1 << 20})
"""

MOUNT = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && exec "$@"'


def in_namespace(folder, command):
    """Return the command that runs another with a small tmpfs on ``folder``, seen by nobody else."""
    options = ["-m"] if os.getuid() == 0 else ["-rm"]
    return ["unshare", *options, "sh", "-c", MOUNT, "sh", str(folder), *command]


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        tried = subprocess.run(in_namespace(folder, ["true"]), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a small disk needs the `unshare` program")
    if tried.returncode:
        pytest.skip(f"a small disk can't be mounted here: {tried.stderr.strip()}")
    return folder


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path, small_disk):
    small = make_wheel(str(tmp_path), "small", "1.0")
    large = make_wheel(str(tmp_path), "large", "1.0", files={f"{number}.bin": bytes(1 << 20) for number in range(20)})
    source = os.path.dirname(os.path.dirname(capsa.__file__))
    command = [sys.executable, "-c", SCRIPT, source, str(small_disk), small, large]
    done = subprocess.run(in_namespace(small_disk, command), capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "28 no space is left on the disk that holds it ('free some space, then run the same command again',)",
        "[] 0 1",
        "True",
        "28",
        "28",
        "old True 0",
        "True",
    ]
