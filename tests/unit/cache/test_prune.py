"""What leaves the store and what stays: by need, by age, by size; and that the bytes are exact."""

import os
import subprocess
import sys

import pytest

from capsa.cache.page import write_page
from capsa.cache.prune import Rule, carry_out, choose
from capsa.cache.store import Store
from capsa.cache.weight import weigh
from crash.child import Calls, kill, run_in_child

NOW = 1_000_000_000.0
DAY = 86400
A, B, C, D = (letter * 64 for letter in "abcd")


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path / "cache"))
    made.prepare()
    return made


def put(store, relative, content=b"x", *, days=0):
    """Write a file of the store that was last used so many days ago."""
    path = os.path.join(store.root, relative)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    age(path, days)
    return path


def age(path, days):
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))


def archive(store, sha256, *, days, size=100):
    path = put(store, f"archive-v1/{sha256[:2]}/{sha256}/tree/module.py", bytes(size))
    put(store, f"project-v1/project-{sha256[0]}/{sha256}", b"")
    age(store.archive(sha256), days)
    return path


def box(store, key, *, days, links=()):
    """Make a box of the store, last used so many days ago, that holds files of the store."""
    root = store.environment(key)
    put(store, f"environment-v1/{key}/.capsa/used", b"", days=days)
    for number, path in enumerate(links):
        os.link(path, f"{root}/{number}")
    return root


def pruned(store, *, needed=(), needs=None, days=30, limit=None):
    """Prune, and return the names of what went, with the choice."""
    rule = Rule(now=NOW, days=days, limit=limit)
    choice = choose(store, rule, frozenset(needed), lambda root: frozenset((needs or {}).get(root, ())))
    before = weigh(*(f"{store.root}/{name}" for name in store.names())).bytes
    carry_out(store, choice)
    store.empty_aside()
    after = weigh(*(f"{store.root}/{name}" for name in store.names())).bytes
    assert after == choice.size == before - choice.freed - choice.held
    assert min(os.listdir(store.root)) == "CACHEDIR.TAG", "nothing is left aside"
    return {item.name for item in choice.items}, choice


def test_what_is_needed_or_was_used_lately_stays(store):
    for sha256, days in ((A, 31), (B, 31), (C, 29)):
        archive(store, sha256, days=days)
    names, choice = pruned(store, needed=[A])
    assert names == {B}
    assert (choice.freed, choice.held, choice.needed) == (100, 0, None)
    assert sorted(os.listdir(f"{store.root}/archive-v1")) == ["aa", "cc"]
    assert sorted(os.listdir(f"{store.root}/project-v1")) == ["project-a", "project-c"]


def test_nothing_changes_by_choosing(store):
    archive(store, A, days=100)
    choice = choose(store, Rule(now=NOW, days=30), frozenset(), lambda _: frozenset())
    assert [item.name for item in choice.items] == [A, A]
    assert os.path.exists(store.archive(A))


def test_what_boxes_hold_is_told_apart_from_what_is_freed(store, tmp_path):
    os.link(archive(store, A, days=50), tmp_path / "in an unknown box")
    archive(store, B, days=50, size=7)
    names, choice = pruned(store)
    assert names == {A, B}
    assert (choice.freed, choice.held, choice.size) == (7, 100, 0)
    assert (tmp_path / "in an unknown box").stat().st_nlink == 1


def test_the_pip_for_new_boxes_stays(store):
    archive(store, A, days=500)
    write_page(f"{store.seed()}/3.12", A)
    write_page(f"{store.seed()}/3.8", B)
    names, _ = pruned(store, days=0)
    assert names == {"3.8"}, "it points to nothing"


def test_a_box_of_the_store_goes_by_its_last_use_and_keeps_what_it_needs(store):
    old = box(store, "old", days=31, links=[archive(store, A, days=90)])
    young = box(store, "young", days=29, links=[archive(store, B, days=90)])
    write_page(f"{store.root}/script-v1/gone", old)
    write_page(f"{store.root}/script-v1/here", young)
    names, choice = pruned(store, needs={old: [A], young: [B]})
    assert names == {"old", A, "gone"}
    assert choice.held == 0
    assert os.path.exists(f"{young}/0")


def test_a_box_that_nobody_could_use_yet_counts_from_its_making(store):
    for name, days in (("killed", 31), ("made", 1)):
        put(store, f"environment-v1/{name}/pyvenv.cfg")
        age(store.environment(name), days)
    assert pruned(store)[0] == {"killed"}


