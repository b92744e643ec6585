"""Small boxes of real files, to be changed, killed and compared: what the commit's tests are made of."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from capsa.commit.transaction import Committed, Transaction, hold_turn
from capsa.disk.exchange import Exchanger
from capsa.disk.link import Linker
from capsa.model.event import Event
from capsa.model.installation import Delivery, Departure, Installation, WrittenFile
from capsa.model.layout import DAMAGED, HISTORY, RECEIPT
from capsa.model.receipt import ReceiptEntry

PAPERS = (RECEIPT, DAMAGED)
SITE = "lib/python3.12/site-packages"
SKELETON = ("bin/python", "bin/activate", "pyvenv.cfg", ".capsa/id")
TAG = "cpython-312"
MTIME = 1_577_836_800_000_000_000


class Events:
    """A reporter that keeps everything, and may act at the event of a number."""

    def __init__(self, number: int = -1, act=None) -> None:
        self.seen: list[Event] = []
        self._number = number
        self._act = act

    def event(self, event: Event) -> None:
        self.seen.append(event)
        if len(self.seen) - 1 == self._number:
            self._act(event)

    def texts(self, kind: str) -> list[str]:
        return [event.text for event in self.seen if event.kind == kind]


@dataclass(frozen=True)
class Package:
    """A package: where each file lies in a box, and what is in it. Launchers are written, everything else is linked."""

    name: str
    version: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def info(self) -> str:
        return f"{SITE}/{self.name}-{self.version}.dist-info"

    def contents(self) -> dict[str, str]:
        text = f"{self.name} {self.version}"
        return {
            **{path: f"{content} of {text}" for path, content in self.files.items()},
            f"{self.info}/METADATA": text,
            f"{self.info}/RECORD": f"record of {text}",
        }


def package(name: str, version: str, *paths: str) -> Package:
    """A package with these files; a path without a known first folder lies in site-packages."""
    return Package(name, version, {_placed(path): path for path in paths})


class World:
    """A box and the store beside it; a ``root`` that is given is a box that is there already."""

    def __init__(self, folder, root: str = "") -> None:
        self.folder = str(folder)
        self.root = root or f"{folder}/box"
        if root:
            return
        for path in SKELETON:
            self.put(path, f"the box's {path}")
        os.makedirs(f"{self.root}/{SITE}", exist_ok=True)

    def put(self, path: str, content: str = "somebody's") -> str:
        """Write a file into the box as another program would; a bare path lies in site-packages."""
        path = _placed(path)
        _write(f"{self.root}/{path}", content)
        return path

    def compile(self, *paths: str) -> None:
        """Leave bytecode of these modules, as Python does when it imports them."""
        for path in paths:
            folder, _, name = _placed(path).rpartition("/")
            self.put(f"{folder}/__pycache__/{name.removesuffix('.py')}.{TAG}.pyc", f"bytecode of {path}")

    def installation(self, package: Package) -> Installation:
        """What brings a package in; its archive is put into the store on the way."""
        source = f"{self.folder}/store/{package.name}-{package.version}"
        links, written = [], []
        for path, content in package.contents().items():
            if path.startswith("bin/"):
                written.append(WrittenFile(path=path, content=content.encode(), mode=0o755))
            else:
                member = path.replace("/", "|")
                if not os.path.exists(f"{source}/{member}"):
                    _write(f"{source}/{member}", content)
                    os.chmod(f"{source}/{member}", 0o444)
                    os.utime(f"{source}/{member}", ns=(MTIME, MTIME))
                links.append((member, path, len(content.encode()), MTIME, 0o444))
        entry = ReceiptEntry(
            name=package.name, version=package.version, filename="", sha256="", url="", info=package.info
        )
        return Installation(entry=entry, source=source, links=tuple(links), written=tuple(written))

    def change(self, incoming=(), leaving=(), *, papers=None, **ports) -> Committed:
        """Commit: ``incoming`` packages come, ``leaving`` ones go, ``papers`` go along with the receipt.

        ``ports`` are a reporter, an exchanger and a linker.
        """
        reporter = ports.get("reporter") or Events()
        with hold_turn(self.root, reporter):
            transaction = Transaction(
                self.root,
                linker=ports.get("linker") or Linker(),
                exchanger=ports.get("exchanger") or Exchanger(),
                reporter=reporter,
            )
            return transaction.commit(self.delivery(incoming, leaving, papers))

    def delivery(self, incoming=(), leaving=(), papers=None) -> Delivery:
        """One change, as the commit takes it."""
        return Delivery(
            installations=tuple(self.installation(package) for package in incoming),
            departures=tuple(Departure(name=package.name, paths=tuple(package.contents())) for package in leaving),
            papers={RECEIPT: receipt_of(incoming).encode(), **(papers or {})},
        )

    def files(self) -> dict[str, str]:
        """Every file of the box but capsa's own, with its text: path -> content."""
        return {path: text for path, text in read_tree(self.root).items() if not path.endswith("/")}

    def everything(self) -> dict[str, str]:
        """Every file and folder of the box, of capsa's own only the papers; folders end in a slash."""
        return read_tree(self.root)

    def leftovers(self) -> list[str]:
        """What of a change still lies about, which must be nothing between two changes."""
        return sorted({*os.listdir(f"{self.root}/.capsa")} - {"id", "lock", "receipt", "history", "damaged", "seal"})

    def store_hash(self) -> str:
        """One hash over everything in the store."""
        store = f"{self.folder}/store"
        text = repr(sorted(read_tree(store).items())) if os.path.isdir(store) else ""
        return hashlib.sha256(text.encode()).hexdigest()


def receipt_of(packages) -> str:
    """The text of a receipt for these packages."""
    return "".join(f"{package.name} {package.version}\n" for package in packages) or "nothing\n"


def read_tree(root: str) -> dict[str, str]:
    """Every file below a folder with its text, every folder with a slash at its end; links as "-> text"."""
    found: dict[str, str] = {}
    for folder, folders, names in os.walk(root):
        relative = os.path.relpath(folder, root)
        prefix = "" if relative == "." else f"{relative}/"
        if relative == ".capsa":
            folders[:] = [name for name in folders if f".capsa/{name}" == HISTORY]
            names = [name for name in names if f".capsa/{name}" in PAPERS]  # noqa: PLW2901 - only the papers count
        found[prefix or "/"] = ""
        for name in [*names, *(name for name in folders if os.path.islink(f"{folder}/{name}"))]:
            found[prefix + name] = _read(f"{folder}/{name}")
    return found


def _placed(path: str) -> str:
    first = path.partition("/")[0]
    is_known = first in {"bin", "lib", "share", "etc", "include", ".capsa"} or path == "pyvenv.cfg"
    return path if is_known else f"{SITE}/{path}"


def _read(path: str) -> str:
    if os.path.islink(path):
        return f"-> {os.readlink(path)}"
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def _write(path: str, content: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(content)
