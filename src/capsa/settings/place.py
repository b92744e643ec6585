"""Where things are when no setting names another place: the default index; folders, by variables and platform alone.

Follows the XDG base directory specification on Linux and each system's own custom elsewhere. Reads no setting: where a
file could hold one, `cache_root` answers None and the caller takes the slow way through ``settings``.
"""

import os

from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

_DEFAULT_HOST = ("pypi", "org")
DEFAULT_INDEX = f"https://{'.'.join(_DEFAULT_HOST)}/simple"
"""The index that everybody uses, put together from parts: no registry's host name stands in this repository."""

SPARES = 2
"""How many spares of pip are kept: two boxes may be made in a row before the background has caught up."""


def cache_folder(surroundings: Surroundings) -> str:
    """Return the built-in folder of the store, absolute."""
    return _folder(surroundings, "XDG_CACHE_HOME", "/.cache", "/Library/Caches", ("LOCALAPPDATA", "\\AppData\\Local"))


def data_folder(surroundings: Surroundings) -> str:
    """Return the built-in folder of named boxes, tools and the register, absolute."""
    mac = "/Library/Application Support"
    return _folder(surroundings, "XDG_DATA_HOME", "/.local/share", mac, ("APPDATA", "\\AppData\\Roaming"))


def config_folder(surroundings: Surroundings) -> str:
    """Return the folder of the user's ``capsa.toml``, absolute."""
    mac = "/Library/Application Support"
    return _folder(surroundings, "XDG_CONFIG_HOME", "/.config", mac, ("APPDATA", "\\AppData\\Roaming"))


def user_file(surroundings: Surroundings) -> str:
    """Return the path of the user's settings file, there or not."""
    return joined(surroundings, config_folder(surroundings), "capsa.toml")


def absolute(surroundings: Surroundings, written: str) -> str:
    """Return a path as people write it, from the current folder or with ``~`` for home, as an absolute one."""
    if written == "~" or written.startswith("~/"):
        written = surroundings.home + written[1:]
    return os.path.normpath(os.path.join(surroundings.folder, written))


def joined(surroundings: Surroundings, folder: str, name: str) -> str:
    """Return ``folder`` and ``name`` as one path of the platform that is described, which tests simulate."""
    return f"{folder}{chr(92) if surroundings.is_windows else '/'}{name}"


def cache_root(surroundings: Surroundings) -> str | None:
    """Return the store's folder when variables alone decide it, None when a settings file may have a word.

    A user file, a named settings file, a ``capsa.toml`` of the project, or a ``pyproject.toml`` that speaks of capsa
    all mean None: they may set more than the cache folder (the link mode, the Python), so the fast path steps aside.
    pip's layer sets none of what the fast path uses.
    """
    if has_settings_files(surroundings):
        return None
    return _named(surroundings, "CAPSA_CACHE_DIR") or cache_folder(surroundings)


def data_root(surroundings: Surroundings) -> str:
    """Return the data folder as variables alone decide it: to be asked where `cache_root` gave an answer."""
    return _named(surroundings, "CAPSA_DATA_DIR") or data_folder(surroundings)


def has_settings_files(surroundings: Surroundings) -> bool:
    """Whether a file of ours may set something; existence decides, and one word inside a ``pyproject.toml``."""
    variables = surroundings.variables
    if variables.get("CAPSA_NO_CONFIG") == "1":
        return False
    if variables.get("CAPSA_NO_CONFIG") or variables.get("CAPSA_CONFIG_FILE"):
        return True  # other spellings of yes and no, and a named file: the slow path reads them
    return os.path.exists(user_file(surroundings)) or _has_project_settings(surroundings.folder)


def _named(surroundings: Surroundings, variable: str) -> str:
    """Return the folder that a variable names, absolute; "" where it names none."""
    written = surroundings.variables.get(variable)
    return absolute(surroundings, written) if written else ""


def _has_project_settings(folder: str) -> bool:
    while True:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.exists(path):
            return os.path.exists(os.path.join(folder, "capsa.toml")) or _speaks_of_capsa(path)
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent


def _speaks_of_capsa(path: str) -> bool:
    # Reading TOML costs more than the whole fast path; a file without the word has no [tool.capsa]. TOML may spell
    # the word with escapes, hence the second question.
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError:
        return True  # the slow path will say what is wrong with it
    return b"capsa" in content or b"\\u" in content.lower()


def _folder(surroundings: Surroundings, variable: str, unix: str, mac: str, windows: tuple[str, str]) -> str:
    home, variables = surroundings.home, surroundings.variables
    if surroundings.is_windows:
        base = variables.get(windows[0]) or home + windows[1]
        return joined(surroundings, base, "capsa")
    # The XDG specification: a relative path is invalid and counts as not set.
    named = variables.get(variable, "")
    if named.startswith("/"):
        return joined(surroundings, named.rstrip("/"), "capsa")
    return joined(surroundings, home + (mac if surroundings.platform == "darwin" else unix), "capsa")


# What the fast path understands of the variables of capsa: any other makes it step aside.
_UNDERSTOOD = frozenset(
    {
        "CAPSA_CACHE_DIR",
        "CAPSA_COMPILE_BYTECODE",
        "CAPSA_DATA_DIR",
        "CAPSA_INDEX_URL",
        "CAPSA_NO_CONFIG",
        "CAPSA_PYTHON",
        "CAPSA_SPARES",
    }
)


def has_variables(surroundings: Surroundings) -> bool:
    """Whether a variable of capsa is set that the fast path of `create` and `install` does not understand."""
    return any(name.startswith("CAPSA_") and name not in _UNDERSTOOD for name in surroundings.variables)


def spare_count(surroundings: Surroundings) -> int | None:
    """Return how many spares are to be kept where no settings file has a word, None where the variable is no number."""
    written = surroundings.variables.get("CAPSA_SPARES", "")
    if not written:
        return SPARES
    return int(written) if written.isascii() and written.isdigit() else None
