import errno
import os
import shutil
import stat
import subprocess
import threading

import pytest

from capsa.disk.link import Linker
from capsa.disk.locking import FileLock
from capsa.disk.refusal import RefusedError
from capsa.environment import create as room
from capsa.environment.create import OccupiedError, Wish, create
from capsa.environment.open import read_config
from capsa.errors import Failure, InterpreterError, UsageError
from support.box import interpreter


@pytest.fixture
def base(tmp_path):
    path = tmp_path / "base" / "bin" / "python3.11"
    path.parent.mkdir(parents=True)
    path.write_text("python")
    path.chmod(0o755)
    return path


@pytest.fixture
def make(base, tmp_path):
    def make(root=None, **more):
        facts = {"base_executable": str(base)} | more.pop("facts", {})
        root = str(root or tmp_path / "box")
        create(Wish(root=root, interpreter=interpreter(**facts), **more), Linker())
        return tmp_path / "box"

    return make


def tree(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def test_a_whole_box(make, base, tmp_path):
    box = make(scripts={"activate": b"in"})
    made = tree(box)
    box_id = made.pop(".capsa/id")
    assert len(bytes.fromhex(box_id.decode())) == 16
    assert made.pop("CACHEDIR.TAG").startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")
    assert made.pop("pyvenv.cfg").startswith(f"home = {base.parent}\n".encode())
    assert made == {
        ".gitignore": b"*\n",
        "bin/activate": b"in",
        "bin/python": f"-> {base}",
        "bin/python3": "-> python",
        "bin/python3.11": "-> python",
        "lib64": "-> lib",
    }
    assert (box / "lib/python3.11/site-packages").is_dir()
    assert (box / "include").is_dir()
    assert sorted(os.listdir(tmp_path)) == ["base", "box"]


def test_each_box_has_an_id_of_its_own(make, tmp_path):
    make()
    make(tmp_path / "two")
    assert (tmp_path / "box/.capsa/id").read_bytes() != (tmp_path / "two/.capsa/id").read_bytes()


def test_permissions_follow_the_umask(make):
    before = os.umask(0o077)
    try:
        box = make(scripts={"activate": b""})
    finally:
        os.umask(before)
    assert stat.S_IMODE(box.stat().st_mode) == 0o700
    assert stat.S_IMODE((box / "bin" / "activate").stat().st_mode) == 0o600


def test_folders_above_are_made(make, tmp_path):
    make(tmp_path / "a" / "b" / "box")
    assert read_config(str(tmp_path / "a" / "b" / "box"))


@pytest.mark.parametrize(
    "name", ["with space", "quo'te\"", "$HOME", "ünï", "漢字", "#x", "%s", "-x", "a\\b", "\t", "by\udcffte", "a\u2028b"]
)
def test_any_name_will_do(make, base, tmp_path, name):
    make(tmp_path / name)
    config = read_config(str(tmp_path / name))
    assert config["home"] == str(base.parent)
    shell = shutil.which("bash") or pytest.skip("no bash is here")
    told = subprocess.run([shell, "-c", f"printf '%s\\n' {config['command']}"], capture_output=True, check=True).stdout
    assert os.fsdecode(told) == f"capsa\ncreate\n-p\n{base}\n--no-pip\n{tmp_path / name}\n"


def test_a_python_whose_path_python_could_not_read_is_refused(make, tmp_path):
    with pytest.raises(
        UsageError, match=r"no box can be made of the Python at `.*\\udcff`: its path has bytes that are"
    ):
        make(facts={"base_executable": f"{tmp_path}/\udcff"})
    assert os.listdir(tmp_path) == ["base"]


def test_impossible_paths_are_refused_before_anything_is_made(make, tmp_path):
    for name in ("a\nb", "a:b"):
        with pytest.raises(UsageError):
            make(tmp_path / name)
    assert os.listdir(tmp_path) == ["base"]


def test_a_box_that_is_there_is_not_touched_unasked(make):
    box = make()
    before = tree(box)
    with pytest.raises(OccupiedError, match="is a box already") as caught:
        make()
    assert caught.value.hints == ("make it anew: `--clear`", "or keep what is in it: `--allow-existing`")
    assert tree(box) == before


@pytest.mark.parametrize("options", [{}, {"is_cleared": True}, {"is_allowed_existing": True}, {"is_upgraded": True}])
def test_a_folder_that_is_no_box_is_never_touched(make, tmp_path, options):
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "thesis.txt").write_text("years")
    with pytest.raises(OccupiedError, match="is not a box, and not empty") as caught:
        make(**options)
    assert caught.value.hints[0] == f"make one inside it: `capsa create {tmp_path}/box/.venv`"
    assert tree(tmp_path / "box") == {"thesis.txt": b"years"}


