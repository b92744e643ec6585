"""Commits out of git repositories: found by branch, tag or abbreviation, and checked out with their submodules.

CACHE/git-v1/<sha256 of the address>/    a bare mirror of every branch and tag, fetched when something is missing

Uses the user's `git` with the user's keys, agents and credential helpers; never asks for a password. Of the variables
of the caller those that point git to a repository of its own are left out. Only https, http, ssh, git and file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from capsa.disk.atomic import make_folders, remove_tree, rename, temporary_sibling
from capsa.disk.locking import FileLock
from capsa.errors import FetchError
from capsa.process.run import Finished, StartError, run
from capsa.transport.port import OfflineError, without_secrets

_SCHEMES = ("https", "http", "ssh", "git", "file")
_COMMIT = r"[0-9a-f]{40}"
_ABBREVIATION = r"[0-9a-f]{4,39}"
_CONTROL = r"[\x00-\x1f\x7f]"
_UNNAMEABLE = r"^-|[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{"  # git-check-ref-format(1), and options
_SECRET = re.compile(r"(://)[^/\s@']*@")
# What `git rev-parse --local-env-vars` lists and tells where a repository is: set inside of hooks and `git bisect`.
_FOREIGN = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
})  # fmt: skip
_SETTINGS = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never", "LC_ALL": "C"}
_OPTIONS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0")
_HEAD = "refs/capsa/head"
_MIRRORED = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_LOGIN = "give git a login for it: an ssh key, or a credential helper (`git help credentials`)"
# What git says, what that means, and what to do.
_REFUSALS = (
    (r"could not read (Username|Password)", "does not exist, or asks for a login that git does not have", _LOGIN),
    (r"Authentication failed|Permission denied|error: 40[13]", "refuses the login that git has", _LOGIN),
    (r"not appear to be a git repo|not found|does not exist|No such file", "is not there, or not a git repository", ""),
    (r"resolve host|connect to|onnection (refused|timed out|reset)|unreachable", "can't be reached", ""),
    (r"couldn't find remote ref HEAD", "has no default branch", ""),
)


class GitError(FetchError):
    """What git can't give; ``url`` is the address without secrets."""

    def __init__(self, message: str, *, url: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.url = url


class Git:
    """Reads repositories; what was fetched is kept below ``folder``, in the store. May be used by several threads.

    ``variables`` are the environment variables of the caller; ``timeout`` is how many seconds one command of git may
    take; with ``is_offline`` only what is kept answers, but for repositories that are folders of this machine.
    Addresses are as `capsa.model.source.Source` has them, and may hold a password.
    """

    __slots__ = ("_folder", "_is_offline", "_timeout", "_variables")

    def __init__(
        self, variables: Mapping[str, str], folder: str, timeout: float = 600.0, *, is_offline: bool = False
    ) -> None:
        self._variables = {name: value for name, value in variables.items() if name not in _FOREIGN} | _SETTINGS
        self._folder = folder
        self._timeout = timeout
        self._is_offline = is_offline

    def resolve(self, url: str, revision: str = "") -> str:
        """Return the commit (40 hex digits) that ``revision`` is now: a branch, tag, commit, or "" for the default.

        A whole commit that is kept already needs no network; anything else is asked for. Raises FetchError.
        """
        bare = _checked(url)
        if re.search(_UNNAMEABLE, revision):
            raise GitError(f"{bare}: `{revision}` can't be the name of a branch, tag or commit", url=bare)
        with self._mirror(url) as mirror:
            if re.fullmatch(_COMMIT, revision) and self._has(mirror, revision):
                return revision
            if self._may_fetch(url):
                self._fetch(mirror, url, _wanted(revision))
                if re.fullmatch(_COMMIT, revision) and not self._has(mirror, revision):
                    self._fetch_commit(mirror, url, revision)
            commit = self._find(mirror, revision)
        if commit is None and not self._may_fetch(url):
            raise OfflineError(url=url)
        if commit is None:
            raise GitError(
                f"{bare} has no branch, tag or commit named {revision}",
                url=bare,
                hints=(f"look what it has: `git ls-remote {bare}`",),
            )
        return commit

    def checkout(self, url: str, commit: str, folder: str) -> None:
        """Write the files of a ``commit`` (40 hex digits), those of its submodules too, to ``folder``, a new one.

        The folder is a repository whose tags are there too, as backends may work the version out of them. Raises
        FetchError, DiskError when the folder is there.
        """
        bare = _checked(url)
        if not re.fullmatch(_COMMIT, commit):
            raise GitError(f"{bare}: `{commit}` is not a whole commit", url=bare)
        with self._mirror(url) as mirror:
            if not self._has(mirror, commit):
                if not self._may_fetch(url):
                    raise OfflineError(url=url)
                self._fetch(mirror, url, _MIRRORED)
                if not self._has(mirror, commit):
                    self._fetch_commit(mirror, url, commit)
            if not self._has(mirror, commit):
                raise GitError(f"{bare} has no commit {commit}", url=bare)
            make_folders(os.path.dirname(folder))
            inside = temporary_sibling(folder)
            try:
                self._clone(mirror, url, commit, inside)
                rename(inside, folder)
            finally:
                remove_tree(inside)

    def _clone(self, mirror: str, url: str, commit: str, folder: str) -> None:
        # All objects of the mirror come along as links, also those of a commit that no branch leads to.
        self._must(url, ("clone", "--quiet", "--no-checkout", "--local", "--template=", "--", mirror, folder))
        # Submodules may be named relative to where the repository came from.
        self._must(url, ("config", "remote.origin.url", url), folder)
        self._must(url, ("checkout", "--quiet", "--force", "--detach", commit), folder)
        if os.path.lexists(os.path.join(folder, ".gitmodules")):
            if not self._may_fetch(url):
                raise OfflineError(url=url)
            # A repository of this machine may have submodules there; one from elsewhere may not reach into it.
            schemes = _SCHEMES if _is_here(url) else _SCHEMES[:-1]
            update = ("submodule", "--quiet", "update", "--init", "--recursive", "--force")
            self._must(url, update, folder, schemes)

    @contextmanager
    def _mirror(self, url: str) -> Iterator[str]:
        """Give the path of the mirror of an address, which may not be there yet, for one user at a time."""
        path = os.path.join(self._folder, hashlib.sha256(url.encode("utf-8")).hexdigest())
        make_folders(self._folder)
        with FileLock(f"{path}.lock"):
            yield path

    def _may_fetch(self, url: str) -> bool:
        return _is_here(url) or not self._is_offline

    def _fetch(self, mirror: str, url: str, wanted: tuple[str, ...]) -> None:
        was_there = os.path.isdir(mirror)
        fetch = ("--git-dir", mirror, "fetch", "--quiet", "--force", "--prune", "--", url, *wanted)
        self._must(url, ("init", "--quiet", "--bare", "--template=", "--", mirror))
        finished = self._git(url, fetch)
        if finished.code and was_there and mirror in finished.errors:
            # The trouble is the mirror itself, as after a kill in the middle of a fetch: it is fetched anew.
            remove_tree(mirror)
            self._must(url, ("init", "--quiet", "--bare", "--template=", "--", mirror))
            finished = self._git(url, fetch)
        if finished.code:
            raise _refusal(finished, without_secrets(url))

    def _fetch_commit(self, mirror: str, url: str, commit: str) -> None:
        """Ask for a commit that no branch or tag leads to: some servers give it (pull requests, rewritten branches)."""
        self._git(url, ("--git-dir", mirror, "fetch", "--quiet", "--", url, commit))

    def _has(self, mirror: str, commit: str) -> bool:
        return self._parse(mirror, commit) == commit

    def _find(self, mirror: str, revision: str) -> str | None:
        """Return the commit of a name, None where there is none; a branch comes before a tag, as for `git clone`."""
        names = [f"refs/heads/{revision}", f"refs/tags/{revision}"]
        if revision in {"", "HEAD"}:
            names = [_HEAD]
        elif revision.startswith("refs/"):
            names = [revision]
        elif re.fullmatch(_COMMIT, revision) or re.fullmatch(_ABBREVIATION, revision):
            names.append(revision)
        return next((commit for name in names if (commit := self._parse(mirror, name))), None)

    def _parse(self, mirror: str, name: str) -> str | None:
        if not os.path.isfile(os.path.join(mirror, "HEAD")):
            return None
        finished = self._git("", ("--git-dir", mirror, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}"))
        commit = finished.output.strip()
        return commit if finished.code == 0 and re.fullmatch(_COMMIT, commit) else None

    def _must(self, url: str, words: tuple[str, ...], folder: str = "", schemes: tuple[str, ...] = _SCHEMES) -> None:
        finished = self._git(url, words, folder, schemes)
        if finished.code:
            raise _refusal(finished, without_secrets(url))

    def _git(self, url: str, words: tuple[str, ...], folder: str = "", schemes: tuple[str, ...] = _SCHEMES) -> Finished:
        bare = without_secrets(url)
        try:
            return run(
                ["git", *_OPTIONS, *words],
                variables=self._variables | {"GIT_ALLOW_PROTOCOL": ":".join(schemes)},
                folder=folder or self._folder,
                timeout=self._timeout,
            )
        except StartError as error:
            if error.is_late:
                raise GitError(f"{bare} gave no answer within {self._timeout:g} seconds", url=bare) from error
            raise GitError(
                f"{bare} can't be read, as git can't be started on this machine",
                url=bare,
                hints=("install git: `apt-get install git`, `dnf install git` or `xcode-select --install`",),
            ) from error


def _checked(url: str) -> str:
    """Return the address as messages show it; refuses one that git could take for something else."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), unquote(parts.hostname or "")
    except ValueError:
        scheme = host = ""
    bare = without_secrets(url)
    if "://" not in url or scheme not in _SCHEMES or re.search(_CONTROL, url):
        raise GitError(
            f"{bare} is not the address of a git repository: it must begin with https, http, ssh, git or file",
            url=bare,
            hints=("write an ssh address with slashes only: `git+ssh://git@host/path`",),
        )
    if scheme != "file" and (not host or host.startswith("-")):
        raise GitError(f"{bare} is not the address of a git repository: it has no host", url=bare)
    return bare


def _is_here(url: str) -> bool:
    return url.lower().startswith("file:")


def _wanted(revision: str) -> tuple[str, ...]:
    """Return what to fetch for a revision beside every branch and tag."""
    if revision in {"", "HEAD"}:
        return (*_MIRRORED, f"+HEAD:{_HEAD}")
    return (*_MIRRORED, f"+{revision}:{revision}") if revision.startswith("refs/") else _MIRRORED


def _refusal(finished: Finished, bare: str) -> GitError:
    said = _SECRET.sub(r"\1", finished.errors)
    for pattern, meaning, hint in _REFUSALS:
        if re.search(pattern, said):
            return GitError(f"{bare} {meaning}", url=bare, hints=(hint,) if hint else ())
    lines = [line.strip() for line in said.splitlines() if line.startswith(("fatal:", "error:"))]
    reason = lines[-1].partition(":")[2].strip() if lines else f"exit code {finished.code}"
    return GitError(f"{bare} can't be read: git says {reason}", url=bare)
