"""Two files or folders change places in one step, where the system can; and a rename that never overwrites.

Linux: renameat2(2). macOS: renamex_np(2), said to be untested. Elsewhere, and on file systems that don't offer it,
three renames by way of a spare name. Never copies and never removes.
"""

from __future__ import annotations

import errno
import os
import sys

from capsa.disk.refusal import refusal

HOT = True  # the fast path: see docs/adr

_HERE = -100  # AT_FDCWD
_NO_REPLACE, _EXCHANGE = 1, 2  # RENAME_NOREPLACE, RENAME_EXCHANGE
_MAC_SWAP, _MAC_EXCLUSIVE = 2, 4  # RENAME_SWAP, RENAME_EXCL
_NUMBERS = {"x86_64": 316, "aarch64": 276, "riscv64": 276}  # of renameat2, for a libc older than glibc 2.28
_UNOFFERED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP})


class Exchanger:
    """Exchanges and places; remembers whether the system call is offered, so that it is refused once only.

    ``is_one_step`` tells whether exchanges were (or will be tried) in one system call.
    """

    __slots__ = ("_call", "_is_prepared", "is_one_step")

    def __init__(self, *, is_one_step: bool = True) -> None:
        """Take ``is_one_step=False`` to always rename three times."""
        self.is_one_step = is_one_step
        self._is_prepared = False
        self._call = _unoffered

    def exchange(self, first: str, second: str, spare: str) -> None:
        """Let what is at ``first`` and at ``second`` change places.

        ``spare`` is a free name on the same disk: in three renames ``first`` stays there for a moment, and after a
        kill it may still. When this raises, both are where they were.
        """
        try:
            if not self._rename(first, second, _EXCHANGE):
                _rename_thrice(first, second, spare)
                self.is_one_step = False
        except OSError as error:
            raise refusal(error, "exchange", f"{first} and {second}") from error

    def place(self, source: str, target: str) -> None:
        """Rename ``source`` to ``target``; refuses (EEXIST) when anything is there, also an empty folder or a link."""
        try:
            if not self._rename(source, target, _NO_REPLACE):
                # Without the system call a moment is left between look and rename; the box lock covers it.
                if os.path.lexists(target):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
                os.rename(source, target)
                self.is_one_step = False
        except OSError as error:
            raise refusal(error, "move to", target) from error

    def _rename(self, source: str, target: str, flags: int) -> bool:
        if not self.is_one_step:
            return False
        if not self._is_prepared:
            self._prepare()
        number = self._call(source, target, flags)
        if number in _UNOFFERED:
            # EINVAL is also said of a folder put into itself: remembered only when plain renames then succeed.
            return False
        if number:
            raise OSError(number, os.strerror(number), source)
        return True

    def _prepare(self) -> None:
        """Look the system call up, once; where there is none, `_unoffered` stays in its place."""
        self._is_prepared = True
        if sys.platform not in {"linux", "darwin"}:
            return
        import ctypes  # noqa: PLC0415 - 5 ms that only a commit pays

        libc = ctypes.CDLL(None, use_errno=True)
        symbol = getattr(libc, "renamex_np" if sys.platform == "darwin" else "renameat2", None)
        leading: tuple[ctypes.c_long, ...] = (ctypes.c_long(_HERE),)
        number = _NUMBERS.get(os.uname().machine)
        if symbol is None and sys.platform == "linux" and number is not None:
            symbol, leading = libc.syscall, (ctypes.c_long(number), ctypes.c_long(_HERE))
        if symbol is None:
            return

        def call(source: str, target: str, flags: int) -> int:
            names = os.fsencode(source), os.fsencode(target)
            if sys.platform == "darwin":
                failed = symbol(*names, ctypes.c_uint(_MAC_SWAP if flags == _EXCHANGE else _MAC_EXCLUSIVE))
            else:
                failed = symbol(*leading, names[0], ctypes.c_int(_HERE), names[1], ctypes.c_uint(flags))
            return ctypes.get_errno() if failed else 0

        self._call = call


def _rename_thrice(first: str, second: str, spare: str) -> None:
    os.rename(first, spare)
    try:
        os.rename(second, first)
    except OSError:
        os.rename(spare, first)
        raise
    try:
        os.rename(spare, second)
    except OSError:
        os.rename(first, second)
        os.rename(spare, first)
        raise


def _unoffered(source: str, target: str, flags: int) -> int:
    del source, target, flags
    return errno.ENOSYS
