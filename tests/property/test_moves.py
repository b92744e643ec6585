"""Random boxes of packages that share folders with each other and with strangers: exactly the right files remain.

The box is a dictionary here; what should remain is worked out file by file, without any notion of moving a folder.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsa.commit.moves import choose_moves, is_bytecode_of
from capsa.commit.skeleton import is_skeleton
from capsa.errors import IntegrityError

SITE = "lib/python3.12/site-packages"
NAMES = ("a", "b", "c", "d")
FOLDERS = (f"{SITE}/ns", f"{SITE}/ns/in", f"{SITE}/pkg", f"{SITE}/pkg/sub", SITE, "share/x", "share", "bin")
FILES = ("__init__.py", "one.py", "two.py", "pkg", "sub", "ns", "data")

paths = st.builds("{}/{}".format, st.sampled_from(FOLDERS), st.sampled_from(FILES))
packages = st.dictionaries(st.sampled_from(NAMES), st.lists(paths, min_size=1, max_size=7, unique=True), max_size=3)
steps = st.lists(
    st.tuples(packages, st.sets(st.sampled_from(NAMES)), st.lists(paths, max_size=3), st.sets(paths, max_size=4)),
    min_size=1,
    max_size=4,
)


class Box:
    """Files by path, folders, and the moves that change them: a disk that fits on a screen."""

    def __init__(self):
        self.files = {}
        self.folders = {"", "bin", "lib", "lib/python3.12", SITE}

    def put(self, path, content):
        """Write a file as another program would; where it has no room nothing happens."""
        if path in self.folders or any(above in self.files for above in _above(path)):
            return
        self.folders.update(_above(path))
        self.files[path] = content

    def entries(self, folder):
        if folder not in self.folders:
            return None
        found = {path.rpartition("/")[2]: False for path in self.files if path.rpartition("/")[0] == folder}
        return found | {
            path.rpartition("/")[2]: True for path in self.folders - {""} if path.rpartition("/")[0] == folder
        }

    def is_there(self, path):
        return path in self.files or path in self.folders

    def rename(self, source, target):
        assert self.is_there(source)
        assert not self.is_there(target)
        self.folders.update(_above(target) if target.startswith(".capsa/") else ())
        assert target.rpartition("/")[0] in self.folders
        for path in [path for path in self.files if _is_below(path, source)]:
            self.files[target + path[len(source) :]] = self.files.pop(path)
        for path in [path for path in self.folders if _is_below(path, source)]:
            self.folders.remove(path)
            self.folders.add(target + path[len(source) :])

    def make(self, move):
        if move.kind == "folder":
            assert not self.is_there(move.path)
            assert move.path.rpartition("/")[0] in self.folders
            self.folders.add(move.path)
        elif move.kind == "place":
            self.rename(move.staged, move.path)
        elif move.kind == "remove":
            self.rename(move.path, move.staged)
        else:
            self.rename(move.path, ".capsa/spare")
            self.rename(move.staged, move.path)
            self.rename(".capsa/spare", move.staged)

    def take_back(self, move):
        if move.kind == "folder":
            assert self.entries(move.path) == {}
            self.folders.remove(move.path)
        elif move.kind == "exchange":
            self.make(move)
        else:
            self.rename(*((move.path, move.staged) if move.kind == "place" else (move.staged, move.path)))

    def outside(self):
        """Everything but what is staged."""
        files = {path: content for path, content in self.files.items() if not _is_below(path, ".capsa")}
        return files, {path for path in self.folders if not _is_below(path, ".capsa")}


def _above(path):
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts))]


def _is_below(path, folder):
    return path == folder or path.startswith(f"{folder}/")


def _bytecode_place(path):
    folder, _, name = path.rpartition("/")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.cpython-312.pyc"


def _is_stale(path, changed):
    folder, _, name = path.rpartition("/")
    above, _, last = folder.rpartition("/")
    modules = {other.rpartition("/")[2]: "" for other in changed if other.rpartition("/")[0] == above}
    return last == "__pycache__" and is_bytecode_of(name, modules)


def _remaining(box, leaving, coming):
    """The files that nobody takes away."""
    changed = [*leaving, *coming]
    return {path for path in box.outside()[0] if path not in leaving and not _is_stale(path, changed)}


def _has_room(coming, remaining):
    taken = remaining | coming
    return not any(above in taken for path in taken if path in coming for above in _above(path)) and not any(
        above in coming for path in remaining for above in _above(path)
    )


@given(steps)
def test_every_sequence_of_changes_leaves_exactly_the_files_it_should(steps):
    box, installed = Box(), {}
    for number, (incoming, leaving, foreign, compiled) in enumerate(steps):
        for path in foreign:
            box.put(path, box.files.get(path, "somebody's"))
        for path in compiled & {*box.files}:
            if path.endswith(".py"):
                box.put(_bytecode_place(path), "bytecode")
        departures = {name: installed[name] for name in (leaving | {*incoming}) & {*installed}}
        if change(box, incoming, departures, number):
            installed = {name: files for name, files in installed.items() if name not in departures} | incoming


def change(box, incoming, departures, number):
    """Change the box, there and back and there again; return whether there was room for the change."""
    coming = {path for files in incoming.values() for path in files}
    gone = {path for files in departures.values() for path in files if path in box.files}
    remaining = _remaining(box, gone, coming)
    before = box.outside()
    arguments = (
        {name: tuple(files) for name, files in incoming.items()},
        {name: tuple(files) for name, files in departures.items()},
        box.entries,
    )
    if not _has_room(coming, remaining):
        with pytest.raises(IntegrityError):
            choose_moves(*arguments)
        return False
    chosen = choose_moves(*arguments)

    stage(box, incoming, number)
    for move in chosen.moves:
        box.make(move)
    after = box.outside()
    for move in reversed(chosen.moves):
        box.take_back(move)
    assert box.outside() == before
    for move in chosen.moves:
        box.make(move)
    assert box.outside() == after
    sweep(box)

    wanted = {path: before[0][path] for path in remaining - coming}
    wanted |= {path: f"{name} {number}" for name in sorted(incoming) for path in incoming[name]}
    assert after[0] == wanted
    check_folders(before, after, departures)
    check_words(chosen, before, incoming, remaining)
    return True


def check_folders(before, after, departures):
    """No folder of a package is left empty, none that holds a file or is nobody's is taken away."""
    needed = {above for path in after[0] for above in _above(path)}
    owned = {above for files in departures.values() for path in files for above in _above(path)}
    for folder in after[1] - needed:
        assert is_skeleton(folder) or (folder in before[1] and folder not in owned)
    assert needed <= after[1]


def check_words(chosen, before, incoming, remaining):
    """What is overwritten is named, and what is named as foreign stayed."""
    coming = [path for files in incoming.values() for path in files]
    twice = {path for path in coming if coming.count(path) > 1}
    assert {*chosen.overwritten} == (remaining & {*coming}) | twice
    for path in chosen.foreign:
        assert path in before[1] or path in remaining
        assert path not in coming


def stage(box, incoming, number):
    box.folders.update((".capsa", ".capsa/new", ".capsa/old"))
    for place, name in enumerate(sorted(incoming)):
        for path in incoming[name]:
            staged = f".capsa/new/{place}/{path}"
            box.folders.update(_above(staged))
            box.files[staged] = f"{name} {number}"


def sweep(box):
    box.files = {path: content for path, content in box.files.items() if not path.startswith(".capsa/")}
    box.folders = {path for path in box.folders if not path.startswith(".capsa")}
