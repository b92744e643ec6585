"""Trust as a user gives and takes it, by processes of their own; several who trust at once."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess

import pytest

from support.run import Capsa


@pytest.fixture
def capsa(tmp_path):
    made = Capsa(tmp_path)
    made.variables["CAPSA_DATA_DIR"] = str(tmp_path / "data")
    return made


def listed(capsa):
    path = capsa.base / "data/trust-v1/list"
    return path.read_text().splitlines() if path.exists() else []


def identity(box):
    return (box / ".capsa/id").read_text().strip()


def test_a_project_is_trusted_by_its_real_path_from_anywhere_inside_and_untrusted_again(capsa, tmp_path):
    capsa.done("create", "--no-pip")
    project = os.path.realpath(capsa.folder)
    (capsa.folder / "src").mkdir()
    (tmp_path / "link").symlink_to(capsa.folder)
    told = capsa.run("trust", folder=tmp_path / "link/src")
    assert told.output == f"{project} is trusted now: `cd` steps into its box, whose programs come first on PATH\n"
    line = f"{identity(capsa.folder / '.venv')}\t{project}\twork"
    assert listed(capsa) == [line]
    assert stat.S_IMODE((tmp_path / "data/trust-v1").stat().st_mode) == 0o700
    rows = json.loads(capsa.done("trust", "--list", "--json").output)["projects"]
    assert [(row["folder"], row["state"]) for row in rows] == [(project, "trusted")]
    assert capsa.run("untrust", folder=capsa.folder / "src").output == f"{project} is not trusted any more\n"
    assert listed(capsa) == []


def test_create_in_a_trusted_project_renews_its_entry_by_the_fast_way_and_the_slow_one(capsa):
    box = capsa.folder / ".venv"
    capsa.done("create", "--no-pip")
    capsa.done("trust")
    before = identity(box)
    capsa.done("create", "--no-pip", "--clear", "--prompt", "slow")
    assert listed(capsa)[0].split("\t")[::2] == [identity(box), "slow"]
    shutil.rmtree(box)
    capsa.done("create", "--no-pip", "--prompt", "fast")
    assert listed(capsa)[0].split("\t")[::2] == [identity(box), "fast"]
    assert identity(box) != before


def test_those_who_trust_at_the_same_time_are_all_in_the_list(capsa):
    folders = [capsa.folder / name for name in ("a", "b", "c")]
    for folder in folders:
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nprompt = other tool\n")
    running = [subprocess.Popen(capsa.command("trust", "-q"), cwd=each, env=capsa.variables) for each in folders]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    # A box of another tool has no id: it gets one.
    assert listed(capsa) == [f"{identity(each / '.venv')}\t{os.path.realpath(each)}\tother tool" for each in folders]


def test_the_hook_holds_this_capsa_and_this_list(capsa):
    text = capsa.done("hook", "bash").output
    assert f"{capsa.base}/data/trust-v1/list" in text
    assert capsa.done("hook", "bash", CAPSA_CONFIG_FILE=os.devnull).output == text
