import csv
import os

import pytest

from capsa.disk.link import Linker
from capsa.environment.create import Wish, create
from capsa.environment.pip import Seed, SeedDamagedError
from capsa.model.receipt import Receipt, ReceiptEntry, format_receipt, parse_receipt
from support.box import SITE, interpreter, unpack

INFO = f"{SITE}/pip-1.0.dist-info"


@pytest.fixture
def seed(tmp_path):
    files = {
        "pip/__init__.py": b"",
        "pip/__main__.py": b"print('pip')\n",
        "pip/_vendor/deep/er/x.py": b"x = 1\n",
        "pip-1.0.dist-info/entry_points.txt": b"",
    }
    console = {"pip": "pip._internal.cli.main:main", "pip3": "pip._internal.cli.main:main"}
    manifest, tree = unpack(tmp_path / "store", files, name="pip", console=console)
    for path, _, mtime_ns, _, _ in manifest.files:
        os.utime(os.path.join(tree, path), ns=(mtime_ns, mtime_ns))
    return manifest, tree


def make(tmp_path, seed, **more):
    facts = more.pop("facts", {})
    root = tmp_path / more.pop("name", "box")
    wish = Wish(root=str(root), interpreter=interpreter(**facts), **more)
    create(wish, Linker("hardlink"), Seed(*seed).put if seed else None)
    return root


def test_files_are_shared_with_the_store(tmp_path, seed):
    box = make(tmp_path, seed)
    for path in ("pip/__main__.py", "pip/_vendor/deep/er/x.py", "pip-1.0.dist-info/METADATA"):
        assert os.path.samefile(box / SITE / path, os.path.join(seed[1], path))
    assert (box / INFO / "INSTALLER").read_text() == "capsa\n"


def test_launchers_start_the_python_of_the_box(tmp_path, seed):
    box = make(tmp_path, seed)
    for name in ("pip", "pip3", "pip3.11"):
        text = (box / "bin" / name).read_text()
        assert text.startswith(f"#!{box}/bin/python\n")
        assert "from pip._internal.cli.main import main" in text
        assert os.access(box / "bin" / name, os.X_OK)


def test_record_lists_every_file_that_is_there(tmp_path, seed):
    box = make(tmp_path, seed)
    rows = list(csv.reader((box / INFO / "RECORD").read_text().splitlines()))
    listed = {os.path.normpath(box / SITE / row[0]) for row in rows}
    there = {str(path) for path in (box / SITE).rglob("*") if path.is_file()}
    assert listed == there | {f"{box}/bin/{name}" for name in ("pip", "pip3", "pip3.11")}
    assert len(rows) == len(listed)
    launchers = {row[0]: row[1:] for row in rows if row[0].startswith("../../../bin/")}
    size = str((box / "bin" / "pip3").stat().st_size)
    assert launchers["../../../bin/pip3"] == ["", size]


def test_the_store_keeps_its_own_record(tmp_path, seed):
    record = tmp_path / "store" / "tree" / "pip-1.0.dist-info" / "RECORD"
    before = record.read_bytes()
    make(tmp_path, seed)
    assert record.read_bytes() == before


def test_the_receipt_is_one_that_capsa_reads(tmp_path, seed):
    box = make(tmp_path, seed)
    text = (box / ".capsa" / "receipt").read_text()
    manifest = seed[0]
    entry = ReceiptEntry(
        name="pip", version="1.0", filename=manifest.filename, sha256=manifest.sha256, url="", info=INFO
    )
    assert parse_receipt(text, "receipt").entries == (entry,)
    assert text == format_receipt(Receipt(entries=(entry,)))


@pytest.mark.parametrize("damage", ["edit", "touch", "remove"])
def test_a_damaged_store_reaches_no_box(tmp_path, seed, damage):
    manifest, tree = seed
    victim = os.path.join(tree, "pip", "__main__.py")
    os.chmod(victim, 0o644)
    if damage == "edit":
        with open(victim, "a") as file:
            file.write("evil")
        os.utime(victim, ns=(0, 0))
    elif damage == "touch":
        os.utime(victim, ns=(7, 7))
    else:
        os.unlink(victim)
    with pytest.raises(SeedDamagedError, match=r"pip 1\.0 in the store is damaged: .*__main__\.py") as caught:
        make(tmp_path, seed)
    assert caught.value.sha256 == manifest.sha256
    assert os.listdir(tmp_path) == ["store"]


def test_a_pip_that_is_there_is_left_alone(tmp_path, seed):
    box = make(tmp_path, seed)
    (box / SITE / "pip" / "mine.py").write_text("x")
    make(tmp_path, seed, is_allowed_existing=True)
    assert (box / SITE / "pip" / "mine.py").exists()


def test_a_box_without_one_gets_it(tmp_path, seed):
    box = make(tmp_path, None)
    make(tmp_path, seed, is_allowed_existing=True)
    assert (box / "bin" / "pip").exists()


def test_launchers_on_windows(tmp_path, seed):
    scripts = tmp_path / "store" / "stdlib" / "venv" / "scripts" / "nt"
    scripts.mkdir(parents=True)
    for name in ("python.exe", "pythonw.exe"):
        (scripts / name).write_text(name)
    box = make(tmp_path, seed, facts={"platform": "win32", "stdlib": str(tmp_path / "store" / "stdlib")})
    names = ["pip", "pip3", "pip3.11"]
    assert sorted(os.listdir(box / "Scripts")) == sorted(
        [*(f"{name}.cmd" for name in names), *(f"{name}-script.py" for name in names), "python.exe", "pythonw.exe"]
    )
    record = (box / "Lib/site-packages/pip-1.0.dist-info/RECORD").read_text()
    assert "../../Scripts/pip3.cmd,," in record


def test_an_archive_that_is_not_pip_is_refused(tmp_path):
    other = unpack(tmp_path / "store", {"x.py": b""}, name="other")
    for path, *_ in other[0].files:
        os.utime(os.path.join(other[1], path), ns=(0, 0))
    with pytest.raises(SeedDamagedError, match="has no entry point `pip`"):
        make(tmp_path, other)
