"""From nothing to a box that is filled, used, changed and emptied: capsa as a process, against a loopback index."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.testing.wheel import make_wheel
from support.lamp import make_lamps
from support.loopback import LoopbackIndex, serve
from support.run import Capsa

KILLED = Path(__file__).parent.parent / "support" / "killed.py"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_lamps(folder, requires=("wick>=1",), data={"data/share/lamp/manual.txt": "turn it on\n"})
    make_wheel(str(folder), "wick", "1.5", files={"wick.py": "length = 3\n"})
    make_wheel(str(folder), "shade", "1.0", files={"shade.py": ""}, requires=["lamp>=2"])
    with serve(LoopbackIndex(folder)) as served:
        yield served


@pytest.fixture
def capsa(tmp_path: Path, index: LoopbackIndex) -> Capsa:
    return Capsa(tmp_path, index=index.url)


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of a box but capsa's own notes and bytecode."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".capsa" not in path.parts and path.suffix != ".pyc"
    }


def imported(root: Path, expression: str) -> str:
    code = f"import lamp, wick; print({expression})"
    return subprocess.run([root / "bin/python", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_two_boxes_hold_conflicting_versions_on_shared_disk_space(capsa: Capsa) -> None:
    for name, demand in (("old", "lamp<2"), ("new", "lamp")):
        capsa.done("create", name)
        capsa.done("install", "--env", name, demand)
    old, new = capsa.folder / "old", capsa.folder / "new"
    assert imported(old, "lamp.version") == "1.0"
    assert imported(new, "lamp.version") == "2.0"
    site = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    shared = [(root / site / "wick.py").stat() for root in (old, new)]
    assert shared[0].st_ino == shared[1].st_ino
    assert shared[0].st_nlink == 3, "the store and two boxes"
    assert (new / "share/lamp/manual.txt").read_text() == "turn it on\n"


def test_a_second_install_says_in_one_line_that_nothing_was_to_do_and_asks_nobody(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    capsa.done("create")
    capsa.done("install", "lamp")
    index.requests.clear()
    again = capsa.done("install", "lamp")
    assert again.output == "nothing to do: .venv already holds the package\n"
    assert index.requests == []


def test_pip_inside_the_box_and_capsa_see_the_same_packages(capsa: Capsa, index: LoopbackIndex) -> None:
    capsa.done("create")
    other = capsa.folder / "other"
    capsa.done("create", str(other))
    capsa.done("install", "--env", str(other), "lamp")
    before = snapshot(other)
    python = capsa.folder / ".venv/bin/python"
    pip = [python, "-m", "pip", "--isolated", "--disable-pip-version-check"]
    source = ["--index-url", index.url, "--trusted-host", "127.0.0.1"]
    subprocess.run([*pip, "install", "-q", *source, "wick"], check=True, env=capsa.variables)
    listed = json.loads(capsa.done("list", "--json").output)["packages"]
    assert {"name": "wick", "version": "1.5", "editable": False, "edited": False} in listed
    capsa.done("uninstall", "wick")
    assert "wick" not in capsa.done("list").output
    capsa.done("install", "lamp")
    subprocess.run([*pip, "uninstall", "-q", "-y", "lamp", "wick"], check=True, env=capsa.variables)
    assert capsa.done("freeze").output == ""
    leftovers = [path for path in snapshot(capsa.folder / ".venv") if "lamp" in path or "wick" in path]
    assert leftovers == []
    assert snapshot(other) == before
    capsa.done("create", "third")
    capsa.done("install", "--offline", "--env", "third", "lamp")
    assert imported(capsa.folder / "third", "lamp.version") == "2.0"


def test_upgrade_downgrade_and_uninstall_leave_exactly_what_should_be_there(capsa: Capsa) -> None:
    capsa.done("create")
    empty = snapshot(capsa.folder / ".venv")
    capsa.done("install", "lamp==1.0")
    first = snapshot(capsa.folder / ".venv")
    assert "~ lamp 1.0 -> 2.0" in capsa.done("install", "-U", "lamp").output
    assert "~ lamp 2.0 -> 1.0" in capsa.done("install", "lamp<2").output
    again = snapshot(capsa.folder / ".venv")
    assert again == first
    assert capsa.done("uninstall", "lamp", "wick").output.startswith("- lamp 1.0\n- wick 1.5\n")
    assert snapshot(capsa.folder / ".venv") == empty


def test_a_file_that_no_package_owns_stays_and_is_named_and_a_neighbours_is_not(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    make_wheel(str(index.folder), "shade", "1.0", files={"lamp/shade.py": "green = 1\n"})
    capsa.done("create")
    capsa.done("install", "lamp", "shade")
    (package,) = (capsa.folder / ".venv").glob("lib/python*/site-packages/lamp")
    (package / "notes.txt").write_text("mine\n")
    finished = capsa.done("uninstall", "lamp")
    (line,) = [line for line in finished.errors.splitlines() if "no package owns" in line]
    assert "lamp/notes.txt" in line
    assert "shade" not in line
    assert sorted(path.name for path in package.iterdir()) == ["notes.txt", "shade.py"]


def test_an_edit_through_one_box_never_enters_a_later_one(capsa: Capsa) -> None:
    capsa.done("create", "first")
    capsa.done("install", "--env", "first", "lamp")
    (module,) = (capsa.folder / "first").glob("lib/python*/site-packages/lamp/bulb.py")
    if module.stat().st_nlink == 1:
        pytest.skip("boxes share no files here")
    module.chmod(0o644)
    module.write_text("light = 0  # edited in the first box\n")
    capsa.done("create", "second")
    told = capsa.done("install", "--env", "second", "lamp")
    assert "lamp-2.0-py3-none-any.whl in the store was changed (lamp/bulb.py)" in told.errors
    (fresh,) = (capsa.folder / "second").glob("lib/python*/site-packages/lamp/bulb.py")
    assert fresh.read_text() == "light = 1\n"
    assert module.read_text() == "light = 0  # edited in the first box\n"


def test_an_upgrade_asks_for_the_page_anew_and_an_install_within_ten_minutes_does_not(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    make_wheel(str(index.folder), "wick", "1.6", files={"wick.py": "length = 4\n"})
    capsa.done("create", "other")
    capsa.done("install", "--env", "other", "wick")
    assert capsa.done("freeze", "--env", "other").output == "wick==1.5\n"
    assert "~ wick 1.5 -> 1.6" in capsa.done("install", "-U", "wick").output
    assert "~ wick 1.5 -> 1.6" in capsa.done("install", "--env", "other", "wick>=1.6").output


def test_constraints_hold_for_what_is_installed_already(capsa: Capsa) -> None:
    capsa.done("create")
    capsa.done("install", "lamp")
    (capsa.folder / "limits.txt").write_text("lamp<2\n")
    assert "~ lamp 2.0 -> 1.0" in capsa.done("install", "lamp", "-c", "limits.txt").output


def test_a_wheel_given_by_path_is_looked_at_again_each_time(capsa: Capsa) -> None:
    capsa.done("create")
    capsa.done("install", make_wheel(str(capsa.folder), "local", "1.0", files={"local.py": "first = 1\n"}))
    again = make_wheel(str(capsa.folder), "local", "1.0", files={"local.py": "second = 1\n"})
    assert "~ local 1.0" in capsa.done("install", again).output
    (module,) = (capsa.folder / ".venv").glob("lib/python*/site-packages/local.py")
    assert module.read_text() == "second = 1\n"
    assert capsa.done("install", again).output.startswith("nothing to do")


def test_hashes_of_several_files_hold_also_on_the_second_run_and_a_wrong_one_is_noticed(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    (wheel,) = index.folder.glob("wick-*.whl")
    right, other = hashlib.sha256(wheel.read_bytes()).hexdigest(), "0" * 64
    (capsa.folder / "r.txt").write_text(f"wick==1.5 --hash=sha256:{other} --hash=sha256:{right}\n")
    (capsa.folder / "wrong.txt").write_text(f"wick==1.5 --hash=sha256:{other}\n")
    capsa.done("create")
    capsa.done("install", "-r", "r.txt")
    assert capsa.done("install", "-r", "r.txt").output.startswith("nothing to do")
    assert capsa.run("install", "-r", "wrong.txt").code == 1


def test_a_variable_in_a_requirements_file_is_read_anew_each_time(capsa: Capsa) -> None:
    (capsa.folder / "r.txt").write_text("lamp==${WANTED}\n")
    capsa.done("create")
    for version in ("1.0", "2.0", "1.0"):
        capsa.done("install", "-r", "r.txt", WANTED=version)
        assert f"lamp=={version}\n" in capsa.done("freeze").output


def test_what_is_installed_needs_no_network_to_stay(capsa: Capsa) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    shutil.rmtree(capsa.base / "cache/listing-v1")
    make_wheel(str(capsa.folder), "holder", "1.0", requires=["wick"])
    source = ["--find-links", ".", "--offline"]
    assert "+ holder 1.0" in capsa.done("install", *source, "holder").output


def test_the_fast_and_the_slow_path_mean_the_same_place(capsa: Capsa) -> None:
    capsa.done("create", "~/near home")
    assert (capsa.home / "near home/pyvenv.cfg").exists()
    refused = capsa.run("create", "~/near home")
    assert refused.code == 1
    assert "is a box already" in refused.errors


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_an_answer_that_can_not_be_written_is_a_sentence_and_the_deed_is_done_once(capsa: Capsa) -> None:
    capsa.done("create", "warm")
    for arguments in (["create", "box"], ["list", "--env", "box"]):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                capsa.command(*arguments),
                cwd=capsa.folder,
                env=capsa.variables,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert finished.returncode == 1
        assert finished.stderr == "error: the answer can't be written: No space left on device\n"
    assert (capsa.folder / "box/pyvenv.cfg").exists()


def test_a_wheel_under_another_name_is_refused_also_when_its_content_is_in_the_store(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    (wheel,) = index.folder.glob("wick-*.whl")
    shutil.copy(wheel, capsa.folder / "flame-1.0-py3-none-any.whl")
    finished = capsa.run("install", "./flame-1.0-py3-none-any.whl")
    assert finished.code == 1
    assert "is wick-1.5-py3-none-any.whl under another name" in finished.errors
    assert "flame" not in capsa.done("list").output


def test_a_box_whose_python_is_gone_is_renewed_by_the_hint(capsa: Capsa) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    for program in (capsa.folder / ".venv/bin").glob("python*"):
        program.unlink()
    refused = capsa.run("list")
    assert refused.code == 1
    assert (
        f"hint: renew it and keep the packages: `capsa create --allow-existing {capsa.folder}/.venv`" in refused.errors
    )
    capsa.done("create", "--allow-existing", str(capsa.folder / ".venv"))
    assert "wick==1.5\n" in capsa.done("freeze").output


@pytest.mark.parametrize("arguments", [["list"], ["create", "box"], ["--version"]])
def test_a_closed_output_is_no_failure(capsa: Capsa, arguments: list[str]) -> None:
    capsa.done("create")
    line = f"{shlex.join(capsa.command(*arguments))} >&-"
    done = subprocess.run(["sh", "-c", line], cwd=capsa.folder, env=capsa.variables, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_all_that_goes_by_a_name_leaves_together(capsa: Capsa) -> None:
    capsa.done("create")
    capsa.done("install", "wick")
    (info,) = (capsa.folder / ".venv").glob("lib/python*/site-packages/wick-1.5.dist-info")
    stale = info.with_name("wick-1.0.dist-info")
    stale.mkdir()
    (stale / "METADATA").write_text("Metadata-Version: 2.1\nName: wick\nVersion: 1.0\n")
    (stale / "RECORD").write_text("wick-1.0.dist-info/METADATA,,\nwick-1.0.dist-info/RECORD,,\n")
    finished = capsa.done("uninstall", "wick")
    assert "- wick 1.0\n- wick 1.5\n" in finished.output
    assert capsa.done("freeze").output == ""
    assert not stale.exists()


def test_a_dry_run_shows_the_plan_and_changes_nothing(capsa: Capsa) -> None:
    capsa.done("create")
    before = snapshot(capsa.folder / ".venv")
    planned = json.loads(capsa.done("install", "--dry-run", "--json", "lamp").output)["changes"]
    assert planned == [
        {"action": "install", "name": "lamp", "from": None, "to": "2.0"},
        {"action": "install", "name": "wick", "from": None, "to": "1.5"},
    ]
    assert snapshot(capsa.folder / ".venv") == before


def test_two_answers_of_503_and_a_cut_body_are_retried_and_told_under_verbose(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    capsa.done("create")
    index.faults = {"/simple/wick/": ["503", "503"], "/files/wick-1.5-py3-none-any.whl": ["cut"]}
    finished = capsa.done("install", "-v", "wick")
    told = [line for line in finished.errors.splitlines() if "503" in line]
    assert len(told) == 2
    assert imported_version(capsa, "wick") == "1.5"


def imported_version(capsa: Capsa, name: str) -> str:
    packages = json.loads(capsa.done("list", "--json").output)["packages"]
    return next(package["version"] for package in packages if package["name"] == name)


BAD = {
    "an unknown package": (["install", "candelabra"], 1, "candelabra"),
    "an unreadable requirement": (["install", "lamp=>1"], 1, "lamp=>1"),
    "no such Python": (["create", "-p", "3.99", "x"], 1, "3.99"),
    "an unknown option": (["install", "--fast", "lamp"], 2, "--fast"),
    "an unknown verb": (["instal", "lamp"], 2, "instal"),
    "the way of other tools": (["install", "--user", "lamp"], 2, "--user"),
    "a missing file": (["install", "-r", "nowhere.txt"], 1, "nowhere.txt"),
    "a folder that is no box": (["install", "--env", "..", "lamp"], 1, "is not a box"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_sentence_an_exit_code_and_changes_nothing(capsa: Capsa, case: str) -> None:
    arguments, code, named = BAD[case]
    capsa.done("create")
    before = snapshot(capsa.folder)
    finished = capsa.run(*arguments)
    assert finished.code == code
    assert finished.errors.startswith("error: ")
    assert named in finished.errors
    assert "Traceback" not in finished.errors
    assert finished.output == ""
    assert snapshot(capsa.folder) == before


def test_a_corrupt_wheel_is_refused_by_its_hash_and_the_box_is_as_before(capsa: Capsa, index: LoopbackIndex) -> None:
    capsa.done("create")
    before = snapshot(capsa.folder / ".venv")
    index.faults = {"/files/wick-1.5-py3-none-any.whl": ["wrong"] * 9}
    finished = capsa.run("install", "lamp")
    assert finished.code == 1
    assert "wick-1.5-py3-none-any.whl" in finished.errors
    assert snapshot(capsa.folder / ".venv") == before


def test_without_a_network_the_sentence_names_the_address_and_the_box_is_as_before(capsa: Capsa) -> None:
    capsa.done("create")
    before = snapshot(capsa.folder / ".venv")
    finished = capsa.run("install", "lamp", CAPSA_INDEX_URL="http://127.0.0.1:9/simple/", CAPSA_RETRIES="0")
    assert finished.code == 1
    assert "127.0.0.1:9" in finished.errors
    assert snapshot(capsa.folder / ".venv") == before


def test_without_a_network_a_box_is_made_without_pip_and_a_hint_says_so(capsa: Capsa, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    script = bare / "bin" / "python3"
    script.parent.mkdir(parents=True)
    if not shutil.which("/usr/bin/python3"):
        pytest.skip("no Python without its own pip: /usr/bin/python3 is missing")
    probe = "import ensurepip, os; print(os.path.isdir(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')))"
    told = subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True, text=True, check=False)
    if told.stdout.strip() == "True" or list(Path("/usr/share/python-wheels").glob("pip-*.whl")):
        pytest.skip("the system's Python brings its own pip")
    finished = capsa.done("create", "--offline", "-p", "/usr/bin/python3", "x")
    assert "without pip" in finished.output
    assert (capsa.folder / "x/bin/python").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_leaves_the_box_as_it_was(capsa: Capsa, index: LoopbackIndex, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a tmpfs can't be mounted here")
    try:
        make_wheel(str(index.folder), "stone", "1.0", files={f"stone/{n}.bin": os.urandom(1 << 20) for n in range(60)})
        root = disk / "box"
        capsa.done("create", str(root))
        capsa.done("install", "--env", str(root), "lamp")
        before = snapshot(root)
        finished = capsa.run("install", "--env", str(root), "stone")
        assert finished.code == 1
        assert "no space is left" in finished.errors
        assert snapshot(root) == before
        assert "lamp" in capsa.done("list", "--env", str(root)).output
        pip = subprocess.run([root / "bin/python", "-m", "pip", "check"], capture_output=True, text=True, check=False)
        assert pip.returncode == 0, pip.stdout
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_read_only_box_is_refused_with_a_sentence(capsa: Capsa, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "--bind", disk, disk], capture_output=True, check=False).returncode
    ):
        pytest.skip("a read-only mount needs root")
    try:
        root = disk / "box"
        capsa.done("create", str(root))
        subprocess.run(["mount", "-o", "remount,ro,bind", disk], check=True)
        finished = capsa.run("install", "--env", str(root), "lamp")
        assert finished.code == 1
        assert "read-only" in finished.errors
        assert "pip" in capsa.done("list", "--env", str(root)).output
        refused = capsa.run("create", str(disk / "another"))
        assert refused.code == 1
        assert "read-only" in refused.errors
    finally:
        subprocess.run(["umount", disk], check=True)


CONFLICT = """\
error: `lantern==1.0` (a.txt line 2) and `heater>=3` (in/heat.txt line 3) can't be met together.
Because in/heat.txt line 3 demands heater>=3, and heater 3.1, the only version, demands oil>=2,<4, oil>=2,<4 is needed.
And because a.txt line 2 demands lantern==1.0, and lantern 1.0, the only version, demands oil<2, no version of oil fits.
"""


def test_a_conflict_of_three_packages_is_told_whole_with_the_file_and_line_of_each_demand(
    capsa: Capsa, index: LoopbackIndex
) -> None:
    folder = str(index.folder)
    make_wheel(folder, "lantern", "1.0", requires=["oil<2"])
    make_wheel(folder, "heater", "3.1", requires=["oil>=2,<4"])
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(folder, "oil", version)
    (capsa.folder / "a.txt").write_text("# the application\nlantern==1.0\n-r in/heat.txt\n")
    (capsa.folder / "in").mkdir()
    (capsa.folder / "in/heat.txt").write_text("\n\nheater>=3\n")
    (capsa.folder / "limits.txt").write_text("oil!=3.0\n")
    capsa.done("create")
    before = snapshot(capsa.folder)
    finished = capsa.run("install", "-r", "a.txt", "-c", "limits.txt")
    assert finished.code == 1
    assert finished.output == ""
    assert finished.errors == CONFLICT
    assert snapshot(capsa.folder) == before


@pytest.mark.parametrize("step", ["stage", "journal:staged", "journal:swapping", "move:0", "move:2", "seal", "sweep"])
def test_a_kill_at_each_state_of_the_journal_is_recovered_by_the_next_list(capsa: Capsa, step: str) -> None:
    capsa.done("create")
    capsa.done("install", "lamp==1.0")
    root = capsa.folder / ".venv"
    old = snapshot(root)
    killed = subprocess.run(
        [sys.executable, str(KILLED), step, str(root), "lamp==2.0"],
        env=capsa.variables,
        cwd=capsa.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    listed = capsa.done("list")
    version = imported_version(capsa, "lamp")
    assert version == ("2.0" if step == "sweep" else "1.0")
    assert imported(root, "lamp.version") == version
    if version == "1.0":
        assert snapshot(root) == old
    names = {path.name for path in (root / ".capsa").iterdir()}
    assert not names & {"journal", "new", "old"}, listed.errors


def test_a_change_that_breaks_what_another_package_asks_for_says_so(capsa: Capsa) -> None:
    capsa.done("create")
    assert capsa.done("install", "shade").errors == ""
    lowered = capsa.done("install", "lamp<2")
    assert lowered.errors == "warning: shade 1.0 asks for `lamp>=2`, and the box has 1.0 now\n"
    assert capsa.done("install", "wick", "--reinstall").errors == "", "what was broken before is no news"
    mended = capsa.done("install", "lamp>=2")
    assert mended.errors == ""
    removed = capsa.done("uninstall", "lamp")
    assert removed.errors == "warning: shade 1.0 asks for `lamp>=2`, which is not in the box any more\n"
    assert capsa.done("uninstall", "wick", "shade").errors == ""
