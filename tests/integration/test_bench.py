"""`dev.py bench` on a tiny scale: a mirror of made wheels, its server, and scripts in the place of tools."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from workshop.bench.machine import clean_variables
from workshop.bench.mirror import publish, read_sets
from workshop.bench.page import KIND
from workshop.bench.round import Stage, play
from workshop.bench.scene import Contender, Ground, Parcel, Proof, Scene, Step
from workshop.bench.serving import find_nginx, serve
from workshop.step import ROOT

from capsa.testing.wheel import make_wheel

# An installer of one package: asks the index, fetches the wheel, unpacks it into a box that it makes itself.
INSTALLER = """
import json, os, sys, urllib.parse, urllib.request, zipfile
if "PYTHONDONTWRITEBYTECODE" in os.environ:
    sys.exit("bytecode is not written")
index, box, names = os.environ["UV_DEFAULT_INDEX"], sys.argv[1], sys.argv[2:]
site = f"{box}/lib/python3.11/site-packages"
os.makedirs(f"{box}/bin")
os.makedirs(site)
open(f"{box}/pyvenv.cfg", "w").close()
with open(f"{box}/bin/python", "w") as stream:
    stream.write("#!/bin/sh\\nPYTHONPATH=%s exec %s -S \\"$@\\"\\n" % (site, sys.executable))
os.chmod(f"{box}/bin/python", 0o755)
for name in names:
    page = index + name + "/"
    row = json.load(urllib.request.urlopen(page))["files"][-1]
    path, _ = urllib.request.urlretrieve(urllib.parse.urljoin(page, row["url"]))
    zipfile.ZipFile(path).extractall(site)
