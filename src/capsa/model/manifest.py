"""What an unpacked archive in the store consists of, and where each piece goes in a box.

Hot: ``create`` links pip from the store with this, so it imports nothing and is a plain slotted class that ``marshal``
can keep. Follows the wheel specification (PEP 427, PEP 491) for ``.data`` folders and scheme keys.
"""

HOT = True  # the fast path: see docs/adr

VERSION = 2

_FIELDS = (
    "project",  # normalized name
    "release",  # version text
    "filename",  # of the wheel
    "sha256",  # of the wheel
    "size",  # of the wheel, bytes
    "requires_python",  # text or ""
    "is_purelib",  # Root-Is-Purelib
    "info",  # "six-1.17.0.dist-info"
    "files",  # [(path in tree, size, mtime_ns, mode, sha256 hex)], sorted by path; RECORD is not in it
    "record",  # the same row for the RECORD that lies ready
    "console_scripts",  # [(name, "module:attribute")]
    "gui_scripts",  # the same
)


class Manifest:
    """The contents of one archive: everything needed to link it into a box and to hold the store against it.

    ``files`` name members of ``tree/`` as the wheel has them; INSTALLER is among them with capsa's content, RECORD is
    there in the tree, ready for a box that adds nothing, with its row in ``record`` (it cannot hold its own hash).
    """

    __slots__ = _FIELDS

    project: str
    release: str
    filename: str
    sha256: str
    size: int
    requires_python: str
    is_purelib: bool
    info: str
    files: list[tuple[str, int, int, int, str]]
    record: tuple[str, int, int, int, str]
    console_scripts: list[tuple[str, str]]
    gui_scripts: list[tuple[str, str]]

    def __init__(self, facts: dict[str, object]) -> None:
        """Take what ``facts()`` gave; a missing fact is a KeyError."""
        for name in _FIELDS:
            setattr(self, name, facts[name])

    def facts(self) -> dict[str, object]:
        """Return the same facts as marshal-able values: the inverse of the constructor."""
        return {name: getattr(self, name) for name in _FIELDS}

    @property
    def root(self) -> str:
        """The scheme key of what lies at the top of the archive: "purelib" or "platlib"."""
        return "purelib" if self.is_purelib else "platlib"

    def destination(self, path: str) -> tuple[str, str]:
        """Return (scheme key, path below it) for a member: ``x-1.data/scripts/tool`` -> ("scripts", "tool")."""
        top, _, rest = path.partition("/")
        if rest and top.endswith(".data"):
            key, _, below = rest.partition("/")
            return key, below
        return self.root, path
