"""Every kind of damage to the store is found; what is damaged leaves it, and nothing is written through a link."""

import hashlib
import os
import shutil
import struct

import pytest

from capsa.cache.archive import Archives
from capsa.cache.audit import audit, take_out
from capsa.cache.bytecode import Bytecode
from capsa.cache.page import write_page
from capsa.cache.store import Store
from capsa.disk.unpack import FILE_MODE, MTIME_NS
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel

KIND = "cpython-311-a70d0d0a-0"


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "cache"))


@pytest.fixture
def lamp(store, tmp_path):
    return add(store, tmp_path, "lamp")


def add(store, tmp_path, name):
    """Add a wheel and return the folder of its archive."""
    files = {f"{name}/__init__.py": "light = 1\n", f"{name}/data.txt": "12345"}
    path = make_wheel(str(tmp_path / "wheels"), name, "1.0", files=files)
    archives = Archives(store, RememberingReporter())
    found = archives.add(path, filename=os.path.basename(path), sha256=None, size=None, origin="a test")
    return store.archive(found.sha256)


def compiled(store, lamp, *, head=None):
    """Keep bytecode of an archive, and return the path of its only file."""
    bytecode = Bytecode(store, KIND, RememberingReporter())
    modules = bytecode.modules(os.path.basename(lamp))
    place = store.temporary()
    for module in modules:
        path = f"{place}/tree/{module.target}"
        os.makedirs(os.path.dirname(path))
        made = struct.pack("<4sIII", bytes.fromhex("a70d0d0a"), 0, module.mtime_ns // 10**9, module.size)
        with open(path, "wb") as file:
            file.write((head or made) + b"code")
        os.chmod(path, FILE_MODE)
        os.utime(path, ns=(MTIME_NS, MTIME_NS))
    assert bytecode.keep(os.path.basename(lamp), place, modules, ())
    return f"{bytecode.folder(os.path.basename(lamp))}/tree/{modules[0].target}"


def look(store):
    return audit(store, lambda *_: None)


def found(store):
    return [(damage.path, damage.kind, damage.package, damage.version) for damage in look(store).damages]


def rewrite(path, content):
    """Write through a link, and give time and mode back."""
    before = os.stat(path)
    os.chmod(path, 0o644)
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, before.st_mode)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def test_a_sound_store_is_counted(store, lamp):
    compiled(store, lamp)
    told = []
    result = audit(store, lambda done, total: told.append((done, total)))
    assert (result.archives, result.foreign, result.damages) == (1, 0, ())
    assert result.files == sum(len(names) for _, _, names in os.walk(lamp)) - 2, "all but the manifests"
    assert told == [(1, 1)]


def test_a_store_that_is_not_there_is_sound(store):
    assert look(store).files == 0
    assert not os.path.exists(store.root)


def replaced_by_folder(path):
    os.unlink(path)
    os.mkdir(path)


def replaced_by_link(path):
    shutil.copy2(path, f"{path}.copy")
    os.unlink(path)
    os.symlink(f"{path}.copy", path)


def replaced_by_pipe(path):
    os.unlink(path)
    os.mkfifo(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: rewrite(path, b"54321"),
        lambda path: rewrite(path, b"123456"),
        os.utime,
        lambda path: os.chmod(path, 0o644),
        lambda path: os.truncate(path, 0),
        replaced_by_folder,
        replaced_by_link,
        replaced_by_pipe,
    ],
    ids=["hidden", "longer", "touched", "mode", "cut", "folder", "link", "pipe"],
)
def test_every_change_of_a_file_is_found_and_the_file_taken_out(store, lamp, damage):
    path = f"{lamp}/tree/lamp/data.txt"
    damage(path)
    assert found(store) == [(path, "altered", "lamp", "1.0")]
    [told] = look(store).damages
    assert take_out(store, told)
    assert not os.path.lexists(path)
    assert found(store) == [(path, "missing", "lamp", "1.0")]
    assert os.listdir(f"{store.root}/temporary-v1") == []


def test_the_ready_record_is_checked_too(store, lamp):
    path = f"{lamp}/tree/lamp-1.0.dist-info/RECORD"
    rewrite(path, b"?" * os.path.getsize(path))
    assert found(store) == [(path, "altered", "lamp", "1.0")]


def test_who_shares_a_damaged_file_keeps_it(store, lamp, tmp_path):
    path = f"{lamp}/tree/lamp/data.txt"
    os.link(path, tmp_path / "in a box")
    rewrite(path, b"54321")
    [told] = look(store).damages
    status = os.stat(tmp_path / "in a box")
    assert told.inode == (status.st_dev, status.st_ino)
    assert take_out(store, told)
    assert (tmp_path / "in a box").read_bytes() == b"54321"


