"""What a shell reads when it starts, and for one that can only read files, the file that it reads. Hot."""

from __future__ import annotations

from capsa.machine.trust import keep, trust_folder
from capsa.shell.hook import HOOKS, hook_text, kept_line

HOT = True  # the fast path: see docs/adr


def integrate(shell: str, program: tuple[str, ...], data_dir: str) -> str:
    """Return the integration of a shell for the capsa that the words ``program`` run.

    Raises UsageError for a shell that has no hook, DiskError where a file is wanted and can't be written.
    """
    text = hook_text(shell, program, trust_folder(data_dir))
    kept = HOOKS[shell].kept
    if not kept:
        return text
    keep(data_dir, kept, text.encode("utf-8", "surrogateescape"))
    return kept_line(shell, trust_folder(data_dir))
