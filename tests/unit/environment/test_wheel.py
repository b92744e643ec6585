"""Where the files of a wheel go, and what is written for one box alone."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from capsa.environment.site import departure, scan
from capsa.environment.wheel import installation
from capsa.errors import IntegrityError
from capsa.model.record import parse_record
from capsa.value import replace
from support.box import SITE, box, entry, interpreter, put_in, unpack

MODULE = {"sample/__init__.py": b"def main():\n    print('hello')\n", "sample/data.txt": b"x"}


def land(environment, unpacked, *, requested=False, direct_url=None):
    manifest, tree = unpacked
    given = replace(entry(manifest), is_requested=requested, direct_url=direct_url)
    return installation(environment, manifest, tree, entry=given)


def linked(landed):
    return {source: target for source, target, *_ in landed.links}


def written(landed):
    return {file.path: file for file in landed.written}


def check_record(root, unpacked, landed):
    """Hold a box that holds one package against its RECORD: every file, with hash and size, and no other."""
    manifest, _ = unpacked
    rows = parse_record((Path(root) / SITE / manifest.info / "RECORD").read_text(), "RECORD")
    named = {}
    for row in rows:
        path = os.path.normpath(os.path.join(root, SITE, row.path))
        assert path not in named
        named[path] = row
        if row.path == f"{manifest.info}/RECORD":
            assert (row.algorithm, row.digest, row.size) == ("", "", None)
            continue
        content = Path(path).read_bytes()
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert (row.algorithm, row.digest, row.size) == ("sha256", digest, len(content))
    found = {str(path) for path in Path(root).rglob("*") if not path.is_dir()}
    assert set(named) == found
    assert sorted(landed.paths) == sorted(os.path.relpath(path, root) for path in found)


def test_a_plain_package_is_links_alone_with_the_ready_record(tmp_path):
    unpacked = unpack(tmp_path, MODULE)
    landed = land(box(tmp_path / "box"), unpacked)
    assert landed.written == ()
    record = f"{SITE}/sample-1.0.dist-info/RECORD"
    assert ("sample-1.0.dist-info/RECORD", record, *unpacked[0].record[1:4]) in landed.links
    assert ("sample/data.txt", f"{SITE}/sample/data.txt", 1, 0, 0o444) in landed.links
    for source, _, *facts in landed.links:
        status = os.stat(f"{landed.source}/{source}")
        assert facts == [status.st_size, status.st_mtime_ns, status.st_mode & 0o7777]
    assert landed.source == str(tmp_path / "tree")
    assert landed.name == "sample"
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


@pytest.mark.parametrize("is_purelib", [True, False])
def test_every_scheme_has_its_place_and_record_names_each(tmp_path, is_purelib):
    unpacked = unpack(
        tmp_path,
        MODULE
        | {
            "sample-1.0.data/purelib/pure.py": b"pure",
            "sample-1.0.data/platlib/plat.so": b"plat",
            "sample-1.0.data/headers/deep/sample.h": b"header",
            "sample-1.0.data/data/share/doc, with comma.txt": b"doc",
            "sample-1.0.data/data/etc/sample.conf": b"conf",
            "sample-1.0.data/scripts/native": b"\x7fELF",
        },
        programs=("sample-1.0.data/scripts/native",),
        is_purelib=is_purelib,
    )
    landed = land(box(tmp_path / "box"), unpacked)
    targets = linked(landed)
    assert targets["sample-1.0.data/purelib/pure.py"] == f"{SITE}/pure.py"
    assert targets["sample-1.0.data/platlib/plat.so"] == f"{SITE}/plat.so"
    assert targets["sample-1.0.data/headers/deep/sample.h"] == "include/site/python3.11/sample/deep/sample.h"
    assert targets["sample-1.0.data/data/etc/sample.conf"] == "etc/sample.conf"
    assert targets["sample-1.0.data/scripts/native"] == "bin/native"
    assert [file.path for file in landed.written] == [f"{SITE}/sample-1.0.dist-info/RECORD"]
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


def test_what_the_box_adds_is_added_to_the_ready_record(tmp_path):
    unpacked = unpack(tmp_path, MODULE, console={"sample": "sample:main"}, gui={"sample-window": "sample:main"})
    direct_url = {"url": "file:///w/ü.whl", "archive_info": {"hashes": {"sha256": "ab"}}}
    landed = land(box(tmp_path / "box"), unpacked, requested=True, direct_url=direct_url)
    files = written(landed)
    info = f"{SITE}/sample-1.0.dist-info"
    assert set(files) == {
        "bin/sample",
        "bin/sample-window",
        *(f"{info}/{x}" for x in ("REQUESTED", "direct_url.json", "RECORD")),
    }
    assert files[f"{info}/REQUESTED"].content == b""
    assert json.loads(files[f"{info}/direct_url.json"].content) == direct_url
    assert (files["bin/sample"].mode, files[f"{info}/REQUESTED"].mode) == (0o755, 0o644)
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


def test_a_launcher_in_a_box_runs_its_package(tmp_path):
    root = tmp_path / "my box"
    (root / "bin").mkdir(parents=True)
    version = sys.version_info
    home = os.path.dirname(os.path.realpath(sys.executable))
    (root / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    (root / "pyvenv.cfg").write_text(f"home = {home}\nversion = {version[0]}.{version[1]}.{version[2]}\n")
    python = interpreter(version_info=list(version[:3]), lib_name=f"python{version[0]}.{version[1]}")
    unpacked = unpack(tmp_path, MODULE, console={"sample": "sample : main [extra]"})
    put_in(root, land(box(root, python=python), unpacked))
    finished = subprocess.run([root / "bin" / "sample"], capture_output=True, text=True, check=True)
    assert finished.stdout == "hello\n"


def test_scan_and_departure_agree_with_what_was_put_in(tmp_path):
    root = tmp_path / "box"
    root.mkdir()
    environment = box(root)
    landed = land(environment, unpack(tmp_path, MODULE, console={"sample": "sample:main"}), requested=True)
    put_in(root, landed)
    (found,) = scan(environment).installed
    assert (found.name, found.version, found.installer, found.is_requested) == ("sample", "1.0", "capsa", True)
    assert sorted(departure(environment, found).paths) == sorted(landed.paths)


def test_a_python_script_is_rewritten_and_a_script_without_the_bit_is_written(tmp_path):
    scripts = {
        "sample-1.0.data/scripts/old": b"#!python\nprint(1)\n",
        "sample-1.0.data/scripts/shell": b"#!/bin/sh\necho\n",
        "sample-1.0.data/scripts/tiny": b"#",
    }
    unpacked = unpack(tmp_path, MODULE | scripts, programs=("sample-1.0.data/scripts/old",))
    landed = land(box("/boxes/one"), unpacked)
    files = written(landed)
    assert files["bin/old"].content == b"#!/boxes/one/bin/python\nprint(1)\n"
    assert files["bin/shell"].content == b"#!/bin/sh\necho\n"
    assert files["bin/tiny"].content == b"#"
    assert {files[f"bin/{name}"].mode for name in ("old", "shell", "tiny")} == {0o755}
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


def test_a_script_that_an_old_wheel_brings_for_an_entry_point_gives_way_to_the_launcher(tmp_path):
    scripts = {"sample-1.0.data/scripts/sample": b"#!python\nold\n", "sample-1.0.data/scripts/sample-script.py": b"old"}
    unpacked = unpack(tmp_path, MODULE | scripts, console={"sample": "sample:main"})
    landed = land(box(tmp_path / "box"), unpacked)
    assert b"from sample import main" in written(landed)["bin/sample"].content
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


def test_what_a_wheel_says_of_a_box_it_does_not_know_is_left_out(tmp_path):
    lies = {"sample-1.0.dist-info/REQUESTED": b"", "sample-1.0.dist-info/direct_url.json": b"{}"}
    unpacked = unpack(tmp_path, MODULE | lies)
    landed = land(box(tmp_path / "box"), unpacked)
    assert not [path for path in landed.paths if path.endswith(("REQUESTED", "direct_url.json"))]
    put_in(tmp_path / "box", landed)
    check_record(tmp_path / "box", unpacked, landed)


def test_pip_has_the_names_of_the_boxs_python(tmp_path):
    unpacked = unpack(tmp_path, {"pip/__init__.py": b""}, name="pip", console={"pip": "pip:main", "pip3.9": "pip:main"})
    landed = land(box("/b"), unpacked)
    assert sorted(path for path in written(landed) if path.startswith("bin/")) == ["bin/pip", "bin/pip3", "bin/pip3.11"]


def test_windows_has_its_own_folders_and_two_files_a_launcher(tmp_path):
    unpacked = unpack(tmp_path, MODULE | {"sample-1.0.data/headers/s.h": b"h"}, console={"sample": "sample:main"})
    landed = land(box("C:/box", platform="win32"), unpacked)
    assert linked(landed)["sample-1.0.data/headers/s.h"] == "include/site/python3.11/sample/s.h"
    files = written(landed)
    assert {"Scripts/sample-script.py", "Scripts/sample.cmd"} < set(files)
    record = files["Lib/site-packages/sample-1.0.dist-info/RECORD"].content.decode()
    assert "\n../../Scripts/sample.cmd,sha256=" in record


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("sample-1.0.data/nowhere/x", "lies in no folder that a wheel may have"),
        ("sample-1.0.data/scripts", "lies in no folder that a wheel may have"),
        ("sample-1.0.data/data/../x", "would land outside its folder"),
        ("sample-1.0.data/scripts//etc/x", "would land outside its folder"),
        ("sample-1.0.data/data/C:/x", "would land outside its folder"),
        ("sample-1.0.data/data/a\\x", "would land outside its folder"),
        ("../x", "would land outside its folder"),
        ("sample/./x", "would land outside its folder"),
        ("sample-1.0.data/data/pyvenv.cfg", "would replace a part of the box itself"),
        ("sample-1.0.data/data/.capsa/receipt", "would replace a part of the box itself"),
        ("sample-1.0.data/data/.CAPSA/receipt", "would replace a part of the box itself"),
        ("sample-1.0.data/data/bin/python", "would replace a part of the box itself"),
        ("sample-1.0.data/scripts/python3.11", "would replace a part of the box itself"),
    ],
)
def test_a_member_without_a_fitting_place_is_refused_by_name(tmp_path, member, reason):
    manifest, tree = unpack(tmp_path, MODULE)
    manifest.files.append((member, 1, 0, 0o555, "ab" * 32))
    with pytest.raises(IntegrityError) as caught:
        land(box("/b"), (manifest, tree))
    assert str(caught.value) == f"sample-1.0-py3-none-any.whl: {member} {reason}"


@pytest.mark.parametrize(
    "member", ["sample-1.0.data/purelib/sample/data.txt", f"sample-1.0.data/data/{SITE}/sample-1.0.dist-info/RECORD"]
)
def test_two_members_on_one_place_are_refused(tmp_path, member):
    with pytest.raises(IntegrityError, match=r"would land on the place of .*: lib/python3\.11/site-packages/sample"):
        land(box("/b"), unpack(tmp_path, MODULE | {member: b""}))


def test_a_file_at_the_top_whose_name_ends_like_a_data_folder_is_a_file(tmp_path):
    landed = land(box("/b"), unpack(tmp_path, {"sample.data": b"x"}))
    assert linked(landed)["sample.data"] == f"{SITE}/sample.data"


@pytest.mark.parametrize(
    ("name", "reference", "reason"),
    [
        ("../x", "sample:main", "names a program `../x`, which can't be a file name"),
        ("", "sample:main", "names a program ``, which can't be a file name"),
        (".", "sample:main", "would land outside its folder"),
        ("x", "sample", "says that x starts `sample`, which is not `module:attribute`"),
        ("x", "sample:main()", "says that x starts `sample:main()`, which is not `module:attribute`"),
        ("x", "os; import sample:main", "says that x starts `os; import sample:main`, which is not `module:attribute`"),
        ("python", "sample:main", "would replace a part of the box itself"),
    ],
)
def test_an_entry_point_that_can_not_be_a_launcher_is_refused(tmp_path, name, reference, reason):
    with pytest.raises(IntegrityError) as caught:
        land(box("/b"), unpack(tmp_path, MODULE, console={name: reference}))
    assert str(caught.value) == f"sample-1.0-py3-none-any.whl: sample-1.0.dist-info/entry_points.txt {reason}"
