"""Which moves a change needs, worked out from lists; the disk is a dictionary here."""

import pytest

from capsa.commit.moves import check_destinations, choose_moves, is_bytecode_of
from capsa.errors import IntegrityError

SITE = "lib/python3.12/site-packages"


def disk(*paths, folders=()):
    """What lies on disk, as the function that `choose_moves` asks."""
    found = {"": {}}
    for path in [*paths, *(f"{folder}/" for folder in (SITE, "bin", *folders))]:
        parts = path.split("/")
        for depth, part in enumerate(parts):
            folder = "/".join(parts[:depth])
            if part:
                found.setdefault(folder, {})[part] = depth < len(parts) - 1
            else:
                found.setdefault(folder, {})
    return found.get


def site(*names):
    return tuple(f"{SITE}/{name}" for name in names)


def rows(moves):
    """Moves as text, site-packages left out."""
    return [f"{move.kind} {move.path.removeprefix(f'{SITE}/')}" for move in moves.moves]


def test_what_one_package_owns_is_placed_whole():
    incoming = {"six": site("six.py", "six-1.dist-info/RECORD"), "pkg": site("pkg/__init__.py", "pkg/sub/x.py")}

    moves = choose_moves(incoming, {}, disk())

    assert rows(moves) == ["place pkg", "place six.py", "place six-1.dist-info"]
    assert [move.staged for move in moves.moves] == [
        f".capsa/new/0/{SITE}/pkg", f".capsa/new/1/{SITE}/six.py", f".capsa/new/1/{SITE}/six-1.dist-info",
    ]  # fmt: skip


def test_shared_folders_are_made_and_descended():
    incoming = {"a": ("share/man/man1/a.1", *site("ns/a/x.py")), "b": ("share/b", *site("ns/b/x.py"))}

    assert rows(choose_moves(incoming, {}, disk())) == [
        "folder ns", "place ns/a", "place ns/b", "folder share", "place share/b", "place share/man",
    ]  # fmt: skip


def test_the_skeleton_is_made_but_never_moved():
    moves = choose_moves({"a": (*site("a.py"), "bin/a")}, {}, {"": {}}.get)

    assert rows(moves) == [
        "folder bin",
        "folder lib",
        "folder lib/python3.12",
        f"folder {SITE}",
        "place a.py",
        "place bin/a",
    ]


def test_an_upgrade_exchanges_the_folder_when_all_in_it_is_the_packages_or_its_bytecode():
    old = site("pkg/__init__.py", "pkg/old.py", "pkg-1.dist-info/RECORD")
    new = site("pkg/__init__.py", "pkg/new.py", "pkg-2.dist-info/RECORD")
    cached = site("pkg/__pycache__/old.cpython-312.pyc", "pkg/__pycache__/__init__.cpython-312.opt-1.pyc")

    moves = choose_moves({"pkg": new}, {"pkg": old}, disk(*old, *cached))

    assert rows(moves) == ["exchange pkg", "place pkg-2.dist-info", "remove pkg-1.dist-info"]
    assert moves.foreign == moves.overwritten == ()


def test_beside_a_foreign_file_the_folder_goes_one_level_deeper_and_the_file_is_named():
    old = site("pkg/__init__.py", "pkg/gone.py", "pkg/sub/x.py")
    new = site("pkg/__init__.py", "pkg/sub/x.py", "pkg/more/y.py")
    mine = site("pkg/mine.txt", "pkg/__pycache__/gone.cpython-312.pyc", "pkg/__pycache__/mine.cpython-312.pyc")

    moves = choose_moves({"pkg": new}, {"pkg": old}, disk(*old, *mine))

    assert rows(moves) == [
        "remove pkg/__pycache__/gone.cpython-312.pyc", "exchange pkg/__init__.py", "remove pkg/gone.py",
        "place pkg/more", "exchange pkg/sub",
    ]  # fmt: skip
    assert moves.foreign == site("pkg/__pycache__/mine.cpython-312.pyc", "pkg/mine.txt")


def test_an_uninstall_removes_what_counts_as_installed_first():
    old = (*site("a/__init__.py", "a-1.dist-info/RECORD"), "bin/a")

    assert rows(choose_moves({}, {"a": old}, disk(*old))) == ["remove a-1.dist-info", "remove a", "remove bin/a"]


def test_launchers_and_then_dist_infos_come_last():
    new = ("bin/a", "share/a/x", *site("a.py", "a-2.dist-info/RECORD"))
    old = ("bin/a", *site("a-1.dist-info/RECORD"))

    assert rows(choose_moves({"a": new}, {"a": old}, disk(*old))) == [
        "place a.py", "place share", "exchange bin/a", "place a-2.dist-info", "remove a-1.dist-info",
    ]  # fmt: skip


def test_neighbours_in_a_namespace_stay_and_are_not_named():
    old = site("google/a/x.py")

    moves = choose_moves({}, {"a": old}, disk(*old, *site("google/b/x.py")))

    assert rows(moves) == ["remove google/a"]
    assert moves.foreign == ()


def test_a_folder_that_several_leaving_packages_share_goes_whole():
    one, two = site("google/a/x.py"), site("google/b/x.py")

    assert rows(choose_moves({}, {"a": one, "b": two}, disk(*one, *two))) == ["remove google"]


def test_bytecode_of_single_modules_goes_with_them_and_leaves_the_neighbours():
    cached = site("__pycache__/six.cpython-312.pyc", "__pycache__/other.cpython-312.pyc")

    moves = choose_moves({"six": site("six.py")}, {"six": site("six.py")}, disk(*site("six.py", "other.py"), *cached))

    assert rows(moves) == ["remove __pycache__/six.cpython-312.pyc", "exchange six.py"]


