"""capsa as a user runs it, but inside the test's own process: a tenth of the time, and never on the fast path."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from unittest import mock

from capsa.cli.main import main
from support.run import Capsa, Finished

PROCESSES = frozenset({"run", "sync"})
"""Verbs that become another process, or whose fast path is a part of what is tested."""


class InsideCapsa(Capsa):
    """Runs most verbs in this process; takes and gives what `Capsa` does."""

    def run(self, *arguments: str, folder: Path | None = None, **variables: str) -> Finished:
        """Run one command line."""
        if arguments[0] in PROCESSES:
            return super().run(*arguments, folder=folder, **variables)
        output, errors = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.variables | variables, clear=True),
            contextlib.chdir(folder or self.folder),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
        ):
            code = main(list(arguments))
        return Finished(code, output.getvalue(), errors.getvalue())
