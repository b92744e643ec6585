"""direct_url.json (PEP 610): what is written of a reference, and whether it is the one that is asked for."""

import pytest

from capsa.model.direct_url import direct_url_document, is_from
from capsa.model.distribution import Distribution
from capsa.model.manifest import Manifest
from capsa.model.solution import Chosen

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WHEEL = Manifest(dict.fromkeys(Manifest.__slots__, "") | {"sha256": "cc"})


def chosen(reference, *, url=None, sha256=None, tags=None, is_editable=False):
    distribution = Distribution(
        project="lamp", version="1.0", filename="x", url=url or reference or "", sha256=sha256, tags=tags
    )
    return Chosen(distribution=distribution, direct_url=reference, is_editable=is_editable)


def git(revision, commit=COMMIT, *, host="https://example.org/lamp.git", place=""):
    asked = f"@{revision}" if revision else ""
    return chosen(f"git+{host}{asked}{place}", url=f"git+{host}@{commit}{place}")


@pytest.mark.parametrize(
    ("package", "document"),
    [
        (chosen(None, url="https://index.example/lamp-1.0.tar.gz"), None),
        (
            chosen("https://u:p@example.org/lamp-1.0-py3-none-any.whl", sha256="aa", tags="py3-none-any"),
            {
                "url": "https://example.org/lamp-1.0-py3-none-any.whl",
                "archive_info": {"hash": "sha256=cc", "hashes": {"sha256": "cc"}},
            },
        ),
        (
            chosen("https://example.org/lamp.tar.gz#subdirectory=a/b", sha256="aa"),
            {
                "url": "https://example.org/lamp.tar.gz",
                "archive_info": {"hash": "sha256=aa", "hashes": {"sha256": "aa"}},
                "subdirectory": "a/b",
            },
        ),
        (chosen("https://example.org/lamp.zip"), {"url": "https://example.org/lamp.zip", "archive_info": {}}),
        (chosen("file:///p/lamp"), {"url": "file:///p/lamp", "dir_info": {}}),
        (
            chosen("file:///p/lamp", is_editable=True),
            {"url": "file:///p/lamp", "dir_info": {"editable": True}},
        ),
        (
            git("v1", place="#subdirectory=lib"),
            {
                "url": "https://example.org/lamp.git",
                "vcs_info": {"vcs": "git", "requested_revision": "v1", "commit_id": COMMIT},
                "subdirectory": "lib",
            },
        ),
        (
            git("", host="ssh://git@example.org/lamp.git"),
            {"url": "ssh://git@example.org/lamp.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        ),
        (
            git("", host="https://user:word@example.org/lamp.git"),
            {"url": "https://example.org/lamp.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        ),
    ],
)
def test_each_form_has_its_document_without_secrets_and_is_known_again(package, document):
    assert direct_url_document(package, WHEEL) == document
    if document is not None:
        assert is_from(document, package.direct_url, is_editable=package.is_editable)


DOCUMENT = direct_url_document(git("v1"), WHEEL)


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("git+https://example.org/lamp.git@v1", True),
        (f"git+https://example.org/lamp.git@{COMMIT}", True),
        ("git+https://example.org/lamp.git", False),
        ("git+https://example.org/lamp.git@v2", False),
        ("git+https://example.org/lamp.git@v1#subdirectory=lib", False),
        ("git+https://example.org/other.git@v1", False),
        ("https://example.org/lamp.git", False),
    ],
)
def test_a_commit_is_known_by_the_revision_that_was_asked_for_or_by_its_name(url, is_it):
    assert is_from(DOCUMENT, url) is is_it


@pytest.mark.parametrize(
    ("document", "url", "is_it"),
    [
        (None, "file:///p/lamp", False),
        ({}, "file:///p/lamp", False),
        ({"url": 3}, "file:///p/lamp", False),
        ({"url": "file:///p/lamp/", "dir_info": {}}, "file:///p/lamp", True),
        ({"url": "file:///p/lamp", "dir_info": {"editable": True}}, "file:///p/lamp", False),
        ({"url": "file:///p/lamp", "dir_info": "odd"}, "file:///p/lamp", True),
        ({"url": "https://example.org/lamp.git", "vcs_info": {"vcs": "hg"}}, "git+https://example.org/lamp.git", False),
        ({"url": "https://example.org/lamp.git", "vcs_info": "odd"}, "git+https://example.org/lamp.git", False),
    ],
)
def test_what_others_wrote_is_read_with_care(document, url, is_it):
    assert is_from(document, url) is is_it
