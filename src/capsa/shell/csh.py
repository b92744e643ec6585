"""The list of trusted projects in the words of tcsh, which has no way to read a file but to source it. PURE. Hot.

    if ("x$_capsa_real:q" == xFOLDER) set _capsa_entry = (ID PROMPT)     one line a project, each word quoted

An expression takes words like -e for tests, so that an x stands before each. The hook sets ``_capsa_real`` before, and
looks at ``_capsa_entry`` afterwards.
"""

from __future__ import annotations

from _collections_abc import Iterable

from capsa.shell.quote import quote_csh

HOT = True  # the fast path: see docs/adr


def csh_list(entries: Iterable[tuple[str, str, str]]) -> str:
    """Return the text of the list: ``entries`` are the id, the real path of the folder and the prompt of each."""
    lines = ["# The projects that capsa trusts, for tcsh. Made by capsa."]
    for identity, folder, prompt in entries:
        words = quote_csh(identity), quote_csh(prompt)
        lines.append(f'if ("x$_capsa_real:q" == {quote_csh(f"x{folder}")}) set _capsa_entry = ({" ".join(words)})')
    return "\n".join(lines) + "\n"
