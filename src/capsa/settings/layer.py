"""The settings of one run: layers from weak to strong, and of every value the origin.

built in < pip's files and ``PIP_*`` < the user's ``capsa.toml`` < ``[tool.capsa]`` or the project's ``capsa.toml`` <
``CAPSA_*`` < flags (CONTRACT, "Settings"). Reads files, writes none; never asks the process for anything: variables,
folder and home come in as `Surroundings`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from capsa.errors import UsageError
from capsa.model.outcome import SettingRow
from capsa.model.surroundings import Surroundings
from capsa.settings.pip import Read, SettingsError, pip_values, shown_path
from capsa.settings.place import DEFAULT_INDEX, cache_folder, data_folder, user_file
from capsa.settings.value import FORMS, Place, Value, switch, without_secrets

__all__ = ["ProjectSettings", "Settings", "SettingsError", "load", "read_text"]

# What a flag adds to instead of replacing: pip's custom, and CONTRACT's "those of the flags first, then the settings'".
_ADDED = frozenset({"extra-index-url", "find-links", "trusted-host"})
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """What a project says: ``table`` is ``[tool.capsa]`` as TOML gives it, ``path`` the pyproject.toml it stands in.

    A ``capsa.toml`` beside ``path`` is read by `load` and is stronger than the table, key by key.
    """

    table: dict[str, Any]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting by its key with ``_`` for ``-``; times are in seconds, paths absolute, URLs as they were written.

    ``origins`` tells for each key where its value comes from. ``proxies`` maps "http", "https" or "all" to a proxy:
    the ``proxy`` setting for everything, else what HTTP_PROXY, HTTPS_PROXY and ALL_PROXY say; ``no_proxy`` is NO_PROXY.
    """

    index_url: str
    extra_index_url: tuple[str, ...]
    find_links: tuple[str, ...]
    no_index: bool
    index_strategy: str
    index_max_age: float
    prerelease: str
    python: str | None
    cache_dir: str
    data_dir: str
    link_mode: str
    offline: bool
    timeout: float
    retries: int
    cert: str | None
    client_cert: str | None
    proxy: str | None
    trusted_host: tuple[str, ...]
    origins: Mapping[str, str]
    proxies: Mapping[str, str]
    no_proxy: tuple[str, ...]

    @property
    def indexes(self) -> tuple[str, ...]:
        """The indexes in the order in which they are asked: the extra ones, then the default one."""
        return () if self.no_index else tuple(dict.fromkeys((*self.extra_index_url, self.index_url)))

    @property
    def certificates(self) -> tuple[str | None, str | None]:
        """``cert`` as a file and as a folder of certificates: one of the two, or neither."""
        if self.cert is not None and os.path.isdir(self.cert):
            return None, self.cert
        return self.cert, None

    def get(self, key: str) -> Value:
        """Return the value of a key as it is written ("index-url"); KeyError for a key that is none."""
        if key not in FORMS:
            raise KeyError(key)
        value: Value = getattr(self, key.replace("-", "_"))
        return value

    def origin(self, key: str) -> str:
        """Return where the value of a key comes from, for people: "built in", "CAPSA_TIMEOUT", a file."""
        return self.origins[key]

    def rows(self) -> tuple[SettingRow, ...]:
        """Return every setting for ``config show``, secrets in URLs as ``****``."""
        return tuple(
            SettingRow(key=key, value=_plain(self.get(key)), origin=self.origins[key]) for key in sorted(FORMS)
        )


