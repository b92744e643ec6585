"""Pages of the simple API, digested once: JSON (PEPs 691, 700) and HTML (PEPs 503, 592, 658, 714). PURE.

A digest is a *document*, a dict of plain values that ``marshal`` keeps:
    project    the normalized name
    versions   the normalized versions, oldest first
    files      for each of them the marshalled rows of its files, see `_ROW`, opened when the version is asked for
    skipped    how many links name no wheel or sdist of this project
"""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from packaging.utils import canonicalize_version
from packaging.version import Version

from capsa.errors import FetchError
from capsa.index.anchor import anchors_in
from capsa.model.address import without_userinfo
from capsa.model.distribution import Distribution, FileName, Releases, parse_filename
from capsa.transport.port import without_secrets

Document = dict[str, Any]

# What a page says of one file. Only the first two are looked at for every file: the others are as the page gives them,
# and made sense of for the versions that somebody asks for.
_ROW = (
    "filename",
    "url",  # absolute, without fragment and credentials
    "sha256",  # text
    "size",
    "requires-python",
    "yanked",  # true or the reason
    "core-metadata",  # true, or the hashes by algorithm
    "upload-time",
)

_Link = tuple[str, str, object, object, object, object, object, object]
_Named = tuple[FileName, str, str, _Link]  # what the file name tells, its tags, its address, the rest

_SHA256 = re.compile("[0-9a-f]{64}")


def parse_listing(content: bytes, *, content_type: str, url: str, project: str) -> Document:
    """Return the digest of one project's page, which came from ``url`` (after redirects).

    Raises FetchError that names the page when it is not one of the simple API, or of another major version.
    """
    with _reading(url):
        place, links = _links(content, content_type, url)
        rows, skipped = [], 0
        for row in _named(links, place):
            if row is not None and row[0].project == project:
                rows.append(row)
            else:
                skipped += 1
        return _document(project, rows, skipped)


def parse_find_links(content: bytes, *, content_type: str, url: str) -> dict[str, Document]:
    """Return the digest of a page that links files of any projects, by normalized project name.

    Raises FetchError that names the page when it can't be read.
    """
    with _reading(url):
        place, links = _links(content, content_type, url)
        return _by_project(links, place)


def parse_names(names: Iterable[str], *, url: str) -> dict[str, Document]:
    """Return the digest of a folder's file names, by normalized project name; ``url`` is the folder's, with a "/"."""
    return _by_project(((name, quote(name), None, None, None, None, None, None) for name in sorted(names)), url)


def releases_from(document: Document, *, index: str = "") -> Releases:
    """Return the releases in a digest; `Distribution` objects are made for the versions that are asked for."""
    project, versions, blobs = document["project"], document["versions"], document["files"]
    known: dict[str, tuple[Distribution, ...]] = {}

    def files(version: str) -> tuple[Distribution, ...]:
        if version not in known:
            rows = marshal.loads(blobs[versions.index(version)])  # noqa: S302 - our own cache
            known[version] = tuple(_distribution(project, *row) for row in rows)
        return known[version]

    return Releases(project, versions=versions, files=files, index=index)


def merge_releases(parts: list[Releases]) -> Releases:
    """Return the releases of several places as one, earlier places first; a file name counts once.

    Versions that are equal by PEP 440 are one, also where their texts differ.
    """
    if len(parts) == 1:
        return parts[0]
    holders: dict[str, list[tuple[Releases, str]]] = {}
    names: dict[str, str] = {}
    for part in parts:
        for version in part.versions:
            name = names.setdefault(canonicalize_version(version), version)
            holders.setdefault(name, []).append((part, version))

    def files(version: str) -> tuple[Distribution, ...]:
        chosen: dict[str, Distribution] = {}
        for holder, name in holders[version]:
            for distribution in holder.files(name):
                chosen.setdefault(distribution.filename, distribution)
        return tuple(chosen.values())

    versions = tuple(sorted(holders, key=Version))
    return Releases(
        parts[0].project, versions=versions, files=files, index=", ".join(p.index for p in parts if p.index)
    )


