"""Commit by exchange under a journal, against its two opponents: two renames a move, and a new copy of everything.

Run: ``python benchmarks/commit_exchange.py [FOLDER]``; the folder decides which disk is measured. Prints medians of
interleaved rounds in milliseconds, and ratios. The set is made up to the shape of the large one of the issues: 164
packages, 27,000 files in 4,900 folders, 16 folders that packages share.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src"))

from capsa.commit.journal import add_state, write_journal
from capsa.commit.moves import check_destinations, choose_moves
from capsa.commit.recovery import sync_moves
from capsa.commit.stage import _entries_of
from capsa.commit.transaction import Transaction
from capsa.disk.exchange import Exchanger
from capsa.disk.link import Linker
from capsa.model.installation import Delivery, Departure, Installation
from capsa.model.layout import RECEIPT
from capsa.model.receipt import ReceiptEntry

SITE = "lib/python3.12/site-packages"
PACKAGES, FILES, FILES_A_FOLDER = 164, 27_000, 6
SHARED = ("share/man/man1", "share/jupyter", "etc/jupyter", f"{SITE}/google", f"{SITE}/opentelemetry")


class Clock:
    """Takes the time of each kind of event until the next one."""

    def __init__(self):
        self.times = {}
        self._last = None

    def event(self, event):
        now = time.perf_counter()
        if self._last:
            kind, start = self._last
            self.times[kind] = self.times.get(kind, 0.0) + now - start
        self._last = event.kind if event.kind != "journal" else f"journal {event.text}", now


def make_set(store):
    """Make the archives; returns installations."""
    made = []
    count = FILES // PACKAGES
    for number in range(PACKAGES):
        name = f"package{number:03}"
        folder = f"{SITE}/google/{name}" if number % 20 == 0 else f"{SITE}/{name}"
        paths = [f"{folder}/__init__.py", *(f"{folder}/sub{i // FILES_A_FOLDER}/m{i}.py" for i in range(count - 8))]
        paths += [f"{SITE}/{name}-1.0.dist-info/{file}" for file in ("METADATA", "RECORD", "WHEEL", "INSTALLER")]
        if number % 3 == 0:
            paths.append(f"bin/{name}")
        if number % 5 == 0:
            paths.append(f"{SHARED[number // 5 % len(SHARED)]}/{name}-data")
        source = f"{store}/{name}"
        os.makedirs(source)
        links = []
        for index, path in enumerate(paths):
            place = f"{source}/{index}"
            with open(place, "w", encoding="utf-8") as stream:
                stream.write(name * 20)
            status = os.stat(place)
            links.append((str(index), path, status.st_size, status.st_mtime_ns, status.st_mode & 0o7777))
        entry = ReceiptEntry(name=name, version="1.0", filename="", sha256="", url="", info="")
        made.append(Installation(entry=entry, source=source, links=tuple(links)))
    return tuple(made)


def empty_box(root):
    os.makedirs(f"{root}/{SITE}")
    os.makedirs(f"{root}/bin")
    os.makedirs(f"{root}/.capsa")
    return root


def change(root, incoming, leaving, *, is_one_step=True):
    """Commit once; returns the time of each phase in milliseconds."""
    clock = Clock()
    transaction = Transaction(
        root, linker=Linker("hardlink"), exchanger=Exchanger(is_one_step=is_one_step), reporter=clock
    )
    start = time.perf_counter()
    transaction.commit(Delivery(installations=incoming, departures=leaving, papers={RECEIPT: b"receipt\n"}))
    clock.times["whole"] = time.perf_counter() - start
    return {kind: value * 1000 for kind, value in clock.times.items()}


def plan(root, incoming, leaving):
    """Work the moves out; returns them and the milliseconds without and with the looks at the disk."""
    packages = {item.name: item.paths for item in incoming}
    departures = {item.name: item.paths for item in leaving}
    start = time.perf_counter()
    check_destinations(packages)
    checked = time.perf_counter()
    moves = choose_moves(packages, departures, _entries_of(root)).moves
    return moves, (checked - start) * 1000, (time.perf_counter() - checked) * 1000


def copy_whole(installations, root):
    """The opponent: a second box with everything linked, to be renamed into the first one's place."""
    start = time.perf_counter()
    linker = Linker("hardlink")
    made = set()
    for installation in installations:
        for member, path, *facts in installation.links:
            folder = os.path.dirname(f"{root}/{path}")
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            linker.link(f"{installation.source}/{member}", f"{root}/{path}", tuple(facts))
    return (time.perf_counter() - start) * 1000


