"""Files that two packages list, by their RECORDs as they are written."""

from capsa.environment.neighbour import listed_by
from capsa.environment.site import scan
from support.box import SITE, box
from support.landing import put_by


def test_files_that_another_package_lists_are_told_with_its_name(tmp_path):
    environment = box(tmp_path / "box")
    put_by("capsa", environment, tmp_path, {"sample/__init__.py": b"", "sample/a,b.py": b""})
    record = tmp_path / "box" / SITE / "sample-1.0.dist-info/RECORD"
    text = record.read_text()
    record.unlink()
    record.write_text(f"{text}../../../bin/sample,,\n")
    paths = [f"{SITE}/sample/__init__.py", f"{SITE}/sample/a,b.py", "bin/sample", f"{SITE}/other.py", "bin/other"]

    found = listed_by(environment, scan(environment).installed, paths)

    assert found == {f"{SITE}/sample/__init__.py": "sample", f"{SITE}/sample/a,b.py": "sample", "bin/sample": "sample"}


def test_a_list_that_is_gone_or_no_text_lists_nothing(tmp_path):
    environment = box(tmp_path / "box")
    put_by("capsa", environment, tmp_path, {"sample/__init__.py": b""})
    installed = scan(environment).installed
    record = tmp_path / "box" / SITE / "sample-1.0.dist-info/RECORD"
    record.unlink()
    assert listed_by(environment, installed, [f"{SITE}/sample/__init__.py"]) == {}
    record.write_bytes(b"\xff\xfe")
    assert listed_by(environment, installed, [f"{SITE}/sample/__init__.py"]) == {}
