import errno
import os
import threading
import warnings

import pytest

from capsa.disk import atomic
from capsa.disk.refusal import RefusedError

NOBODY = 65534


def as_plain_user(folder, act):
    """Run ``act`` as a user whom permissions bind, and return what it raised as text, or ""."""
    if os.getuid():
        try:
            act()
        except RefusedError as error:
            return str(error)
        return ""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks beside threads
        child = os.fork()
    if not child:
        # The folders above are only root's: from inside, relative paths need none of them.
        os.chdir(folder)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent hears of it
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, "rb") as stream:
        return stream.read().decode()


def test_a_written_file_is_there_whole_and_nothing_else(tmp_path):
    path = tmp_path / "receipt"
    atomic.write_atomic(str(path), b"old", is_durable=True)
    atomic.write_atomic(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["receipt"]


def test_permission_bits_follow_the_umask(tmp_path):
    mask = os.umask(0o077)
    try:
        atomic.write_atomic(str(tmp_path / "a"), b"")
        atomic.write_new(str(tmp_path / "b"), b"", 0o755)
    finally:
        os.umask(mask)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o600, 0o700]


def test_a_link_is_replaced_and_its_goal_left_alone(tmp_path):
    goal = tmp_path / "goal"
    goal.write_bytes(b"goal")
    (tmp_path / "link").symlink_to(goal)
    atomic.write_atomic(str(tmp_path / "link"), b"new")
    assert goal.read_bytes() == b"goal"
    assert not (tmp_path / "link").is_symlink()


