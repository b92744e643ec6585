"""What scan finds in a site-packages, and what departure lets go."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from capsa.environment import site as module
from capsa.environment.site import departure, remains, scan
from capsa.errors import EnvironmentDamagedError
from support.box import SITE, box


@pytest.fixture
def environment(tmp_path):
    root = tmp_path / "box"
    root.mkdir()
    return box(root)


@pytest.fixture
def site(environment):
    return Path(environment.layout.site)


def put(site, name, version="1.0", *, record=None, **files):
    """Put a distribution into site-packages; ``record`` are the paths that RECORD names."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n" + "x" * 50_000)
    for file, text in files.items():
        (info / file.replace("__", ".")).write_text(text)
    if record is not None:
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in record))
    return info


def test_scan_reads_everything_a_dist_info_tells(environment, site):
    url = {"url": "file:///src", "dir_info": {"editable": True}}
    put(site, "Zeta_Tool", "2.0", INSTALLER="pip\n", REQUESTED="", direct_url__json=json.dumps(url))
    put(site, "alpha")
    (site / "module.py").touch()
    found = scan(environment)
    assert found.damaged == ()
    assert [(item.name, item.version) for item in found.installed] == [("alpha", "1.0"), ("zeta-tool", "2.0")]
    alpha, zeta = found.installed
    assert (alpha.installer, alpha.is_requested, alpha.direct_url, alpha.is_editable) == ("", False, None, False)
    assert (zeta.installer, zeta.is_requested, zeta.direct_url, zeta.is_editable) == ("pip", True, url, True)
    assert zeta.info == f"{SITE}/Zeta_Tool-2.0.dist-info"


def test_scan_knows_eggs_and_links_of_older_tools(environment, site, tmp_path):
    folder = site / "older-1.1-py3.11.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Name: Older\nVersion: 1.1\n")
    (site / "oldest-0.1.egg-info").write_text("Name: oldest\nVersion: 0.1\n")
    source = tmp_path / "src dir"
    (source / "linked.egg-info").mkdir(parents=True)
    (source / "linked.egg-info" / "PKG-INFO").write_text("Name: linked\nVersion: 3\n")
    (site / "linked.egg-link").write_text(f"{source}\n.")
    linked, older, oldest = scan(environment).installed
    assert (older.name, older.info, older.is_editable) == ("older", f"{SITE}/older-1.1-py3.11.egg-info", False)
    assert (oldest.name, oldest.version) == ("oldest", "0.1")
    assert (linked.name, linked.version, linked.is_editable) == ("linked", "3", True)
    assert linked.direct_url["url"] == f"file://{tmp_path}/src%20dir"


def test_what_can_not_be_read_is_named_and_the_rest_is_found(environment, site):
    put(site, "good")
    put(site, "url", direct_url__json="{oops")
    (site / "empty-1.0.dist-info").mkdir()
    (site / "file-1.0.dist-info").write_text("not a folder")
    (site / "nameless-1.0.dist-info").mkdir()
    (site / "nameless-1.0.dist-info" / "METADATA").write_text("Version: 1.0\n")
    (site / "~ip-23.0.dist-info").mkdir()
    (site / "~ip").mkdir()
    (site / "gone.egg-link").write_text("/nowhere/at/all\n")
    found = scan(environment)
    assert [item.name for item in found.installed] == ["good", "url"]
    assert found.installed[1].direct_url is None
    assert found.damaged == (
        "empty-1.0.dist-info",
        "file-1.0.dist-info",
        "gone.egg-link",
        "nameless-1.0.dist-info",
        "url-1.0.dist-info",
        "~ip",
        "~ip-23.0.dist-info",
    )


def test_what_is_replaced_while_it_is_read_is_found_in_its_new_version(environment, site, monkeypatch):
    old = put(site, "alpha", "1.0")
    real = module._read

    def read(environment, folder, name):
        if name == old.name and old.exists():
            put(site, "alpha", "2.0")
            shutil.rmtree(old)
        return real(environment, folder, name)

    monkeypatch.setattr(module, "_read", read)
    found = scan(environment)
    assert [(item.name, item.version) for item in found.installed] == [("alpha", "2.0")]
    assert found.damaged == ()


