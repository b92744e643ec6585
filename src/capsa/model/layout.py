"""The pure paths of an environment: where each installation scheme key, launcher and capsa file of a box lies.

Follows PEP 405, the ``venv`` scheme of ``sysconfig`` and HOUSE's drawing of ``.capsa``. Hot: imports nothing; never
looks at a disk. All paths are text; *relative* paths are relative to the box's root and use "/" on every platform.

    BOX/pyvenv.cfg  BOX/bin|Scripts/  BOX/lib/pythonX.Y/site-packages/
    BOX/.capsa/  id  lock  receipt  seal  damaged  journal  history/  new/  old/
"""

HOT = True  # the fast path: see docs/adr

CAPSA = ".capsa"
ID = ".capsa/id"
LOCK = ".capsa/lock"
RECEIPT = ".capsa/receipt"
SEAL = ".capsa/seal"
JOURNAL = ".capsa/journal"
HISTORY = ".capsa/history"
DAMAGED = ".capsa/damaged"
NEW = ".capsa/new"
OLD = ".capsa/old"
CONFIG = "pyvenv.cfg"


class Layout:
    """Relative folders of one box: ``root`` is absolute, everything else is relative to it."""

    __slots__ = ("data", "headers", "is_windows", "platlib", "purelib", "python", "root", "scripts")

    def __init__(self, root: str, *, lib_name: str, platform: str) -> None:
        """Work out the folders.

        ``lib_name`` is the folder below ``lib`` ("python3.12"); ``platform`` is ``sys.platform`` of the box's Python.
        """
        self.root = root
        self.is_windows = platform == "win32"
        self.data = ""
        # Without the letters that tell builds apart: that is where pip puts headers, and where builds look for them.
        self.headers = f"include/site/python{lib_name.strip('abcdefghijklmnopqrstuvwxyz')}"
        if self.is_windows:
            self.scripts = "Scripts"
            self.purelib = self.platlib = "Lib/site-packages"
            self.python = "Scripts/python.exe"
        else:
            self.scripts = "bin"
            self.purelib = self.platlib = f"lib/{lib_name}/site-packages"
            self.python = "bin/python"

    def path(self, relative: str) -> str:
        """The absolute path of a path that is relative to the box's root ("" is the root itself)."""
        return f"{self.root}/{relative}" if relative else self.root

    def scheme(self, key: str, project: str) -> str:
        """The relative folder of a wheel's scheme key: purelib platlib scripts data headers (PEP 427, PEP 491).

        Headers get a folder of their own for each ``project``, as pip gives them. Raises KeyError for another key.
        """
        if key == "headers":
            return f"{self.headers}/{project}"
        return {"purelib": self.purelib, "platlib": self.platlib, "scripts": self.scripts, "data": self.data}[key]

    @property
    def site(self) -> str:
        """The absolute path of site-packages."""
        return self.path(self.purelib)
