"""Takes PowerShell texts apart by the rules of the language, so far as ours use them: a stand-in where there is none.

Only what needs no interpretation is allowed: words, numbers, variables, text between single quotes, brackets, signs.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<comment>\#[^\n]*)
    | (?P<text>['\u2018-\u201b](?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*['\u2018-\u201b])
    | (?P<variable>[$@](?:\w+:)*\w+|\$\?)
    | (?P<bracket>@\(|@\{|[(){}\[\]])
    | (?P<word>-?[A-Za-z_][\w.:-]*|--[a-z]+|0x[0-9a-f]{4}|\d+)
    | (?P<sign>[,;=+.&|!:]|\+\+|\.\.)""",
    re.VERBOSE,
)
_PAIRS = {"(": ")", "@(": ")", "{": "}", "@{": "}", "[": "]"}


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the kind and text of each part but blanks and comments; fails on what ours may not hold."""
    found, at, open_ = [], 0, []
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"not understood: {text[at : at + 60]!r}"
        assert match.lastgroup is not None
        kind, at = match.lastgroup, match.end()
        if kind == "bracket":
            if match[0] in _PAIRS:
                open_.append(_PAIRS[match[0]])
            else:
                assert open_.pop() == match[0], f"closed too early: {text[:at][-80:]!r}"
        if kind not in {"space", "comment"}:
            found.append((kind, match[0]))
    assert not open_, open_
    return found


def value_of(expression: str) -> str:
    """Return the text that an expression of our quoting means: 'a' or ('a' + [char]0x0062)."""
    units = []
    for kind, part in tokens(expression):
        if kind == "text":
            inner = re.sub(r"(['\u2018-\u201b])(['\u2018-\u201b])", r"\2", part[1:-1])
            units.append(inner.encode("utf-16-le", "surrogatepass"))
        elif part.startswith("0x"):
            units.append(int(part, 16).to_bytes(2, "little"))
        else:
            assert part in {"(", ")", "[", "]", "+", "char"}, part
    return b"".join(units).decode("utf-16-le")
