"""Requirements files: pip's format, read through a function, so that the parser itself touches no disk.

Follows pip's requirements file format, with two deliberate differences: a relative path starts from the file's folder,
not from the current one, and a setting for build backends can't stand in a file. Installs nothing, fetches nothing.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from capsa.errors import RequirementError
from capsa.model.binary import Binaries
from capsa.model.requirement import COMMAND_LINE, Origin, Requirement, without_password
from capsa.project.line import decode, logical_lines
from capsa.project.option import (
    Given,
    Options,
    parse_hash,
    parse_options,
    parse_projects,
    split_editable,
    split_options,
)
from capsa.project.reference import Look, Written, file_path, look_at, parse_reference
from capsa.value import field, replace, value

STANDARD_INPUT = "-"


def read_bytes(path: str) -> bytes:
    """Return the content of a file on this disk; raises OSError."""
    with open(path, "rb") as stream:
        return stream.read()


@value
class Reading:
    """What reading needs to know: ``folder`` is the absolute current folder; ``variables`` fill ``${NAME}``.

    ``read`` returns the content of an absolute path or raises OSError; ``look`` tells what lies at one.
    ``standard_input`` is the content for the path "-", None where it can't be read.
    """

    folder: str
    variables: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[str], bytes] = read_bytes
    look: Look = look_at
    standard_input: bytes | None = None


@value
class RequirementsFile:
    """What one file, and all that it refers to, says: in order of appearance, each with its file and line.

    ``files`` are the absolute paths of everything that was read.
    """

    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    options: Options = field(default_factory=Options)
    files: tuple[str, ...] = ()


def read_requirements(path: str, reading: Reading, *, is_constraint: bool = False) -> RequirementsFile:
    """Read a requirements file (a constraints file if ``is_constraint``) with all files it refers to.

    ``path`` may be relative to ``reading.folder``, and "-" is standard input. Raises one RequirementError that names
    file and line of everything that is wrong.
    """
    collector = _Collector(reading)
    collector.include(path, COMMAND_LINE, "", is_constraint=is_constraint)
    return collector.result()


def parse_argument(
    text: str, folder: str, look: Look = look_at, *, is_editable: bool = False, verb: str = "install"
) -> Requirement:
    """Return the demand that an argument of the command line states: a name with versions, a path, a URL.

    ``folder`` is the absolute folder that relative paths start from; ``is_editable``: it is an argument of ``-e``;
    ``verb`` are the words of the command line to which ``-r FILE`` would be added, "" where it has no such option.
    Raises RequirementError.
    """
    if text.lower().endswith((".txt", ".in")) and "@" not in text and not is_editable:
        hint = f"{verb.partition(' ')[0]} what it lists: `capsa {verb} -r {shlex.quote(text)}`"
        raise RequirementError(
            f"`{text}` looks like a requirements file, not like a project", hints=(hint,) if verb else ()
        )
    written = Written(origin=COMMAND_LINE, folder=folder, look=look, verb=verb)
    return parse_reference(text, written, is_editable=is_editable)


class _Collector:
    """Walks through a file and those it names; remembers what they say and all that is wrong with them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._requirements: list[Requirement] = []
        self._constraints: list[Requirement] = []
        self._options = Options()
        self._open: list[str] = []  # the files that are being read, each named by the one before
        self._files: list[str] = []
        self._failures: list[RequirementError] = []

    def result(self) -> RequirementsFile:
        """Return what was said, or raise what was wrong."""
        if len(self._failures) == 1:
            raise self._failures[0]
        if self._failures:
            hints = dict.fromkeys(hint for failure in self._failures for hint in failure.hints)
            text = "; ".join(failure.message for failure in self._failures)
            raise RequirementError(f"{len(self._failures)} lines can't be used: {text}", hints=tuple(hints))
        return RequirementsFile(
            requirements=tuple(self._requirements),
            constraints=tuple(self._constraints),
            options=self._options,
            files=tuple(dict.fromkeys(self._files)),
        )

    def include(self, name: str, origin: Origin, folder: str, *, is_constraint: bool) -> None:
        """Read one more file, named in a line of another (``origin``) whose folder is ``folder``."""
        try:
            path, content = self._content(name, origin, folder or self._reading.folder)
            place = self._shown(path)
            text = decode(content, place)
        except RequirementError as error:
            self._failures.append(error)
            return
        self._open.append(path)
        for line in logical_lines(text, self._reading.variables):
            try:
                here = Origin(place=place, line=line.number)
                self._take(line.text, here, os.path.dirname(path), is_constraint=is_constraint)
            except RequirementError as error:
                self._failures.append(error)
        self._open.pop()

    def _content(self, name: str, origin: Origin, folder: str) -> tuple[str, bytes]:
        is_first = not self._open
        where = "" if is_first else f"{origin}: "
        if name == STANDARD_INPUT and is_first and self._reading.standard_input is not None:
            return os.path.join(folder, STANDARD_INPUT), self._reading.standard_input
        if name.lower().startswith(("http:", "https:")):
            raise RequirementError(
                f"{where}`{without_password(name)}` is a requirements file on the network, and those are not read",
                hints=("fetch it first, look at it, and name the file",),
            )
        local = file_path(name) if name.lower().startswith("file:") else name
        if local is None:
            raise RequirementError(f"{where}`{without_password(name)}` names no file on this machine")
        path = os.path.normpath(os.path.join(folder, local))
        if path in self._open:
            raise RequirementError(f"{where}{self._shown(path)} refers to itself through `{name}`")
        try:
            content = self._reading.read(path)
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            raise RequirementError(
                f"{where}the requirements file {self._shown(path)} can't be read: {reason}"
            ) from error
        self._files.append(path)
        return path, content

    def _shown(self, path: str) -> str:
        inside = os.path.join(self._reading.folder, "")
        shown = path.removeprefix(inside)
        return "standard input" if shown == STANDARD_INPUT else shown

    def _take(self, text: str, origin: Origin, folder: str, *, is_constraint: bool) -> None:
        editable = split_editable(text)
        demand, rest = editable or split_options(text)
        given = parse_options(rest, origin)
        if not demand:
            for option in given:
                self._take_option(option, origin, folder, is_constraint=is_constraint)
            return
        hashes = tuple(_hash_after(demand, option, origin) for option in given)
        written = Written(origin=origin, folder=folder, look=self._reading.look)
        requirement = parse_reference(demand, written, hashes, is_editable=editable is not None)
        self._add(requirement, is_constraint=is_constraint)

    def _add(self, requirement: Requirement, *, is_constraint: bool) -> None:
        lack = ""
        if is_constraint:
            lack = "has no extras" if requirement.extras else "" if requirement.name else "names its project"
            lack = "is not editable" if requirement.is_editable else lack
        if lack:
            raise RequirementError(
                f"{requirement.origin}: `{requirement.text}` is a constraint, and a constraint {lack}",
                hints=("write the name in front: `name @ URL`",) if not requirement.name else (),
            )
        (self._constraints if is_constraint else self._requirements).append(requirement)

    def _take_option(self, option: Given, origin: Origin, folder: str, *, is_constraint: bool) -> None:
        if option.name in {"--requirement", "--constraint"}:
            self.include(option.value, origin, folder, is_constraint=option.name == "--constraint")
        elif option.name == "--editable":  # its name was cut short, else `split_editable` would have seen it
            written = Written(origin=origin, folder=folder, look=self._reading.look)
            self._add(parse_reference(option.value, written, is_editable=True), is_constraint=is_constraint)
        elif option.name == "--config-settings":
            raise _no_setting(origin)
        elif option.name == "--hash":
            raise RequirementError(f"{origin}: {option.name} must follow a requirement on the same line")
        else:
            self._options = _with_option(self._options, option, folder, origin)


