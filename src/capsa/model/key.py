"""Short names for what belongs to a path, where the file that is found by one holds the whole path. PURE. Hot.

FNV-1a (64 bits): a sha256 would cost more than the fast path has. Two paths of one name are met in the file.
"""

HOT = True  # the fast path: see docs/adr

_SEED, _PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
_LONGEST = 40  # signs of the path's last part


def key_of(path: str) -> str:
    """Return a file name for an absolute path: the end of the path in letters and digits, and its hash."""
    number = _SEED
    for byte in path.encode("utf-8", "surrogateescape"):
        number = ((number ^ byte) * _PRIME) & _MASK
    end = path.rpartition("/")[2][:_LONGEST]
    return f"{''.join([sign if sign.isascii() and sign.isalnum() else '_' for sign in end])}-{number:016x}"
