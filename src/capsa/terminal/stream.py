"""Writing text to a stream that may not know all its characters.

Never raises for a character: what the stream's encoding lacks is written as an escape.
"""

from __future__ import annotations

import os
from typing import TextIO


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush; a stream that was closed before we began takes nothing.

    Raises OSError when nobody reads any more, and nothing else.
    """
    if stream is None:
        return
    stream.write(encodable(text, encoding_of(stream)))
    stream.flush()


def hand_over(stream: TextIO | None, text: str) -> None:
    """Write for a program, and flush: what came from the file system, as a path, goes out as the very same bytes.

    Raises OSError when nobody reads any more.
    """
    if stream is None:
        return
    try:
        content = os.fsencode(text)
    except UnicodeEncodeError:
        content = text.encode("utf-8", "surrogateescape")
    stream.flush()
    stream.buffer.write(content)
    stream.flush()


def encoding_of(stream: TextIO) -> str:
    """Return the encoding of a stream, UTF-8 where it has none of its own."""
    return getattr(stream, "encoding", None) or "utf-8"


def encodable(text: str, encoding: str) -> str:
    r"""Return a text with escapes (``\xe9``) for the characters that an encoding lacks."""
    return text.encode(encoding, "backslashreplace").decode(encoding)