def test_pages_go_by_their_last_reading_and_pointers_with_what_they_point_to(store):
    archive(store, A, days=1)
    for bucket in ("listing-v1/index", "metadata-v1", "probe-v1", "lock-v1", "log-v1"):
        put(store, f"{bucket}/old", days=31)
        put(store, f"{bucket}/young", days=29)
    read = put(store, "metadata-v1/read", days=31)
    os.utime(read, (NOW - DAY, NOW - 31 * DAY))
    write_page(f"{store.root}/built-v1/kept", {"sha256": A})
    write_page(f"{store.root}/built-v1/dangling", {"sha256": B})
    put(store, "built-v1/broken", b"?")
    put(store, f"project-v1/project-a/{D}", b"")
    names, choice = pruned(store)
    assert names == {"old", "dangling", "broken", D}
    assert len(choice.items) == 8
    assert sorted(os.listdir(f"{store.root}/listing-v1/index")) == ["young"]


def test_sources_and_what_git_fetched_go_by_age(store):
    put(store, f"source-v1/{A}", days=31)
    put(store, f"source-v1/{B}", days=29)
    for name, days in (("old", 31), ("young", 29)):
        put(store, f"git-v1/{name}/HEAD", days=days)
        age(f"{store.root}/git-v1/{name}", 99)
        put(store, f"git-v1/{name}.lock", days=99)
    put(store, "git-v1/orphan.lock", days=99)
    assert pruned(store)[0] == {A, "old", "orphan.lock"}
    assert sorted(os.listdir(f"{store.root}/git-v1")) == ["young", "young.lock"]


def test_what_dead_processes_left_goes_and_what_is_older_than_any_work(store):
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    put(store, f"temporary-v1/{child.pid:x}-1/tree/a")
    put(store, "temporary-v1/stranger")
    put(store, f"temporary-v1/{os.getpid():x}-2")
    put(store, f"temporary-v1/{os.getpid():x}-3", days=31)
    names, _ = pruned(store)
    assert names == {f"{child.pid:x}-1", "stranger", f"{os.getpid():x}-3"}
    assert pruned(store, days=0)[0] == set(), "what is under way stays for a day in any case"


def test_the_least_recently_used_goes_first_until_the_store_is_small_enough(store):
    for sha256, days in ((A, 3), (B, 1), (C, 2), (D, 20)):
        archive(store, sha256, days=days)
    names, choice = pruned(store, needed=[D], limit=250)
    assert names == {A, C}
    assert (choice.size, choice.needed) == (200, 100)


def test_what_boxes_need_stays_also_where_the_store_is_too_large(store):
    for sha256 in (A, B):
        archive(store, sha256, days=3)
    names, choice = pruned(store, needed=[A], limit=10)
    assert names == {B}
    assert (choice.size, choice.needed) == (100, 100)


def test_for_its_size_a_box_of_the_store_goes_with_what_only_it_needed(store):
    shared, single = archive(store, A, days=9), archive(store, B, days=9)
    first = box(store, "first", days=5, links=[shared, single])
    second = box(store, "second", days=4, links=[shared])
    names, choice = pruned(store, needs={first: [A, B], second: [A]}, limit=100)
    assert names == {"first", B}
    assert choice.freed == 100
    assert os.path.exists(store.archive(A))


def test_a_file_counts_as_freed_when_all_who_hold_it_go(store):
    path = archive(store, A, days=50)
    root = box(store, "old", days=50, links=[path])
    names, choice = pruned(store, needs={root: [A]})
    assert names == {A, "old"}
    assert (choice.freed, choice.held) == (100, 0)


def test_whoever_is_killed_when_nothing_stays_half_in_the_store(store):
    rule, nobody = Rule(now=NOW, days=30), frozenset()

    def prune():
        carry_out(store, choose(store, rule, nobody, lambda _: nobody))
        store.empty_aside()

    for number in range(100):
        for sha256 in (A, B):
            archive(store, sha256, days=50)
        put(store, "environment-v1/old/.capsa/used", days=50)

        def act(number=number):
            with Calls(number, kill).watching():
                prune()

        code = run_in_child(act)
        for sha256 in (A, B):
            is_there = os.path.exists(f"{store.archive(sha256)}/tree/module.py")
            assert is_there == os.path.exists(store.archive(sha256)), f"killed at change {number}"
        prune()
        assert sorted(os.listdir(store.root)) == ["CACHEDIR.TAG", "archive-v1", "environment-v1", "project-v1"]
        if code == 0:
            break
    assert code == 0
    assert number > 5


def test_an_empty_store_is_left_alone(tmp_path):
    store = Store(str(tmp_path / "none"))
    choice = choose(store, Rule(now=NOW, days=30), frozenset(), lambda _: frozenset())
    carry_out(store, choice)
    assert choice.items == ()
    assert not os.path.exists(store.root)