@pytest.mark.parametrize("options", [{}, {"is_cleared": True}, {"is_allowed_existing": True}])
def test_a_file_or_a_dead_link_in_its_place_is_refused(make, tmp_path, options):
    (tmp_path / "box").write_text("x")
    with pytest.raises(OccupiedError, match="is a file"):
        make(**options)
    (tmp_path / "box").unlink()
    (tmp_path / "box").symlink_to("nowhere")
    with pytest.raises(OccupiedError, match="is a link that leads nowhere"):
        make(**options)


def test_an_empty_folder_is_filled_where_it_is(make, tmp_path):
    (tmp_path / "box").mkdir()
    number = (tmp_path / "box").stat().st_ino
    make()
    assert (tmp_path / "box").stat().st_ino == number
    assert read_config(str(tmp_path / "box"))


def test_an_empty_folder_may_be_reached_by_a_link(make, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "box").symlink_to("elsewhere")
    make()
    assert (tmp_path / "elsewhere" / "pyvenv.cfg").is_file()


def test_a_gitignore_that_is_there_is_kept(make, tmp_path):
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / ".gitignore").write_text("!keep\n")
    box = make()
    assert (box / ".gitignore").read_text() == "!keep\n"
    make(is_allowed_existing=True)
    assert (box / ".gitignore").read_text() == "!keep\n"


def test_a_cachedir_tag_that_is_there_is_kept(make, tmp_path):
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "CACHEDIR.TAG").write_text("mine")
    assert (make() / "CACHEDIR.TAG").read_text() == "mine"


def fail_at(monkeypatch, call):
    """Let the ``call``-th write of the next box be refused by the disk."""
    real, count = room.write_new, iter(range(100))

    def write(path, content, mode=0o644):
        if next(count) == call:
            raise RefusedError("no space is left", number=28, path=path)
        real(path, content, mode)

    monkeypatch.setattr(room, "write_new", write)


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("state", ["absent", "deep", "empty", "ignored"])
def test_a_failure_midway_leaves_nothing_behind(make, tmp_path, monkeypatch, call, state):
    root = tmp_path / "a" / "b" / "box" if state == "deep" else tmp_path / "box"
    if state in {"empty", "ignored"}:
        root.mkdir()
    if state == "ignored":
        (root / ".gitignore").write_text("mine")
        call = min(call, 3)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    fail_at(monkeypatch, call)
    with pytest.raises(RefusedError):
        make(root, scripts={"activate": b""})
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_folders_that_others_began_to_use_meanwhile_stay(make, tmp_path, monkeypatch):
    def write(path, *_):
        (tmp_path / "a" / "theirs").write_text("x")
        raise RefusedError("no space is left", number=28, path=path)

    monkeypatch.setattr(room, "write_new", write)
    with pytest.raises(RefusedError):
        make(tmp_path / "a" / "b" / "box")
    assert tree(tmp_path / "a") == {"theirs": b"x"}
    assert not (tmp_path / "a" / "b").exists()


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("options", [{"is_cleared": True}])
def test_a_failure_while_clearing_leaves_the_old_box(make, tmp_path, monkeypatch, call, options):
    box = make(scripts={"activate": b"old"})
    (box / "lib/python3.11/site-packages/mine.py").write_text("x")
    before = tree(box)
    fail_at(monkeypatch, call)
    with pytest.raises(RefusedError):
        make(scripts={"activate": b"new"}, **options)
    after = tree(box)
    after.pop(".capsa/lock")
    assert after == before
    assert sorted(os.listdir(tmp_path)) == ["base", "box"]


def test_clear_keeps_nothing(make, tmp_path):
    box = make()
    (box / "lib/python3.11/site-packages/mine.py").write_text("x")
    (box / ".gitignore").write_text("mine")
    old = (box / ".capsa/id").read_bytes()
    make(is_cleared=True)
    assert not (box / "lib/python3.11/site-packages/mine.py").exists()
    assert (box / ".gitignore").read_bytes() == b"*\n"
    assert (box / ".capsa/id").read_bytes() != old
    assert sorted(os.listdir(tmp_path)) == ["base", "box"]


