"""Real capsa processes, killed at random moments of install, upgrade and uninstall: the old box or the new one, whole.

The everyday form takes a few moments and wheels made here; ``CAPSA_TEST_LONG=1`` takes 200 and packages of the real
index. Which moments: by the seed that is printed above.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from capsa.settings.place import DEFAULT_INDEX
from capsa.testing.wheel import make_wheel
from crash.real import WINDOWS, Tally, Victim
from support.loopback import LoopbackIndex, serve
from support.run import Capsa

_CONNECTION = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")
_PIP = ("-m", "pip", "--isolated", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-compile")


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real disk: what is killed here is a process as users have it."""
    return tmp_path_factory.mktemp("real")


class Shelf:
    """A box in which pip's neighbour lives, and the packages that it will get, all of them in the store already."""

    def __init__(self, capsa: Capsa, older: tuple[str, ...], newer: tuple[str, ...], neighbour: str) -> None:
        self._capsa = capsa
        self._older = older
        self._newer = newer
        for name, wanted in (("newer", newer), ("older", older)):
            capsa.done("create", name, "--no-pip")
            capsa.done("install", "--env", name, *wanted)
        capsa.done("create", "box")
        self._root = capsa.folder / "box"
        index = capsa.variables.get("CAPSA_INDEX_URL")
        source = ["--index-url", index] if index else []
        command = [str(self._root / "bin/python"), *_PIP, *source, neighbour]
        subprocess.run(command, check=True, env=capsa.variables, cwd=capsa.folder)

    def victim(self, verb: str, rng: Random) -> Victim:
        """The box with the change that will be killed: from one package to all, to newer ones, or to none."""
        older = ("install", "--offline", "--env", "box", *self._older)
        lines = {
            "install": older,
            "upgrade": ("install", "--offline", "--env", "box", *self._newer),
            "uninstall": ("uninstall", "--env", "box", *(demand.partition("=")[0] for demand in self._older)),
        }
        self._capsa.done(*(older[:4] if verb == "install" else older), *self._older[-1:])
        return Victim(self._capsa, self._root, lines[verb], rng)


def kill(shelf: Shelf, verb: str, rng: Random, moments: int) -> Tally:
    """Kill a verb at so many moments, in each window by turns."""
    victim = shelf.victim(verb, rng)
    for number in range(moments):
        victim.kill(WINDOWS[number % len(WINDOWS)])
    victim.restore()
    course = victim.course
    print(f"{verb}: {course.whole:.3f} s, staging {course.staging:.3f}, swap {course.swap:.4f}; {victim.tally}")
    assert victim.tally.kills == moments
    return victim.tally


# -- the everyday form -----------------------------------------------------------------------------------------------


def wheels(folder: Path) -> None:
    """Packages that share namespaces and folders as those of the real index do, in two versions."""
    for version in ("1.0", "2.0"):
        text = f"version = {version!r}\n"

        def modules(path: str, count: int, text: str = text) -> dict[str, str]:
            return {f"{path}/{name}.py": f"{text}name = {name!r}\n" for name in ["__init__", *map(str, range(count))]}

        share = {f"data/share/jupyter/nbextensions/widget/{name}.js": text for name in (version, "index")}
        parts = {
            "azure-core": {"files": modules("azure/core", 40) | modules(f"azure/core/v{version[0]}", 20)},
            "google-auth": {"files": modules("google/auth", 30) | modules("google/oauth2", 20)},
            "widget": {"files": modules("widget", 5), "data": share, "entry_points": {"console_scripts": {"w": "w:m"}}},
            "six": {"files": {"six.py": text}},
        }
        for name, made in parts.items():
            make_wheel(str(folder), name, version, **made)
    neighbour = {"azure/common/__init__.py": "", "google/protobuf/__init__.py": ""}
    make_wheel(str(folder), "neighbour", "1.0", files=neighbour, data={"data/share/jupyter/neighbour.json": "{}"})


def test_a_process_that_is_killed_leaves_the_old_box_or_the_new_one(tmp_path: Path, rng: Random) -> None:
    wheels(tmp_path / "wheels")
    names = ("azure-core", "google-auth", "widget", "six")
    older, newer = (tuple(f"{name}=={version}" for name in names) for version in ("1.0", "2.0"))
    with serve(LoopbackIndex(tmp_path / "wheels")) as index:
        shelf = Shelf(Capsa(tmp_path, index=index.url), older, newer, "neighbour")
        for verb in ("install", "upgrade", "uninstall"):
            kill(shelf, verb, rng, moments=2)


# -- the long form: packages of the real index -----------------------------------------------------------------------

OLDER = (
    "azure-core==1.29.0", "azure-mgmt-core==1.4.0", "google-api-core==2.15.0", "googleapis-common-protos==1.62.0",
    "widgetsnbextension==4.0.9", "jupyterlab-widgets==3.0.9", "ipykernel==6.28.0", "typing-extensions==4.9.0",
    "six==1.16.0",
)  # fmt: skip
NEWER = (
    "azure-core==1.32.0", "azure-mgmt-core==1.5.0", "google-api-core==2.24.0", "googleapis-common-protos==1.66.0",
    "widgetsnbextension==4.0.13", "jupyterlab-widgets==3.0.13", "ipykernel==6.29.5", "typing-extensions==4.12.2",
    "six==1.17.0",
)  # fmt: skip


@pytest.mark.long
@pytest.mark.network
def test_real_packages_are_old_or_new_after_200_kills(tmp_path: Path, rng: Random, machine: dict[str, str]) -> None:
    capsa = Capsa(tmp_path)
    capsa.variables |= {name: machine[name] for name in _CONNECTION if name in machine}
    capsa.done("create", "--offline", "reach")
    reached = capsa.run("install", "--env", "reach", "six", CAPSA_RETRIES="0", CAPSA_TIMEOUT="10")
    if reached.code and str(urlsplit(DEFAULT_INDEX).hostname) in reached.errors:
        pytest.skip("the real index can't be reached from here")
    assert reached.code == 0, reached.errors

    shelf = Shelf(capsa, OLDER, NEWER, "azure-common==1.1.28")
    for verb, moments in (("install", 67), ("upgrade", 67), ("uninstall", 66)):
        tally = kill(shelf, verb, rng, moments)
        assert tally.late < moments / 2
