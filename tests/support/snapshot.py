"""Whole outputs kept in text files: the file's command lines are run, and what they answer must be what stands there.

    # what it shows              a remark, kept
    #: project                   files to begin with: those of tests/cli/given/project
    #: terminal 80x24            run on a terminal of this size; without it, in a pipe
    $ capsa list                 a command line; NAME=VALUE before it sets a variable
    > six 1.17.0                 standard output; on a terminal, what stands there in the end, {red:in colours}
    ! a note                     standard error
    = 1                          the exit code, where it is not 0

Paths, times and versions of this machine are replaced by words.
"""

from __future__ import annotations

import platform
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from support.pty import OnTerminal
from support.run import Capsa
from support.terminal import Terminal

_FULL, _SHORT = platform.python_version(), ".".join(platform.python_version_tuple()[:2])
# What differs from machine to machine and from run to run, and the word for it; in this order.
_WORDS = (
    (r"\b(CPython|PyPy) \d+\.\d+\.\w+(, (CPython|PyPy) \d+\.\d+\.\w+)*", "CPython X.Y.Z"),
    (rf"\b{re.escape(_FULL)}", "X.Y.Z"),
    (rf"\bpython{re.escape(_SHORT)}\b", "pythonX.Y"),
    (r"(is here: `-p) [\d.]+", r"\1 X.Y"),
    (r" in \d+\.\d s\b", " in N.N s"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"\b[0-9a-f]{8}\b", "HEX"),
)


@dataclass(frozen=True)
class Snapshot:
    """``path`` is the file; ``words`` replace texts of this machine, (text, word), tried in order."""

    path: Path
    given: Path
    words: tuple[tuple[str, str], ...]

    def play(self, capsa: Capsa) -> str:
        """Run the command lines of the file and return it as it should be."""
        lines, size, is_loose = [], "", False
        for line in self.path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#: terminal "):
                size = line.removeprefix("#: terminal ")
            elif line == "#: loose":
                is_loose = True
            elif line.startswith("#: "):
                shutil.copytree(self.given / line.removeprefix("#: "), capsa.folder, dirs_exist_ok=True)
            if line.startswith("#"):
                lines.append(line)
            elif line.startswith("$ "):
                answer = self._answer(capsa, line, size)
                lines += ["", line, *(map(_loosened, answer) if is_loose else answer)]
        return "\n".join(lines) + "\n"

    def _answer(self, capsa: Capsa, line: str, size: str) -> list[str]:
        parts = shlex.split(line.removeprefix("$ "))
        first = parts.index("capsa")
        variables = dict(part.split("=", 1) for part in parts[:first])
        if size:
            columns, rows = (int(number) for number in size.split("x"))
            process = OnTerminal(
                capsa.command(*parts[first + 1 :]),
                folder=capsa.folder,
                variables=capsa.variables | variables,
                size=(columns, rows),
            )
            code = process.finish()
            streams = {">": Terminal(columns, rows).feed(process.written).painted, "!": ""}
        else:
            finished = capsa.run(*parts[first + 1 :], **variables)
            code, streams = finished.code, {">": finished.output, "!": finished.errors}
        told = [f"{mark} {text}".rstrip() for mark, out in streams.items() for text in self._tamed(out).splitlines()]
        return [*told, *([f"= {code}"] if code else [])]

    def _tamed(self, text: str) -> str:
        for here, word in self.words:
            text = text.replace(here, word)
        for pattern, word in _WORDS:
            text = re.sub(pattern, word, text)
        return text


def _loosened(line: str) -> str:
    return re.sub(r"(?<=\S) {2,}(?=\S)", "  ", line)