def swap_only(folder, count, *, is_one_step):
    """Exchange pairs of folders, each with a file in it, and nothing else."""
    for number in range(count):
        for side in "ab":
            os.makedirs(f"{folder}/{side}{number}")
            with open(f"{folder}/{side}{number}/f", "w", encoding="utf-8"):
                continue
    exchanger = Exchanger(is_one_step=is_one_step)
    exchanger.exchange(f"{folder}/a0", f"{folder}/b0", f"{folder}/spare")
    start = time.perf_counter()
    for number in range(count):
        exchanger.exchange(f"{folder}/a{number}", f"{folder}/b{number}", f"{folder}/spare")
    spent = (time.perf_counter() - start) * 1000
    shutil.rmtree(folder)
    return spent


def flushes(root, moves):
    """The three flushes of a journal on a box of its own."""
    os.makedirs(f"{root}/.capsa/new")
    for folder in {os.path.dirname(f"{root}/{move.path}") for move in moves}:
        os.makedirs(folder, exist_ok=True)
    times = []
    for act in (
        lambda: write_journal(root, moves),
        lambda: add_state(root, "swapping"),
        lambda: sync_moves(root, moves),
        lambda: add_state(root, "sealed"),
    ):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return times


def show(label, values):
    print(f"{label:58} {statistics.median(values):9.1f} ms   ({min(values):.1f} to {max(values):.1f})")
    return statistics.median(values)


def measure(folder, rounds):
    installations = make_set(f"{folder}/store")
    departures = tuple(Departure(name=item.name, paths=item.paths) for item in installations)
    rows = {}

    def note(label, value):
        rows.setdefault(label, []).append(value)

    for number in range(rounds):
        root = empty_box(f"{folder}/box{number}")
        for kind, value in change(root, installations, ()).items():
            note(f"install all: {kind}", value)
        moves, checked, chosen = plan(root, installations, departures)
        note("replace all: check destinations", checked)
        note("replace all: choose moves, with 4,900 folders read", chosen)
        for name, is_one_step in (("exchange", True), ("three renames", False)):
            times = change(root, installations, departures, is_one_step=is_one_step)
            note(f"replace all by {name}: {len(moves) + 1} moves", times["move"])
            if is_one_step:
                for kind in ("stage", "journal staged", "journal swapping", "seal", "sweep", "whole"):
                    note(f"replace all: {kind}", times[kind])
        note("opponent: link everything anew", copy_whole(installations, f"{folder}/copy{number}"))
        for step, value in zip(
            ("journal", "swapping", "folders", "sealed"), flushes(f"{folder}/f{number}", moves), strict=True
        ):
            note(f"flush alone: {step}", value)
        for name, is_one_step in (("one call", True), ("three renames", False)):
            note(f"exchange 377 pairs: {name}", swap_only(f"{folder}/pairs", 377, is_one_step=is_one_step))
        one = installations[1:2]
        note("replace one package: whole", change(root, one, departures[1:2])["whole"])
        for made in (root, f"{folder}/copy{number}", f"{folder}/f{number}"):
            shutil.rmtree(made)
    medians = {label: show(label, values) for label, values in rows.items()}
    swap = next(value for label, value in medians.items() if label.startswith("replace all by exchange"))
    print(f"a new copy / the exchanges: {medians['opponent: link everything anew'] / swap:.0f}")
    one, three = (medians[f"exchange 377 pairs: {name}"] for name in ("one call", "three renames"))
    print(f"three renames / one call: {three / one:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=None)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="capsa-bench-", dir=given.folder)
    try:
        measure(folder, given.rounds)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
