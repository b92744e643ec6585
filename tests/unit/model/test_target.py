"""Targets: held against what packaging says inside every real Python of this machine, and against known lists."""

import json
import os
import subprocess

import packaging
import pytest
from packaging.tags import parse_tag

from capsa.model.target import target_of
from support.box import interpreter
from support.interpreters import probe, pythons

PYTHONS = pythons()
SYS_TAGS = "import json; from packaging.tags import sys_tags; print(json.dumps([str(tag) for tag in sys_tags()]))"


def tags(**changes):
    return [str(tag) for tag in target_of(interpreter(**changes)).tags]


@pytest.mark.parametrize("minor", PYTHONS)
def test_the_tags_are_those_that_packaging_finds_inside_the_real_python(minor, tmp_path):
    (tmp_path / "packaging").symlink_to(os.path.dirname(packaging.__file__))
    environment = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    finished = run([PYTHONS[minor], "-S", "-c", SYS_TAGS], environment)
    found = [str(tag) for tag in target_of(probe(PYTHONS[minor])).tags]
    if finished.returncode == 0:
        assert found == json.loads(finished.stdout)
        return
    # This packaging does not run there: its pip knows the same tags, older ones in another order.
    finished = run([PYTHONS[minor], "-I", "-m", "pip", "--isolated", "debug", "--verbose"], {})
    if finished.returncode:
        pytest.skip(f"neither packaging {packaging.__version__} nor pip runs on Python {minor}")
    listed = finished.stdout.partition("Compatible tags: ")[2].split()[1:]
    assert sorted(found) == sorted(listed)


def run(command, environment):
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_target_tells_what_it_is():
    target = target_of(interpreter())
    assert target.title == "CPython 3.11.7 on linux-x86_64"
    assert target.python == "3.11.7"
    assert target.markers["sys_platform"] == "linux"
    assert len(set(target.tags)) == len(target.tags)


def test_the_rank_of_a_tag_is_its_place():
    target = target_of(interpreter())
    (best,) = parse_tag("cp311-cp311-linux_x86_64")
    (last,) = parse_tag("py30-none-any")
    assert (target.ranks[best], target.ranks[last]) == (0, len(target.tags) - 1)
    assert not parse_tag("cp312-cp312-linux_x86_64") & set(target.ranks)


def test_a_newer_glibc_is_wanted_before_an_older_and_the_old_names_stand_beside_theirs():
    found = [tag.removeprefix("cp311-cp311-") for tag in tags(libc=["glibc", 2, 18]) if tag.startswith("cp311-cp311-")]
    assert found == [
        "linux_x86_64",
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_16_x86_64",
        "manylinux_2_15_x86_64",
        "manylinux_2_14_x86_64",
        "manylinux_2_13_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_11_x86_64",
        "manylinux_2_10_x86_64",
        "manylinux_2_9_x86_64",
        "manylinux_2_8_x86_64",
        "manylinux_2_7_x86_64",
        "manylinux_2_6_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
    ]


@pytest.mark.parametrize(
    ("facts", "platforms"),
    [
        (
            {"platform_tag": "linux-aarch64", "libc": ["glibc", 2, 17]},
            "linux_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64",
        ),
        (
            {"platform_tag": "linux-x86_64", "libc": ["musl", 1, 2]},
            "linux_x86_64 musllinux_1_2_x86_64 musllinux_1_1_x86_64 musllinux_1_0_x86_64",
        ),
        ({"platform_tag": "linux-x86_64", "libc": []}, "linux_x86_64"),
        ({"platform_tag": "linux-x86_64", "libc": ["musl", 1, 0], "bits": 32}, "linux_i686 musllinux_1_0_i686"),
        (
            {"platform_tag": "linux-aarch64", "libc": ["musl", 1, 0], "bits": 32},
            "linux_armv8l linux_armv7l musllinux_1_0_armv8l musllinux_1_0_armv7l",
        ),
        ({"platform": "win32", "platform_tag": "win-amd64", "libc": []}, "win_amd64"),
        ({"platform": "win32", "platform_tag": "win32", "libc": []}, "win32"),
        (
            {"platform": "freebsd14", "platform_tag": "freebsd-14.0-release-amd64", "libc": []},
            "freebsd_14_0_release_amd64",
        ),
    ],
)
def test_each_platform_has_its_tags(facts, platforms):
    found = [tag.removeprefix("cp311-cp311-") for tag in tags(**facts) if tag.startswith("cp311-cp311-")]
    assert found == platforms.split()


@pytest.mark.parametrize(
    ("kernel", "machine", "accepted", "refused"),
    [
        (
            "25.1.0",
            "arm64",
            "26_0_arm64 15_0_arm64 11_0_universal2 10_9_universal2",
            "27_0_arm64 10_9_arm64 14_0_x86_64",
        ),
        ("24.6.0", "arm64", "15_0_arm64 11_0_arm64", "26_0_arm64 16_0_arm64"),
        ("20.6.0", "x86_64", "11_0_x86_64 10_15_x86_64 10_9_universal2 10_9_intel", "12_0_x86_64 11_0_arm64"),
        ("19.6.0", "x86_64", "10_15_x86_64", "10_16_x86_64 11_0_x86_64"),
    ],
)
def test_macos_goes_by_the_release_that_runs_not_by_the_oldest_that_the_build_supports(
    kernel, machine, accepted, refused
):
    markers = {"python_full_version": "3.12.1", "platform_release": kernel, "platform_machine": machine}
    found = set(tags(platform="darwin", platform_tag="macosx-10.9-universal2", libc=[], markers=markers))
    assert {f"cp311-cp311-macosx_{tag}" for tag in accepted.split()} <= found
    assert not {f"cp311-cp311-macosx_{tag}" for tag in refused.split()} & found


def test_a_debug_build_takes_its_own_modules_first_and_ordinary_ones_too():
    found = tags(is_debug=True)
    assert found.index("cp311-cp311d-linux_x86_64") < found.index("cp311-cp311-linux_x86_64")


def test_a_free_threaded_build_takes_no_abi3():
    found = tags(is_free_threaded=True, version_info=[3, 13, 0])
    assert found[0] == "cp313-cp313t-linux_x86_64"
    assert not [tag for tag in found if "-abi3-" in tag or "-cp313-" in tag]
    assert "cp313-none-any" in found


def test_pypy_is_called_pp():
    found = tags(
        implementation="pypy", version_info=[3, 9, 19], soabi="pypy39-pp73-x86_64-linux-gnu", libc=["glibc", 2, 17]
    )
    assert found[0] == "pp39-pypy39_pp73-linux_x86_64"
    assert "pp39-pypy39_pp73-manylinux2014_x86_64" in found
    assert "pp39-none-manylinux2014_x86_64" in found
    assert "pp3-none-any" in found
    assert "py3-none-any" in found
    assert not [tag for tag in found if tag.startswith("cp")]


def test_graalpy_has_an_abi_of_three_parts():
    found = tags(implementation="graalpy", version_info=[3, 11, 7], soabi="graalpy311-native-x86-64-linux")
    assert found[0] == "graalpy311-graalpy311_native_x86-linux_x86_64"
    found = tags(implementation="graalpy", version_info=[3, 8, 5], soabi="graalpy-38-native-x86_64-darwin")
    assert found[0] == "graalpy38-graalpy_38_native-linux_x86_64"


def test_an_implementation_without_an_abi_takes_pure_wheels():
    found = tags(implementation="other", soabi="")
    assert found[0] == "other311-none-linux_x86_64"
    assert "py3-none-any" in found