@contextmanager
def _reading(url: str) -> Iterator[None]:
    """Turn what the readers of HTML, JSON and addresses raise for a hostile page into a FetchError that names it."""
    try:
        yield
    except (ValueError, AssertionError, RecursionError) as error:
        # Not the error's own words: they may repeat an address of the page with its secrets.
        raise FetchError(f"{without_secrets(url)} is not a page of the simple API: it can't be read") from error


def _distribution(project: str, version: str, row: _Link, tags: str, build: tuple[int, str]) -> Distribution:
    filename, url, sha256, size, demand, yanked, metadata, uploaded = row
    return Distribution(
        project=project,
        version=version,
        filename=filename,
        url=url,
        sha256=_sha256(sha256),
        size=size if type(size) is int and size >= 0 else None,
        requires_python=demand.strip() or None if isinstance(demand, str) else None,
        yanked=(yanked if isinstance(yanked, str) else "") if yanked else None,
        metadata_sha256=_metadata_sha256(metadata),
        uploaded=uploaded if isinstance(uploaded, str) else None,
        tags=tags or None,
        build=build,
    )


def _named(links: Iterable[_Link], place: str) -> Iterator[_Named | None]:
    """Yield what each link's file name tells, or None for a link to something else.

    The files of one version share most of their names, and those of a project most tags: each part is read once.
    """
    releases: dict[str, FileName | None] = {}
    known: dict[str, bool] = {}
    for link in links:
        filename, url = link[:2]
        release, tags, key = filename, "", filename
        if filename.endswith(".whl"):
            cut = filename.rfind("-", 0, filename.rfind("-", 0, max(filename.rfind("-"), 0)))
            if cut < 0:
                yield None  # fewer parts than a wheel's name has
                continue
            release, tags = filename[:cut], filename[cut + 1 : -4]
            key = release + ".whl"
            if tags not in known:
                known[tags] = _is_plain(tags) and parse_filename(f"some-1-{tags}.whl") is not None
        if key not in releases:
            name = f"{release}-py3-none-any.whl" if tags else release
            releases[key] = parse_filename(name) if _is_plain(name) else None
        told, address = releases[key], _absolute(place, url)
        is_known = told is not None and address and (not tags or known[tags])
        yield (told, tags, address, link) if told is not None and is_known else None


def _is_plain(text: str) -> bool:
    # A file name becomes part of paths and of messages: it holds no separator and no control character.
    return text.isprintable() and "/" not in text and "\\" not in text


def _document(project: str, rows: Iterable[_Named], skipped: int) -> Document:
    groups: dict[str, list[tuple[object, ...]]] = {}
    names: dict[str, str] = {}  # "1.0" and "1.0.0" are one version, under the name that comes first
    keys: dict[str, str] = {}
    for told, tags, address, link in rows:
        key = keys.get(told.version)
        if key is None:
            key = keys[told.version] = names.setdefault(canonicalize_version(told.version), told.version)
        row = (told.version, (link[0], address, *link[2:]), tags, told.build)
        groups.setdefault(key, []).append(row)
    versions = tuple(sorted(groups, key=Version))
    return {
        "project": project,
        "versions": versions,
        "files": tuple(marshal.dumps(groups[version]) for version in versions),
        "skipped": skipped,
    }


def _by_project(links: Iterable[_Link], place: str) -> dict[str, Document]:
    groups: dict[str, list[_Named]] = {}
    for row in _named(links, place):
        if row is not None:
            groups.setdefault(row[0].project, []).append(row)
    return {project: _document(project, rows, 0) for project, rows in groups.items()}


