"""``hook`` on the fast path, as every shell that starts waits for it: see `capsa.cli.hot`.

Returns the answer as text, or None for the slow path. Reads no settings file and starts no process.
"""

from __future__ import annotations

from capsa.model.surroundings import Surroundings
from capsa.ops.integrate import integrate
from capsa.settings.place import data_root, has_settings_files

HOT = True  # the fast path: see docs/adr


def answer_hook(values: dict[str, object], surroundings: Surroundings) -> str | None:
    """Return what the shell reads."""
    # On a terminal somebody looks at it, and is told where it belongs.
    if surroundings.is_output_terminal or has_settings_files(surroundings):
        return None
    return integrate(str(values["shell"]), surroundings.program, data_root(surroundings)).rstrip("\n")
