"""``capsa create [PATH]`` and ``capsa create -n NAME``."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.errors import UsageError
from capsa.machine.names import named_root
from capsa.model.outcome import CreateOutcome
from capsa.ops.create import Order, create_box
from capsa.ops.supply import Supply


def run(call: Call) -> CreateOutcome:
    """Make a box."""
    order = Order(
        root=_root(call),
        has_pip=not call.has("no-pip"),
        is_copy=call.has("copies"),
        has_system_site=call.has("system-site-packages"),
        prompt=call.text("prompt") or "",
        is_cleared=call.has("clear"),
        is_allowed_existing=call.has("allow-existing"),
        is_upgraded=call.has("upgrade"),
    )
    return create_box(Supply(call.session), order, call.folder)


def _root(call: Call) -> str:
    name, path = call.text("name"), call.text("path") or call.text("env")
    if name is None:
        return call.path(path or ".venv")
    if path is not None:
        raise UsageError(
            f"a box has a name or a path of its own, not both: `{name}` and `{path}`", hints=("leave one of them out",)
        )
    return named_root(call.session.settings.data_dir, name)