def _links(content: bytes, content_type: str, url: str) -> tuple[str, Iterator[_Link]]:
    """Return the address that links are relative to, and the links."""
    kind, _, parameters = content_type.lower().partition(";")
    kind = kind.strip()
    if kind.startswith("application/vnd.pypi.simple."):
        _check_version(kind.removeprefix("application/vnd.pypi.simple.v").partition("+")[0], url)
    if kind.endswith("json") or (not kind.endswith("html") and content.lstrip()[:1] == b"{"):
        return url, _json_links(content, url)
    charset = parameters.partition("charset=")[2].strip().strip('"') or "utf-8"
    try:
        text = content.decode(charset, errors="replace")
    except (LookupError, ValueError):  # no encoding of that name, or one that can't pass over what it can't read
        text = content.decode("utf-8", errors="replace")
    anchors = anchors_in(text)
    if anchors.api_version:
        _check_version(anchors.api_version, url)
    return urljoin(url, anchors.address) if anchors.address else url, _html_links(anchors.links)


def _check_version(version: str, url: str) -> None:
    if version.partition(".")[0] != "1":
        raise FetchError(
            f"{without_secrets(url)} speaks version {version} of the simple API, and capsa speaks version 1",
            hints=("a newer capsa may know it",),
        )


def _json_links(content: bytes, url: str) -> Iterator[_Link]:
    try:
        page = json.loads(content)
        files, meta = page["files"], page.get("meta") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FetchError(f"{without_secrets(url)} is not a page of the simple API: {error}") from error
    if not isinstance(files, list) or not isinstance(meta, dict):
        raise FetchError(f"{without_secrets(url)} is not a page of the simple API: it has no list of files")
    _check_version(str(meta.get("api-version", "1.0")), url)
    return (_json_link(file) for file in files)


def _json_link(file: Any) -> _Link:
    if not isinstance(file, dict):
        return "", "", None, None, None, None, None, None
    get = file.get
    filename, url, hashes = get("filename"), get("url"), get("hashes")
    is_link = isinstance(filename, str) and isinstance(url, str)
    return (
        str(filename) if is_link else "",
        str(url) if is_link else "",
        hashes.get("sha256") if isinstance(hashes, dict) else None,
        get("size"),
        get("requires-python"),
        get("yanked"),
        get("core-metadata", get("dist-info-metadata")),
        get("upload-time"),
    )


def _html_links(links: list[dict[str, str]]) -> Iterator[_Link]:
    for link in links:
        address, _, fragment = link["href"].strip().partition("#")
        hashes = dict(part.split("=", 1) for part in fragment.split("&") if "=" in part)
        told = link.get("data-core-metadata", link.get("data-dist-info-metadata", "false"))
        algorithm, mark, digest = told.partition("=")
        yanked = link.get("data-yanked")
        yield (
            unquote(address.partition("?")[0].rpartition("/")[2]),
            address,
            hashes.get("sha256"),
            None,
            link.get("data-requires-python"),
            True if yanked == "" else yanked,
            {algorithm: digest} if mark else told != "false",
            None,
        )


def _sha256(value: object) -> str | None:
    """Return a hash fit to be compared and to name a file in the store, or None."""
    text = value.lower() if isinstance(value, str) else ""
    return text if _SHA256.fullmatch(text) else None


def _metadata_sha256(value: object) -> str | None:
    if isinstance(value, dict):
        return _sha256(value.get("sha256")) or ""
    return "" if value is True else None


def _absolute(place: str, url: str) -> str:
    """Return a link's whole address without fragment and credentials; "" for one that may not be followed."""
    address = url.partition("#")[0]
    if not address.startswith(("https://", "http://")):
        try:
            address = urljoin(place, address)
            scheme = urlsplit(address).scheme
        except ValueError:
            return ""
        # A page from the network must not make capsa read local files.
        if scheme not in {"http", "https"} and not (scheme == "file" and place.startswith("file:")):
            return ""
    return without_userinfo(address) if "@" in address else address
