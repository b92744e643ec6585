"""What the store weighs: each file once, and what boxes hold too told apart."""

import errno
import os
import threading

import pytest

from capsa.cache.store import Store
from capsa.cache.weight import Ledger, buckets, weigh
from capsa.errors import CacheError
from support.store import put


def test_each_file_counts_once_whatever_its_names(store):
    first = put(store, "archive-v1/ab/x/tree/a", b"12345")
    os.link(first, f"{store.root}/archive-v1/ab/b")
    os.makedirs(f"{store.root}/spare-v1")
    os.link(first, f"{store.root}/spare-v1/a")
    put(store, "listing-v1/index/six", b"123")
    put(store, "thesis.txt", b"not ours")
    found = [(bucket.name, bucket.files, bucket.bytes) for bucket in buckets(store)]
    assert found == [("archive-v1", 1, 5), ("listing-v1", 1, 3), ("spare-v1", 0, 0)]


def test_links_are_not_followed_by_the_count(store, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "big").write_bytes(bytes(1000))
    os.makedirs(f"{store.root}/archive-v1")
    os.symlink(tmp_path / "outside", f"{store.root}/archive-v1/link")
    [bucket] = buckets(store)
    assert (bucket.files, bucket.bytes) == (1, len(str(tmp_path / "outside")))


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
        assert [bucket.name for bucket in buckets(store)] == ["temporary-v1"]
    stop.set()
    thread.join()


def test_a_file_in_the_place_of_the_store_is_named(tmp_path):
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(CacheError, match="file can't be a part of the store: it is a file, not a folder"):
        buckets(Store(str(path)))


def test_a_file_in_the_place_of_a_bucket_is_named(store):
    put(store, "archive-v1")
    with pytest.raises(CacheError, match="archive-v1 can't be a part of the store"):
        buckets(store)


@pytest.mark.parametrize("function", ["listdir", "scandir"])
def test_a_folder_that_may_not_be_read_is_named(store, monkeypatch, function):
    put(store, "archive-v1/ab/x")

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, function, refuse)  # not by mode bits: the tests may run as root
    with pytest.raises(CacheError, match=r"the store can't be read at .*: permission is denied") as caught:
        buckets(store)
    assert caught.value.hints[0].startswith("look at its permissions: `ls -ld /")


def test_what_boxes_hold_too_is_told_apart(store, tmp_path):
    shared = put(store, "archive-v1/ab/x/tree/a", b"12345")
    own = put(store, "archive-v1/ab/x/tree/b", b"123")
    os.makedirs(f"{store.root}/environment-v1")
    os.link(own, f"{store.root}/environment-v1/b")
    os.link(shared, tmp_path / "in a box")
    found = [(bucket.name, bucket.bytes, bucket.shared) for bucket in buckets(store)]
    assert found == [("archive-v1", 8, 5), ("environment-v1", 0, 0)]


def test_a_file_is_free_when_its_last_name_goes(store, tmp_path):
    put(store, "archive-v1/one", b"1")
    put(store, "archive-v1/two/a", b"22")
    os.link(f"{store.root}/archive-v1/two/a", f"{store.root}/archive-v1/other")
    os.link(put(store, "archive-v1/three", b"333"), tmp_path / "in a box")
    ledger = Ledger(weigh(store.root))
    assert (ledger.size, ledger.freed, ledger.held) == (6, 0, 0)
    ledger.take(weigh(f"{store.root}/archive-v1/one"))
    assert (ledger.size, ledger.freed, ledger.held) == (5, 1, 0)
    ledger.take(weigh(f"{store.root}/archive-v1/two"))
    assert (ledger.size, ledger.freed, ledger.held) == (5, 1, 0), "the other name is in the store"
    ledger.take(weigh(f"{store.root}/archive-v1/other"))
    assert (ledger.size, ledger.freed, ledger.held) == (3, 3, 0)
    ledger.take(weigh(f"{store.root}/archive-v1/three", f"{store.root}/archive-v1/gone"))
    assert (ledger.size, ledger.freed, ledger.held) == (0, 3, 3)