def _hash_after(demand: str, option: Given, origin: Origin) -> str:
    """The hash that follows a demand; nothing else may."""
    if option.name == "--config-settings":
        raise _no_setting(origin)
    if option.name != "--hash":
        shown = without_password(demand)
        raise RequirementError(f"{origin}: {option.name} must stand on a line of its own, not after `{shown}`")
    return parse_hash(option.value, origin)


def _no_setting(origin: Origin) -> RequirementError:
    return RequirementError(
        f"{origin}: --config-settings can't stand in a requirements file, as capsa hands them to every build",
        hints=("give it on the command line: `--config-settings KEY=VALUE`",),
    )


_LISTS = {"--extra-index-url": "extra_index_urls", "--trusted-host": "trusted_hosts", "--use-feature": "features"}
_FLAGS = {
    "--no-index": "is_without_index",
    "--pre": "is_pre_allowed",
    "--prefer-binary": "is_binary_preferred",
    "--require-hashes": "is_hash_required",
}


def _with_option(options: Options, option: Given, folder: str, origin: Origin) -> Options:
    name, value = option.name, option.value
    if name == "--index-url":
        return replace(options, index_url=value)
    if name == "--find-links":
        is_url = "://" in value or value.lower().startswith("file:")
        link = value if is_url else os.path.normpath(os.path.join(folder, value))
        return replace(options, find_links=(*options.find_links, link))
    if name in {"--only-binary", "--no-binary"}:
        binaries = Binaries(only=options.only_binary, no=options.no_binary)
        words = parse_projects(value, origin)
        binaries = binaries.with_only(words) if name == "--only-binary" else binaries.with_no(words)
        return replace(options, only_binary=binaries.only, no_binary=binaries.no)
    if name in _LISTS:
        changes: dict[str, Any] = {_LISTS[name]: (*getattr(options, _LISTS[name]), value)}
    else:
        changes = {_FLAGS[name]: True}
    return replace(options, **changes)