def test_a_bytecode_folder_of_nothing_else_goes_whole():
    paths = site("six.py", "__pycache__/six.cpython-312.pyc", "__pycache__/six.pypy310.pyc")

    assert rows(choose_moves({}, {"six": site("six.py")}, disk(*paths))) == ["remove __pycache__", "remove six.py"]


def test_a_folder_whose_files_are_gone_already_goes_too():
    assert rows(choose_moves({}, {"a": site("a/sub/x.py", "b.py")}, disk(folders=[f"{SITE}/a/sub"]))) == ["remove a"]


def test_somebodys_empty_folder_stays():
    old = ("share/a/x",)

    moves = choose_moves({}, {"a": old}, disk(*old, folders=["share/mine"]))

    assert rows(moves) == ["remove share/a"]


def test_the_skeleton_stays_when_its_last_file_goes():
    old = ("bin/a", "include/site/python3.12/a/a.h", *site("a.py"))

    assert rows(choose_moves({}, {"a": old}, disk(*old))) == ["remove include/site", "remove a.py", "remove bin/a"]


def test_a_file_of_nobody_that_is_in_the_way_is_exchanged_and_named():
    moves = choose_moves({"a": site("a/x.py", "a/y.py")}, {}, disk(*site("a/x.py", "a/z.py")))

    assert rows(moves) == ["exchange a/x.py", "place a/y.py"]
    assert moves.overwritten == site("a/x.py")


def test_two_that_bring_one_file_the_later_wins_and_it_is_named():
    moves = choose_moves({"b": site("tests/x.py"), "a": site("tests/x.py", "tests/a.py")}, {}, disk())

    assert rows(moves) == ["folder tests", "place tests/a.py", "place tests/x.py"]
    assert moves.moves[-1].staged == f".capsa/new/1/{SITE}/tests/x.py"
    assert moves.overwritten == site("tests/x.py")


def test_a_leaving_module_becomes_a_package_and_back():
    module, folder = site("a.py", "a"), site("a/__init__.py")

    assert rows(choose_moves({"a": folder}, {"a": module}, disk(*module))) == ["exchange a", "remove a.py"]
    assert rows(choose_moves({"a": module}, {"a": folder}, disk(*folder))) == ["exchange a", "place a.py"]


def test_a_leaving_file_makes_room_for_a_shared_folder():
    moves = choose_moves({"a": site("ns/a"), "b": site("ns/b")}, {"c": site("ns")}, disk(*site("ns")))

    assert rows(moves) == ["remove ns", "folder ns", "place ns/a", "place ns/b"]


@pytest.mark.parametrize(
    ("incoming", "on_disk", "text"),
    [
        ({"a": site("a/x.py")}, site("a"), f"a brings files below {SITE}/a, but there is a file or a link"),
        ({"a": site("a")}, site("a/mine.py"), f"a brings the file {SITE}/a, but there is a folder that holds other"),
        ({"a": site("x"), "b": site("x/y")}, (), f"a brings {SITE}/x as a file, b as a folder"),
        ({"a": site("x/y/z", "x")}, (), f"a brings {SITE}/x as a file, a as a folder"),
    ],
)
def test_what_has_no_room_is_refused(incoming, on_disk, text):
    with pytest.raises(IntegrityError, match=text):
        choose_moves(incoming, {}, disk(*on_disk))


def test_all_refusals_come_at_once():
    with pytest.raises(IntegrityError, match=r"below .*/a, .*; .* below .*/b, "):
        choose_moves({"p": site("a/x", "b/x")}, {}, disk(*site("a", "b")))


def test_a_record_cannot_take_the_boxs_own_files_along():
    listed = ("bin/python", "pyvenv.cfg", ".capsa/id", "../outside", *site("a.py"))

    assert rows(choose_moves({}, {"a": listed}, disk("bin/python", "pyvenv.cfg", ".capsa/id", *site("a.py")))) == [
        "remove a.py"
    ]


def test_links_are_files_and_never_descended():
    # "link" is a link to a folder: the function says it is no folder.
    moves = choose_moves({}, {"a": site("link/x.py", "a.py")}, disk(*site("link", "a.py")))

    assert rows(moves) == ["remove a.py"]


def test_foreign_files_in_a_folder_that_comes_are_named():
    moves = choose_moves({"a": site("a/__init__.py")}, {}, disk(*site("a/notes.txt")))

    assert rows(moves) == ["place a/__init__.py"]
    assert moves.foreign == site("a/notes.txt")


def test_leftover_bytecode_does_not_stand_in_the_way():
    moves = choose_moves({"a": site("a/x.py")}, {}, disk(*site("a/__pycache__/x.cpython-312.pyc")))

    assert rows(moves) == ["exchange a"]


@pytest.mark.parametrize("name", ["x.cpython-312.pyc", "x.pypy310.pyc", "x.cpython-38.opt-2.pyc"])
def test_bytecode_is_known_by_its_module(name):
    assert is_bytecode_of(name, {"x.py": ""})
    assert not is_bytecode_of(name, {"y.py": ""})


@pytest.mark.parametrize("name", ["x.py", "x", "x.pyc", "x.cpython-312.pyo", "xy.cpython-312.pyc"])
def test_other_names_are_no_bytecode(name):
    assert not is_bytecode_of(name, {"x.py": ""})


def test_every_destination_that_no_package_may_have_is_named_with_its_package():
    with pytest.raises(IntegrityError) as caught:
        check_destinations({"good": site("x"), "evil": ("../x", "bin/python"), "other": (".capsa/receipt",)})

    assert str(caught.value) == (
        "evil brings `../x`, which does not stay inside the box; "
        "evil brings bin/python, which is a file of the box itself; "
        "other brings .capsa/receipt, which is a file of the box itself"
    )
