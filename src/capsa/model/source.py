"""What a wheel can be built from: an sdist or archive, a folder, a commit (PEP 440 direct references, PEP 610). PURE.

A distribution that is no wheel tells by its URL what it is:

    https://host/x-1.0.tar.gz#subdirectory=lib    file:///p/x-1.0.zip    an archive
    file:///p/x                                                          a folder, named like anything else
    git+https://host/x.git@<revision or commit>#subdirectory=lib        under version control
"""

from __future__ import annotations

import posixpath
import re
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from capsa.value import value

ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar", ".zip")

_VERSION_CONTROL = r"(git|hg|svn|bzr)\+"


@value
class Source:
    """Where the source of one project is.

    ``kind`` is "archive", "folder" or "git"; ``url`` is the address without ``git+``, revision and fragment;
    ``revision`` is a branch, tag or commit as it was asked for, "" for the default one; ``subdirectory`` is the folder
    of the project in it, with "/", "" for the top.
    """

    kind: Literal["archive", "folder", "git"]
    url: str
    revision: str = ""
    subdirectory: str = ""

    @property
    def filename(self) -> str:
        """The last part of the address."""
        return unquote(posixpath.basename(urlsplit(self.url).path.rstrip("/")))


def parse_source(url: str) -> Source | None:
    """Return the source that a URL names, or None for a wheel, another version control, or what is no such address."""
    address, _, fragment = url.partition("#")
    subdirectory = dict(parse_qsl(fragment)).get("subdirectory", "")
    control = re.match(_VERSION_CONTROL, address)
    if control:
        if control[1] != "git":
            return None
        bare, revision = _split_revision(address[control.end() :])
        return Source(kind="git", url=bare, revision=revision, subdirectory=subdirectory)
    path = urlsplit(address).path
    if path.endswith(".whl"):
        return None
    if path.lower().endswith(ARCHIVES):
        return Source(kind="archive", url=address, subdirectory=subdirectory)
    if address.startswith("file:"):
        return Source(kind="folder", url=address.rstrip("/"), subdirectory=subdirectory)
    return None


def _split_revision(address: str) -> tuple[str, str]:
    """Return address and revision: the last "@" after the host begins one ("ssh://git@host/x" has none)."""
    head, sign, rest = address.partition("://")
    host, slash, path = rest.partition("/") if sign else ("", "", head)
    path, _, revision = path.partition("@")
    return f"{head}{sign}{host}{slash}{path}" if sign else path, revision
