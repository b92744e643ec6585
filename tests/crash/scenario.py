"""The three changes that are killed: an install, an upgrade and an uninstall in a box that others use as well."""

from __future__ import annotations

import os
import shutil

from crash.world import World, package

# Two namespaces that are shared, single modules, scripts, a shared share/, startup code, deep folders.
ALPHA = package(
    "alpha", "1", "alpha/__init__.py", "alpha/gone.py", "alpha/sub/x.py", "alpha/sub/deep/y.py",
    "share/jupyter/alpha/a", "share/man/man1/alpha.1", "bin/alpha", "bin/alpha-old", "alpha.pth", "etc/alpha/settings",
)  # fmt: skip
ALPHA_2 = package(
    "alpha", "2", "alpha/__init__.py", "alpha/more.py", "alpha/sub/x.py", "alpha/new/z.py", "share/jupyter/alpha/a",
    "share/man/man1/alpha.1", "bin/alpha", "bin/alpha-new", "alpha.pth", "include/site/python3.12/alpha/a.h",
)  # fmt: skip
AZURE = package("azure-a", "1", "azure/core/__init__.py", "azure/core/x.py", "azure/a/x.py")
AZURE_2 = package("azure-a", "2", "azure/core/__init__.py", "azure/core/y.py", "azure/a/x.py")
SIX = package("six", "1", "six.py")
SIX_2 = package("six", "2", "six.py")
KERNEL = package("kernel", "1", "kernel/__init__.py", "share/jupyter/kernel/k", "kernel_launcher.py", "azure/k/x.py")
GONE = package("gone", "1", "gone/__init__.py", "gone/x.py", "azure/gone/x.py", "bin/gone")
COME = package("come", "1", "come/__init__.py", "share/come/x", "share/jupyter/come/x", "azure/come/x.py", "bin/come")

CHANGES = {
    "install": ((COME, KERNEL, SIX), (), ()),
    "upgrade": ((ALPHA_2, AZURE_2, SIX_2, COME), (ALPHA, AZURE, SIX, GONE), (ALPHA, AZURE, SIX, GONE, KERNEL)),
    "uninstall": ((), (ALPHA, AZURE, SIX, GONE), (ALPHA, AZURE, SIX, GONE, KERNEL)),
}
# Papers as they are before, and what the change brings: a first state, a state that drops another, a mark that goes.
PAPERS = {
    "install": ({}, {".capsa/history/1": b"first", ".capsa/history/2": b"second"}),
    "upgrade": (
        {".capsa/history/1": "first", ".capsa/history/2": "second", ".capsa/damaged": "alpha"},
        {".capsa/history/1": None, ".capsa/history/2": b"other", ".capsa/history/3": b"third", ".capsa/damaged": None},
    ),
    "uninstall": ({".capsa/history/7": "seventh"}, {".capsa/history/8": b"eighth", ".capsa/history/9": None}),
}


class Scenario:
    """One change of `CHANGES`, with its box before and after as they must be found again."""

    def __init__(self, folder, name: str) -> None:
        self.folder = str(folder)
        self.incoming, self.leaving, installed = CHANGES[name]
        papers, self.papers = PAPERS[name]
        self._model = World(f"{folder}/model")
        if installed:
            self._model.change(installed)
        _use(self._model, installed)
        for path, content in papers.items():
            self._model.put(path, content)
        for coming in self.incoming:
            self._model.installation(coming)
        self.before = self._model.everything()
        self.store = self._model.store_hash()
        done = self.copy("done")
        self.change(done)
        self.after = done.everything()

    def copy(self, name: str) -> World:
        """A fresh box that is as before the change; its files are links, as nothing ever writes into one."""
        root = f"{self.folder}/{name}"
        shutil.rmtree(root, ignore_errors=True)
        for folder, _, names in os.walk(self._model.root):
            place = root + folder.removeprefix(self._model.root)
            os.mkdir(place)
            for file in names:
                os.link(f"{folder}/{file}", f"{place}/{file}")
        return World(self._model.folder, root)

    def change(self, world: World, **ports):
        """Do the change in a box; the ports are those of `World.change`."""
        return world.change(self.incoming, self.leaving, papers=self.papers, **ports)


def _use(world: World, installed) -> None:
    """Leave what running programs and a neighbour that pip installed leave."""
    world.put("neighbour/__init__.py")
    world.put("azure/neighbour/x.py")
    world.put("share/jupyter/neighbour/x")
    world.put("bin/neighbour")
    world.compile("neighbour/__init__.py", "azure/neighbour/x.py", "lonely.py")
    world.put("lonely.py")
    if installed:
        world.put("alpha/sub/notes.txt")
        world.compile("alpha/__init__.py", "alpha/gone.py", "alpha/sub/x.py", "six.py", "azure/core/x.py", "gone/x.py")
