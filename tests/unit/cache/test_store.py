import os

import pytest

from capsa.cache.store import Store
from capsa.disk.locking import FileLock
from capsa.errors import CacheError
from support.store import put

SHA = "ab" + "0" * 62


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


def test_a_store_that_is_not_there_is_empty(store):
    assert store.names() == ()
    store.clear()
    assert not os.path.exists(store.root)


def test_clear_removes_the_buckets_of_every_version_and_nothing_else(store):
    store.prepare()
    put(store, "archive-v1/ab/x/tree/a", b"12345")
    put(store, "listing-v0/index/six", b"123")
    put(store, "archive-notes", b"not ours")
    put(store, ".capsa-0123/left", b"by a clear that was killed")
    os.chmod(f"{store.root}/archive-v1/ab/x/tree", 0o555)
    assert store.names() == ("archive-v1", "listing-v0")
    store.clear()
    assert sorted(os.listdir(store.root)) == ["CACHEDIR.TAG", "archive-notes", "lock"]
    store.prepare()
    store.clear()


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
    store.clear()
    assert not os.path.exists(f"{store.root}/archive-v1")
    assert FileLock(f"{store.root}/lock").acquire(wait=False)


def test_a_use_is_told_by_the_time_also_where_it_cannot_be(store):
    path = put(store, "source-v1/ab")
    os.utime(path, (1000, 1000))
    store.note_use(path)
    assert os.stat(path).st_mtime > 1000
    store.note_use(f"{path}-gone")
    assert not os.path.exists(f"{path}-gone")


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
