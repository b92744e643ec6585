"""The sha256 of small contents, without `hashlib`: importing that costs more than the fast path has. PURE. Hot.

CPython keeps its own implementation in a module of another name since 3.12; where neither is there, `hashlib` serves.
"""

HOT = True  # the fast path: see docs/adr


def digest(content: bytes) -> str:
    """Return the sha256 of ``content`` as 64 lower-case hex digits."""
    return str(_SHA256(content).hexdigest())


def _implementation():  # type: ignore[no-untyped-def] # noqa: ANN202 - `typing` is too dear for the fast path
    try:
        from _sha2 import sha256  # type: ignore[import-not-found] # noqa: PLC0415 - its name from 3.12 on
    except ImportError:
        try:
            from _sha256 import sha256  # type: ignore[import-not-found] # noqa: PLC0415 - its name in 3.11
        except ImportError:
            from hashlib import sha256  # noqa: PLC0415 - a Python that was built without either
    return sha256


_SHA256 = _implementation()  # type: ignore[no-untyped-call] # see above
