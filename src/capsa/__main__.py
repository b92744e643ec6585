"""``python -m capsa`` and the console script: the fast path first, everything else only when it is needed."""

from __future__ import annotations

import sys


def start() -> None:
    """Run the command line of this process and leave with its exit code."""
    try:
        # Here, so that Ctrl-C during the imports is answered like any other.
        from capsa.cli.hot import answer  # noqa: PLC0415

        code = answer(sys.argv[1:])
        if code is None:
            # The whole command line costs 180 ms of imports and more that the fast forms never need.
            from capsa.cli.main import main  # noqa: PLC0415

            code = main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    start()
