import os

import pytest

from capsa.cache.archive import Archives
from capsa.cache.backlog import Backlog, Wish
from capsa.cache.bytecode import Bytecode, kind_of, tag_of
from capsa.cache.store import Store
from capsa.disk.unpack import FILE_MODE, MTIME_NS
from capsa.errors import CacheError
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.box import interpreter

KIND = "cpython-311-a70d0d0a-0"
FILES = {
    "lamp/__init__.py": "light = 1\n",
    "lamp/bad.py": "def\n",
    "lamp/data.txt": "no module",
    "lamp/__pycache__/stray.py": "",
    "wick.py": "",
    "own.py": "",
    "__pycache__/own.cpython-311.pyc": b"its own",
}


@pytest.fixture
def reporter():
    return RememberingReporter()


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "cache"))


@pytest.fixture
def bytecode(store, reporter):
    return Bytecode(store, KIND, reporter)


@pytest.fixture
def archive(store, reporter, tmp_path):
    data = {"purelib/late.py": "", "scripts/tool.py": "", "data/share/x.py": ""}
    path = make_wheel(str(tmp_path / "wheels"), "lamp", "1.0", files=FILES, data=data)
    archives = Archives(store, reporter)
    return archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin="a test").sha256


def compiled(place, modules, but=()):
    """Lay out what a compiler makes."""
    for module in modules:
        if module.path not in but:
            path = f"{place}/tree/{module.target}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(b"bytecode")
            os.chmod(path, FILE_MODE)
            os.utime(path, ns=(MTIME_NS, MTIME_NS))
    return str(place)


@pytest.fixture
def kept(bytecode, archive, tmp_path):
    modules = bytecode.modules(archive)
    assert bytecode.keep(archive, compiled(tmp_path / "made", modules, {"lamp/bad.py"}), modules, ["lamp/bad.py"])
    return archive


def test_a_python_is_known_by_what_its_bytecode_depends_on():
    assert kind_of(interpreter()) == KIND
    assert tag_of("graalpy-38-native-ff-0") == ("graalpy-38-native", "ff")
    for odd in ({"cache_tag": ""}, {"magic": ""}, {"implementation": "graalpy"}, {"cache_tag": "../x"}):
        assert kind_of(interpreter(**odd)) == ""


def test_modules_are_what_goes_into_site_packages_and_brings_no_bytecode_of_its_own(bytecode, archive):
    found = {module.path: module.target for module in bytecode.modules(archive)}
    assert found == {
        "lamp-1.0.data/purelib/late.py": "lamp-1.0.data/purelib/__pycache__/late.cpython-311.pyc",
        "lamp/__init__.py": "lamp/__pycache__/__init__.cpython-311.pyc",
        "lamp/bad.py": "lamp/__pycache__/bad.cpython-311.pyc",
        "wick.py": "__pycache__/wick.cpython-311.pyc",
    }
    assert bytecode.modules("0" * 64) == ()


def test_nothing_is_there_before_anything_was_compiled(bytecode, archive):
    assert not bytecode.has_any
    assert bytecode.lacks(archive)
    assert bytecode.stored(archive) is None
    assert not bytecode.lacks("0" * 64), "what is not in the store can't be compiled"


def test_what_was_kept_is_found_and_what_does_not_compile_is_not_tried_again(bytecode, kept):
    assert bytecode.has_any
    assert not bytecode.lacks(kept)
    found = bytecode.stored(kept)
    assert sorted(found) == ["lamp-1.0.data/purelib/late.py", "lamp/__init__.py", "wick.py"]
    for path, *facts in found.values():
        status = os.lstat(path)
        assert facts == [status.st_size, status.st_mtime_ns, status.st_mode & 0o7777] == [8, MTIME_NS, FILE_MODE]
    assert not bytecode.drop_changed(kept)


def test_another_python_sees_nothing_of_it(store, reporter, kept):
    assert Bytecode(store, "cpython-312-cb0d0d0a-0", reporter).stored(kept) is None


def poison(path):
    os.chmod(path, 0o644)
    with open(path, "r+b") as file:
        file.write(b"poisoned")
    os.chmod(path, FILE_MODE)