def test_headers_longer_than_one_read_are_read_whole(environment, site):
    info = put(site, "long")
    demands = "".join(f"Requires-Dist: project-{number}>=1\n" for number in range(2000))
    (info / "METADATA").write_text(f"Name: long\nVersion: 1.0\n{demands}\nText\n")
    (found,) = scan(environment).installed
    assert len(found.metadata.requires) == 2000


def test_two_versions_of_one_package_are_both_told(environment, site):
    put(site, "twice", "1.0")
    put(site, "twice", "2.0")
    assert [item.version for item in scan(environment).installed] == ["1.0", "2.0"]


def test_a_box_without_site_packages_is_damaged(environment, site):
    site.rmdir()
    assert scan(environment).installed == (), "without pyvenv.cfg it is no box yet"
    Path(environment.root, "pyvenv.cfg").write_text("home = /usr/bin\n")
    with pytest.raises(EnvironmentDamagedError) as caught:
        scan(environment)
    assert str(caught.value) == f"the box {environment.root} has no readable {SITE}: No such file or directory"
    assert caught.value.hints == (f"make it again: `capsa create --clear {environment.root}`",)


def test_scan_agrees_with_importlib_metadata_about_a_real_box():
    import importlib.metadata  # noqa: PLC0415 - only this test looks at the real one

    root = sys.prefix
    minor = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if not os.path.exists(f"{root}/pyvenv.cfg"):
        pytest.skip("the tests do not run in a virtual environment")
    environment = box(root)
    environment.layout.purelib = f"lib/{minor}/site-packages"
    expected = {
        (entry.metadata["Name"], entry.version, len(entry.requires or ()))
        for entry in importlib.metadata.distributions(path=[environment.layout.site])
    }
    found = scan(environment).installed
    assert {(item.metadata.name, item.version, len(item.metadata.requires)) for item in found} == expected


def leaving(environment):
    (found,) = scan(environment).installed
    return departure(environment, found).paths


def test_departure_takes_what_record_names_wherever_it_lies(environment, site):
    root = environment.root
    put(site, "x", record=["x/__init__.py", "../../../bin/x", f"{root}/share/x.txt", "x-1.0.dist-info/RECORD", "y/"])
    assert leaving(environment) == (
        f"{SITE}/x/__init__.py",
        "bin/x",
        "share/x.txt",
        f"{SITE}/x-1.0.dist-info/RECORD",
        f"{SITE}/x-1.0.dist-info/METADATA",
    )


def test_departure_takes_the_whole_info_folder_also_what_record_forgets(environment, site):
    info = put(site, "x", record=["x.py"], REQUESTED="")
    (info / "licenses").mkdir()
    (info / "licenses" / "LICENSE").touch()
    (info / "elsewhere").symlink_to("/tmp")
    inside = {path.removeprefix(f"{SITE}/x-1.0.dist-info/") for path in leaving(environment)} - {f"{SITE}/x.py"}
    assert inside == {"METADATA", "RECORD", "REQUESTED", "licenses/LICENSE", "elsewhere"}


def test_an_absolute_path_through_a_link_to_the_box_is_inside(environment, site, tmp_path):
    real = os.path.realpath(environment.root)
    alias = tmp_path / "alias"
    alias.symlink_to(real)
    put(site, "x", record=[f"{real}/bin/x"])
    assert "bin/x" in leaving(box(alias))


def test_lib64_is_the_same_folder_as_lib(environment, site):
    os.symlink("lib", f"{environment.root}/lib64")
    put(site, "x", record=["../../../lib64/python3.11/site-packages/x.so"])
    assert leaving(environment)[0] == f"{SITE}/x.so"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/etc/passwd", "which is outside the box"),
        ("../../../../secret", "which is outside the box"),
        ("../../../pyvenv.cfg", "which is a part of the box itself"),
        ("../../../.capsa/receipt", "which is a part of the box itself"),
        ("../../../bin/python3.11", "which is a part of the box itself"),
        ("../../../bin/python", "which is a part of the box itself"),
        ("../../..", "which is a part of the box itself"),
    ],
)
def test_a_record_that_names_what_no_package_owns_is_refused(environment, site, path, what):
    put(site, "x", record=[path])
    with pytest.raises(EnvironmentDamagedError) as caught:
        leaving(environment)
    assert str(caught.value).startswith("the list of x's files names ")
    assert str(caught.value).endswith(f", {what}")
    assert path in str(caught.value)
    assert caught.value.hints