def test_what_was_mended_meanwhile_is_not_taken_out(store, lamp, tmp_path):
    path = f"{lamp}/tree/lamp/data.txt"
    rewrite(path, b"54321")
    [told] = look(store).damages
    (tmp_path / "good").write_bytes(b"12345")
    os.replace(tmp_path / "good", path)
    assert take_out(store, told)
    assert os.path.exists(path)


def test_what_was_taken_out_is_had_anew_and_the_rest_stays_shared(store, lamp, tmp_path):
    path, other = f"{lamp}/tree/lamp/data.txt", f"{lamp}/tree/lamp/__init__.py"
    number = os.stat(other).st_ino
    rewrite(path, b"54321")
    [told] = look(store).damages
    take_out(store, told)
    assert add(store, tmp_path, "lamp") == lamp
    assert found(store) == []
    assert os.stat(other).st_ino == number
    with open(path) as file:
        assert file.read() == "12345"


def test_a_store_that_cannot_be_written_keeps_what_is_damaged(store, lamp, monkeypatch):
    path = f"{lamp}/tree/lamp/data.txt"
    rewrite(path, b"54321")
    [told] = look(store).damages

    def refuse(source, target):
        raise OSError(30, "Read-only file system", source, target)

    monkeypatch.setattr(os, "replace", refuse)  # not by mode bits: the tests may run as root
    assert not take_out(store, told)
    assert os.path.exists(path)


def test_an_archive_without_a_readable_manifest_goes_whole(store, lamp, tmp_path):
    add(store, tmp_path, "wick")
    with open(f"{lamp}/manifest", "wb") as file:
        file.write(b"?")
    assert found(store) == [(lamp, "altered", "", "")]
    [told] = look(store).damages
    assert take_out(store, told)
    assert not os.path.exists(lamp)
    assert found(store) == []


def test_an_archive_of_another_version_of_capsa_is_passed_over(store, lamp):
    write_page(f"{lamp}/manifest", {"version": 1000})
    result = look(store)
    assert (result.archives, result.foreign, result.damages) == (0, 1, ())


def test_sound_bytecode_of_a_module_that_cannot_be_compiled_is_none(store, lamp):
    bytecode = Bytecode(store, KIND, RememberingReporter())
    sha256 = os.path.basename(lamp)
    modules = bytecode.modules(sha256)
    assert bytecode.keep(sha256, store.temporary(), modules, [module.path for module in modules])
    assert found(store) == []


@pytest.mark.parametrize(
    "damage",
    [os.unlink, os.utime, lambda path: os.truncate(path, 3), lambda path: rewrite(path, b"x" * 20)],
    ids=["removed", "touched", "cut", "head"],
)
def test_damaged_bytecode_goes_with_all_of_its_kind(store, lamp, damage):
    path = compiled(store, lamp)
    damage(path)
    [told] = look(store).damages
    assert (told.path, told.package) == (path, "lamp")
    assert take_out(store, told)
    assert not os.path.exists(f"{lamp}/{KIND}")
    assert found(store) == []
    assert os.path.exists(f"{lamp}/tree/lamp/__init__.py")


@pytest.mark.parametrize("field", range(4), ids=["magic", "flags", "time", "size"])
def test_bytecode_of_another_source_is_found(store, lamp, field):
    rows = [bytes.fromhex("a70d0d0a"), 0, MTIME_NS // 10**9, len("light = 1\n")]
    path = compiled(store, lamp)
    assert found(store) == []
    shutil.rmtree(f"{lamp}/{KIND}")
    rows[field] = b"????" if field == 0 else 77
    assert compiled(store, lamp, head=struct.pack("<4sIII", *rows)) == path
    assert found(store) == [(path, "altered", "lamp", "1.0")]


def test_bytecode_without_a_readable_manifest_goes(store, lamp):
    compiled(store, lamp)
    with open(f"{lamp}/{KIND}/manifest", "wb") as file:
        file.write(b"?")
    assert found(store) == [(f"{lamp}/{KIND}", "altered", "lamp", "1.0")]


def test_source_archives_are_held_against_their_names(store):
    content = b"a source archive"
    good, bad = hashlib.sha256(content).hexdigest(), "0" * 64
    os.makedirs(f"{store.root}/source-v1")
    for name in (good, bad):
        with open(store.source(name), "wb") as file:
            file.write(content)
    result = look(store)
    assert (result.archives, result.files, result.size) == (0, 2, 32)
    assert [(damage.path, damage.kind) for damage in result.damages] == [(store.source(bad), "altered")]
    store.prepare()
    assert take_out(store, result.damages[0])
    assert os.listdir(f"{store.root}/source-v1") == [good]


@pytest.mark.usefixtures("lamp")
def test_what_goes_wrong_in_a_thread_is_raised(store, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(hashlib, "sha256", fail)
    with pytest.raises(MemoryError):
        look(store)
