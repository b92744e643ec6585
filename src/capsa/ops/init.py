"""``init``: a project or a script begun, with the Python that is at hand. Changes nothing that is there."""

from __future__ import annotations

import os
import re
import shlex
import unicodedata

from capsa.disk.atomic import make_folders, remove_file, write_new
from capsa.disk.refusal import refusing
from capsa.errors import RequirementError
from capsa.model.name import normalize
from capsa.model.outcome import InitOutcome
from capsa.ops.create import choose_python
from capsa.ops.project_box import shown
from capsa.ops.restore import replace_file
from capsa.ops.script_file import read_script_file
from capsa.ops.session import Session
from capsa.project.declared import BEGIN
from capsa.project.edit import is_name
from capsa.project.find import FILE, find_project
from capsa.project.script_block import with_block
from capsa.value import value

_HELLO = """\
def main() -> None:
    print("Hello from {name}!")


if __name__ == "__main__":
    main()
"""
_BUILD = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


@value
class InitOrder:
    """``folder`` is the absolute one of the project; ``name`` is "" for that of the folder."""

    folder: str
    name: str = ""
    is_package: bool = False


def init(session: Session, order: InitOrder) -> InitOutcome:
    """Begin a project; the folder is made where there is none.

    Raises RequirementError where a pyproject.toml is there already, or where no name can be made.
    """
    path = os.path.join(order.folder, FILE)
    if os.path.lexists(path):
        raise _there(session, path)
    name = _project_name(order)
    python = choose_python(session, order.folder, requires_python="").interpreter
    files = dict(_sources(order, name))
    files[path] = (
        f'[project]\nname = "{name}"\nversion = "0.1.0"\nrequires-python = ">={python.minor}"\ndependencies = []\n'
        + (_BUILD if order.is_package else "")
    )
    _write_all(files)
    step = "" if order.folder == session.surroundings.folder else f"cd {shlex.quote(shown(session, order.folder))} && "
    run = f"run it: `{step}capsa run main.py`"
    hints = (f"add what it needs: `{step}capsa add NAME`", *([run] if len(files) > 1 and not order.is_package else []))
    return InitOutcome(path=path, name=name, written=tuple(reversed(files)), hints=hints)


def _there(session: Session, path: str) -> RequirementError:
    project = find_project(os.path.dirname(path))
    has_table = project is None or project.has_table
    if project is not None and project.path == path and not (has_table or project.has_build_system):
        return RequirementError(f"{shown(session, path)} is there already, without a [project] table", hints=(BEGIN,))
    return RequirementError(
        f"{shown(session, path)} is there already, so there is a project",
        hints=("add what it needs: `capsa add NAME`",) if has_table else (),
    )


def init_script(session: Session, path: str) -> InitOutcome:
    """Begin a script at an absolute path, or give one that is there the block that states its dependencies."""
    name = shown(session, path)
    typed = shlex.quote(name)
    python = choose_python(session, os.path.dirname(path), requires_python="").interpreter
    toml = f'requires-python = ">={python.minor}"\ndependencies = []\n'
    if os.path.lexists(path):
        source = read_script_file(session, path)
        if source.toml is not None:
            raise RequirementError(
                f"{name} states its dependencies already (PEP 723)",
                hints=(f"add one: `capsa add --script {typed} NAME`",),
            )
        replace_file(path, source.with_toml(toml))
    else:
        make_folders(os.path.dirname(path))
        write_new(path, with_block("\n\n" + _HELLO.format(name=os.path.basename(path)), toml).encode())
    hints = (f"add what it needs: `capsa add --script {typed} NAME`", f"run it: `capsa run {typed}`")
    return InitOutcome(path=path, name=os.path.basename(path), written=(path,), hints=hints)


def _project_name(order: InitOrder) -> str:
    if order.name:
        if not is_name(order.name):
            raise RequirementError(
                f"`{order.name}` is not a name for a project: letters, digits, `-`, `_` and `.` make one, "
                "with a letter or digit at both ends"
            )
        return order.name
    plain = unicodedata.normalize("NFKD", os.path.basename(order.folder)).encode("ascii", "ignore").decode()
    name = normalize(re.sub(r"[^A-Za-z0-9._-]+", "-", plain)).strip("-")
    if not name:
        raise RequirementError(
            f"the folder {order.folder} gives no name for a project", hints=("give one: `capsa init --name NAME`",)
        )
    return name


def _sources(order: InitOrder, name: str) -> list[tuple[str, str]]:
    """Return the files that a beginner looks for, by their absolute path; nothing where there is Python already."""
    if order.is_package:
        module = normalize(name).replace("-", "_")
        place = os.path.join(order.folder, "src", module, "__init__.py")
        return [] if os.path.lexists(place) else [(place, "")]
    if _has_python(order.folder):
        return []
    return [(os.path.join(order.folder, "main.py"), _HELLO.format(name=name))]


def _has_python(folder: str) -> bool:
    if not os.path.isdir(folder):
        return False
    with refusing("read", folder):
        return any(name.endswith(".py") for name in os.listdir(folder))


def _write_all(files: dict[str, str]) -> None:
    """Write the files in their order; when one can't be, those before it are taken away again."""
    written: list[str] = []
    try:
        for path, text in files.items():
            make_folders(os.path.dirname(path))
            write_new(path, text.encode())
            written.append(path)
    except BaseException:
        for path in written:
            remove_file(path)
        raise
