"""The mark of a damaged box: which of its packages are not what was put in, so that the next ``sync`` mends them.

    BOX/.capsa/damaged     normalized names, one a line

Left by whoever saw the damage, also from another box that shares the file. As long as it is there the seal says
nothing. Taken away with the change that mends (`papers_after`), or where it says nothing any more (`forget`).
"""

from __future__ import annotations

from collections.abc import Iterable

from capsa.disk.atomic import make_folders, remove_file, write_atomic
from capsa.model.layout import CAPSA, DAMAGED, SEAL


def marked(root: str) -> frozenset[str]:
    """Return the normalized names of the packages that were found damaged in the box at ``root``."""
    try:
        with open(f"{root}/{DAMAGED}", encoding="utf-8", errors="replace") as stream:
            lines = stream.read().split("\n")
    except OSError:
        return frozenset()
    return frozenset(line for line in lines if line)


def mark_damaged(root: str, names: Iterable[str]) -> None:
    """Note that these packages of the box are damaged; those that are noted stay. Raises DiskError.

    The caller holds the box's turn. The seal goes, so that no verb is answered without a look.
    """
    noted = marked(root)
    wanted = noted | frozenset(names)
    if wanted != noted:
        make_folders(f"{root}/{CAPSA}")
        write_atomic(f"{root}/{DAMAGED}", _text(wanted))
    remove_file(f"{root}/{SEAL}")


def papers_after(root: str, mended: Iterable[str]) -> dict[str, bytes | None]:
    """Return the paper by which the mark goes, or loses the names in ``mended``, with the commit that mends them."""
    noted = marked(root)
    left = noted - frozenset(mended)
    if left == noted:
        return {}
    return {DAMAGED: _text(left) if left else None}


def forget(root: str, names: Iterable[str]) -> None:
    """Take names out of the mark where no commit is to come: they are sound, or no longer in the box."""
    for path, content in papers_after(root, names).items():
        if content is None:
            remove_file(f"{root}/{path}")
        else:
            write_atomic(f"{root}/{path}", content)


def _text(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode("utf-8", "replace")
