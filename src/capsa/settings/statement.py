"""The layers of settings as they are written, weakest first: every value with its place, not yet read.

built in < pip's files and ``PIP_*`` < the user's ``capsa.toml`` < ``[tool.capsa]`` or the project's ``capsa.toml`` <
``CAPSA_*`` < flags (CONTRACT, "Settings"). Reads files through a function; what the values mean is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from capsa.errors import UsageError
from capsa.model.surroundings import Surroundings
from capsa.settings.pip import Read, SettingsError, pip_values, shown_path
from capsa.settings.place import user_file
from capsa.settings.value import FORMS, Place, switch
from capsa.value import value

# What [tool.capsa] says of the project itself: `capsa.project.declared` reads it.
_OF_PROJECT = frozenset({"default-groups", "package"})
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@value
class ProjectSettings:
    """What a project says: ``table`` is ``[tool.capsa]`` as TOML gives it, ``path`` the pyproject.toml it stands in.

    A ``capsa.toml`` beside ``path`` is read by `load` and is stronger than the table, key by key.
    """

    table: dict[str, Any]
    path: str


@value
class Statement:
    """One value as it was written; ``label`` begins the sentence about it, ``origin`` is what ``config show`` tells."""

    key: str
    raw: object
    origin: str
    label: str
    folder: str
    is_text: bool = True
    is_flag: bool = False


def layers(
    surroundings: Surroundings, flags: Mapping[str, object], project: ProjectSettings | None, read: Read
) -> Iterator[Iterator[Statement]]:
    """Yield the statements of every layer, the weakest layer first.

    Raises SettingsError for a file that can't be read.
    """
    yield _system_statements(surroundings)
    if not _is_bare(surroundings, flags):
        yield _pip_statements(surroundings, read)
        yield _user_statements(surroundings, flags, read)
        if project is not None:
            shown = f"{shown_path(project.path, surroundings)} [tool.capsa]"
            table = {key: value for key, value in project.table.items() if key not in _OF_PROJECT}
            yield _file_statements(table, project.path, shown)
            beside = os.path.join(os.path.dirname(project.path), "capsa.toml")
            document = _document(beside, surroundings, read) or {}
            yield _file_statements(document, beside, shown_path(beside, surroundings))
    yield _variable_statements(surroundings)
    yield _flag_statements(surroundings, flags)


def _pip_statements(surroundings: Surroundings, read: Read) -> Iterator[Statement]:
    for said in pip_values(surroundings, read):
        label = said.origin if "[" in said.origin else said.origin.removeprefix("pip: ")
        label += f": `{said.key}`" if "[" in said.origin else ""
        yield Statement(key=said.key, raw=said.text, origin=said.origin, label=label, folder=said.folder)


def _variable_statements(surroundings: Surroundings) -> Iterator[Statement]:
    for key in FORMS:
        variable = "CAPSA_" + key.upper().replace("-", "_")
        text = surroundings.variables.get(variable)
        if text:
            yield Statement(key=key, raw=text, origin=variable, label=variable, folder=surroundings.folder)


def _system_statements(surroundings: Surroundings) -> Iterator[Statement]:
    variables, folder = surroundings.variables, surroundings.folder
    certificate = next((name for name in _CERTIFICATES if variables.get(name)), None)
    if certificate:
        raw = variables[certificate]
        yield Statement(key="cert", raw=raw, origin=certificate, label=certificate, folder=folder)
    proxy = spelling_of(variables, "https_proxy") or spelling_of(variables, "all_proxy")
    if proxy:
        yield Statement(key="proxy", raw=variables[proxy], origin=proxy, label=proxy, folder=folder)


def spelling_of(variables: Mapping[str, str], name: str) -> str | None:
    """Return the name under which a variable of proxies is set: in small letters first, as in curl; None for none."""
    return next((spelling for spelling in (name, name.upper()) if variables.get(spelling)), None)


def _is_bare(surroundings: Surroundings, flags: Mapping[str, object]) -> bool:
    """Whether files and pip's layer are left out; a named file beats the variable, as flags beat variables."""
    if flags.get("no-config"):
        if flags.get("config"):
            raise UsageError("`--config` and `--no-config` contradict each other", hints=("leave one of them out",))
        return True
    text = surroundings.variables.get("CAPSA_NO_CONFIG")
    if not text or flags.get("config"):
        return False
    try:
        return switch(text, Place(folder=surroundings.folder, home=surroundings.home, is_text=True))
    except ValueError as error:
        raise SettingsError(f"CAPSA_NO_CONFIG must be {error}, not `{text}`") from error


def _user_statements(surroundings: Surroundings, flags: Mapping[str, object], read: Read) -> Iterator[Statement]:
    flag, variable = flags.get("config"), surroundings.variables.get("CAPSA_CONFIG_FILE")
    named = str(flag) if flag else variable
    path = os.path.normpath(os.path.join(surroundings.folder, named)) if named else user_file(surroundings)
    document = _document(path, surroundings, read)
    if document is None and named:
        origin = "--config" if flag else "CAPSA_CONFIG_FILE"
        raise SettingsError(f"{origin} names `{named}`, and there is no such file")
    yield from _file_statements(document or {}, path, shown_path(path, surroundings))


def _document(path: str, surroundings: Surroundings, read: Read) -> dict[str, Any] | None:
    try:
        text = read(path)
        if text is None:
            return None
        import tomllib  # noqa: PLC0415 - 4 ms, and most runs have no settings file

        return tomllib.loads(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SettingsError(f"{shown_path(path, surroundings)} can't be read: {reason}") from error


def _file_statements(table: dict[str, Any], path: str, shown: str) -> Iterator[Statement]:
    folder = os.path.dirname(path)
    for key, raw in table.items():
        yield Statement(key=key, raw=raw, origin=shown, label=f"{shown}: `{key}`", folder=folder, is_text=False)


def _flag_statements(surroundings: Surroundings, flags: Mapping[str, object]) -> Iterator[Statement]:
    if flags.get("pre"):
        yield Statement(
            key="prerelease", raw="allow", origin="flag --pre", label="--pre", folder=surroundings.folder, is_flag=True
        )
    if flags.get("compile"):
        flag = "--compile"
        yield Statement(
            key="compile-bytecode",
            raw="now",
            origin=f"flag {flag}",
            label=flag,
            folder=surroundings.folder,
            is_flag=True,
        )
    for key, raw in flags.items():
        if key in FORMS:
            label = f"--{key}"
            yield Statement(
                key=key, raw=raw, origin=f"flag {label}", label=label, folder=surroundings.folder, is_flag=True
            )
