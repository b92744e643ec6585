"""Runs a server until standard input ends: `guard.py PROGRAM ARGUMENT...`. So it never outlives who started it.

That holds also when its starter was killed and could not say goodbye.
"""

from __future__ import annotations

import subprocess
import sys
import threading


def main() -> int:
    """Start the server, end it when our input ends, and return its exit status."""
    server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def wait_for_the_end() -> None:
        sys.stdin.read()
        server.terminate()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