def test_a_write_that_fails_leaves_no_temporary(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(RefusedError) as caught:
        atomic.write_atomic(str(tmp_path / "folder"), b"x")
    assert caught.value.errno == errno.EISDIR
    assert os.listdir(tmp_path) == ["folder"]


def test_a_disk_that_fills_up_leaves_nothing_of_the_new_file(tmp_path, monkeypatch):
    def write(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", write)
    for act in (atomic.write_new, atomic.write_atomic):
        with pytest.raises(RefusedError, match="no space is left"):
            act(str(tmp_path / "a"), b"content")
    assert os.listdir(tmp_path) == []


def test_a_short_write_is_continued(tmp_path, monkeypatch):
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: whole(descriptor, bytes(content[:3])))
    atomic.write_new(str(tmp_path / "a"), b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_many_writers_of_one_path_never_mix(tmp_path):
    path = str(tmp_path / "page")
    contents = [bytes([65 + number]) * 100_000 for number in range(4)]
    seen = set()

    def write(content):
        for _ in range(20):
            atomic.write_atomic(path, content)
            with open(path, "rb") as file:
                seen.add(file.read())

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert os.listdir(tmp_path) == ["page"]


def test_temporary_names_are_beside_hidden_and_each_new(tmp_path):
    path = str(tmp_path / ("n" * 255))
    names = {atomic.temporary_sibling(path) for _ in range(100)}
    assert len(names) == 100
    assert {os.path.dirname(name) for name in names} == {str(tmp_path)}
    assert all(os.path.basename(name).startswith(".capsa-") for name in names)
    atomic.write_atomic(path, b"the longest name there is")


def test_write_new_refuses_what_is_there(tmp_path):
    atomic.write_new(str(tmp_path / "a"), b"1")
    with pytest.raises(RefusedError) as caught:
        atomic.write_new(str(tmp_path / "a"), b"2")
    assert caught.value.errno == errno.EEXIST
    assert (tmp_path / "a").read_bytes() == b"1"


def test_append_adds_at_the_end(tmp_path):
    path = tmp_path / "journal"
    atomic.append(str(path), b"a\n")
    atomic.append(str(path), b"b\n", is_durable=True)
    assert path.read_bytes() == b"a\nb\n"


def test_folders(tmp_path):
    deep = str(tmp_path / "a" / "b")
    atomic.make_folders(deep)
    atomic.make_folders(deep)
    with pytest.raises(RefusedError, match="something in its place"):
        atomic.make_folder(deep)
    assert atomic.remove_empty_folder(str(tmp_path / "a")) is False
    assert atomic.remove_empty_folder(deep) is True
    assert atomic.remove_empty_folder(deep) is True
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError):
        atomic.make_folders(str(tmp_path / "file" / "x"))


def test_rename_mode_and_time(tmp_path):
    atomic.write_new(str(tmp_path / "a"), b"1")
    atomic.rename(str(tmp_path / "a"), str(tmp_path / "b"))
    atomic.set_mode(str(tmp_path / "b"), 0o444)
    atomic.set_time(str(tmp_path / "b"), 1_577_836_800_000_000_001)
    status = (tmp_path / "b").stat()
    assert (status.st_mode & 0o7777, status.st_mtime_ns) == (0o444, 1_577_836_800_000_000_001)


def test_removing_what_is_missing_is_fine(tmp_path):
    atomic.remove_file(str(tmp_path / "a"))
    atomic.remove_tree(str(tmp_path / "a"))


def test_remove_file_refuses_a_folder(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(RefusedError):
        atomic.remove_file(str(tmp_path / "a"))


def test_a_tree_goes_and_what_its_links_name_stays(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "b" / "file").write_text("x")
    (tree / "folder").symlink_to(outside)
    (tree / "broken").symlink_to(tmp_path / "nothing")
    os.mkfifo(tree / "pipe")
    atomic.remove_tree(str(tree))
    assert not tree.exists()
    assert (outside / "kept").read_text() == "kept"


def test_a_link_to_a_folder_is_removed_not_the_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    (tmp_path / "link").symlink_to("folder")
    atomic.remove_tree(str(tmp_path / "link"))
    assert (tmp_path / "folder" / "kept").exists()
    assert not (tmp_path / "link").is_symlink()


def test_a_single_file_is_a_tree_too(tmp_path):
    (tmp_path / "a").touch()
    atomic.remove_tree(str(tmp_path / "a"))
    assert os.listdir(tmp_path) == []


def give_away(path):
    try:
        os.chown(path, NOBODY, NOBODY)
    except OSError:
        pytest.skip("this root may not give files to another user: it is one of a user namespace")


def test_read_only_folders_are_opened_up_and_the_one_above_is_not(tmp_path):
    tmp_path.chmod(0o777)
    tree = tmp_path / "tree"
    (tree / "locked" / "inner").mkdir(parents=True)
    (tree / "locked" / "file").touch()
    (tree / "dark").mkdir()
    (tree / "dark" / "file").touch()
    for name, mode in (("locked/inner", 0o555), ("locked", 0o555), ("dark", 0o000), ("", 0o555)):
        if not os.getuid():
            give_away(tree / name)
        (tree / name).chmod(mode)
    start = "" if not os.getuid() else f"{tmp_path}/"
    assert as_plain_user(tmp_path, lambda: atomic.remove_tree(f"{start}tree")) == ""
    assert not tree.exists()
    shut = tmp_path / "shut"
    shut.mkdir()
    (shut / "file").touch()
    shut.chmod(0o555)
    told = as_plain_user(tmp_path, lambda: atomic.remove_tree(f"{start}shut/file"))
    assert "permission is denied" in told
    assert shut.stat().st_mode & 0o777 == 0o555
    assert (shut / "file").exists()
    shut.chmod(0o755)


def test_several_may_remove_one_tree_at_once(tmp_path):
    tree = tmp_path / "tree"
    for number in range(40):
        folder = tree / str(number % 8) / str(number)
        folder.mkdir(parents=True)
        for name in range(10):
            (folder / str(name)).touch()
    failures = []

    def remove():
        try:
            atomic.remove_tree(str(tree))
        except RefusedError as error:
            failures.append(error)

    threads = [threading.Thread(target=remove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert not tree.exists()


def test_files_that_appear_meanwhile_are_removed_too(tmp_path, monkeypatch):
    tree = tmp_path / "tree"
    tree.mkdir()
    late = iter([tree / "late", tree / "later"])
    plain = os.rmdir

    def rmdir(name, *, dir_fd=None):
        for path in late:
            path.touch()
            break
        return plain(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "rmdir", rmdir)
    atomic.remove_tree(str(tree))
    assert not tree.exists()


def test_a_folder_that_never_gets_empty_is_given_up_with_a_sentence(tmp_path, monkeypatch):
    tree = tmp_path / "tree"
    tree.mkdir()

    def rmdir(*_, **__):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))

    monkeypatch.setattr(os, "rmdir", rmdir)
    with pytest.raises(RefusedError) as caught:
        atomic.remove_tree(str(tree))
    assert str(caught.value) == f"can't remove {tree}: another program is using it"


def test_without_folder_descriptors_a_tree_goes_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "supports_fd", set())
    tree = tmp_path / "tree"
    (tree / "a").mkdir(parents=True)
    (tree / "a" / "file").touch()
    (tree / "link").symlink_to(tmp_path)
    atomic.remove_tree(str(tree))
    assert os.listdir(tmp_path) == []


def test_a_temporary_sibling_tells_who_made_it(tmp_path):
    name = os.path.basename(atomic.temporary_sibling(str(tmp_path / "page")))
    assert atomic.maker_of(name) == os.getpid()
    others = ("page", ".capsa", ".capsa-", ".capsa-1f", ".capsa-1f-xy", f".capsa--{'0' * 16}", f"x{name}", f"{name}0")
    for other in others:
        assert atomic.maker_of(other) is None


def test_what_was_taken_away_does_not_come_back_by_an_addition(tmp_path):
    path = tmp_path / "page"
    with pytest.raises(RefusedError, match="does not exist"):
        atomic.append(str(path), b"more", may_make=False)
    assert not path.exists()
    atomic.append(str(path), b"one ")
    atomic.append(str(path), b"two", may_make=False)
    assert path.read_bytes() == b"one two"
