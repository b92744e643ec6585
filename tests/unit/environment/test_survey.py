"""What no single package answers for: files of several, files of none, scripts without interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsa.environment.look import Subject
from capsa.environment.survey import collisions, dead_launchers, extras, owners
from capsa.environment.wheel import installation
from support.box import SITE, box, entry, put_in, unpack


def laid(tmp_path: Path, packages: dict[str, dict[str, bytes]]):
    """Return a box that holds these packages, and them as subjects."""
    root = tmp_path / "box"
    root.mkdir()
    environment = box(root)
    subjects = []
    for name, files in packages.items():
        manifest, tree = unpack(tmp_path / name, files, name=name)
        expected = installation(environment, manifest, tree, entry=entry(manifest))
        for path in expected.paths:
            (root / path).unlink(missing_ok=True)
        put_in(root, expected)
        subjects.append(Subject(name=name, entry=entry(manifest), expected=expected, manifest=manifest))
    return environment, subjects


def strangers(environment, subjects):
    found = extras(environment, owners(environment, subjects))
    return sorted((finding.package, finding.path.removeprefix(f"{SITE}/")) for finding in found)


def test_a_file_that_two_packages_list_is_a_collision_and_no_damage(tmp_path) -> None:
    environment, subjects = laid(tmp_path, {"lamp": {"tests/__init__.py": b""}, "wick": {"tests/__init__.py": b"x\n"}})
    (found,) = collisions(owners(environment, subjects))
    assert (found.package, found.path, found.text) == ("lamp", f"{SITE}/tests/__init__.py", "is listed by wick too")
    assert not found.is_damage


def test_strangers_in_a_packages_own_folders_are_told_and_a_folder_of_them_once(tmp_path) -> None:
    environment, subjects = laid(tmp_path, {"lamp": {"lamp/__init__.py": b"", "lamp/data/shade.txt": b"x"}})
    site = Path(environment.layout.site)
    (site / "lamp/mine.py").touch()
    (site / "lamp/data/note.txt").touch()
    (site / "lamp/heap/deep").mkdir(parents=True)
    (site / "lamp/heap/deep/one.txt").touch()
    (site / "lamp-1.0.dist-info/note.txt").touch()
    assert strangers(environment, subjects) == [
        ("lamp", "lamp-1.0.dist-info/note.txt"),
        ("lamp", "lamp/data/note.txt"),
        ("lamp", "lamp/heap"),
        ("lamp", "lamp/mine.py"),
    ]


def test_what_lies_beside_packages_or_in_a_namespace_is_nobodys_business(tmp_path) -> None:
    environment, subjects = laid(tmp_path, {"lamp": {"light/lamp/__init__.py": b"", "single.py": b""}})
    site = Path(environment.layout.site)
    (site / "mine.pth").touch()
    (site / "light/mine.py").touch()
    assert strangers(environment, subjects) == []


def test_bytecode_of_a_module_is_no_stranger_whoever_made_it(tmp_path) -> None:
    environment, subjects = laid(tmp_path, {"lamp": {"lamp/__init__.py": b"", "lamp/bulb.py": b""}})
    folder = Path(environment.layout.site) / "lamp/__pycache__"
    folder.mkdir()
    for name in (
        "bulb.cpython-311.pyc",
        "bulb.cpython-311.opt-1.pyc",
        "bulb.cpython-311-pytest-8.2.1.pyc",
        "bulb.cpython-311.pyc.140234",
        "gone.cpython-311.pyc",
        "note.txt",
    ):
        (folder / name).touch()
    assert strangers(environment, subjects) == [
        ("lamp", "lamp/__pycache__/gone.cpython-311.pyc"),
        ("lamp", "lamp/__pycache__/note.txt"),
    ]


@pytest.mark.parametrize(
    ("text", "is_dead"),
    [
        ("#!/gone/python\n", True),
        ("#! /gone/python -I\n", True),
        ("#!/bin/sh\n'''exec' /gone/python \"$0\" \"$@\"\n' '''\n", True),
        ("#!/bin/sh\n'''exec' \"/gone away/python\" \"$0\" \"$@\"\n' '''\n", True),
        ("#!/bin/sh\necho hello\n", False),
        ("#!/bin/sh\n'''exec' \"/bin/sh\" \"$0\" \"$@\"\n' '''\n", False),
        ("#!/usr/bin/env gone\n", False),
        ("#!python\n", False),
        ("#!\n", False),
        ("no script", False),
        ("", False),
    ],
)
def test_a_script_whose_interpreter_is_gone_is_found_by_its_first_line(tmp_path, *, text, is_dead) -> None:
    environment, _ = laid(tmp_path, {})
    scripts = Path(environment.root) / "bin"
    scripts.mkdir()
    (scripts / "tool").write_text(text)
    (scripts / "dangling").symlink_to("/gone/tool")
    found = list(dead_launchers(environment, {"bin/tool": ("lamp",)}))
    assert [(finding.package, finding.path) for finding in found] == ([("lamp", "bin/tool")] if is_dead else [])


def test_a_script_of_nobody_is_told_too(tmp_path) -> None:
    environment, _ = laid(tmp_path, {})
    scripts = Path(environment.root) / "bin"
    scripts.mkdir()
    (scripts / "tool").write_text("#!/gone/python\n")
    (found,) = dead_launchers(environment, {})
    assert (found.package, found.text) == ("", "is started by /gone/python, which is not there")
    assert found.is_damage
