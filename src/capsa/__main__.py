"""``python -m capsa`` and the console script: the fast path first, everything else only when it is needed."""

import sys


def start() -> None:
    """Run the command line of this process and leave with its exit code."""
    try:
        # Here, so that Ctrl-C during the imports is answered like any other.
        from capsa.bundle import Bundle  # noqa: PLC0415

        bundle = Bundle(sys.modules["capsa"].__spec__)
        sys.meta_path.insert(0, bundle)
        from capsa.cli.hot import answer  # noqa: PLC0415 - as above, and by way of the bundle

        code = answer(sys.argv[1:])
        is_fast = code is not None
        if code is None:
            # The whole command line costs 180 ms of imports and more that the fast forms never need.
            from capsa.cli.main import main  # noqa: PLC0415

            code = main(sys.argv[1:])
        if bundle.is_behind and not sys.dont_write_bytecode:
            _keep(bundle)  # type: ignore[no-untyped-call] # see there
        if is_fast:
            _leave(code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    sys.exit(code)


def _keep(bundle):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - its type is not loaded here
    """Write the bundle for the runs that come."""
    from capsa.disk.atomic import write_atomic  # noqa: PLC0415 - few runs need it
    from capsa.errors import DiskError  # noqa: PLC0415 - as above

    try:
        bundle.keep(write_atomic)
    except (DiskError, OSError):
        return  # capsa is installed where this user may not write, or is being replaced: then without


def _leave(code: int) -> None:
    """End the process without taking Python apart, which costs 3 ms; nothing waits for that: no thread, no file."""
    import os  # noqa: PLC0415 - loaded already

    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    start()
