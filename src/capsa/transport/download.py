"""Whole bodies: into memory with a limit, or into a file with its hash.

Cut transfers are mended below, by `retry`; what is left here is to start anew when a file changed meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from capsa.disk.atomic import append, remove_file, write_new
from capsa.errors import FetchError
from capsa.transport.port import ChangedError, Request, Response, Transport, refused, without_secrets
from capsa.value import replace

_OK = 200
_WRITTEN_AT_ONCE = 1 << 20  # bytes


def fetch_bytes(transport: Transport, request: Request, *, limit: int = 1 << 28) -> tuple[Response, bytes]:
    """Return the head of the answer, whatever its status, and its whole body.

    Raises FetchError when the body is longer than ``limit`` bytes: nothing that is read into memory is that long.
    """
    try:
        return _read(transport, request, limit)
    except ChangedError:
        return _read(transport, request, limit)


def fetch_file(
    transport: Transport,
    request: Request,
    path: str,
    on_bytes: Callable[[int], None],
    on_size: Callable[[int], None] | None = None,
) -> tuple[str, int]:
    """Write the body to a new file at ``path``; return its sha256 in hex and its size.

    ``on_bytes`` is told the length of each piece (negative when what came before is thrown away), ``on_size`` first how
    many bytes will come, if the server says so. Any status but 200 raises RefusedError; on any failure no file is left.
    """
    plain = replace(request, headers={"Accept-Encoding": "identity", **request.headers})
    try:
        return _write(transport, plain, path, on_bytes, on_size)
    except ChangedError:
        return _write(transport, plain, path, on_bytes, on_size)


def _read(transport: Transport, request: Request, limit: int) -> tuple[Response, bytes]:
    pieces: list[bytes] = []
    size = 0
    with transport.send(request) as response:
        for piece in response.chunks:
            size += len(piece)
            if size > limit:
                raise FetchError(f"{without_secrets(response.url)} is longer than {limit:,} bytes")
            pieces.append(piece)
    return response, b"".join(pieces)


def _size_of(response: Response) -> int | None:
    """Return how many bytes a body has, or None where that is not told: a packed one has more than its head says."""
    is_plain = response.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
    return response.headers.number("Content-Length") if is_plain else None


def _write(
    transport: Transport,
    request: Request,
    path: str,
    on_bytes: Callable[[int], None],
    on_size: Callable[[int], None] | None,
) -> tuple[str, int]:
    digest = hashlib.sha256()
    size, waiting = 0, bytearray()
    with transport.send(request) as response:
        if response.status != _OK:
            raise refused(response)
        expected = _size_of(response)
        if on_size is not None and expected is not None:
            on_size(expected)
        write_new(path, b"")
        try:
            # Swept away meanwhile (the verb has failed elsewhere), it does not come back.
            for piece in response.chunks:
                digest.update(piece)
                size += len(piece)
                waiting += piece
                if len(waiting) >= _WRITTEN_AT_ONCE:
                    append(path, bytes(waiting), may_make=False)
                    waiting.clear()
                on_bytes(len(piece))
            append(path, bytes(waiting), may_make=False)
        except BaseException:
            remove_file(path)
            on_bytes(-size)
            raise
    return digest.hexdigest(), size
