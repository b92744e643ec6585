"""pip inside a box: whatever it does, the store and other boxes keep every byte, and capsa understands the result."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.run import Capsa
from support.soundness import box_faults, contents, store_faults, store_hashes

NAMESPACE = "azure"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        text = f"version = {version!r}\n"
        make_wheel(
            str(folder),
            "lamp",
            version,
            files={"lamp/__init__.py": text, f"lamp/only{version[0]}.py": "", f"{NAMESPACE}/lamp/__init__.py": text},
            requires=["wick>=1"],
            entry_points={"console_scripts": {"lamp": "lamp:main"}},
            data={"data/share/lamp/manual.txt": text},
        )
        make_wheel(str(folder), "wick", version, files={"wick.py": text})
        make_wheel(str(folder), "oil", version, files={f"{NAMESPACE}/oil/__init__.py": text, "oil.py": text})
    with serve(LoopbackIndex(folder)) as served:
        yield served


class House:
    """A box where pip works, and another one that shares its files."""

    def __init__(self, base: Path, index: LoopbackIndex, bytecode: str) -> None:
        self.capsa = Capsa(base, index=index.url)
        self.capsa.variables["CAPSA_COMPILE_BYTECODE"] = bytecode
        self.box, self.other = self.capsa.folder / "box", self.capsa.folder / "other"
        for name in ("box", "other"):
            self.capsa.done("create", name)
            self.capsa.done("install", "--env", name, "lamp==1.0", "oil==1.0")
        self._pip = [str(self.box / "bin/python"), "-m", "pip", "--isolated", "--disable-pip-version-check"]
        self._source = ["--index-url", index.url, "--trusted-host", "127.0.0.1"]
        self._before = self._facts()

    def pip(self, verb: str, *words: str) -> str:
        """Let pip do something in the box, which must succeed."""
        source = self._source if verb in {"install", "download"} else ["-y"] if verb == "uninstall" else []
        done = subprocess.run(
            [*self._pip, verb, *source, *words], env=self.capsa.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def versions(self) -> dict[str, str]:
        packages = json.loads(self.capsa.done("list", "--json", "--env", "box").output)["packages"]
        return {package["name"]: package["version"] for package in packages if package["name"] != "pip"}

    def check(self, **versions: str) -> None:
        """Nothing outside of the box changed, the box is whole, and capsa sees what is in it."""
        assert self._facts() == self._before
        assert store_faults(self.capsa.base / "cache") == []
        assert box_faults(self.box) == []
        assert self.versions() == versions
        self.capsa.done("check", "--env", "box")

    def _facts(self) -> object:
        return store_hashes(self.capsa.base / "cache"), contents(self.other), self._inodes()

    def _inodes(self) -> dict[str, tuple[int, int]]:
        """Inode and time of every file of the other box, bytecode too."""
        files = (path for path in sorted(self.other.rglob("*")) if path.is_file() and not path.is_symlink())
        return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, index: LoopbackIndex) -> House:
    return House(tmp_path, index, request.param)


@pytest.mark.parametrize("house", ["now"], indirect=True)
def test_whatever_pip_does_stays_in_its_box_and_is_understood(house: House) -> None:
    house.pip("install", "-U", "lamp")
    house.check(lamp="2.0", wick="2.0", oil="1.0")
    house.pip("install", "--force-reinstall", "lamp==2.0", "oil==1.0")
    house.check(lamp="2.0", wick="2.0", oil="1.0")
    house.pip("uninstall", "oil")
    house.check(lamp="2.0", wick="2.0")
    house.pip("install", "oil")
    house.check(lamp="2.0", wick="2.0", oil="2.0")
    house.capsa.done("install", "--env", "box", "oil==1.0")
    house.pip("check")
    assert house.versions() == {"lamp": "2.0", "wick": "2.0", "oil": "1.0"}
    house.capsa.done("uninstall", "--env", "box", "lamp", "wick")
    assert house.versions() == {"oil": "1.0"}
    assert box_faults(house.box) == []
    house.capsa.done("uninstall", "--env", "box", "oil")
    assert not [path for path in contents(house.box) if any(name in path for name in ("lamp", "wick", "oil"))]


@pytest.mark.long
@pytest.mark.parametrize("house", ["never"], indirect=True)
def test_what_capsa_put_in_pip_takes_out_whole_and_the_other_way_round(house: House) -> None:
    house.pip("uninstall", "lamp", "wick", "oil")
    house.check()
    assert not [path for path in contents(house.box) if any(name in path for name in ("lamp", "wick", "oil"))]
    house.pip("install", "lamp==1.0", "oil==1.0", "wick==1.0")
    house.check(lamp="1.0", wick="1.0", oil="1.0")
    house.capsa.done("install", "--env", "box", "-U", "lamp", "oil", "wick")
    assert house.versions() == {"lamp": "2.0", "wick": "2.0", "oil": "2.0"}
    assert box_faults(house.box) == []
    house.pip("uninstall", "lamp")
    assert house.versions() == {"wick": "2.0", "oil": "2.0"}
    assert box_faults(house.box) == []
