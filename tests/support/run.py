"""capsa as a user runs it: a process with a scratch home, no settings of this machine, plain output."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Finished:
    code: int
    output: str
    errors: str


class Capsa:
    """Runs capsa in ``folder`` with its own home below ``base``; ``index`` is the URL of the only index it knows."""

    def __init__(self, base: Path, *, index: str | None = None) -> None:
        self.base = base
        self.folder = base / "work"
        self.home = base / "home"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(exist_ok=True)
        self.variables = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.variables |= {
            "HOME": str(self.home),
            "PYTHONPATH": str(SOURCE),
            "CAPSA_CACHE_DIR": str(base / "cache"),
            "CAPSA_NO_CONFIG": "1",
            "CAPSA_COMPILE_BYTECODE": "never",
            "CAPSA_SPARES": "0",
            "CAPSA_PYTHON": sys.executable,
        }
        if index is not None:
            self.variables["CAPSA_INDEX_URL"] = index

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "capsa", *arguments]

    def run(self, *arguments: str, folder: Path | None = None, **variables: str) -> Finished:
        finished = subprocess.run(
            self.command(*arguments),
            cwd=folder or self.folder,
            env=self.variables | variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)

    def done(self, *arguments: str, **variables: str) -> Finished:
        """Run what must succeed."""
        finished = self.run(*arguments, **variables)
        assert finished.code == 0, f"{arguments}: exit {finished.code}\n{finished.output}\n{finished.errors}"
        return finished
