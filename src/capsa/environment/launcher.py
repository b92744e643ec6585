"""The text of launchers: the small programs in a box's scripts folder that start an entry point.

Follows the entry points specification and PEP 427 (``#!python``). On POSIX a launcher is one Python file. On Windows an
``.exe`` would need a binary that capsa does not carry: there it is ``NAME-script.py`` (``-script.pyw`` for a window
program) with the text and ``NAME.cmd`` beside it, which starts that by the box's own Python; ``NAME`` works in every
shell, but a program that starts ``NAME.exe`` by that full name does not find it. Never reads or writes a file. Hot.
"""

from __future__ import annotations

from capsa.errors import EnvironmentDamagedError, quoted

HOT = True  # the fast path: see docs/adr

# Linux before 5.1 reads 128 bytes of a first line, the last for its end; macOS reads 512. The least of all holds.
_LONGEST_LINE = 127

_PROGRAM = """\
import sys

from {module} import {name} as start

if __name__ == "__main__":
    for ending in ("-script.pyw", "-script.py", ".exe"):
        if sys.argv[0].endswith(ending):
            sys.argv[0] = sys.argv[0][: -len(ending)]
    sys.exit(start{rest}())
"""

# Doubled percent signs stand for themselves in a batch file; %~dp0 is its own folder, so the box's path is not in it.
_COMMAND = '@"%~dp0python.exe" "%~dp0{script}" %*\r\n'
_WINDOW_COMMAND = '@start "" "%~dp0pythonw.exe" "%~dp0{script}" %*\r\n'


def launcher(python: str, module: str, attribute: str, *, is_gui: bool = False, platform: str = "linux") -> bytes:
    """Return the Python text that starts ``module:attribute`` with the interpreter at the absolute path ``python``.

    ``attribute`` may have dots. ``platform`` is ``sys.platform`` of the box: Windows takes the interpreter of the
    ``.cmd`` beside the text, ``is_gui`` chooses ``pythonw`` for people who start the text itself there. Raises
    EnvironmentDamagedError for a path that can't stand in a launcher.
    """
    name, dot, rest = attribute.partition(".")
    program = _PROGRAM.format(module=module, name=name, rest=dot + rest).encode("utf-8")
    if platform == "win32":
        return (b"#!pythonw\n" if is_gui else b"#!python\n") + program
    return shebang(python) + program


def launcher_files(
    name: str, reference: tuple[str, str], python: str, *, is_gui: bool, platform: str
) -> tuple[tuple[str, bytes], ...]:
    """Return the files (name in the scripts folder, content) that start the entry point ``name`` on a platform.

    ``reference`` is (module, attribute). Windows gets two files, see the module's text; all others get one.
    """
    text = launcher(python, *reference, is_gui=is_gui, platform=platform)
    if platform != "win32":
        return ((name, text),)
    script = f"{name}-script.pyw" if is_gui else f"{name}-script.py"
    return (script, text), (f"{name}.cmd", _command(script, is_gui=is_gui))


def script_files(name: str, content: bytes, python: str, *, platform: str) -> tuple[tuple[str, bytes], ...]:
    """Return the files that put a wheel's ``#!python`` script ``name`` into the scripts folder of a platform."""
    if platform != "win32" or name.endswith((".py", ".pyw")):
        return ((name, rewritten_script(content, python)),)
    is_gui = content.startswith(b"#!pythonw")
    script = f"{name}-script.pyw" if is_gui else f"{name}-script.py"
    return (script, rewritten_script(content, python)), (f"{name}.cmd", _command(script, is_gui=is_gui))


def rewritten_script(content: bytes, python: str) -> bytes:
    """Return a wheel's script with ``#!python`` in its first line made to mean the interpreter at ``python``.

    What follows ``#!python`` in that line is dropped, as pip drops it. A script in another encoding than UTF-8 is
    turned into UTF-8 where its encoding line would no longer be found or could not carry the path.
    """
    _, end, body = content.partition(b"\n")
    first = shebang(python)
    if not first.startswith(b"#!/bin/sh") and python.isascii():
        return (first[:-1] + end + body) if end else first
    # On a rare path only: tokenize costs 10 ms, and no wheel of the hot path has such scripts.
    import io  # noqa: PLC0415 - see above
    import tokenize  # noqa: PLC0415 - see above

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if encoding not in {"utf-8", "utf-8-sig"}:
            return _by_shell(_encoded(python)) + body.decode(encoding).encode("utf-8")
    except (SyntaxError, UnicodeDecodeError):
        return first + body  # a script that no Python can read stays one
    return first + body


def shebang(python: str) -> bytes:
    """Return the first line, or lines, that make the rest of a Python file run under the interpreter at ``python``.

    Paths with blanks, and lines over 127 bytes, go through ``/bin/sh``; those lines are a text to Python.
    """
    path = _encoded(python)
    line = b"#!" + path + b"\n"
    if len(line) <= _LONGEST_LINE and b" " not in path and b"\t" not in path:
        return line
    return _by_shell(path)


def _command(script: str, *, is_gui: bool) -> bytes:
    return (_WINDOW_COMMAND if is_gui else _COMMAND).format(script=script.replace("%", "%%")).encode("utf-8")


def _encoded(python: str) -> bytes:
    if any(sign in python for sign in "\n\r\0"):
        raise _unusable(python, "a line break")
    try:
        return python.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _unusable(python, "bytes that are not UTF-8") from error


def _unusable(python: str, what: str) -> EnvironmentDamagedError:
    return EnvironmentDamagedError(
        f"no launcher can name the Python at {quoted(python)}: its path holds {what}",
        hints=("make the box in a folder whose path is plain text",),
    )


def _by_shell(path: bytes) -> bytes:
    # To sh, '''exec' is the word exec, and nothing after that line is read. To Python, it all is one text that ends
    # with the next line. So no three quotes may meet inside, and no backslash may stand before another character than
    # a quote: each sign that sh would understand gets quotes of its own.
    quoted = b"".join(_shielded(path[index : index + 1]) for index in range(len(path)))
    return b"#!/bin/sh\n'''exec' \"" + quoted + b'" "$0" "$@"\n\' \'\'\'\n'


def _shielded(sign: bytes) -> bytes:
    if sign == b"'":
        return b'\'""'
    return b"\"'" + sign + b"'\"" if sign in b'$`"\\' else sign
