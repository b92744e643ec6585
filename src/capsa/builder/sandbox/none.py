"""No sandbox: the backend runs with the rights of the user, as with pip and uv.

Keeps the place of the modules that will confine it. Each offers `confined`, which returns the command that starts the
program in its bounds; `capsa.builder.hook` asks it for every hook.
"""

from __future__ import annotations

from capsa.value import value


@value
class Bounds:
    """What a backend may write to: absolute folders, the source tree and where its results go among them."""

    writable: tuple[str, ...]


def confined(command: list[str], bounds: Bounds) -> list[str]:
    """Return the command that runs ``command`` and lets it write only within ``bounds``; here: the same command."""
    del bounds
    return command