os.makedirs(os.environ.get("UV_CACHE_DIR") or os.environ["CAPSA_CACHE_DIR"], exist_ok=True)
"""


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mirror")
    make_wheel(f"{folder}/wheels/tiny", "alpha", "1.0", requires_python=">=3.8")
    make_wheel(f"{folder}/wheels/tiny", "be_ta", "2.0")
    make_wheel(f"{folder}/wheels/seed", "alpha", "1.0", requires_python=">=3.8")
    publish(str(folder))
    return str(folder)


@pytest.fixture(scope="module", params=["our own", "nginx"])
def each_server(request, mirror, tmp_path_factory):
    nginx = "" if request.param == "our own" else find_nginx(is_fetched=False)
    if request.param == "nginx" and not nginx:
        pytest.skip("there is no nginx here")
    with serve(f"{mirror}/www", str(tmp_path_factory.mktemp("server")), nginx) as address:
        yield address


@pytest.fixture(scope="module")
def address(mirror):
    with serve(f"{mirror}/www", "", "") as address:
        yield address


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.headers, answer.read()


def test_the_mirror_knows_its_sets(mirror):
    assert read_sets(mirror) == {"tiny": {"alpha": "1.0", "be-ta": "2.0"}, "seed": {"alpha": "1.0"}}


def test_pages_files_and_metadata_are_served_with_their_types_and_a_lifetime(each_server):
    headers, page = get(f"{each_server}/lean/be-ta/")
    assert headers["Content-Type"] == KIND
    assert headers["Cache-Control"].startswith("max-age=")
    [row] = json.loads(page)["files"]
    headers, wheel = get(f"{each_server}/lean/be-ta/{row['url']}")
    assert headers["Content-Type"] == "application/octet-stream"
    assert len(wheel) == row["size"]
    assert b"Name: be_ta" in get(f"{each_server}/lean/be-ta/{row['url']}.metadata")[1]
    assert len(get(f"{each_server}/simple/be-ta/")[1]) > 100 * len(page)


def test_what_is_not_there_is_404_without_a_lifetime(each_server):
    for path in ("/simple/gamma/", "/files/gamma-1-py3-none-any.whl"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(each_server + path)
        assert caught.value.code == 404
        assert caught.value.headers["Cache-Control"] is None
        caught.value.close()


@pytest.mark.parametrize("kind", ["our own", "nginx"])
def test_a_server_ends_with_who_started_it_however_that_happens(mirror, tmp_path, kind):
    nginx = "" if kind == "our own" else find_nginx(is_fetched=False)
    if kind == "nginx" and not nginx:
        pytest.skip("there is no nginx here")
    code = "import sys; from workshop.bench.serving import serve\n"
    code += "with serve(*sys.argv[1:]) as address: print(address, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, f"{mirror}/www", str(tmp_path), nginx]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        address = starter.stdout.readline().strip()
        get(f"{address}/lean/alpha/")
        starter.kill()
    until = time.monotonic() + 20
    while is_up(address) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_up(address)


def is_up(address):
    with socket.socket() as dialled:
        return dialled.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0


def contender(name, script, *, tool="uv"):
    step = Step(words=("{python}", script, "{box}", "{requirements}"), part="install")
    leave = Step(words=("{python}", "-c", "pass"))
    return Contender(name=name, tool=tool, timed=(step, leave), proof=Proof(has_box=True, has_packages=True))


@pytest.fixture
def stage(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple/")
    monkeypatch.setattr("workshop.bench.round.settle", lambda: None)  # nothing is measured here
    scripts = {"good": INSTALLER, "forgetful": INSTALLER.replace("sys.argv[2:]", "sys.argv[3:]"), "bad": "bad bad"}
    for name, text in scripts.items():
        (tmp_path / f"{name}.py").write_text(text)
    players = [
        contender("uv", str(tmp_path / "good.py")),
        contender("capsa", str(tmp_path / "good.py"), tool="capsa"),
        contender("forgetful", str(tmp_path / "forgetful.py")),
        contender("bad", str(tmp_path / "bad.py")),
    ]
    root = tmp_path / "runs"
    root.mkdir()
    parcel = Parcel(
        name="tiny", requirements=("alpha", "be-ta"), packages=read_sets(mirror)["tiny"], imports=("be_ta",)
    )

    def make(address, rounds=2, **changes):
        scene = Scene(
            name="install", title="t", contenders=tuple(players), rounds=(2, 2), apart=("install",), **changes
        )
        ground = Ground(
            root=str(root),
            places={"python": sys.executable},
            variables=clean_variables(f"{address}/lean/", sys.executable),
        )
        return Stage(scene=scene, parcel=parcel, ground=ground, rounds=rounds)

    return make


def test_two_tools_are_measured_two_that_fail_are_told_and_nothing_is_left(address, stage):
    told = []
    outcomes = play(stage(address), told.append)
    found = {outcome.contender: outcome for outcome in outcomes if outcome.scene == "install"}
    assert [len(found[name].walls) for name in ("uv", "capsa", "forgetful", "bad")] == [2, 2, 0, 0]
    assert "be-ta 2.0 is not there" in found["forgetful"].failure or "alpha 1.0 is" in found["forgetful"].failure
    assert "exit status 1" in found["bad"].failure
    assert "SyntaxError" in found["bad"].failure
    apart = {outcome.contender: outcome.walls for outcome in outcomes if outcome.scene == "install/install"}
    assert set(apart) == {"uv", "capsa"}
    assert all(0 < part < whole for part, whole in zip(apart["uv"], found["uv"].walls, strict=True))
    assert told == [f"install tiny: round {number} of 2" for number in (0, 1, 2)]
    assert sorted(os.listdir(stage(address).ground.root)) == ["caches"]
    assert sorted(os.listdir(os.path.join(stage(address).ground.root, "caches"))) == ["capsa", "uv"]


def test_a_cold_scene_has_no_round_before_and_leaves_no_cache(address, stage):
    told = []
    outcomes = play(stage(address, rounds=1, is_cold=True), told.append)
    assert [len(outcome.walls) for outcome in outcomes[:2]] == [1, 1]
    assert told == ["install tiny: round 1 of 1"]
    assert os.listdir(stage(address).ground.root) == []


def test_an_interruption_leaves_nothing(address, stage):
    def interrupt(_text):
        if os.listdir(stage(address).ground.root):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(stage(address), interrupt)
    assert os.listdir(stage(address).ground.root) == ["caches"]
