import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

import capsa
from capsa.cache.archive import INSTALLER, Archives
from capsa.cache.seed import read_seed, write_seed
from capsa.cache.store import Store
from capsa.disk.refusal import RefusedError
from capsa.disk.unpack import MTIME_NS
from capsa.errors import IntegrityError
from capsa.model.record import parse_record
from capsa.testing.wheel import make_wheel

# Adds a wheel in a process of its own: SOURCE STORE WHEEL, and "killed" to be killed when all but the rename is done.
ADD = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import capsa.cache.archive as archive
from capsa.cache.store import Store
class Silent:
    def event(self, event): print(event.kind, flush=True)
if "killed" in sys.argv:
    archive.Archives._publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
path = sys.argv[3]
manifest = archive.Archives(Store(sys.argv[2]), Silent()).add(
    path, filename=os.path.basename(path), sha256=None, size=None, origin="a test")
print(manifest.sha256)
"""


class Silent:
    def __init__(self):
        self.events = []

    def event(self, event):
        self.events.append((event.kind, event.text))


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "cache"))


@pytest.fixture
def archives(store):
    return Archives(store, Silent())


def wheel(tmp_path, name="six", version="1.0", **parts):
    return make_wheel(str(tmp_path / "wheels"), name, version, **parts)


def add(archives, path, **promised):
    facts = {"filename": os.path.basename(path), "sha256": None, "size": None, "origin": "index.example"} | promised
    return archives.add(path, **facts)


def in_tree(tree):
    return sorted(
        os.path.relpath(os.path.join(place, name), tree) for place, _, names in os.walk(tree) for name in names
    )


def start(store, path, *more):
    source = os.path.dirname(os.path.dirname(capsa.__file__))
    return subprocess.Popen(
        [sys.executable, "-c", ADD, source, store.root, path, *more], stdout=subprocess.PIPE, text=True
    )


def test_a_wheel_becomes_a_tree_and_a_manifest(archives, tmp_path):
    path = wheel(
        tmp_path,
        files={"six.py": "x = 1\n", "pkg/__init__.py": "", "pkg/tool.sh": "#!/bin/sh\n"},
        executables=["pkg/tool.sh"],
        data={"scripts/six-tool": "#!python\n", "data/share/six/x": "x"},
        entry_points={"console_scripts": {"six": "six:main"}, "gui_scripts": {"six-gui": "six:gui"}},
        requires_python=">=3.8",
    )
    with open(path, "rb") as file:
        content = file.read()
    manifest = add(archives, path, sha256=hashlib.sha256(content).hexdigest().upper(), size=len(content))
    assert (manifest.project, manifest.release, manifest.filename) == ("six", "1.0", "six-1.0-py3-none-any.whl")
    assert (manifest.sha256, manifest.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (manifest.requires_python, manifest.is_purelib, manifest.info) == (">=3.8", True, "six-1.0.dist-info")
    assert manifest.console_scripts == [("six", "six:main")]
    assert manifest.gui_scripts == [("six-gui", "six:gui")]
    tree = archives.tree(manifest.sha256)
    assert in_tree(tree) == sorted([*(row[0] for row in manifest.files), "six-1.0.dist-info/RECORD"])
    for name, size, mtime_ns, mode, sha256 in manifest.files:
        status = os.stat(os.path.join(tree, name))
        assert (size, mtime_ns, mode) == (status.st_size, status.st_mtime_ns, status.st_mode & 0o7777)
        with open(os.path.join(tree, name), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == sha256
    assert manifest.files == sorted(manifest.files)
    modes = {row[0]: row[3] for row in manifest.files}
    assert modes["pkg/tool.sh"] == modes["six-1.0.data/scripts/six-tool"] == 0o555
    assert modes["six.py"] == 0o444
    stored = archives.manifest(manifest.sha256)
    assert stored is not None
    assert stored.facts() == manifest.facts()


def test_record_and_installer_lie_ready(archives, tmp_path):
    manifest = add(archives, wheel(tmp_path))
    info = os.path.join(archives.tree(manifest.sha256), manifest.info)
    with open(os.path.join(info, "INSTALLER"), "rb") as file:
        assert file.read() == INSTALLER == b"capsa\n"
    with open(os.path.join(info, "RECORD")) as file:
        rows = {row.path: row for row in parse_record(file.read(), "RECORD")}
    assert set(rows) == {*(row[0] for row in manifest.files), f"{manifest.info}/RECORD"}
    assert rows[f"{manifest.info}/RECORD"].digest == ""
    assert rows[f"{manifest.info}/INSTALLER"].size == len(INSTALLER)
    status = os.stat(os.path.join(info, "RECORD"))
    assert (status.st_mode & 0o7777, status.st_mtime_ns) == (0o444, MTIME_NS)
    with open(os.path.join(info, "RECORD"), "rb") as file:
        content = file.read()
    assert manifest.record == (
        f"{manifest.info}/RECORD", len(content), MTIME_NS, 0o444, hashlib.sha256(content).hexdigest()
    )  # fmt: skip


def test_what_only_an_installer_may_write_is_not_taken_from_a_wheel(archives, tmp_path):
    info = "six-1.0.dist-info"
    names = ("INSTALLER", "REQUESTED", "direct_url.json")
    manifest = add(archives, wheel(tmp_path, files={f"{info}/{name}": "pretended" for name in names}))
    assert {row[0] for row in manifest.files} == {f"{info}/{name}" for name in ("INSTALLER", "METADATA", "WHEEL")}
    with open(f"{archives.tree(manifest.sha256)}/{info}/INSTALLER", "rb") as file:
        assert file.read() == INSTALLER


def test_programs_of_a_wheel_made_on_windows_can_be_run(archives, tmp_path):
    path = wheel(tmp_path, data={"scripts/tool": "#!python\n"})
    with open(path, "rb") as file:
        content = file.read()
    plain = content.replace((0o100755 << 16).to_bytes(4, "little"), (0o100644 << 16).to_bytes(4, "little"))
    assert plain != content
    with open(path, "wb") as file:
        file.write(plain)
    manifest = add(archives, path)
    assert dict((row[0], row[3]) for row in manifest.files)["six-1.0.data/scripts/tool"] == 0o555  # noqa: C402 - reads as rows


def test_a_second_time_nothing_is_unpacked(store, tmp_path):
    reporter = Silent()
    archives = Archives(store, reporter)
    first = add(archives, wheel(tmp_path))
    inode = os.stat(archives.tree(first.sha256)).st_ino
    assert add(archives, wheel(tmp_path)).facts() == first.facts()
    assert os.stat(archives.tree(first.sha256)).st_ino == inode
    assert reporter.events == [("unpack", "six-1.0-py3-none-any.whl")]


def test_what_is_there_needs_no_writing(archives, store, tmp_path, monkeypatch):
    path = wheel(tmp_path)
    first = add(archives, path)

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("open", "mkdir", "rename", "replace", "unlink"):
        monkeypatch.setattr(os, name, refuse)
    assert add(archives, path).facts() == first.facts()
    with pytest.raises(RefusedError, match="the file system is read-only"):
        store.sharing().acquire(wait=True)


@pytest.mark.parametrize(
    ("promised", "told"),
    [
        ({"sha256": "0" * 64}, "six-1.0-py3-none-any.whl from index.example has sha256 "),
        ({"size": 5}, "bytes, where 5 were promised"),
        ({"filename": "six.zip"}, "six.zip from index.example has no valid wheel file name"),
        ({"filename": "six-1.0.tar.gz"}, "has no valid wheel file name"),
        ({"filename": "seven-1.0-py3-none-any.whl"}, "is of another project or version than the file name says"),
    ],
)
def test_what_was_not_promised_does_not_enter_the_store(archives, store, tmp_path, promised, told):
    with pytest.raises(IntegrityError) as caught:
        add(archives, wheel(tmp_path), **promised)
    assert told in str(caught.value)
    assert archives.lookup("six") == ()
    assert not os.path.exists(f"{store.root}/archive-v1")
    assert not os.path.exists(f"{store.root}/temporary-v1") or os.listdir(f"{store.root}/temporary-v1") == []


def test_a_wheel_that_lies_leaves_nothing(archives, store, tmp_path):
    path = wheel(tmp_path, tamper=lambda members: members.update({"six.py": b"altered"}))
    with pytest.raises(IntegrityError, match=r"six-1\.0-py3-none-any\.whl: member six\.py does not have the sha256"):
        add(archives, path)
    assert os.listdir(f"{store.root}/temporary-v1") == []
    assert sorted(os.listdir(store.root)) == ["CACHEDIR.TAG", "lock", "temporary-v1"]


def test_a_damaged_wheel_is_named_with_its_member(archives, tmp_path):
    path = wheel(tmp_path, files={"six.py": os.urandom(5000)})
    with open(path, "r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    with pytest.raises(IntegrityError, match=r"six-1\.0-py3-none-any\.whl: member six\.py (is damaged|has damaged)"):
        add(archives, path)


def test_a_wheel_file_that_is_missing_is_a_sentence(archives, tmp_path):
    with pytest.raises(RefusedError, match="can't read"):
        add(archives, str(tmp_path / "six-1.0-py3-none-any.whl"))


@pytest.mark.parametrize("damage", ["remove", "empty", "another version"])
def test_an_archive_whose_manifest_can_not_be_read_is_made_again(archives, store, tmp_path, damage):
    path = wheel(tmp_path)
    first = add(archives, path)
    manifest = f"{store.archive(first.sha256)}/manifest"
    if damage == "remove":
        os.unlink(manifest)
    else:
        with open(manifest, "wb") as file:
            file.write(b"" if damage == "empty" else b"capsa page 0")
    assert archives.manifest(first.sha256) is None
    assert archives.lookup("six") == ()
    assert add(archives, path).facts() == first.facts()
    assert archives.manifest(first.sha256) is not None
    assert os.listdir(f"{store.root}/temporary-v1") == []


def edit(path):
    os.chmod(path, 0o644)
    with open(path, "a") as file:
        file.write("# edited\n")


def turn_into_a_folder(path):
    os.unlink(path)
    os.mkdir(path)
    edit_new(f"{path}/inside")


def turn_the_folder_into_a_file(path):
    shutil.rmtree(os.path.dirname(path))
    edit_new(os.path.dirname(path))


def edit_new(path):
    with open(path, "w") as file:
        file.write("new")


DAMAGES = {
    "edited": edit,
    "touched": os.utime,
    "mode": lambda path: os.chmod(path, 0o666),
    "cut": lambda path: os.truncate(path, 0),
    "gone": os.unlink,
    "folder gone": lambda path: shutil.rmtree(os.path.dirname(path)),
    "a folder": turn_into_a_folder,
    "a file for a folder": turn_the_folder_into_a_file,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_files_that_were_changed_are_put_back_one_by_one(archives, store, tmp_path, damage):
    path = wheel(tmp_path, files={"six.py": "x = 1\n", "deep/er/module.py": "y = 1\n"})
    manifest = add(archives, path)
    tree = archives.tree(manifest.sha256)
    rows = (*manifest.files, manifest.record)
    before = {row[0]: os.stat(f"{tree}/{row[0]}").st_ino for row in rows}
    held = tmp_path / "box"
    os.link(f"{tree}/deep/er/module.py", held)
    assert archives.changed(manifest) == ()

    DAMAGES[damage](f"{tree}/deep/er/module.py")

    assert archives.changed(manifest) == ("deep/er/module.py",)
    found = held.read_bytes() if held.stat().st_nlink == 2 else b""
    assert add(archives, path).facts() == manifest.facts()
    assert archives.changed(manifest) == ()
    after = {row[0]: os.stat(f"{tree}/{row[0]}").st_ino for row in rows}
    assert {name for name in before if before[name] != after[name]} == {"deep/er/module.py"}
    assert held.stat().st_nlink == 1, "what a box holds of the changed file stays as it is"
    assert held.read_bytes() == found or not found
    assert os.listdir(f"{store.root}/temporary-v1") == []


def test_a_record_that_was_changed_is_put_back_too(archives, tmp_path):
    path = wheel(tmp_path)
    manifest = add(archives, path)
    edit(f"{archives.tree(manifest.sha256)}/{manifest.record[0]}")
    assert archives.changed(manifest) == (manifest.record[0],)
    add(archives, path)
    assert archives.changed(manifest) == ()


def test_another_wheel_mends_nothing(archives, tmp_path):
    manifest = add(archives, wheel(tmp_path))
    edit(f"{archives.tree(manifest.sha256)}/six.py")
    add(archives, wheel(tmp_path, version="2.0"))
    assert archives.changed(manifest) == ("six.py",)


def test_lookup_gives_all_archives_of_a_project_newest_first(archives, tmp_path):
    for version in ("1.9", "1.10", "1.2rc1"):
        add(archives, wheel(tmp_path, version=version))
    add(archives, wheel(tmp_path, name="seven"))
    assert [manifest.release for manifest in archives.lookup("six")] == ["1.10", "1.9", "1.2rc1"]
    assert archives.lookup("eight") == ()


def test_a_lost_pointer_is_made_again(archives, store, tmp_path):
    path = wheel(tmp_path)
    manifest = add(archives, path)
    os.unlink(f"{store.projects('six')}/{manifest.sha256}")
    assert archives.lookup("six") == ()
    add(archives, path)
    assert len(archives.lookup("six")) == 1


def test_a_new_pip_makes_the_seeds_be_chosen_again(archives, store, tmp_path):
    write_seed(store.root, "3.12", "0" * 64)
    add(archives, wheel(tmp_path))
    assert read_seed(store.root, "3.12") == "0" * 64
    pip = wheel(tmp_path, name="pip")
    add(archives, pip)
    assert read_seed(store.root, "3.12") is None
    write_seed(store.root, "3.12", "0" * 64)
    add(archives, pip)
    assert read_seed(store.root, "3.12") == "0" * 64


def test_processes_that_add_one_wheel_at_once_all_succeed(store, tmp_path):
    files = {f"six/{number}.py": f"x = {number}\n" * 50 for number in range(200)}
    path = wheel(tmp_path, files=files)
    adders = [start(store, path) for _ in range(4)]
    told = [adder.communicate(timeout=60)[0].split()[-1] for adder in adders]
    assert [adder.returncode for adder in adders] == [0] * 4
    assert len(set(told)) == 1
    archives = Archives(store, Silent())
    [manifest] = archives.lookup("six")
    assert in_tree(archives.tree(manifest.sha256)) == sorted(
        [*(row[0] for row in manifest.files), f"{manifest.info}/RECORD"]
    )
    assert os.listdir(f"{store.root}/temporary-v1") == []


def test_threads_may_share_the_archives(archives, tmp_path):
    paths = [wheel(tmp_path, name=f"p{number % 5}") for number in range(10)]
    found = []
    threads = [threading.Thread(target=lambda path=path: found.append(add(archives, path).sha256)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 5


def test_a_kill_in_the_middle_leaves_only_a_temporary(store, tmp_path):
    path = wheel(tmp_path)
    with start(store, path, "killed") as adder:
        assert adder.wait(60) == -signal.SIGKILL
    assert not [names for _, _, names in os.walk(f"{store.root}/archive-v1") if names]
    assert len(os.listdir(f"{store.root}/temporary-v1")) == 1
    archives = Archives(store, Silent())
    assert archives.lookup("six") == ()
    add(archives, path)
    assert len(archives.lookup("six")) == 1
    assert store.names() == ("archive-v1", "project-v1", "temporary-v1")