def read_text(path: str) -> str | None:
    """Return the text of a file (UTF-8, a byte order mark is dropped), or None where there is none."""
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def load(
    surroundings: Surroundings,
    *,
    flags: Mapping[str, object],
    project: ProjectSettings | None = None,
    read: Read = read_text,
) -> Settings:
    """Return the settings that all layers make together.

    ``flags`` are the values of an invocation by their keys; those that are no settings are passed over. Raises
    SettingsError, once for everything that is wrong in files and variables, and UsageError where a flag is.
    """
    chosen = _built_in(surroundings)
    problems: list[_Problem] = []
    for statement in _statements(surroundings, flags, project, read):
        try:
            value = _value_of(statement, surroundings)
        except _ProblemError as error:
            problems.append(error.problem)
            continue
        chosen[statement.key] = _joined(statement, value, chosen[statement.key])
    if problems:
        raise _error_of(problems)
    return _settings_of(surroundings, chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """One value as it was written; ``label`` begins the sentence about it, ``origin`` is what ``config show`` tells."""

    key: str
    raw: object
    origin: str
    label: str
    folder: str
    is_text: bool = True
    is_flag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    sentence: str
    hints: tuple[str, ...]
    is_flag: bool


class _ProblemError(Exception):
    """A statement that can't be used: collected, so that all of them are told at once."""

    def __init__(self, problem: _Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


_Chosen = dict[str, tuple[Value, str]]


def _built_in(surroundings: Surroundings) -> _Chosen:
    values: dict[str, Value] = {
        "index-url": DEFAULT_INDEX,
        "extra-index-url": (),
        "find-links": (),
        "no-index": False,
        "index-strategy": "first-index",
        "index-max-age": 600.0,
        "prerelease": "if-necessary-or-explicit",
        "python": None,
        "cache-dir": cache_folder(surroundings),
        "data-dir": data_folder(surroundings),
        "link-mode": "auto",
        "offline": False,
        "timeout": 15.0,
        "retries": 4,
        "cert": None,
        "client-cert": None,
        "proxy": None,
        "trusted-host": (),
    }
    return {key: (values[key], "built in") for key in FORMS}


def _statements(
    surroundings: Surroundings, flags: Mapping[str, object], project: ProjectSettings | None, read: Read
) -> Iterator[_Statement]:
    """Every value of every layer, weakest first."""
    yield from _system_statements(surroundings)
    if not _is_bare(surroundings, flags):
        for value in pip_values(surroundings, read):
            label = value.origin if "[" in value.origin else value.origin.removeprefix("pip: ")
            label += f": `{value.key}`" if "[" in value.origin else ""
            yield _Statement(key=value.key, raw=value.text, origin=value.origin, label=label, folder=value.folder)
        yield from _user_statements(surroundings, flags, read)
        yield from _project_statements(surroundings, project, read)
    for key in FORMS:
        variable = "CAPSA_" + key.upper().replace("-", "_")
        text = surroundings.variables.get(variable)
        if text:
            yield _Statement(key=key, raw=text, origin=variable, label=variable, folder=surroundings.folder)
    yield from _flag_statements(surroundings, flags)


def _system_statements(surroundings: Surroundings) -> Iterator[_Statement]:
    variables, folder = surroundings.variables, surroundings.folder
    certificate = next((name for name in _CERTIFICATES if variables.get(name)), None)
    if certificate:
        raw = variables[certificate]
        yield _Statement(key="cert", raw=raw, origin=certificate, label=certificate, folder=folder)
    proxy = _variable(variables, "https_proxy") or _variable(variables, "all_proxy")
    if proxy:
        yield _Statement(key="proxy", raw=variables[proxy], origin=proxy, label=proxy, folder=folder)


def _variable(variables: Mapping[str, str], name: str) -> str | None:
    """The proxy variables are spelled both ways; the small letters win, as in curl."""
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


def _user_statements(surroundings: Surroundings, flags: Mapping[str, object], read: Read) -> Iterator[_Statement]:
    flag, variable = flags.get("config"), surroundings.variables.get("CAPSA_CONFIG_FILE")
    named = str(flag) if flag else variable
    path = os.path.normpath(os.path.join(surroundings.folder, named)) if named else user_file(surroundings)
    document = _document(path, surroundings, read)
    if document is None and named:
        origin = "--config" if flag else "CAPSA_CONFIG_FILE"
        raise SettingsError(f"{origin} names `{named}`, and there is no such file")
    yield from _file_statements(document or {}, path, shown_path(path, surroundings))


def _project_statements(
    surroundings: Surroundings, project: ProjectSettings | None, read: Read
) -> Iterator[_Statement]:
    if project is None:
        return
    yield from _file_statements(project.table, project.path, f"{shown_path(project.path, surroundings)} [tool.capsa]")
    beside = os.path.join(os.path.dirname(project.path), "capsa.toml")
    yield from _file_statements(_document(beside, surroundings, read) or {}, beside, shown_path(beside, surroundings))


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


def _file_statements(table: dict[str, Any], path: str, shown: str) -> Iterator[_Statement]:
    folder = os.path.dirname(path)
    for key, raw in table.items():
        yield _Statement(key=key, raw=raw, origin=shown, label=f"{shown}: `{key}`", folder=folder, is_text=False)


def _flag_statements(surroundings: Surroundings, flags: Mapping[str, object]) -> Iterator[_Statement]:
    if flags.get("pre"):
        yield _Statement(
            key="prerelease", raw="allow", origin="flag --pre", label="--pre", folder=surroundings.folder, is_flag=True
        )
    for key, raw in flags.items():
        if key in FORMS:
            label = f"--{key}"
            yield _Statement(
                key=key, raw=raw, origin=f"flag {label}", label=label, folder=surroundings.folder, is_flag=True
            )


def _value_of(statement: _Statement, surroundings: Surroundings) -> Value:
    form = FORMS.get(statement.key)
    if form is None:
        sentence = f"{statement.label} is not a setting"
        raise _ProblemError(_Problem(sentence=sentence, hints=(_near_miss(statement.key),), is_flag=statement.is_flag))
    place = Place(folder=statement.folder, home=surroundings.home, is_text=statement.is_text)
    try:
        return form(statement.raw, place)
    except ValueError as error:
        raw = statement.raw
        written = f"`{without_secrets(raw)}`" if isinstance(raw, str) else _toml(raw)
        sentence = f"{statement.label} must be {error}, not {written}"
        raise _ProblemError(_Problem(sentence=sentence, hints=(), is_flag=statement.is_flag)) from error


def _toml(raw: object) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    return "a table" if isinstance(raw, dict) else "a list" if isinstance(raw, list) else str(raw)


def _near_miss(key: str) -> str:
    import difflib  # noqa: PLC0415 - only for a failure

    near = difflib.get_close_matches(key.lower().replace("_", "-"), FORMS, n=1, cutoff=0.7)
    return f"write `{near[0]}`" if near else "see every setting: `capsa config show`"


def _joined(statement: _Statement, value: Value, weaker: tuple[Value, str]) -> tuple[Value, str]:
    if not (statement.is_flag and statement.key in _ADDED and isinstance(value, tuple)):
        return value, statement.origin
    others, origin = weaker
    if not isinstance(others, tuple) or not others:
        return value, statement.origin
    return tuple(dict.fromkeys(value + others)), f"{statement.origin}, then {origin}"


def _error_of(problems: list[_Problem]) -> UsageError | SettingsError:
    sentence = "; ".join(problem.sentence for problem in problems)
    hints = tuple(dict.fromkeys(hint for problem in problems for hint in problem.hints))
    is_usage = any(problem.is_flag for problem in problems)
    return UsageError(sentence, hints=hints) if is_usage else SettingsError(sentence, hints=hints)


def _settings_of(surroundings: Surroundings, chosen: _Chosen) -> Settings:
    values: dict[str, Any] = {key.replace("-", "_"): value for key, (value, _) in chosen.items()}
    origins = {key: origin for key, (_, origin) in chosen.items()}
    variables = surroundings.variables
    if origins["proxy"] in {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} or values["proxy"] is None:
        named = {scheme: _variable(variables, f"{scheme}_proxy") for scheme in ("http", "https", "all")}
        proxies = {scheme: variables[name] for scheme, name in named.items() if name}
    else:
        proxies = {"all": values["proxy"]}
    exempt = variables[name] if (name := _variable(variables, "no_proxy")) else ""
    no_proxy = tuple(host.strip() for host in exempt.split(",") if host.strip())
    return Settings(origins=origins, proxies=proxies, no_proxy=no_proxy, **values)


def _plain(value: Value) -> str | float | bool | list[str] | None:
    if isinstance(value, tuple):
        return [without_secrets(item) for item in value]
    return without_secrets(value) if isinstance(value, str) else value
