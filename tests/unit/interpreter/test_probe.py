import json
import os
import shutil
import struct
import subprocess
import sys
import sysconfig

import pytest
from packaging.markers import default_environment
from packaging.tags import sys_tags

from capsa.errors import InterpreterError
from capsa.interpreter import probe as room
from capsa.interpreter.probe import Probe, probe
from capsa.model.target import target_of

BASE = os.path.realpath(sys.executable)
VARIABLES = {"PATH": "/usr/bin:/bin"}


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    return probe(sys.executable, variables=VARIABLES, folder=str(tmp_path_factory.mktemp("here")))


@pytest.fixture
def box(tmp_path):
    root = tmp_path / "a box"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    return root


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def ask(path, tmp_path, **more):
    return probe(str(path), variables=VARIABLES, folder=str(tmp_path), **more)


def inside():
    """The functions of the script that runs inside a Python."""
    space = {"__name__": "inside"}
    exec(compile(room._inside(), "inside.txt", "exec"), space)
    return space


def test_tells_what_this_python_tells(mine):
    variables = sysconfig.get_config_vars()
    assert mine.executable == sys.executable
    assert mine.prefix == sys.prefix
    assert mine.base_prefix == sys.base_prefix
    assert os.path.realpath(mine.base_executable) == BASE
    assert mine.version_info == list(sys.version_info[:3])
    assert mine.cache_tag == sys.implementation.cache_tag
    assert mine.soabi == (variables.get("SOABI") or "")
    assert mine.bits == struct.calcsize("P") * 8
    assert mine.platform_tag == sysconfig.get_platform()
    assert mine.stdlib == sysconfig.get_path("stdlib")
    assert mine.lib_name == os.path.basename(os.path.dirname(sysconfig.get_path("purelib", "venv")))


def test_markers_are_those_of_packaging(mine):
    assert mine.markers == default_environment()


def test_the_tags_that_follow_are_those_of_packaging(mine):
    assert list(target_of(mine).tags) == list(sys_tags())


def test_a_box_tells_its_own_prefix_and_its_base(box, tmp_path):
    (box / "lib64").unlink()
    facts = ask(box / "bin" / "python3", tmp_path)
    assert facts.is_environment
    assert (facts.executable, facts.prefix) == (str(box / "bin" / "python3"), str(box))
    assert os.path.realpath(facts.base_executable) == BASE


def test_a_box_of_copies_leads_to_its_base(box, tmp_path):
    copy = box / "bin" / "python"
    copy.unlink()
    shutil.copy(BASE, copy)
    facts = ask(copy, tmp_path)
    assert facts.is_environment
    assert os.path.realpath(facts.base_executable) == BASE


def test_nothing_of_the_user_runs_in_it(box, tmp_path):
    site = next((box / "lib").glob("python*")) / "site-packages"
    (site / "sitecustomize.py").write_text("print('noise'); import os; os._exit(7)")
    (site / "evil.pth").write_text("import os; os._exit(8)\n")
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    assert probe(
        str(box / "bin" / "python"), variables={"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/x"}, folder=str(tmp_path)
    ).is_environment


def test_noise_around_the_answer_is_no_harm(tmp_path):
    noisy = script(tmp_path / "python3", f'echo "{{}} <<<capsa noise"\n"{BASE}" "$@"\necho bye')
    assert ask(noisy, tmp_path).version_info == list(sys.version_info[:3])


def test_a_wrapper_stands_for_the_python_it_starts(tmp_path):
    wrapper = script(tmp_path / "python3", f'exec "{BASE}" "$@"')
    cache = tmp_path / "cache"
    asker = Probe(cache_root=str(cache), variables=VARIABLES, folder=str(tmp_path))
    assert asker.ask(wrapper).executable == BASE
    # What a wrapper starts may be another Python next time: only the Python itself is remembered.
    script(tmp_path / "python3", "exit 1")
    with pytest.raises(InterpreterError):
        asker.ask(wrapper)


def test_is_asked_once(tmp_path, monkeypatch):
    asker = Probe(cache_root=str(tmp_path / "cache"), variables=VARIABLES, folder=str(tmp_path))
    first = asker.ask(sys.executable)
    monkeypatch.setattr(room, "run", None)
    assert asker.ask(sys.executable).facts() == first.facts()


