"""Link modes against each other and against plain calls: 1,000 files of a store put into a new folder.

    python benchmarks/link_mode.py [rounds] [folder]

Rounds are interleaved, each into a new folder on the disk of ``folder`` (default: the temporary one); the figures are
medians, the ratios are to a hard link by `os.link`. A reflink is shown where the file system has one, else what it
fell back to. Figures that decided something: docs/adr/0005-link-mode.md.
"""

import os
import random
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(sys.argv[0]))), "src"))

from capsa.disk.link import Linker

FILES, FOLDERS, MTIME = 1000, 150, 1_577_836_800 * 10**9
# Sizes of files in wheels: most are a few kilobytes, some a hundred times that.
SIZES = [400] * 3 + [2_000] * 4 + [9_000] * 6 + [40_000] * 3 + [400_000]


def make_store(folder):
    """Write the files and return their sizes by path below ``folder``, folder by folder, as a wheel has them."""
    chance = random.Random(1)
    names = [f"p{number * FOLDERS // FILES}/f{number}.py" for number in range(FILES)]
    sizes = {name: chance.choice(SIZES) for name in names}
    for name, size in sizes.items():
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        with open(f"{folder}/{name}", "wb") as file:
            file.write(chance.randbytes(size))
        os.utime(f"{folder}/{name}", ns=(MTIME, MTIME))
        os.chmod(f"{folder}/{name}", 0o444)
    return sizes


def with_linker(mode):
    def run(store, box, sizes):
        linker = Linker(mode)
        for name, size in sizes.items():
            linker.link(f"{store}/{name}", f"{box}/{name}", (size, MTIME, 0o444))
        return linker.made

    return run


def with_call(call):
    def run(store, box, names):
        for name in names:
            call(f"{store}/{name}", f"{box}/{name}")
        return {}

    return run


WAYS = {
    "os.link": with_call(os.link),
    "capsa hardlink": with_linker("hardlink"),
    "capsa auto": with_linker("auto"),
    "capsa copy": with_linker("copy"),
    "shutil.copy2": with_call(shutil.copy2),
    "capsa reflink": with_linker("reflink"),
}


def blocks(folder):
    """Return the bytes of the files in a folder that have no other name: reflinks count, though they share theirs."""
    paths = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    return sum(status.st_blocks * 512 for status in map(os.lstat, paths) if status.st_nlink == 1)


def main(rounds, folder):
    taken = {way: [] for way in WAYS}
    made, own = {}, {}
    with tempfile.TemporaryDirectory(dir=folder) as place:
        store = f"{place}/store"
        names = make_store(store)
        for number in range(rounds):
            for way, run in WAYS.items():
                box = f"{place}/{number}"
                for name in dict.fromkeys(os.path.dirname(name) for name in names):
                    os.makedirs(f"{box}/{name}")
                start = time.perf_counter()
                made[way] = run(store, box, names)
                taken[way].append(time.perf_counter() - start)
                own[way] = blocks(box)
                shutil.rmtree(box)
        print(
            f"{FILES} files, {sum(os.path.getsize(f'{store}/{name}') for name in names) / 1e6:.1f} MB, {rounds} rounds"
        )
    medians = {way: statistics.median(times) for way, times in taken.items()}
    for way, median in medians.items():
        kinds = ", ".join(f"{count} as {kind}" for kind, count in made[way].items() if count)
        ratio = median / medians["os.link"]
        size = "shared" if made[way].get("reflink") else f"{own[way] / 1e6:.1f} MB"
        print(f"{way:34} {median * 1000:8.1f} ms {ratio:6.2f} x  own {size:>7}  {kinds}")


if __name__ == "__main__":
    count, where, *_ = *sys.argv[1:], None, None
    main(int(count or 15), where)
