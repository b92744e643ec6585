"""The real index, real packages: skipped, saying so, where it can't be reached."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from capsa.settings.place import DEFAULT_INDEX
from support.run import Capsa

# What says how this machine reaches the world; the tests hide it from each other, and this one needs it.
_CONNECTION = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture
def capsa(tmp_path: Path, machine: dict[str, str]) -> Capsa:
    made = Capsa(tmp_path)
    made.variables |= {name: machine[name] for name in _CONNECTION if name in machine}
    made.done("create", "--offline")
    reached = made.run("install", "six", CAPSA_RETRIES="0", CAPSA_TIMEOUT="10")
    if reached.code and urlsplit(DEFAULT_INDEX).hostname in reached.errors:
        pytest.skip("the real index can't be reached from here")
    assert reached.code == 0, reached.errors
    return made


@pytest.mark.network
def test_real_packages_are_resolved_installed_imported_and_removed(capsa: Capsa) -> None:
    installed = capsa.done("install", "rich", "jinja2", "pyyaml")
    assert "+ markupsafe" in installed.output
    python = capsa.folder / ".venv/bin/python"
    code = "import rich, jinja2, yaml, markupsafe, six; print(jinja2.Template('{{ 6 * 7 }}').render())"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ))
    assert done.stdout == "42\n"
    assert "is met" in capsa.done("check").output
    assert capsa.done("install", "rich", "jinja2", "pyyaml").output.startswith("nothing to do")
    capsa.done("create", "--offline", "second")
    capsa.done("install", "--offline", "--env", "second", "rich")
    capsa.done("uninstall", "rich", "jinja2", "pyyaml", "markupsafe")
    assert "rich" not in capsa.done("list").output
