"""``capsa init [PATH]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.errors import UsageError
from capsa.model.outcome import InitOutcome
from capsa.ops.init import InitOrder, init, init_script


def run(call: Call) -> InitOutcome:
    """Begin a project or a script."""
    script = call.text("script")
    if script is None:
        named = call.text("path")
        folder = call.path(named) if named else call.folder
        return init(
            call.session, InitOrder(folder=folder, name=call.text("name") or "", is_package=call.has("package"))
        )
    if call.has("path") or call.has("name") or call.has("package"):
        raise UsageError(
            "--script begins a script, which has no PATH, --name or --package beside it",
            hints=("name the script alone: `capsa init --script tool.py`",),
        )
    return init_script(call.session, call.path(script))
