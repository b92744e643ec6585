import os
import signal
import subprocess
import sys
import threading

import pytest

import capsa
from capsa.disk.locking import FileLock
from capsa.disk.refusal import RefusedError

HOLD = """
import sys
sys.path.insert(0, sys.argv[1])
from capsa.disk.locking import FileLock
FileLock(sys.argv[2]).acquire(wait=True)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "lock")


def test_only_one_holds_it(path):
    first, second = FileLock(path), FileLock(path)
    assert first.acquire(wait=False) is True
    assert first.acquire(wait=False) is True
    assert second.acquire(wait=False) is False
    assert (first.is_held, second.is_held) == (True, False)
    first.release()
    assert second.acquire(wait=True) is True
    second.release()
    second.release()
    assert os.path.exists(path)


def test_any_number_may_share_it(path):
    shared = [FileLock(path, is_shared=True) for _ in range(3)]
    assert all(lock.acquire(wait=False) for lock in shared)
    assert FileLock(path).acquire(wait=False) is False
    for lock in shared:
        lock.release()
    with FileLock(path) as lock:
        assert lock.is_held
        assert FileLock(path, is_shared=True).acquire(wait=False) is False


def test_the_next_one_waits(path):
    first = FileLock(path)
    first.acquire(wait=True)
    order = []

    def wait():
        with FileLock(path):
            order.append("second")

    thread = threading.Thread(target=wait)
    thread.start()
    order.append("first")
    first.release()
    thread.join(10)
    assert order == ["first", "second"]


def test_it_is_gone_with_its_process(path):
    source = os.path.dirname(os.path.dirname(capsa.__file__))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, source, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert FileLock(path).acquire(wait=False) is False
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    assert FileLock(path).acquire(wait=False) is True


def test_a_file_that_was_replaced_meanwhile_is_not_the_lock(path):
    first = FileLock(path)
    first.acquire(wait=True)
    second = FileLock(path)
    thread = threading.Thread(target=second.acquire, kwargs={"wait": True})
    thread.start()
    os.unlink(path)
    first.release()
    thread.join(10)
    assert os.path.samestat(os.fstat(second._descriptor), os.stat(path))
    assert FileLock(path).acquire(wait=False) is False


def test_a_folder_that_is_missing_is_a_sentence(tmp_path):
    with pytest.raises(RefusedError, match=r"can't lock .*gone/lock: a file or folder on its path does not exist"):
        FileLock(str(tmp_path / "gone" / "lock")).acquire(wait=False)
