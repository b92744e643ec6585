"""Writing text to a stream that may not know all its characters.

Never raises for a character: what the stream's encoding lacks is written as an escape.
"""

from __future__ import annotations

from typing import TextIO


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush; a stream that was closed before we began takes nothing.

    Raises OSError when nobody reads any more, and nothing else.
    """
    if stream is None:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
