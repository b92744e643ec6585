"""Locks are written: one canonical text, which reads back as the same lock."""

import datetime as dt
from pathlib import Path

import pytest

from capsa.model.lock import (
    Lock,
    LockedArchive,
    LockedCommit,
    LockedFile,
    LockedFolder,
    LockedPackage,
    canonical_time,
)
from capsa.project.lock_file import parse_lock, read_lock
from capsa.project.lock_text import format_lock
from capsa.value import replace

LOCKS = Path(__file__).parent / "locks"
SHA = "0a" * 32

LOCK = Lock(
    packages=(
        LockedPackage(
            name="six",
            version="1.17.0",
            requires_python=">=2.7",
            index="https://index.example/simple",
            sdist=LockedFile(
                name="six-1.17.0.tar.gz",
                url="https://files.example/six-1.17.0.tar.gz",
                size=34031,
                upload_time="2024-12-04T17:35:28Z",
                hashes={"sha256": SHA},
            ),
            wheels=(
                LockedFile(name="six-1.17.0-py3-none-any.whl", path="w/six-1.17.0-py3-none-any.whl", hashes={"b": "1"}),
                LockedFile(
                    name="six-1.17.0-cp311-none-any.whl", url="https://files.example/0", hashes={"b": "1", "a": "2"}
                ),
            ),
        ),
        LockedPackage(
            name="a",
            marker="'fast' in extras",
            dependencies=("six", "b"),
            direct=LockedCommit(kind="git", commit_id="1" * 40, url="https://h.example/a", requested_revision="main"),
        ),
        LockedPackage(name="b", direct=LockedFolder(path="../b", is_editable=True), tool={"x": {"y": [1, "2"]}}),
        LockedPackage(
            name="c",
            version="1",
            direct=LockedArchive(hashes={"sha256": SHA}, url="https://h.example/c.zip", subdirectory="lib"),
        ),
    ),
    created_by="capsa",
    requires_python=">=3.11",
    environments=("sys_platform == 'linux'",),
    extras=("slow", "fast"),
    dependency_groups=("dev",),
    default_groups=("dev",),
    tool={"capsa": {"target": "CPython", "inputs": "12"}},
)

TEXT = f"""\
lock-version = "1.0"
environments = [
    "sys_platform == 'linux'",
]
requires-python = ">=3.11"
extras = ["fast", "slow"]
dependency-groups = ["dev"]
default-groups = ["dev"]
created-by = "capsa"

[[packages]]
name = "a"
marker = "'fast' in extras"
dependencies = [
    {{ name = "b" }},
    {{ name = "six" }},
]
vcs = {{ type = "git", url = "https://h.example/a", requested-revision = "main", commit-id = "{"1" * 40}" }}

[[packages]]
name = "b"
directory = {{ path = "../b", editable = true }}
tool = {{ x = {{ y = [1, "2"] }} }}

[[packages]]
name = "c"
version = "1"
archive = {{ url = "https://h.example/c.zip", hashes = {{ sha256 = "{SHA}" }}, subdirectory = "lib" }}

[[packages]]
name = "six"
version = "1.17.0"
requires-python = ">=2.7"
index = "https://index.example/simple"
sdist = {{ upload-time = 2024-12-04T17:35:28Z, url = "https://files.example/six-1.17.0.tar.gz", size = 34031, hashes = {{ sha256 = "{SHA}" }} }}
wheels = [
    {{ name = "six-1.17.0-cp311-none-any.whl", url = "https://files.example/0", hashes = {{ a = "2", b = "1" }} }},
    {{ path = "w/six-1.17.0-py3-none-any.whl", hashes = {{ b = "1" }} }},
]

[tool.capsa]
inputs = "12"
target = "CPython"
"""  # noqa: E501 - a file is on one line, so that a diff of two locks has a line for each file that changed


def test_the_whole_text():
    assert format_lock(LOCK) == TEXT


def test_the_order_of_what_is_given_does_not_count():
    turned = replace(
        LOCK,
        packages=LOCK.packages[::-1],
        extras=LOCK.extras[::-1],
        tool={"capsa": {"inputs": "12", "target": "CPython"}},
    )
    assert format_lock(turned) == TEXT


def test_entries_of_one_name_stand_by_version_and_marker():
    entries = [
        LockedPackage(name="x", version=version, marker=marker, direct=LockedFolder(path="."))
        for version, marker in [("2", "os_name == 'b'"), ("2", "os_name == 'a'"), (None, None), ("1", None)]
    ]
    text = format_lock(Lock(packages=tuple(entries), created_by="x"))
    found = [(package.version, package.marker) for package in parse_lock(text.encode(), "x").packages]
    assert found == [(None, None), ("1", None), ("2", "os_name == 'a'"), ("2", "os_name == 'b'")]


def test_a_lock_without_packages_says_so():
    text = format_lock(Lock(packages=(), created_by="capsa"))
    assert text == 'lock-version = "1.0"\nextras = []\ndependency-groups = []\ncreated-by = "capsa"\npackages = []\n'
    assert parse_lock(text.encode(), "x").packages == ()


@pytest.mark.parametrize("name", sorted(path.name for path in LOCKS.glob("*.toml")))
def test_what_other_tools_write_is_written_again_without_a_loss(name):
    lock = read_lock(str(LOCKS / name))
    text = format_lock(lock)
    again = parse_lock(text.encode(), name)
    assert format_lock(again) == text
    assert again == replace(lock, packages=tuple(sorted(lock.packages, key=lambda package: package.name)))


def test_any_value_of_a_tool_is_kept():
    tool = {
        "other": {
            "a b": 'quote " and \\ and \x00\x1f\x7f\t\n é',
            "numbers": [1, -1.5, float("inf"), True, False],
            "times": [
                dt.date(2024, 1, 2),
                dt.time(1, 2, 3),
                dt.datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001 - TOML has times without an offset
                dt.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
            ],
            "tables": [{}, {"x": {"y": {}}}],
        },
        "bare": "text",
    }
    text = format_lock(Lock(packages=(), created_by="x", tool=tool))
    assert parse_lock(text.encode(), "x").tool == tool


def test_a_time_that_is_none_is_left_out():
    file = LockedFile(name="a-1.zip", path="a-1.zip", hashes={"sha256": SHA}, upload_time='2024"\nname = "b"')
    text = format_lock(Lock(packages=(LockedPackage(name="a", version="1", sdist=file),), created_by="x"))
    assert "upload-time" not in text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-12-04T17:35:26.475808Z", "2024-12-04T17:35:26.475808Z"),
        ("2024-12-04 17:35:26", "2024-12-04T17:35:26Z"),
        ("2024-12-04T18:35:26+01:00", "2024-12-04T17:35:26Z"),
        ("2024-12-04T17:35:26.123456789Z", "2024-12-04T17:35:26.123456Z"),
        ("0001-01-01T00:00:00+01:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_have_one_form(text, canonical):
    assert canonical_time(text) == canonical
