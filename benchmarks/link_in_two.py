"""Putting the files of many archives into a new box: one process, two threads, two processes that were forked.

Give the folder of a store that holds a large set (`CACHE`); everything in its archives is linked, folder by folder, as
a commit stages it: mkdir, link, lstat. Rounds are interleaved, medians are printed, what was made is deleted.

    python benchmarks/link_in_two.py CACHE [FOLDER ON THE SAME DISK]
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable

ROUNDS = 5
Tree = list[tuple[str, list[str]]]


def trees(store: str) -> list[tuple[str, Tree]]:
    """Return each archive's folder with (folder below it, file names), largest first."""
    found = []
    for folder, folders, _ in os.walk(f"{store}/archive-v1"):
        if "tree" in folders:
            top = f"{folder}/tree"
            found.append((top, [(place[len(top) :], names) for place, _, names in os.walk(top)]))
            folders.clear()
    return sorted(found, key=lambda one: -sum(len(names) for _, names in one[1]))


def put(archives: list[tuple[str, Tree]], target: str) -> None:
    """Link archives below a folder, each into one of its own."""
    for number, (top, tree) in enumerate(archives):
        for folder, names in tree:
            place = f"{target}/{number}{folder}"
            os.mkdir(place)
            for name in names:
                os.link(f"{top}{folder}/{name}", f"{place}/{name}")
                os.lstat(f"{place}/{name}")


def halves(archives: list[tuple[str, Tree]]) -> tuple[list[tuple[str, Tree]], list[tuple[str, Tree]]]:
    """Return two parts of about as many files."""
    parts: tuple[list[tuple[str, Tree]], list[tuple[str, Tree]]] = ([], [])
    sums = [0, 0]
    for archive in archives:
        half = int(sums[1] < sums[0])
        parts[half].append(archive)
        sums[half] += sum(len(names) for _, names in archive[1])
    return parts


def in_one(archives: list[tuple[str, Tree]], target: str) -> None:
    """One process, one thread."""
    put(archives, f"{target}/a")


def in_threads(archives: list[tuple[str, Tree]], target: str) -> None:
    """Two threads."""
    first, second = halves(archives)
    thread = threading.Thread(target=put, args=(second, f"{target}/b"))
    thread.start()
    put(first, f"{target}/a")
    thread.join()


def in_processes(archives: list[tuple[str, Tree]], target: str) -> None:
    """Two processes."""
    first, second = halves(archives)
    number = os.fork()
    if not number:
        put(second, f"{target}/b")
        os._exit(0)
    put(first, f"{target}/a")
    if os.waitpid(number, 0)[1]:
        raise SystemExit("the second process failed")


def measure(way: Callable[[list[tuple[str, Tree]], str], None], archives: list[tuple[str, Tree]], place: str) -> float:
    """Return the seconds that one way takes in a new folder."""
    target = tempfile.mkdtemp(dir=place)
    os.mkdir(f"{target}/a")
    os.mkdir(f"{target}/b")
    os.sync()
    start = time.perf_counter()
    way(archives, target)
    seconds = time.perf_counter() - start
    shutil.rmtree(target)
    return seconds


def main() -> None:
    """Measure and print."""
    if len(sys.argv) < 2:  # noqa: PLR2004 - the program's name and the store
        raise SystemExit("name the folder of a store")
    archives = trees(sys.argv[1])
    place = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)  # noqa: PLR2004 - as above
    ways = {"one process": in_one, "two threads": in_threads, "two processes": in_processes}
    seen: dict[str, list[float]] = {name: [] for name in ways}
    try:
        for _ in range(ROUNDS):
            for name, way in ways.items():
                seen[name].append(measure(way, archives, place))
    finally:
        shutil.rmtree(place)
    files = sum(len(names) for _, tree in archives for _, names in tree)
    print(f"{len(archives)} archives, {files} files")
    for name, times in seen.items():
        print(f"{name:<14} {statistics.median(times):.2f} s   {min(times):.2f} .. {max(times):.2f}")


if __name__ == "__main__":
    main()
