"""Whether a process is there, asked without touching it."""

import os
import subprocess
import sys

from capsa.process.alive import is_alive


def test_this_process_is_there_and_one_that_ended_is_not():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert is_alive(os.getpid())
    assert is_alive(1), "somebody else's"
    assert not is_alive(child.pid)
    assert not is_alive(1 << 80)
