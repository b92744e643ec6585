"""What the process is told from outside, read once: variables, folder, home, terminal, clock.

The only module besides the front door that asks the process for them; everyone below is given `Surroundings`. Hot.
"""

import os
import sys

from capsa.errors import Failure
from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

_BEGINNING = "import sys; sys.path.append({place!r}); from capsa.__main__ import start; start()"


def read_surroundings() -> Surroundings:
    """Return the facts of this process; raises Failure when the current folder no longer exists."""
    try:
        folder = os.getcwd()
    except FileNotFoundError as error:
        raise Failure("the current folder does not exist any more", hints=("go to another one: `cd PATH`",)) from error
    return Surroundings(
        variables=dict(os.environ),
        folder=folder,
        home=os.path.expanduser("~"),
        interpreter=sys.executable,
        platform=sys.platform,
        parent=_parent(),
        is_terminal=_is_terminal(2),
        is_output_terminal=_is_terminal(1),
        is_input_terminal=_is_terminal(0),
        width=_width(),
        program=program_words(sys.argv[0] if sys.argv else "", folder, sys.executable, sys.platform),
    )


def program_words(started: str, folder: str, python: str, platform: str) -> tuple[str, ...]:
    """Return the words that run this very capsa from any folder, by the name under which it was ``started``.

    A launcher is run as it is, an archive or a script by this ``python``, and so is the package: from its own place and
    not, as by ``-m``, from the current folder, where anybody could put modules of any name.
    """
    name = os.path.basename(started)
    if name in {"", "-c", "-m", "__main__.py"}:
        spec = sys.modules["capsa"].__spec__
        place = os.path.dirname(os.path.dirname((spec and spec.origin) or ""))
        return python, "-P", "-c", _BEGINNING.format(place=place)
    path = os.path.normpath(os.path.join(folder, started))
    if name.endswith((".py", ".pyz", ".pyzw")):
        return python, path
    return (f"{path}.exe" if platform == "win32" and not name.lower().endswith(".exe") else path,)


def terminal_size() -> tuple[int, int]:
    """Return the columns and rows of the terminal as they are now, by standard error, else output; (80, 24) if none."""
    for descriptor in (2, 1):
        try:
            columns, rows = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return columns or 80, rows or 24
    return 80, 24


def give_up(stream) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - `typing` is too dear for the fast path
    """Lead a stream that can't be written to the null device: or Python tries again at exit, and says so."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parent() -> str:
    try:
        with open(f"/proc/{os.getppid()}/comm", "rb") as stream:
            return os.fsdecode(stream.read().strip())
    except OSError:
        return ""  # no /proc here: macOS, Windows


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _width() -> int:
    for descriptor in (1, 2):
        try:
            return os.get_terminal_size(descriptor).columns or 80
        except OSError:
            continue
    return 80
