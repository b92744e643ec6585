import os
import sys

import pytest

from capsa.interpreter.known import read_known, write_known
from support.box import interpreter


@pytest.fixture
def python(tmp_path):
    path = tmp_path / "box" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text("first")
    return path


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


def keep(cache, python, **changes):
    facts = {"executable": str(python), "base_executable": str(python), "platform": sys.platform} | changes
    write_known(cache, str(python), interpreter(**facts))


def test_facts_come_back_as_they_were(cache, python):
    keep(cache, python, markers={"a": "b"}, platform="elsewhere")
    known = read_known(cache, str(python))
    assert (
        known.facts()
        == interpreter(
            executable=str(python), base_executable=str(python), markers={"a": "b"}, platform="elsewhere"
        ).facts()
    )


def test_nothing_is_known_of_others(cache, python):
    assert read_known(cache, str(python)) is None
    keep(cache, python)
    assert read_known(cache, f"{python}3") is None


def test_another_file_in_its_place_is_unknown(cache, python):
    keep(cache, python)
    python.write_text("other")
    os.utime(python, ns=(1, 1))
    assert read_known(cache, str(python)) is None


def test_a_file_that_is_gone_is_unknown(cache, python):
    keep(cache, python)
    python.unlink()
    assert read_known(cache, str(python)) is None


def test_a_link_that_leads_elsewhere_is_unknown(cache, python, tmp_path):
    (tmp_path / "python-a").write_text("same")
    (tmp_path / "python-b").write_text("same")
    for name in ("python-a", "python-b"):
        os.utime(tmp_path / name, ns=(5, 5))
    python.unlink()
    python.symlink_to(tmp_path / "python-a")
    keep(cache, python)
    assert read_known(cache, str(python)) is not None
    python.unlink()
    python.symlink_to(tmp_path / "python-b")
    assert read_known(cache, str(python)) is None


@pytest.mark.parametrize("place", ["box", "box/bin"])
def test_a_changed_pyvenv_cfg_makes_it_unknown(cache, python, tmp_path, place):
    config = tmp_path / place / "pyvenv.cfg"
    config.write_text("home = /one\n")
    keep(cache, python)
    assert read_known(cache, str(python)) is not None
    config.write_text("home = /another\n")
    assert read_known(cache, str(python)) is None
    config.unlink()
    assert read_known(cache, str(python)) is None


def test_a_base_that_is_gone_makes_it_unknown(cache, python, tmp_path):
    base = tmp_path / "python3.11"
    base.write_text("base")
    keep(cache, python, base_executable=str(base))
    assert read_known(cache, str(python)) is not None
    base.unlink()
    assert read_known(cache, str(python)) is None


def test_a_damaged_document_is_unknown(cache, python, tmp_path):
    keep(cache, python)
    (page,) = (tmp_path / "cache" / "probe-v1").iterdir()
    page.write_bytes(page.read_bytes()[:-5])
    assert read_known(cache, str(python)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="uname")
def test_markers_of_the_kernel_are_those_of_now(cache, python):
    keep(cache, python, markers={"platform_release": "old", "platform_version": "old", "os_name": "posix"})
    markers = read_known(cache, str(python)).markers
    assert markers == {
        "platform_release": os.uname().release,
        "platform_version": os.uname().version,
        "os_name": "posix",
    }


def test_any_path_has_a_page(cache, tmp_path):
    for name in ("py thon", "p\\q", "ü", "x" * 200, os.fsdecode(b"\xff")):
        path = tmp_path / name
        path.write_text("x")
        keep(cache, path)
        assert read_known(cache, str(path)).executable == str(path)


def test_a_python_that_went_meanwhile_is_not_kept(cache, tmp_path):
    write_known(cache, str(tmp_path / "gone"), interpreter())
    assert not os.path.exists(cache)
