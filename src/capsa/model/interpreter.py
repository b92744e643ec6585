"""What capsa knows of one Python on this machine: the answers of the probe script, nothing worked out.

Hot: imports nothing and is a plain slotted class, because ``create`` reads it from the cache on its fast path.
"""

HOT = True  # the fast path: see docs/adr

_FIELDS = (
    "executable",  # the absolute path that was asked, symbolic links kept
    "base_executable",  # the base Python to link environments to (``sys._base_executable``, real)
    "prefix",  # sys.prefix
    "base_prefix",  # sys.base_prefix
    "version",  # "3.11.7", with "rc1" and the like
    "version_info",  # [3, 11, 7]
    "implementation",  # sys.implementation.name: "cpython", "pypy"
    "implementation_version",  # "3.11.7" or "7.3.12"
    "cache_tag",  # "cpython-311"
    "magic",  # hex of importlib.util.MAGIC_NUMBER
    "soabi",  # sysconfig SOABI or ""
    "is_debug",  # built with Py_DEBUG
    "is_free_threaded",  # built with Py_GIL_DISABLED
    "bits",  # 64 or 32
    "platform",  # sys.platform
    "platform_tag",  # sysconfig.get_platform()
    "libc",  # ["glibc", 2, 36], ["musl", 1, 2] or []
    "markers",  # the PEP 508 environment, {name: text}
    "lib_name",  # "python3.11", "pypy3.9", "python3.13t": the folder below lib/ of an environment
    "platlib_dir",  # "lib" or "lib64" (sys.platlibdir)
    "stdlib",  # the folder of the standard library
    "ensurepip_wheel",  # the absolute path of ensurepip's pip wheel, or ""
    "is_externally_managed",  # PEP 668 marker in the standard library's folder
)


class Interpreter:
    """The facts of one Python, as values that ``marshal`` can keep (texts, ints, lists, dicts)."""

    __slots__ = _FIELDS

    executable: str
    base_executable: str
    prefix: str
    base_prefix: str
    version: str
    version_info: list[int]
    implementation: str
    implementation_version: str
    cache_tag: str
    magic: str
    soabi: str
    is_debug: bool
    is_free_threaded: bool
    bits: int
    platform: str
    platform_tag: str
    libc: list[str | int]
    markers: dict[str, str]
    lib_name: str
    platlib_dir: str
    stdlib: str
    ensurepip_wheel: str
    is_externally_managed: bool

    def __init__(self, facts: dict[str, object]) -> None:
        """Take the probe's answer; a missing fact is a KeyError, which the reader of a cache treats as "probe anew"."""
        for name in _FIELDS:
            setattr(self, name, facts[name])

    def facts(self) -> dict[str, object]:
        """The same facts as a dictionary of marshal-able values: the inverse of the constructor."""
        return {name: getattr(self, name) for name in _FIELDS}

    @property
    def is_environment(self) -> bool:
        """Whether this Python lives in a virtual environment (PEP 405: prefix and base prefix differ)."""
        return self.prefix != self.base_prefix

    @property
    def minor(self) -> str:
        """The language version as people say it: "3.11"."""
        return f"{self.version_info[0]}.{self.version_info[1]}"

    @property
    def title(self) -> str:
        """The name that messages use: "CPython 3.11.7", "PyPy 3.9.19"."""
        proper = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
        flavour = " free-threaded" if self.is_free_threaded else ""
        flavour += " debug" if self.is_debug else ""
        return f"{proper.get(self.implementation, self.implementation)} {self.version}{flavour}"
