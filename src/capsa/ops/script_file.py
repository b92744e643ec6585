"""A Python script as ``add``, ``remove`` and ``init`` change it: its bytes, the block in them, its lock if any."""

from __future__ import annotations

import os
from collections.abc import Callable

from capsa.errors import RequirementError
from capsa.ops.inputs import Inputs, script_inputs
from capsa.ops.project_box import shown
from capsa.ops.session import Session
from capsa.project.script import parse_script
from capsa.project.script_block import find_block, with_block
from capsa.value import value


@value
class ScriptFile:
    """``name`` is how messages call it; ``toml`` is the text of its block, None without one.

    ``requires_python`` is a specifier text, "" where the block is silent.
    """

    name: str
    content: bytes
    toml: str | None
    requires_python: str

    def with_toml(self, toml: str) -> bytes:
        """Return the script with this text in its block."""
        return _encoded(with_block(_decoded(self.content), toml))


def read_script_file(session: Session, path: str) -> ScriptFile:
    """Read the script at an absolute path; raises RequirementError for one that is not there or can't be read."""
    name = shown(session, path)
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except FileNotFoundError as error:
        raise RequirementError(
            f"there is no script {name}", hints=(f"begin it: `capsa init --script {name}`",)
        ) from error
    except OSError as error:
        raise RequirementError(f"the script {name} can't be read: {error.strerror}") from error
    script = parse_script(content, path, name)
    block = find_block(_decoded(content), name)
    requires_python = (script.requires_python if script else None) or ""
    return ScriptFile(name=name, content=content, toml=block.toml if block else None, requires_python=requires_python)


def script_inputs_of(session: Session, path: str) -> Callable[[bytes], Inputs | None]:
    """Return what tells for the bytes of a script what its lock is made from, None where it has no lock."""

    def inputs_of(content: bytes) -> Inputs | None:
        script = parse_script(content, path, shown(session, path))
        inputs = script_inputs(script) if script else None
        return inputs if inputs and os.path.exists(inputs.path) else None

    return inputs_of


def _decoded(content: bytes) -> str:
    # The block is ASCII in all but name; bytes of another encoding around it come back as they were.
    return content.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
