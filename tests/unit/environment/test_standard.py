"""Which modules the standard library of a box's Python has."""

from capsa.environment.standard import standard_modules
from support.box import interpreter
from support.session import this_python


def test_the_library_of_a_real_python():
    names = standard_modules(this_python())

    assert {"json", "os", "sys", "math", "email", "_socket"} <= names
    assert not {"test", "site-packages", "lib-dynload", "setuptools"} & names


def test_modules_folders_and_extensions_count_by_what_lies_there(tmp_path):
    (tmp_path / "lib-dynload").mkdir()
    (tmp_path / "lib-dynload/_cake.cpython-311-x86_64-linux-gnu.so").touch()
    for name in ("bread.py", "config-3.11-x86_64", "notes.txt"):
        (tmp_path / name).touch()
    for name in ("butter", "test"):
        (tmp_path / name).mkdir()

    names = standard_modules(interpreter(stdlib=str(tmp_path)))

    assert {"bread", "butter", "_cake", "sys"} <= names
    assert not {"notes", "test", "json"} & names


def test_without_the_folder_the_python_at_hand_stands_in():
    assert {"json", "sys"} <= standard_modules(interpreter(stdlib="/nowhere"))