def test_clear_follows_a_link_to_the_box(make, tmp_path):
    make(tmp_path / "real")
    (tmp_path / "box").symlink_to("real")
    (tmp_path / "real" / "extra").write_text("x")
    make(is_cleared=True)
    assert (tmp_path / "box").is_symlink()
    assert not (tmp_path / "real" / "extra").exists()
    assert (tmp_path / "real" / "pyvenv.cfg").is_file()


def test_clear_of_a_mount_point_empties_it(make, monkeypatch):
    box = make()
    (box / "extra").write_text("x")
    number = box.stat().st_ino
    monkeypatch.setattr("os.path.ismount", lambda path: path == str(box))
    make(is_cleared=True)
    assert box.stat().st_ino == number
    assert not (box / "extra").exists()
    assert read_config(str(box))


@pytest.mark.parametrize("options", [{"is_cleared": True}, {"is_allowed_existing": True}, {"is_upgraded": True}])
def test_the_options_for_a_box_that_is_there_also_make_a_new_one(make, options):
    assert read_config(str(make(**options)))


def test_allow_existing_completes_and_keeps(make):
    box = make(scripts={"activate": b"old"})
    module = box / "lib/python3.11/site-packages/mine.py"
    module.write_text("x")
    old = (box / ".capsa/id").read_bytes()
    (box / "bin/python3").unlink()
    (box / "lib64").unlink()
    make(is_allowed_existing=True, scripts={"activate": b"new"}, has_system_site=True)
    assert module.read_text() == "x"
    assert (box / ".capsa/id").read_bytes() == old
    assert os.readlink(box / "bin/python3") == "python"
    assert os.readlink(box / "lib64") == "lib"
    assert (box / "bin/activate").read_bytes() == b"new"
    assert read_config(str(box))["include-system-site-packages"] == "true"
    assert sorted(os.listdir(box / "bin")) == ["activate", "python", "python3", "python3.11"]


def test_allow_existing_takes_over_a_box_of_another_tool(make, tmp_path):
    root = tmp_path / "box"
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "python").write_text("a copy")
    (root / "pyvenv.cfg").write_text("home = /gone\nversion_info = 3.11.2.final.0\n")
    box = make(is_allowed_existing=True)
    assert (box / "bin/python").is_symlink()
    assert (box / ".capsa/id").is_file()


def test_allow_existing_with_another_minor_version(make):
    box = make()
    make(is_allowed_existing=True, facts={"version": "3.12.1", "version_info": [3, 12, 1], "lib_name": "python3.12"})
    assert sorted(os.listdir(box / "bin")) == ["python", "python3", "python3.12"]
    assert (box / "lib/python3.12/site-packages").is_dir()


def test_upgrade_makes_links_and_config_mean_the_new_python(make, tmp_path):
    box = make(scripts={"activate": b"old"})
    newer = tmp_path / "newer" / "python3.11"
    newer.parent.mkdir()
    newer.write_text("newer")
    facts = {"base_executable": str(newer), "version": "3.11.9", "version_info": [3, 11, 9]}
    make(is_upgraded=True, scripts={"activate": b"new"}, facts=facts)
    assert os.readlink(box / "bin/python") == str(newer)
    assert read_config(str(box))["version"] == "3.11.9"
    assert (box / "bin/activate").read_bytes() == b"new"


def test_upgrade_to_another_minor_version_is_refused(make):
    box = make()
    before = tree(box)
    with pytest.raises(InterpreterError, match=r"is for Python 3\.11, and its packages can't be used by CPython 3\.12"):
        make(is_upgraded=True, facts={"version": "3.12.1", "version_info": [3, 12, 1]})
    assert tree(box) == before


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"soabi": "cpython-311d-x86_64-linux-gnu", "version": "3.11.7"}, "cpython-311-x86_64-linux-gnu"),
        ({"implementation": "pypy", "lib_name": "pypy3.11", "soabi": ""}, "python3.11"),
        ({"lib_name": "python3.11t", "soabi": "cpython-311t-x86_64-linux-gnu"}, "cpython-311-x86_64-linux-gnu"),
    ],
)
def test_upgrade_to_another_build_of_the_same_version_is_refused(make, base, facts, told):
    box = make()
    before = tree(box)
    with pytest.raises(InterpreterError, match=rf"is for Python 3\.11 \({told}\), and its packages can't") as caught:
        make(is_upgraded=True, facts=facts)
    assert caught.value.hints == (f"make it anew: `capsa create --clear -p {base} {box}`",)
    assert tree(box) == before


