"""The settings of one run: the layers of `statement` put together, and of every value the origin.

Reads files, writes none; never asks the process for anything: variables, folder and home come in as `Surroundings`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from capsa.errors import UsageError
from capsa.model.binary import EVERY
from capsa.model.outcome import SettingRow
from capsa.model.surroundings import Surroundings
from capsa.settings.binary import KEYS, ContradictionError, Said, settled
from capsa.settings.pip import Read, SettingsError
from capsa.settings.place import DEFAULT_INDEX, SPARES, cache_folder, data_folder
from capsa.settings.statement import ProjectSettings, Statement, layers, spelling_of
from capsa.settings.value import FORMS, Place, Value, without_secrets
from capsa.value import value

__all__ = ["ProjectSettings", "Settings", "SettingsError", "load", "read_text"]

# What a flag adds to instead of replacing: pip's custom, and CONTRACT's "those of the flags first, then the settings'".
_ADDED = frozenset({"extra-index-url", "find-links", "trusted-host", "config-settings"})


@value
class Settings:
    """Every setting by its key with ``_`` for ``-``; times are in seconds, paths absolute, URLs as they were written.

    ``only_binary`` and ``no_binary`` hold normalized names and ":all:", ``config_settings`` texts "KEY=VALUE".
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
    only_binary: tuple[str, ...]
    no_binary: tuple[str, ...]
    no_build_isolation: bool
    config_settings: tuple[str, ...]
    python: str | None
    cache_dir: str
    data_dir: str
    link_mode: str
    compile_bytecode: str
    spares: int
    startup_code: str
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
    def no_build(self) -> bool:
        """Whether nothing is built from source but what ``no_binary`` names: ":all:" is in ``only_binary``."""
        return EVERY in self.only_binary

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
    for layer in layers(surroundings, flags, project, read):
        binaries: dict[str, Said] = {}
        for statement in layer:
            try:
                value = _value_of(statement, surroundings)
            except _ProblemError as error:
                problems.append(error.problem)
                continue
            if statement.key in KEYS:
                binaries[statement.key] = _said(statement, value)
            else:
                chosen[statement.key] = _joined(statement, value, chosen[statement.key])
        try:
            chosen |= settled(chosen, binaries) if binaries else {}
        except ContradictionError as error:
            is_flag = next(iter(binaries.values())).is_added
            problems.append(_Problem(sentence=str(error), hints=(), is_flag=is_flag))
    if problems:
        raise _error_of(problems)
    return _settings_of(surroundings, chosen)


@value
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
        "no-build": False,
        "only-binary": (),
        "no-binary": (),
        "no-build-isolation": False,
        "config-settings": (),
        "python": None,
        "cache-dir": cache_folder(surroundings),
        "data-dir": data_folder(surroundings),
        "link-mode": "auto",
        "compile-bytecode": "later",
        "startup-code": "note",
        "spares": SPARES,
        "offline": False,
        "timeout": 15.0,
        "retries": 4,
        "cert": None,
        "client-cert": None,
        "proxy": None,
        "trusted-host": (),
    }
    return {key: (values[key], "built in") for key in FORMS}


def _value_of(statement: Statement, surroundings: Surroundings) -> Value:
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


def _said(statement: Statement, value: Value) -> Said:
    return Said(value=value, origin=statement.origin, label=statement.label, is_added=statement.is_flag)


def _joined(statement: Statement, value: Value, weaker: tuple[Value, str]) -> tuple[Value, str]:
    if not (statement.is_flag and statement.key in _ADDED and isinstance(value, tuple)):
        return value, statement.origin
    others, origin = weaker
    if not isinstance(others, tuple) or not others:
        return value, statement.origin
    if statement.key == "config-settings":  # a key that is given anew takes the place of what weaker layers say of it
        named = {item.partition("=")[0] for item in value}
        others = tuple(item for item in others if item.partition("=")[0] not in named)
        return value + others, f"{statement.origin}, then {origin}" if others else statement.origin
    return tuple(dict.fromkeys(value + others)), f"{statement.origin}, then {origin}"


def _error_of(problems: list[_Problem]) -> UsageError | SettingsError:
    sentence = "; ".join(problem.sentence for problem in problems)
    hints = tuple(dict.fromkeys(hint for problem in problems for hint in problem.hints))
    is_usage = any(problem.is_flag for problem in problems)
    return UsageError(sentence, hints=hints) if is_usage else SettingsError(sentence, hints=hints)


def _settings_of(surroundings: Surroundings, chosen: _Chosen) -> Settings:
    values: dict[str, Any] = {key.replace("-", "_"): value for key, (value, _) in chosen.items() if key != "no-build"}
    origins = {key: origin for key, (_, origin) in chosen.items()}
    variables = surroundings.variables
    if origins["proxy"] in {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} or values["proxy"] is None:
        named = {scheme: spelling_of(variables, f"{scheme}_proxy") for scheme in ("http", "https", "all")}
        proxies = {scheme: variables[name] for scheme, name in named.items() if name}
    else:
        proxies = {"all": values["proxy"]}
    exempt = variables[name] if (name := spelling_of(variables, "no_proxy")) else ""
    no_proxy = tuple(host.strip() for host in exempt.split(",") if host.strip())
    return Settings(origins=origins, proxies=proxies, no_proxy=no_proxy, **values)


def _plain(value: Value) -> str | float | bool | list[str] | None:
    if isinstance(value, tuple):
        return [without_secrets(item) for item in value]
    return without_secrets(value) if isinstance(value, str) else value
