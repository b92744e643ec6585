import os

import pytest

from capsa.environment.open import find_environment, is_environment, open_environment, read_config
from capsa.errors import EnvironmentMissingError
from support.box import interpreter


def make(folder, text="home = /usr/bin\n"):
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(text, encoding="utf-8", errors="surrogateescape")
    return str(folder)


def test_keys_are_read_as_python_reads_them(tmp_path):
    text = "home = /a b/bin\nVersion=3.11.7\nno equals sign\n\nprompt = 'x = y'\nhome = /c\n"
    assert read_config(make(tmp_path / "box", text)) == {"home": "/c", "version": "3.11.7", "prompt": "'x = y'"}


def test_bytes_that_are_not_utf8_survive(tmp_path):
    place = os.fsdecode(b"/opt/\xff")
    assert read_config(make(tmp_path / "box", f"home = {place}\n"))["home"] == place


def test_a_folder_without_pyvenv_cfg_is_refused_with_the_cure(tmp_path):
    with pytest.raises(EnvironmentMissingError, match=r"is not a box: it has no pyvenv\.cfg") as caught:
        read_config(str(tmp_path))
    assert caught.value.hints == (f"make one: `capsa create {tmp_path}`",)
    with pytest.raises(EnvironmentMissingError):
        read_config(str(tmp_path / "gone"))


def test_a_box_is_a_folder_whose_pyvenv_cfg_names_a_home(tmp_path):
    assert is_environment(make(tmp_path / "box"))
    assert not is_environment(make(tmp_path / "empty", ""))
    assert not is_environment(str(tmp_path))
    assert not is_environment(str(tmp_path / "gone"))
    (tmp_path / "file").write_text("x")
    assert not is_environment(str(tmp_path / "file"))


def test_the_nearest_venv_upward_is_found(tmp_path):
    outer = make(tmp_path / ".venv")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_environment(str(tmp_path / "a" / "b")) == outer
    (tmp_path / "a" / ".venv").mkdir()
    assert find_environment(str(tmp_path / "a" / "b")) == outer, "an empty .venv is no box"
    inner = make(tmp_path / "a" / "b" / ".venv")
    assert find_environment(str(tmp_path / "a" / "b")) == inner


def test_without_any_there_is_none(tmp_path):
    assert find_environment(str(tmp_path)) is None


def test_opening_lays_it_out(tmp_path):
    environment = open_environment(str(tmp_path), interpreter(lib_name="python3.13t"))
    assert environment.layout.site == f"{tmp_path}/lib/python3.13t/site-packages"
    assert environment.root == str(tmp_path)
