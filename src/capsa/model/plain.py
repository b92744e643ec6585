"""Which texts stay one line, and one field of a line, whoever reads them. PURE. Hot."""

HOT = True  # the fast path: see docs/adr


def is_line(text: str) -> bool:
    """Whether a text has no control character (C0, DEL, C1) and nothing else that some program takes for a line end."""
    return (text.isascii() and text.isprintable()) or not any(map(_breaks, text))


def is_plain(text: str) -> bool:
    """Whether a text is one line, not empty, and valid Unicode: no byte of a path that could not be decoded."""
    return bool(text) and is_line(text) and not any(_is_stray(sign) for sign in text)


def as_line(text: str) -> str:
    """Return a text with a question mark for each character that `is_plain` refuses."""
    if is_plain(text):
        return text
    return "".join("?" if _breaks(sign) or _is_stray(sign) else sign for sign in text)


def _breaks(sign: str) -> bool:
    code = ord(sign)
    return code < 0x20 or 0x7F <= code < 0xA0 or code in {0x2028, 0x2029}  # noqa: PLR2004 - C0; DEL and C1


def _is_stray(sign: str) -> bool:
    return 0xD800 <= ord(sign) < 0xE000  # noqa: PLR2004 - surrogates