def test_an_absolute_path_that_climbs_out_again_is_refused(environment, site):
    put(site, "x", record=[f"{environment.root}/bin/../../secret"])
    with pytest.raises(EnvironmentDamagedError, match=r"/secret, which is outside the box"):
        leaving(environment)


def test_a_path_with_a_drive_is_absolute_on_windows(tmp_path):
    (tmp_path / "Lib" / "site-packages").mkdir(parents=True)
    environment = box(tmp_path, platform="win32")
    put(tmp_path / "Lib" / "site-packages", "x", record=["C:/Windows/x.dll"])
    with pytest.raises(EnvironmentDamagedError, match=r"names C:/Windows/x\.dll, which is outside the box"):
        leaving(environment)


def test_a_folder_that_is_a_link_out_of_the_box_is_refused(environment, site, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.py").touch()
    (site / "x").symlink_to(tmp_path / "mine")
    put(site, "x", record=["x/x.py"])
    with pytest.raises(EnvironmentDamagedError, match=r"names x/x\.py, and lib/.*/x is a link to .*/mine, outside"):
        leaving(environment)


def test_a_folder_that_is_a_link_inside_the_box_is_fine(environment, site):
    (site / "real").mkdir()
    (site / "x").symlink_to("real")
    put(site, "x", record=["x/x.py"])
    assert f"{SITE}/x/x.py" in leaving(environment)


def test_without_record_the_files_are_not_known_but_the_info_folder_can_go(environment, site):
    put(site, "x")
    with pytest.raises(EnvironmentDamagedError) as caught:
        leaving(environment)
    path = site / "x-1.0.dist-info" / "RECORD"
    assert str(caught.value) == f"x has no RECORD, so what belongs to it is not known: {path} is missing"
    assert caught.value.hints == ("put it in anew: `capsa install --reinstall x`",)
    (found,) = scan(environment).installed
    assert remains(environment, found).paths == (f"{SITE}/x-1.0.dist-info/METADATA",)


@pytest.mark.parametrize("content", [b"x.py,sha256=x,many\n", b"\xff\xfe\n"])
def test_a_record_that_can_not_be_read_is_named(environment, site, content):
    info = put(site, "x", record=[])
    (info / "RECORD").write_bytes(content)
    with pytest.raises(EnvironmentDamagedError, match=r"x-1\.0\.dist-info/RECORD"):
        leaving(environment)


def test_an_egg_folder_leaves_by_its_list(environment, site):
    folder = site / "old-1.0-py3.11.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Name: old\nVersion: 1.0\n")
    (folder / "installed-files.txt").write_text("../old/__init__.py\n../../../../bin/old\nPKG-INFO\n.\n\n")
    assert leaving(environment) == (
        f"{SITE}/old/__init__.py",
        "bin/old",
        f"{SITE}/old-1.0-py3.11.egg-info/PKG-INFO",
        f"{SITE}/old-1.0-py3.11.egg-info/installed-files.txt",
    )


def test_what_distutils_put_in_can_not_leave(environment, site):
    (site / "old-1.0.egg-info").write_text("Name: old\nVersion: 1.0\n")
    with pytest.raises(EnvironmentDamagedError) as caught:
        leaving(environment)
    assert str(caught.value) == (
        "old was put in by distutils, which kept no list of its files, so it can't be taken out"
    )


def test_what_setup_py_develop_linked_can_not_leave(environment, site, tmp_path):
    (tmp_path / "linked.egg-info").mkdir()
    (tmp_path / "linked.egg-info" / "PKG-INFO").write_text("Name: linked\nVersion: 3\n")
    (site / "linked.egg-link").write_text(f"{tmp_path}\n.")
    with pytest.raises(EnvironmentDamagedError, match=r"linked is a link to its source, made by `setup\.py develop`"):
        leaving(environment)
