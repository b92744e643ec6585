"""One quoting function a shell: any text as one word that the shell takes literally, and runs nothing of.

Plain words stay as they are, so that lines for people stay readable; where a shell wants quotes all the same, its
templates and lines hold them. PURE. Hot.
"""

from __future__ import annotations

HOT = True  # the fast path: see docs/adr

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,@:")
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"
_CSH = {"'": "'\\''", "!": "'\\!'", "\\": "'\\\\'", "\n": "\\\n"}


def quote_sh(text: str) -> str:
    """For every POSIX shell: sh, dash, ksh, bash, zsh."""
    return text if _is_plain(text) else "'" + text.replace("'", "'\\''") + "'"


def quote_fish(text: str) -> str:
    """For fish, which knows two escapes between single quotes."""
    return text if _is_plain(text) else "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_csh(text: str) -> str:
    """For csh and tcsh, which look for the history between quotes too, and where a backslash may mean itself there."""
    if _is_plain(text):
        return text
    # Outside of quotes a backslash always makes the next sign plain; only the end of a line wants both.
    return "'" + "".join(_CSH.get(letter, letter) for letter in text) + "'"


def quote_nu(text: str) -> str:
    """For nushell, always in quotes; a byte that is not UTF-8 becomes the sign that nu shows for it."""
    return '"' + _escaped(text, "\\u{%x}", "\\u{fffd}") + '"'


def quote_nu_word(text: str) -> str:
    """For nushell where a bare word does, which may not start with a home or hold a comma."""
    return text if _is_plain(text) and "," not in text else quote_nu(text)


def quote_elvish(text: str) -> str:
    """For elvish, whose words are bytes: one that is not UTF-8 has an escape."""
    if _is_plain(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + _escaped(text, "\\U%08x", "\\x%02x") + '"'


def quote_python(text: str) -> str:
    """For Python and xonsh, always in quotes."""
    return repr(text)


def quote_xonsh(text: str) -> str:
    """For a command of xonsh, which would act on variables and braces between quotes too."""
    return text if _is_plain(text) and "@" not in text else f"@({text!r})"


def quote_powershell(text: str) -> str:
    """For PowerShell, an expression in ASCII alone: Windows PowerShell reads a file by the code page of the machine.

    Signs beyond ASCII are given by number, quotation marks of other languages too, which end a string there. What is
    not UTF-8 becomes the sign that PowerShell shows for it.
    """
    parts = [""]
    for letter in text:
        if "\x20" <= letter <= "\x7e":
            parts[-1] += "''" if letter == "'" else letter
        else:
            code = 0xFFFD if "\ud800" <= letter <= "\udfff" else ord(letter)
            units = letter.encode("utf-16-be") if code > 0xFFFF else code.to_bytes(2, "big")  # noqa: PLR2004 - two units
            for at in range(0, len(units), 2):
                parts += [units[at : at + 2].hex(), ""]
    if len(parts) == 1:
        return f"'{parts[0]}'"
    shown = [f"[char]0x{part}" if index % 2 else f"'{part}'" for index, part in enumerate(parts)]
    return "(" + " + ".join(piece for index, piece in enumerate(shown) if piece != "''" or not index) + ")"


def quote_powershell_word(text: str) -> str:
    """For a command that is typed into PowerShell, where letters of every language may stand."""
    if _is_plain(text.replace("\\", "/")) and not set(text) & {",", "@"}:
        return text
    if not text.isprintable():
        return quote_powershell(text)
    return "'" + "".join(letter * 2 if letter in _POWERSHELL_QUOTES else letter for letter in text) + "'"


def quote_cmd(text: str) -> str:
    """For the inside of double quotes in a batch file of cmd, which has no way to write a double quote there.

    Such a quote is shown as a single one, and signs that depend on the code page as question marks.
    """
    shown = "".join(letter if "\x20" <= letter <= "\x7e" else "?" for letter in text)
    return shown.replace("%", "%%").replace('"', "'")


def quote_cmd_word(text: str) -> str:
    """For a command that is typed into cmd, where a variable between percent signs is replaced all the same."""
    return text if _is_plain(text.replace("\\", "-")) and not set(text) & {",", "@", "/"} else f'"{text}"'


def _escaped(text: str, sign: str, byte: str) -> str:
    """Return text for double quotes; ``sign`` makes an escape of a code point, ``byte`` of a byte that is not UTF-8."""
    made = []
    for letter in text:
        if letter in '"\\':
            made.append("\\" + letter)
        elif letter.isprintable():
            made.append(letter)
        elif "\ud800" <= letter <= "\udfff":
            made.append(byte % (ord(letter) & 0xFF) if "%" in byte else byte)
        else:
            made.append(sign % ord(letter))
    return "".join(made)


def _is_plain(text: str) -> bool:
    return bool(text) and _PLAIN.issuperset(text)
