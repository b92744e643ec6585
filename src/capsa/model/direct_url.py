"""direct_url.json: where a package came from that was given by its address, and whether that is what is meant. PURE.

Follows PEP 610. Addresses are kept without user names and passwords, but for ``git@``, which is no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capsa.model.address import without_userinfo
from capsa.model.manifest import Manifest
from capsa.model.solution import Chosen
from capsa.model.source import Source, parse_source

Document = Mapping[str, Any]

_KNOWN_USER = "git"


def direct_url_document(chosen: Chosen, manifest: Manifest) -> dict[str, object] | None:
    """Return direct_url.json for a package that was given by URL, else None.

    The hash is that of the archive that was given: of the wheel in ``manifest`` only where that was given.
    """
    if chosen.direct_url is None:
        return None
    source = parse_source(chosen.direct_url)
    sha256 = manifest.sha256 if chosen.distribution.is_wheel else chosen.distribution.sha256
    document: dict[str, object] = {"url": _address(chosen.direct_url, source)}
    if source is not None and source.kind == "folder":
        document["dir_info"] = {"editable": True} if chosen.is_editable else {}
    elif source is not None and source.kind == "git":
        document["vcs_info"] = _commit_of(source, commit_of(chosen.distribution.url))
    else:
        document["archive_info"] = {"hash": f"sha256={sha256}", "hashes": {"sha256": sha256}} if sha256 else {}
    if source is not None and source.subdirectory:
        document["subdirectory"] = source.subdirectory
    return document


def _commit_of(source: Source, commit: str) -> dict[str, str]:
    asked = {"requested_revision": source.revision} if source.revision else {}
    return {"vcs": "git", **asked, "commit_id": commit}


def commit_of(url: str) -> str:
    """Return the revision that an address under version control names, "" for any other."""
    source = parse_source(url)
    return source.revision if source is not None and source.kind == "git" else ""


def is_from(document: Document | None, url: str, *, is_editable: bool = False) -> bool:
    """Whether a direct_url.json (None where there is none) speaks of the reference ``url`` (see `capsa.model.source`).

    For a commit either the revision that was asked for is equal, or the commit that it led to. Hashes are not compared.
    """
    if document is None:
        return False
    source = parse_source(url)
    information = document.get("dir_info")
    told = (
        _trimmed(document.get("url")),
        _text(document.get("subdirectory")),
        isinstance(information, dict) and bool(information.get("editable")),
    )
    if told != (_trimmed(_address(url, source)), source.subdirectory if source is not None else "", is_editable):
        return False
    control = document.get("vcs_info")
    if source is None or source.kind != "git":
        return control is None
    return isinstance(control, dict) and _means(control, source.revision)


def _means(control: Document, revision: str) -> bool:
    asked, commit = _text(control.get("requested_revision")), _text(control.get("commit_id"))
    return control.get("vcs") == "git" and revision in {asked, commit}


def _address(url: str, source: Source | None) -> str:
    """Return the address that may be kept: without fragment, revision, user name and password."""
    address = source.url if source is not None else url.partition("#")[0]
    head, _, rest = address.partition("://")
    if rest.startswith(f"{_KNOWN_USER}@"):
        return f"{head}://{rest}"
    return without_userinfo(address)


def _trimmed(address: object) -> str:
    return _text(address).rstrip("/")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
