"""What mypy is told of the house: `capsa.value.replace` takes the fields of the value it is given, with their types.

A plugin (see ``pyproject.toml``). mypy knows that much of `dataclasses.replace`; this lends it to our own.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import FunctionSigContext, Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import FunctionLike


class Replace(Plugin):
    """Checks the calls of `capsa.value.replace`."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Return what works out the signature of one call."""
        return replace_function_sig_callback if fullname == "capsa.value.replace" else None


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin, for any version of mypy."""
    return Replace
