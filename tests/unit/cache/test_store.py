import errno
import os
import threading

import pytest

from capsa.cache.store import Store
from capsa.disk.locking import FileLock
from capsa.errors import CacheError

SHA = "ab" + "0" * 62


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "cache"))


def put(store, relative, content=b"x"):
    path = os.path.join(store.root, relative)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    return path


def test_everything_has_its_place(store):
    root = store.root
    assert store.archive(SHA) == f"{root}/archive-v1/ab/{SHA}"
    assert store.listing("index.example-1234", "six") == f"{root}/listing-v1/index.example-1234/six"
    assert store.metadata(SHA) == f"{root}/metadata-v1/{SHA}"
    assert (store.probe(), store.seed()) == (f"{root}/probe-v1", f"{root}/seed-v1")
    assert store.projects("six") == f"{root}/project-v1/six"
    assert not os.path.exists(root)


def test_a_prepared_store_says_what_it_is(store):
    store.prepare()
    store.prepare()
    with open(f"{store.root}/CACHEDIR.TAG") as file:
        lines = file.read().splitlines()
    assert lines[0] == "Signature: 8a477f597d28d172789f06886806bc55"
    assert "capsa" in lines[1]
    assert os.listdir(store.root) == ["CACHEDIR.TAG"]


def test_temporaries_are_fresh_and_on_the_same_disk(store):
    paths = {store.temporary(".whl") for _ in range(50)}
    assert len(paths) == 50
    assert all(path.endswith(".whl") and not os.path.exists(path) for path in paths)
    assert {os.path.dirname(path) for path in paths} == {f"{store.root}/temporary-v1"}
    assert os.path.exists(f"{store.root}/CACHEDIR.TAG")


def test_a_folder_with_other_things_is_not_made_a_store(store):
    put(store, "thesis.txt")
    with pytest.raises(CacheError) as caught:
        store.prepare()
    assert str(caught.value) == f"{store.root} is not a store of capsa: it holds thesis.txt"
    assert caught.value.hints == ("name an empty folder: `--cache-dir PATH`, or CAPSA_CACHE_DIR",)
    assert os.listdir(store.root) == ["thesis.txt"]


def test_a_store_that_lost_its_tag_is_mended(store):
    put(store, "archive-v1/ab/x/manifest")
    store.prepare()
    assert os.path.exists(f"{store.root}/CACHEDIR.TAG")


def test_a_tag_of_somebody_else_is_not_ours(store):
    put(store, "CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n# made by another tool\n")
    put(store, "archive-v1/mine")
    with pytest.raises(CacheError, match=r"is not cleared: it has no CACHEDIR\.TAG of capsa"):
        store.clear()
    with pytest.raises(CacheError, match=r"holds CACHEDIR\.TAG"):
        store.prepare()
    assert os.path.exists(f"{store.root}/archive-v1/mine")


def test_each_file_counts_once_whatever_its_names(store):
    first = put(store, "archive-v1/ab/x/tree/a", b"12345")
    os.link(first, f"{store.root}/archive-v1/ab/b")
    os.makedirs(f"{store.root}/spare-v1")
    os.link(first, f"{store.root}/spare-v1/a")
    put(store, "listing-v1/index/six", b"123")
    put(store, "thesis.txt", b"not ours")
    found = [(bucket.name, bucket.files, bucket.bytes) for bucket in store.buckets()]
    assert found == [("archive-v1", 1, 5), ("listing-v1", 1, 3), ("spare-v1", 0, 0)]


def test_links_are_not_followed_by_the_count(store, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "big").write_bytes(bytes(1000))
    os.makedirs(f"{store.root}/archive-v1")
    os.symlink(tmp_path / "outside", f"{store.root}/archive-v1/link")
    [bucket] = store.buckets()
    assert (bucket.files, bucket.bytes) == (1, len(str(tmp_path / "outside")))


def test_a_store_that_is_not_there_is_empty(store):
    assert store.buckets() == ()
    assert store.clear() == ()
    assert not os.path.exists(store.root)


def test_clear_removes_the_buckets_of_every_version_and_nothing_else(store):
    store.prepare()
    put(store, "archive-v1/ab/x/tree/a", b"12345")
    put(store, "listing-v0/index/six", b"123")
    put(store, "archive-notes", b"not ours")
    put(store, ".capsa-0123/left", b"by a clear that was killed")
    os.chmod(f"{store.root}/archive-v1/ab/x/tree", 0o555)
    freed = store.clear()
    assert [(bucket.name, bucket.files, bucket.bytes) for bucket in freed] == [
        ("archive-v1", 1, 5),
        ("listing-v0", 1, 3),
    ]
    assert sorted(os.listdir(store.root)) == ["CACHEDIR.TAG", "archive-notes", "lock"]
    store.prepare()
    assert store.clear() == ()


def test_a_box_keeps_its_files_when_the_store_is_cleared(store, tmp_path):
    store.prepare()
    os.link(put(store, "archive-v1/ab/x/tree/a", b"12345"), tmp_path / "a")
    store.clear()
    assert (tmp_path / "a").read_bytes() == b"12345"


def test_clear_waits_for_nobody_and_takes_nothing_away_from_anybody(store):
    store.prepare()
    put(store, "archive-v1/ab/x/tree/a")
    with store.sharing(), store.sharing(), pytest.raises(CacheError) as caught:
        store.clear()
    assert str(caught.value) == f"{store.root} is not cleared: another capsa is using it"
    assert os.path.exists(f"{store.root}/archive-v1/ab/x/tree/a")
    assert len(store.clear()) == 1
    assert FileLock(f"{store.root}/lock").acquire(wait=False)


def test_files_that_go_while_they_are_counted_are_no_failure(store):
    for number in range(200):
        put(store, f"temporary-v1/{number}/x")
    stop = threading.Event()

    def churn():
        while not stop.is_set():
            for number in range(200):
                os.rename(f"{store.root}/temporary-v1/{number}", f"{store.root}/temporary-v1/n{number}")
            for number in range(200):
                os.rename(f"{store.root}/temporary-v1/n{number}", f"{store.root}/temporary-v1/{number}")

    thread = threading.Thread(target=churn)
    thread.start()
    for _ in range(20):
        assert [bucket.name for bucket in store.buckets()] == ["temporary-v1"]
    stop.set()
    thread.join()


def test_a_file_in_the_place_of_the_store_is_named(tmp_path):
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(CacheError, match="file can't be a part of the store: it is a file, not a folder"):
        Store(str(path)).buckets()


def test_a_file_in_the_place_of_a_bucket_is_named(store):
    put(store, "archive-v1")
    with pytest.raises(CacheError, match="archive-v1 can't be a part of the store"):
        store.buckets()


@pytest.mark.parametrize("function", ["listdir", "scandir"])
def test_a_folder_that_may_not_be_read_is_named(store, monkeypatch, function):
    put(store, "archive-v1/ab/x")

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, function, refuse)  # not by mode bits: the tests may run as root
    with pytest.raises(CacheError, match=r"the store can't be read at .*: permission is denied") as caught:
        store.buckets()
    assert caught.value.hints[0].startswith("look at its permissions: `ls -ld /")


def test_a_process_sweeps_what_it_left_itself_and_nothing_else(tmp_path):
    store = Store(str(tmp_path / "store"))
    store.sweep()
    own, other = store.temporary(".whl"), f"{store.root}/temporary-v1/0-another"
    for path in (own, other):
        with open(path, "w") as stream:
            stream.write("half")
    os.makedirs(f"{store.temporary()}/tree")
    store.sweep()
    assert os.listdir(f"{store.root}/temporary-v1") == ["0-another"]