@pytest.mark.parametrize(
    "damage",
    [poison, os.unlink, os.utime, lambda path: os.chmod(path, 0o644), lambda path: os.truncate(path, 3)],
    ids=["written", "removed", "touched", "mode", "cut"],
)
def test_what_was_changed_is_thrown_out_and_said(bytecode, kept, reporter, damage):
    damage(bytecode.stored(kept)["wick.py"][0])
    assert bytecode.drop_changed(kept)
    assert bytecode.stored(kept) is None
    assert reporter.texts("note") == [
        "stored bytecode was changed (__pycache__/wick.cpython-311.pyc), so it is thrown away and made anew"
    ]
    assert bytecode.lacks(kept)
    assert not os.path.exists(bytecode.folder(kept))
    assert not bytecode.drop_changed(kept)


def test_a_manifest_that_can_not_be_read_counts_as_none(bytecode, kept):
    with open(f"{bytecode.folder(kept)}/manifest", "wb") as file:
        file.write(b"?")
    assert bytecode.stored(kept) is None
    assert bytecode.lacks(kept)


def test_who_comes_second_leaves_what_is_there(bytecode, kept, tmp_path):
    modules = bytecode.modules(kept)
    before = bytecode.stored(kept)
    assert not bytecode.keep(kept, compiled(tmp_path / "second", modules), modules, [])
    assert bytecode.stored(kept) == before


def test_nothing_is_kept_without_its_archive(bytecode, archive, store, tmp_path):
    modules = bytecode.modules(archive)
    store.clear()
    assert not bytecode.keep(archive, compiled(tmp_path / "made", modules), modules, [])
    assert sorted(os.listdir(store.root)) == ["CACHEDIR.TAG", "lock"]


def test_what_is_no_plain_file_of_its_own_is_not_kept(bytecode, archive, tmp_path):
    modules = bytecode.modules(archive)
    place = compiled(tmp_path / "made", modules)
    os.link(f"{place}/tree/{modules[-1].target}", tmp_path / "other")
    with pytest.raises(CacheError, match=r"the bytecode of wick\.py is not a plain file of its own"):
        bytecode.keep(archive, place, modules, [])
    os.unlink(f"{place}/tree/{modules[-1].target}")
    with pytest.raises(CacheError, match=r"wick\.py was compiled, but its bytecode is not there"):
        bytecode.keep(archive, place, modules, [])
    assert bytecode.lacks(archive)


def test_bytecode_outlives_the_mending_of_its_archive(bytecode, kept, store, reporter, tmp_path):
    """All members share one time, so what was compiled from a file holds for the one that takes its place."""
    os.utime(f"{store.archive(kept)}/tree/wick.py")
    (path,) = (tmp_path / "wheels").iterdir()
    Archives(store, reporter).add(str(path), filename=path.name, sha256=None, size=None, origin="a test")
    assert "wick.py" in bytecode.stored(kept)
    assert not bytecode.drop_changed(kept)


def test_a_store_that_can_not_be_written_keeps_what_was_changed_and_says_so(bytecode, kept, reporter, monkeypatch):
    os.utime(bytecode.stored(kept)["wick.py"][0])
    monkeypatch.setattr(Store, "temporary", lambda _: "/nowhere/at/all")
    assert bytecode.drop_changed(kept)
    assert len(reporter.texts("detail")) == 1


def test_a_wish_is_taken_once(store):
    backlog = Backlog(store, KIND)
    assert backlog.is_empty
    assert backlog.take() is None
    wish = Wish(python="/x/python", variables={"PATH": "/bin"}, archives=("ab" * 32,))
    backlog.add(wish)
    assert not backlog.is_empty
    assert backlog.take() == wish
    assert backlog.take() is None
    assert backlog.is_empty


def test_a_wish_that_can_not_be_read_is_passed_over(store):
    backlog = Backlog(store, KIND)
    wish = Wish(python="/x/python", variables={}, archives=("ab" * 32, "../../x"))
    backlog.add(wish)
    with open(f"{store.bytecode(KIND)}/0.wish", "wb") as file:
        file.write(b"?")
    assert backlog.take().archives == ("ab" * 32,)


def test_one_process_at_a_time_works_a_backlog_off(store):
    backlog = Backlog(store, KIND)
    backlog.add(Wish(python="", variables={}, archives=()))
    with backlog.turn():
        assert not Backlog(store, KIND).turn().acquire(wait=False)
    with open(f"{backlog.unfinished()}/left", "w"):
        pass
    assert os.listdir(backlog.unfinished()) == []
