"""A look at every file of a package: what is missing or altered is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsa.environment.look import first_change, first_change_by_record
from capsa.environment.wheel import installation
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from support.box import SITE, box, entry, put_in, unpack

FILES = {"sample/__init__.py": b"one = 1\n", "sample/inner/two.py": b"two = 2\n"}


@pytest.fixture
def laid(tmp_path: Path):
    environment = box(tmp_path / "box")
    Path(environment.layout.site).mkdir(parents=True)
    manifest, tree = unpack(tmp_path / "archive", FILES, console={"tool": "sample:main"})
    for path, _, _, _, _ in manifest.files:
        os.utime(f"{tree}/{path}", ns=(0, 0))
    expected = installation(environment, manifest, tree, entry=entry(manifest), requested=True, direct_url=None)
    put_in(tmp_path / "box", expected)
    installed = Installed(metadata=Metadata(name="sample", version="1.0"), info=f"{SITE}/sample-1.0.dist-info")
    return environment, manifest, expected, installed


def test_a_package_that_is_as_it_was_put_in_has_no_change(laid) -> None:
    environment, manifest, expected, installed = laid
    assert first_change(environment, expected, manifest) is None
    assert first_change_by_record(environment, installed) is None


def test_bytecode_that_came_later_counts_for_nothing(laid) -> None:
    environment, manifest, expected, installed = laid
    cache = Path(environment.layout.site) / "sample/__pycache__"
    cache.mkdir()
    (cache / "two.cpython-311.pyc").write_bytes(b"x")
    assert first_change(environment, expected, manifest) is None
    assert first_change_by_record(environment, installed) is None


@pytest.mark.parametrize(
    "path", ["sample/inner/two.py", "sample-1.0.dist-info/METADATA", "sample-1.0.dist-info/RECORD"]
)
def test_a_missing_file_is_named(laid, path: str) -> None:
    environment, manifest, expected, installed = laid
    (Path(environment.layout.site) / path).unlink()
    assert first_change(environment, expected, manifest) == f"{SITE}/{path} is missing"
    assert first_change_by_record(environment, installed)


def test_a_missing_program_is_named(laid) -> None:
    environment, manifest, expected, installed = laid
    (Path(environment.root) / "bin/tool").unlink()
    assert first_change(environment, expected, manifest) == "bin/tool is missing"
    assert first_change_by_record(environment, installed) == "bin/tool is missing"


def test_an_edit_of_equal_length_is_seen_by_its_time(laid) -> None:
    environment, manifest, expected, _ = laid
    place = Path(environment.layout.site) / "sample/__init__.py"
    place.chmod(0o644)
    place.write_bytes(b"one = 9\n")
    place.chmod(0o444)
    assert first_change(environment, expected, manifest) == f"{SITE}/sample/__init__.py was changed"


def test_another_mode_is_a_change(laid) -> None:
    environment, manifest, expected, _ = laid
    (Path(environment.layout.site) / "sample/__init__.py").chmod(0o666)
    assert first_change(environment, expected, manifest) == f"{SITE}/sample/__init__.py was changed"


def test_another_size_is_seen_where_only_record_tells(laid) -> None:
    environment, _, _, installed = laid
    place = Path(environment.layout.site) / "sample/inner/two.py"
    place.chmod(0o644)
    place.write_bytes(b"longer than before\n")
    assert first_change_by_record(environment, installed) == f"{SITE}/sample/inner/two.py was changed"
