"""pip's own configuration, for the keys that say how indexes are reached: files in pip's order, then ``PIP_*``.

Follows pip's documented precedence, to the letter where it surprises: sections outrank files, so ``[install]`` of the
global file beats ``[global]`` of the user's, and an empty value hides a weaker one and then counts as not set. The file
of a virtual environment ("site") is left out: settings must not change with the box they are used on. Reads, writes
nothing; knows nothing of capsa's own settings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from capsa.errors import Failure
from capsa.model.surroundings import Surroundings
from capsa.settings.place import joined
from capsa.value import value

Read = Callable[[str], str | None]
"""Gives the text of a file, None where there is no such file; raises OSError or UnicodeDecodeError."""

KEYS = (
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "cert",
    "client-cert",
    "proxy",
    "trusted-host",
    "timeout",
)
_ALIASES = {"pypi-url": "index-url", "default-timeout": "timeout"}
_SECTIONS = ("global", "install")


class SettingsError(Failure):
    """A settings file, or a value in it, that can't be used; the message names the file and the key."""

    kind = "settings"


@value
class PipValue:
    """One setting as pip was told it: ``text`` is never empty; ``folder`` is what relative paths are relative to."""

    key: str
    text: str
    origin: str
    folder: str


def pip_values(surroundings: Surroundings, read: Read) -> tuple[PipValue, ...]:
    """Return pip's settings for `KEYS`, each key once, in the order of `KEYS`.

    Raises SettingsError that names the file when one can't be parsed. A file that may not be opened is passed over,
    as pip does: a configuration that works for pip works here.
    """
    values: dict[str, PipValue] = {}
    for section in _in_files(surroundings, read):
        values |= {key: value for key, value in section.items() if value.text}
    values |= _in_variables(surroundings)
    return tuple(values[key] for key in KEYS if key in values)


def pip_files(surroundings: Surroundings) -> tuple[str, ...]:
    """Return the paths that pip would read, there or not, weakest first."""
    named = surroundings.variables.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return ()
    files = _global_files(surroundings)
    if not (named and os.path.exists(named)):
        files += _user_files(surroundings)
    if named:
        files.append(os.path.normpath(os.path.join(surroundings.folder, named)))
    return tuple(files)


def _global_files(surroundings: Surroundings) -> list[str]:
    variables = surroundings.variables
    if surroundings.is_windows:
        return [f"{variables.get('PROGRAMDATA') or 'C:' + chr(92) + 'ProgramData'}\\pip\\pip.ini"]
    if surroundings.platform == "darwin":
        return ["/Library/Application Support/pip/pip.conf"]
    folders = (variables.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    return [f"{folder.rstrip('/')}/pip/pip.conf" for folder in folders if folder] + ["/etc/pip.conf"]


def _user_files(surroundings: Surroundings) -> list[str]:
    variables, home = surroundings.variables, surroundings.home
    if surroundings.is_windows:
        roaming = variables.get("APPDATA") or f"{home}\\AppData\\Roaming"
        return [f"{home}\\pip\\pip.ini", f"{roaming}\\pip\\pip.ini"]
    folder = f"{variables.get('XDG_CONFIG_HOME') or home + '/.config'}/pip"
    if surroundings.platform == "darwin":
        native = f"{home}/Library/Application Support/pip"
        folder = native if os.path.isdir(native) else f"{home}/.config/pip"
    return [f"{home}/.pip/pip.conf", joined(surroundings, folder, "pip.conf")]


def _in_files(surroundings: Surroundings, read: Read) -> tuple[dict[str, PipValue], ...]:
    sections: tuple[dict[str, PipValue], ...] = tuple({} for _ in _SECTIONS)
    for path in pip_files(surroundings):
        try:
            text = read(path)
        except PermissionError:
            continue  # pip passes over a file that it may not open
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, surroundings, str(error)) from error
        if text is None:
            continue
        for found, name in zip(sections, _SECTIONS, strict=True):
            place = f"pip: {shown_path(path, surroundings)} [{name}]"
            for key, setting in _section(path, text, name, surroundings):
                found[key] = PipValue(key=key, text=setting, origin=place, folder=os.path.dirname(path))
    return sections


def _section(path: str, text: str, name: str, surroundings: Surroundings) -> Iterator[tuple[str, str]]:
    import configparser  # noqa: PLC0415 - 4 ms, and most machines have no pip.conf

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text, source=path)
    except configparser.Error as error:
        raise _unreadable(path, surroundings, str(error).splitlines()[0]) from error
    if not parser.has_section(name):
        return
    for option, setting in parser.items(name):
        key = option.lower().replace("_", "-").removeprefix("--")
        key = _ALIASES.get(key, key)
        if key in KEYS:
            yield key, setting.strip()


def _in_variables(surroundings: Surroundings) -> dict[str, PipValue]:
    found: dict[str, PipValue] = {}
    spelled = _ALIASES | {key: key for key in KEYS}
    for option, key in spelled.items():
        variable = "PIP_" + option.upper().replace("-", "_")
        text = surroundings.variables.get(variable, "").strip()
        if text:
            found[key] = PipValue(key=key, text=text, origin=f"pip: {variable}", folder=surroundings.folder)
    return found


def shown_path(path: str, surroundings: Surroundings) -> str:
    """Return a path as origins and messages show it: below the home folder with ``~``."""
    home = surroundings.home
    return f"~{path[len(home) :]}" if home and path.startswith((f"{home}/", f"{home}\\")) else path


def _unreadable(path: str, surroundings: Surroundings, reason: str) -> SettingsError:
    return SettingsError(
        f"pip's settings file {shown_path(path, surroundings)} can't be read: {reason}",
        hints=("mend the file, or do without pip's settings: `CAPSA_NO_CONFIG=1`",),
    )
