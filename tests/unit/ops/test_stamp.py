import os

from capsa.model.distribution import Distribution
from capsa.ops.stamp import folder_of, stamp_of


def source(url, tags=None):
    return Distribution(project="lamp", version="1.0", filename="lamp", url=url, tags=tags)


def test_a_stamp_differs_when_a_build_file_comes_goes_or_changes(tmp_path):
    seen = {stamp_of(str(tmp_path))}
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        (tmp_path / name).write_text("x")
        seen.add(stamp_of(str(tmp_path)))
    (tmp_path / "setup.py").write_text("xy")
    seen.add(stamp_of(str(tmp_path)))
    os.utime(tmp_path / "setup.cfg", ns=(1, 1))
    seen.add(stamp_of(str(tmp_path)))
    (tmp_path / "pyproject.toml").unlink()
    seen.add(stamp_of(str(tmp_path)))
    assert len(seen) == 7


def test_a_stamp_is_not_about_the_code(tmp_path):
    (tmp_path / "pyproject.toml").write_text("x")
    before = stamp_of(str(tmp_path))
    (tmp_path / "lamp.py").write_text("light = 1")
    assert stamp_of(str(tmp_path)) == before


def test_only_a_folder_has_a_folder():
    assert folder_of(source("file:///p/a%20lamp")) == "/p/a lamp"
    assert folder_of(source("file:///p/lamp#subdirectory=a/b")) == "/p/lamp/a/b"
    assert folder_of(source("file:///p/lamp.tar.gz")) is None
    assert folder_of(source("git+file:///p/lamp@v1")) is None
    assert folder_of(source("file:///p/lamp-1.0-py3-none-any.whl", "py3-none-any")) is None
    assert folder_of(source("")) is None
