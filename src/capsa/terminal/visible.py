"""Text from outside made safe to show: what could steer a terminal, or deceive the eye, is written as an escape.

Changes nothing else. Control characters are those of Unicode's category Cc; the marks that reverse the direction of
writing, line separators and lone surrogates (undecodable bytes of a path) are treated alike.
"""

HOT = True  # the fast path: see docs/adr

_DECEIVING = frozenset(
    chr(code)
    for span in ((0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2066, 0x2069))
    for code in range(span[0], span[1] + 1)
)


def visible(text: str, *, keeps_lines: bool = False) -> str:
    r"""Return the text with control characters written as ``\x1b`` and the like; line ends stay if ``keeps_lines``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_shown(character, keeps_lines) else _escape(character) for character in text)


def _is_shown(character: str, keeps_lines: bool) -> bool:  # noqa: FBT001 - passed on
    if character == "\n":
        return keeps_lines
    code = ord(character)
    is_control = code < 0x20 or 0x7F <= code < 0xA0  # noqa: PLR2004 - C0, DEL and C1
    return not (is_control or 0xD800 <= code < 0xE000 or character in _DECEIVING or code == 0xFEFF)  # noqa: PLR2004 - surrogates, byte order mark


def _escape(character: str) -> str:
    code = ord(character)
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - one byte
