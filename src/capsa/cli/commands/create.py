"""``capsa create [PATH]``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.model.outcome import CreateOutcome
from capsa.ops.create import Order, create_box
from capsa.ops.supply import Supply


def run(call: Call) -> CreateOutcome:
    """Make a box."""
    order = Order(
        root=call.path(call.text("path") or call.text("env") or ".venv"),
        has_pip=not call.has("no-pip"),
        is_copy=call.has("copies"),
        has_system_site=call.has("system-site-packages"),
        prompt=call.text("prompt") or "",
        is_cleared=call.has("clear"),
        is_allowed_existing=call.has("allow-existing"),
        is_upgraded=call.has("upgrade"),
    )
    return create_box(Supply(call.session), order, call.folder)
