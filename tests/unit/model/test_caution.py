"""The rules on what packages bring, and their sentences."""

import pytest

from capsa.model.caution import (
    Caution,
    Load,
    ignored,
    meeting,
    meeting_programs,
    modules,
    program,
    shared,
    taking,
    taking_programs,
    untold,
)

SITE = "lib/python3.12/site-packages"


def site(*names):
    return tuple(f"{SITE}/{name}" for name in names)


def load(name, *paths):
    return Load(name, paths, SITE)


def test_a_load_knows_the_top_level_names_whatever_sorts_between_them():
    names = ("a-b/x.py", "a.py", "a/__init__.py", "a/sub/y.py", "a0.py", "a_b/x.py", "z.pth")
    brought = load("acme", *site(*reversed(names)), "bin/acme", "share/x")

    assert list(brought.spans) == ["a-b", "a.py", "a", "a0.py", "a_b", "z.pth"]
    assert brought.below("a") == list(site("a/__init__.py", "a/sub/y.py"))
    assert brought.below("a.py") == list(site("a.py"))
    assert brought.below("b") == []
    assert brought.others == ["bin/acme", "share/x"]
    assert brought.brings("bin/acme")
    assert not brought.brings("bin/acm")


def test_shared_files_are_told_by_pairs_and_the_later_name_wins():
    loads = [
        load("a", *site("tests/x.py", "tests/a.py", "ns/a/x.py"), "bin/tool"),
        load("b", *site("tests/x.py", "ns/b/x.py"), "bin/tool", "share/b"),
        load("c", *site("tests/x.py", "c.py")),
    ]

    assert shared(loads) == {("a", "b"): [*site("tests/x.py"), "bin/tool"], ("b", "c"): list(site("tests/x.py"))}


def test_modules_are_what_can_be_imported():
    names = (
        "json/__init__.py", "queue.py", "array.cpython-312-x86_64-linux-gnu.so", "data/x.txt", "uuid.pth",
        "x-1.dist-info/RECORD", "select.pyi", "_ssl.pyd",
    )  # fmt: skip

    assert sorted(modules(load("a", *site(*names)), SITE)) == ["_ssl", "array", "json", "queue"]


@pytest.mark.parametrize("name", ["Tool.exe", "tool.cmd", "tool-script.py", "tool"])
def test_on_windows_a_command_has_many_files(name):
    assert program(name, is_windows=True) == "tool"
    assert program(name, is_windows=False) == name


def test_sentences_about_files():
    paths = [f"share/{letter}" for letter in "abcde"]

    assert meeting("a", "b", paths[:1]) == "a and b both bring share/a; the box gets that of b"
    assert meeting("a", "b", paths[:2]) == "a and b both bring 2 files (share/a and share/b); the box gets those of b"
    assert taking("a", "b", paths[:1]) == "b takes the place of share/a of a, which stays in the box"
    assert taking("a", "b", paths) == (
        "b takes the place of 5 files (share/a, share/b, share/c and 2 more) of a, which stays in the box"
    )


def test_sentences_about_commands():
    assert meeting_programs("a", "b", ["x"]) == "a and b both bring the command `x`; the box gets that of b"
    assert meeting_programs("a", "b", ["x", "y"]) == (
        "a and b both bring the commands `x` and `y`; the box gets those of b"
    )
    assert taking_programs("a", "b", ["x"]) == "b takes the place of the command `x` of a, which stays in the box"
    assert taking_programs("", "b", ["x"]) == "b takes the place of the command `x` in the box that no package owns"


def test_sentences_about_modules():
    assert ignored("a", ["json"]) == (
        "a brings the module `json`, which is passed over: Python looks in the standard library first"
    )
    assert ignored("a", ["json", "uuid"]) == (
        "a brings the modules `json` and `uuid`, which are passed over: Python looks in the standard library first"
    )


def test_names_from_outside_are_escaped():
    assert meeting("a", "b", ["share/\x1b[2J"]).startswith("a and b both bring share/\\x1b[2J;")


def test_what_was_told_is_not_told_again_nor_its_bytecode():
    told = Caution(kind="collision", package="a", paths=site("x.py", "y.py"), text="")
    paths = site("x.py", "__pycache__/x.cpython-312.pyc", "__pycache__/z.cpython-312.pyc", "z.py")

    assert untold(paths, [told]) == site("__pycache__/z.cpython-312.pyc", "z.py")
    assert told.path == site("x.py")[0]
