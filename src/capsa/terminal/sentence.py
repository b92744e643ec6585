"""The sentences that the fast path and the slow one both say: one wording for both.

Returns text and writes nothing. Paths are shown as people would type them.
"""

from capsa.terminal.visible import visible

HOT = True  # the fast path: see docs/adr


def short_path(path: str, folder: str, home: str) -> str:
    """Return a path as it is shown: relative below the current ``folder``, with ``~`` below ``home``, else whole."""
    if folder and path == folder:
        return "."
    for stem, sign in ((folder, ""), (home, "~/")):
        for mark in ("/", "\\"):
            if stem and path.startswith(stem.rstrip(mark) + mark):
                return visible(sign + path[len(stem.rstrip(mark)) + 1 :])
    return visible(path)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 package", "7 packages"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def created(place: str, python: str, reason: str, pip: str | None) -> str:
    """Return the sentence about a box that was made; ``place`` is as `short_path` gives it."""
    inside = f" and pip {pip}" if pip else ", without pip"
    return f"made {place} with {python}{inside} ({reason})"


def activation(line: str) -> str:
    """Return the sentence that tells how to step in."""
    return f"step in: {line}"


def facts(root: str, folder: str, prompt: str) -> str:
    """Return what a hook reads, a line each: the box, its scripts ``folder``, the text for the prompt."""
    return f"{root}\n{folder}\n{prompt}"


def nothing_to_do(count: int, place: str) -> str:
    """Return the one line of a verb that finds everything as it should be; ``count`` packages were looked at."""
    if count == 0:
        return "nothing to do"
    return f"nothing to do: {place} already holds {'the package' if count == 1 else f'all {count} packages'}"


def lock_is_current(place: str, count: int) -> str:
    """Return the one line of `lock` where the lock of ``count`` packages is as it should be."""
    return f"{place} is up to date: {counted(count, 'package')}"
