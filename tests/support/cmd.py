"""So much of Windows' cmd as our batch files use, by its rules: a stand-in where there is no cmd.

A line is read in this order: variables between percent signs, then the line is taken apart, then variables between
exclamation marks where they are in use, and the variables of loops before those. What is not understood is an error: a
value that gets out of its quotes makes a line that is not understood.
"""

from __future__ import annotations

import ntpath
import re

_PERCENT = re.compile(
    r"%(?:(?P<percent>%)|~dp(?P<place>0)|~(?P<number>\d)|(?P<name>\w+)(?::(?P<old>[^%=]+)=(?P<new>[^%]*))?%)"
)
_LATE = re.compile(r"\^(?P<kept>.)|!(?P<name>\w+)(?::(?P<old>[^!=]+)=(?P<new>[^!]*))?!|!")
_SET = re.compile(r'set "(\w+)=([^"]*|.*)"')
_IF = re.compile(
    r'if (?P<case>/i )?(?P<no>not )?(?:defined (?P<name>\w+)|exist "(?P<path>[^"]*)"|errorlevel (?P<level>\d+)|'
    r'"(?P<left>[^"]*)"=="(?P<right>[^"]*)") (?P<then>.+)'
)
_WORDS = re.compile(r"for %(?P<sign>\w) in \((?P<words>[\w ]+)\) do @(?P<body>.+)")
_PLACE = re.compile(r'for %(?P<sign>\w) in \("(?P<path>[^"*?]*)"\) do @(?P<body>.+)')
_TEXT = re.compile(r'for /f delims\^=\^ eol\^= %(?P<sign>\w) in \("(?P<text>.*)"\) do @\((?P<body>[^()]+)\)')


class Cmd:
    """A command line with its ``variables``; ``files`` are the paths that exist; ``said`` is its standard error."""

    def __init__(self, variables: dict[str, str], files: set[str], *, is_expanding: bool = False) -> None:
        self.variables = dict(variables)
        self.files = files
        self.is_expanding = is_expanding
        self.said: list[str] = []
        self.code = 0
        self._kept: list[tuple[dict[str, str], bool]] = []

    def run(self, path: str, text: str) -> int:
        """Run a batch file that lies at ``path``."""
        depth = len(self._kept)
        self._path = path
        self._lines = text.split("\r\n")
        self._labels = {line[1:]: number for number, line in enumerate(self._lines) if line.startswith(":")}
        self._from(0, ())
        self._back_to(depth)
        return self.code

    def _from(self, at: int, arguments: tuple[str, ...]) -> None:
        depth, self._is_over = len(self._kept), False
        while at < len(self._lines) and not self._is_over:
            line = self._lines[at]
            at += 1
            if line and not line.startswith((":", "@rem")):
                assert line.startswith("@"), f"would be shown: {line}"
                self._next = at
                self._execute(self._percents(line[1:], arguments))
                at = self._next
        self._is_over = False
        self._back_to(depth)

    def _execute(self, line: str) -> None:
        if match := _IF.fullmatch(line):
            if self._holds(match) is not bool(match["no"]):
                self._execute(match["then"])
        elif match := _WORDS.fullmatch(line):
            for word in match["words"].split():
                self._execute(match["body"].replace(f"%{match['sign']}", word))
        elif match := _PLACE.fullmatch(line):
            path = ntpath.normpath(self._late(match["path"]))
            body = match["body"].replace(f"%~f{match['sign']}", path)
            self._execute(body.replace(f"%~nx{match['sign']}", ntpath.basename(path)))
        elif match := _TEXT.fullmatch(line):
            text = self._late(match["text"])
            for command in match["body"].split(" & ") if text else ():
                self._execute(command.replace(f"%{match['sign']}", text))
        elif match := _SET.fullmatch(line):
            value = self._late(match[2])
            self.variables.pop(match[1], None)
            if value:
                self.variables[match[1]] = value
        else:
            self._simple(line)

    def _simple(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "goto":
            self._next = self._labels[rest]
        elif word == "call":
            label, *arguments = rest.split()
            following = self._next
            self._from(self._labels[label.removeprefix(":")], tuple(arguments))
            self._next = following
        elif word == "exit":
            self.code, self._is_over = int(rest.removeprefix("/b ")), True
        elif word == "setlocal":
            self._kept.append((dict(self.variables), self.is_expanding))
            self.is_expanding = {"EnableDelayedExpansion": True, "DisableDelayedExpansion": False}[rest]
        elif line == "endlocal":
            self._back_to(len(self._kept) - 1)
        elif word == "echo" and re.fullmatch(r'(?:[^"&|<>^()%]|"[^"]*")*>&2', rest):
            self.said.append(self._late(rest.removesuffix(">&2")))
        else:
            raise AssertionError(f"not understood: {line}")

    def _back_to(self, depth: int) -> None:
        while len(self._kept) > depth:
            self.variables, self.is_expanding = self._kept.pop()

    def _holds(self, match: re.Match[str]) -> bool:
        if match["name"]:
            return match["name"] in self.variables
        if match["path"] is not None:
            return ntpath.normpath(self._late(match["path"])) in self.files
        if match["level"]:
            return self.code >= int(match["level"])
        left, right = self._late(match["left"]), self._late(match["right"])
        return left.lower() == right.lower() if match["case"] else left == right

    def _percents(self, line: str, arguments: tuple[str, ...]) -> str:
        def value(match: re.Match[str]) -> str:
            if match["percent"]:
                return "%"
            if match["place"]:
                return ntpath.dirname(self._path) + "\\"
            if match["number"]:
                return arguments[int(match["number"]) - 1]
            return self._changed(match)

        return _PERCENT.sub(value, line)

    def _late(self, text: str) -> str:
        if not self.is_expanding or "!" not in text:
            return text
        return _LATE.sub(lambda match: match["kept"] or (self._changed(match) if match["name"] else ""), text)

    def _changed(self, match: re.Match[str]) -> str:
        found = self.variables.get(match["name"], "")
        return found.replace(match["old"], match["new"]) if match["old"] else found