def test_a_store_that_can_not_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "cache").write_text("a file")
    asker = Probe(cache_root=str(tmp_path / "cache"), variables=VARIABLES, folder=str(tmp_path))
    assert asker.ask(sys.executable).executable == sys.executable


def test_keeps_nothing_without_a_store(tmp_path):
    assert Probe(cache_root=None, variables=VARIABLES, folder=str(tmp_path)).ask(sys.executable).version
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("echo hello", r"does not answer as a Python \(exit code 0\)$"),
        ("echo broken >&2; exit 3", r"does not answer as a Python \(exit code 3\): broken$"),
        ("echo '<<<capsa {nonsense capsa>>>'", "does not answer as a Python"),
        ("echo '<<<capsa [1] capsa>>>'", "does not answer as a Python"),
        ("echo '<<<capsa {} capsa>>>'", "does not tell its executable"),
        ("echo 'Unknown option: -I' >&2; exit 2", "is Python 2 or 3.3, and boxes need Python 3.8 or newer"),
    ],
)
def test_what_is_no_python_is_refused_by_name(tmp_path, text, reason):
    fake = script(tmp_path / "python3", text)
    with pytest.raises(InterpreterError, match=reason) as caught:
        ask(fake, tmp_path)
    assert str(caught.value).startswith(fake)


def test_an_old_python_is_told_from_a_broken_one(tmp_path):
    answer = json.dumps({"version": "3.7.16", "version_info": [3, 7, 16]})
    with pytest.raises(InterpreterError, match=r"is Python 3\.7\.16, and boxes need Python 3\.8 or newer"):
        ask(script(tmp_path / "python3", f"echo '<<<capsa {answer} capsa>>>'"), tmp_path)


def test_one_that_hangs_is_not_waited_for(tmp_path):
    with pytest.raises(InterpreterError, match=r"gave no answer within 0\.3 seconds"):
        ask(script(tmp_path / "python3", "sleep 60"), tmp_path, timeout=0.3)


def test_the_script_stays_readable_for_old_pythons():
    text = room._inside()
    assert text.isascii()
    assert len(text) < 30000, "it travels as one word of a command line"
    assert not any(word in text for word in ('f"', "f'", ":=", "nonlocal")), "3.4 reads it"


def elf(loader, *, is_wide=True):
    name = loader.encode() + b"\0"
    if is_wide:
        head = struct.pack("<16sHHIQQQIHHH", b"\x7fELF\x02\x01\x01", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1)
        entry = struct.pack("<IIQQQQQQ", 3, 4, 64 + 56, 0, 0, len(name), len(name), 1)
    else:
        head = struct.pack("<16sHHIIIIIHHH", b"\x7fELF\x01\x01\x01", 3, 3, 1, 0, 52, 0, 0, 52, 32, 1)
        entry = struct.pack("<IIIIIIII", 3, 52 + 32, 0, 0, len(name), len(name), 4, 1)
    return head.ljust(64 if is_wide else 52, b"\0") + entry + name


@pytest.mark.parametrize("is_wide", [True, False])
def test_musl_is_known_by_the_loader_and_told_by_it(tmp_path, monkeypatch, is_wide):
    loader = script(tmp_path / "ld-musl-x86_64.so.1", "printf 'musl libc (x86_64)\\nVersion 1.2.4\\n' >&2; exit 1")
    (tmp_path / "python").write_bytes(elf(loader, is_wide=is_wide))
    functions = inside()
    monkeypatch.setattr(os, "confstr", lambda _: (_ for _ in ()).throw(ValueError("unrecognized name")))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert functions["libc"]() == ["musl", 1, 2]


def test_the_loader_of_this_python_is_found():
    if sys.platform != "linux":
        pytest.skip("ELF")
    assert "ld" in os.path.basename(inside()["elf_interpreter"](BASE))


def test_ensurepip_is_followed_to_where_distributions_keep_its_wheel(tmp_path):
    find = inside()["ensurepip_wheel"]
    assert find(str(tmp_path)) == ""
    own = tmp_path / "ensurepip"
    (own / "_bundled").mkdir(parents=True)
    (own / "__init__.py").touch()
    for release in ("9.0.1", "23.0.1", "22.3"):
        (own / "_bundled" / f"pip-{release}-py3-none-any.whl").touch()
    assert find(str(tmp_path)) == str(own / "_bundled" / "pip-23.0.1-py3-none-any.whl")