def test_upgrade_takes_a_box_of_another_tool_and_one_that_lost_its_folders(make):
    box = make()
    text = (box / "pyvenv.cfg").read_text()
    (box / "pyvenv.cfg").write_text("".join(line for line in text.splitlines(True) if not line.startswith("soabi")))
    make(is_upgraded=True)
    shutil.rmtree(box / "lib")
    make(is_upgraded=True)
    assert (box / "lib/python3.11/site-packages").is_dir()


@pytest.mark.parametrize("options", [{"is_cleared": True}, {"is_allowed_existing": True}])
def test_waits_for_whoever_changes_the_box_now(make, options):
    box = make()
    lock = FileLock(str(box / ".capsa" / "lock"))
    lock.acquire(wait=True)
    thread = threading.Thread(target=make, kwargs=options)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    lock.release()
    thread.join(10)
    assert not thread.is_alive()


def test_copies_are_files_and_share_their_space(make, base):
    box = make(is_copy=True)
    for name in ("python", "python3", "python3.11"):
        path = box / "bin" / name
        assert not path.is_symlink()
        assert path.read_text() == "python"
        assert os.access(path, os.X_OK)
    assert (box / "bin/python").stat().st_ino != base.stat().st_ino


def test_a_disk_without_links_gets_copies(make, monkeypatch):
    def refuse(_, path):
        raise RefusedError("no", number=errno.EPERM, path=path)

    monkeypatch.setattr(room, "symlink", refuse)
    box = make()
    assert (box / "bin/python3.11").read_text() == "python"
    assert not (box / "lib64").exists()


def test_a_link_that_fails_otherwise_is_a_failure(make, tmp_path, monkeypatch):
    def refuse(_, path):
        raise RefusedError("no", number=errno.ENOSPC, path=path)

    monkeypatch.setattr(room, "symlink", refuse)
    with pytest.raises(RefusedError):
        make()
    assert os.listdir(tmp_path) == ["base"]


def test_a_copy_of_pypy_takes_its_library_along(make, base):
    (base.parent / "libpypy3.11-c.so").write_text("library")
    box = make(is_copy=True, facts={"implementation": "pypy", "lib_name": "pypy3.11"})
    assert (box / "bin/libpypy3.11-c.so").read_text() == "library"
    assert (box / "bin/pypy3.11").read_text() == "python"
    assert (box / "lib/pypy3.11/site-packages").is_dir()


def test_a_copy_of_what_is_gone_is_a_sentence(make, base, tmp_path):
    base.unlink()
    with pytest.raises(InterpreterError, match="can't copy the Python at"):
        make(is_copy=True)
    assert os.listdir(tmp_path) == ["base"]


def windows(tmp_path):
    source = tmp_path / "stdlib" / "venv" / "scripts" / "nt"
    source.mkdir(parents=True)
    return source, {"platform": "win32", "stdlib": str(tmp_path / "stdlib")}


@pytest.mark.parametrize("names", [("python.exe", "pythonw.exe"), ("venvlauncher.exe", "venvwlauncher.exe")])
def test_the_layout_of_windows(make, tmp_path, names):
    source, facts = windows(tmp_path)
    for name in names:
        (source / name).write_text(name)
    box = make(facts=facts, scripts={"activate": b""})
    assert sorted(os.listdir(box / "Scripts")) == ["activate", "python.exe", "pythonw.exe"]
    assert (box / "Scripts/python.exe").read_text() == names[0]
    assert (box / "Lib/site-packages").is_dir()
    assert (box / "Include").is_dir()
    assert not (box / "lib64").exists()


def test_a_windows_python_without_launchers_is_a_sentence(make, tmp_path):
    _, facts = windows(tmp_path)
    with pytest.raises(InterpreterError, match=r"lacks the launcher python\.exe"):
        make(facts=facts)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_may_not_be_written_is_a_sentence(make, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o555)
    with pytest.raises(Failure, match="permission is denied"):
        make(tmp_path / "closed" / "box")


def test_a_folder_that_may_not_be_read_is_refused(make, tmp_path, monkeypatch):
    (tmp_path / "box").mkdir()

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", refuse)  # not by mode bits: the tests may run as root
    with pytest.raises(RefusedError, match=r"can't read .*box: permission is denied"):
        make()
