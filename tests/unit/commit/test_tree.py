"""The files of several packages by folder."""

from capsa.commit.tree import Tree, join


def test_a_folder_knows_what_lies_in_it_and_whose_files_lie_below_it():
    tree = Tree({"a": ["ns/a/x.py", "ns/a/deep/y.py", "top.py"], "b": ["ns/b/z.py"]})

    assert tree.names("") == {"ns", "top.py"}
    assert tree.names("ns") == {"a", "b"}
    assert tree.names("ns/a") == {"x.py", "deep"}
    assert tree.owners["ns"] == {"a", "b"}
    assert tree.owners["ns/a"] == {"a"}
    assert tree.owner("ns/a/deep/y.py") == "a"
    assert tree.owner("ns/a") is None
    assert tree.owner("nowhere/x") is None
    assert tree.names("nowhere") == set()
    assert tree.collisions == []


def test_where_two_bring_a_file_the_later_name_wins_and_the_path_is_kept():
    tree = Tree({"b": ["tests/__init__.py"], "a": ["tests/__init__.py", "tests/a.py"]})

    assert tree.owner("tests/__init__.py") == "b"
    assert tree.owners["tests"] == {"a", "b"}
    assert tree.collisions == ["tests/__init__.py"]


def test_names_join_below_the_root_without_a_slash():
    assert join("", "a") == "a"
    assert join("a", "b") == "a/b"
