import stat
import zipfile

from packaging.utils import parse_wheel_filename

from capsa.model.metadata import parse_metadata
from capsa.testing.wheel import make_wheel


def test_the_same_wheel_has_the_same_bytes(tmp_path):
    parts = {"files": {"b.py": "", "a.py": b"x"}, "entry_points": {"console_scripts": {"a": "a:b"}}}
    paths = [make_wheel(str(tmp_path / folder), "A.Project", "1.0", **parts) for folder in ("one", "two")]
    with open(paths[0], "rb") as first, open(paths[1], "rb") as second:
        assert first.read() == second.read()


def test_its_names_and_metadata_are_those_asked_for(tmp_path):
    path = make_wheel(
        str(tmp_path),
        "A.Project",
        "1.0rc1",
        requires=["six>=1; extra == 'fast'", "seven"],
        extras=["fast"],
        requires_python=">=3.9",
        tags="py2.py3-none-any",
        build="3local",
        metadata_extra="Summary: small",
    )
    name = path.rpartition("/")[2]
    assert name == "a_project-1.0rc1-3local-py2.py3-none-any.whl"
    assert parse_wheel_filename(name)[0] == "a-project"
    with zipfile.ZipFile(path) as archive:
        metadata = parse_metadata(archive.read("a_project-1.0rc1.dist-info/METADATA"), "METADATA")
        lines = archive.read("a_project-1.0rc1.dist-info/WHEEL").decode().splitlines()
        assert archive.read("a_project.py") == b'__version__ = "1.0rc1"\n'
    assert (metadata.name, metadata.version, metadata.extras) == ("A.Project", "1.0rc1", ("fast",))
    assert metadata.requires == ("six>=1; extra == 'fast'", "seven")
    assert (metadata.requires_python, metadata.details["summary"]) == (">=3.9", "small")
    assert {"Tag: py2-none-any", "Tag: py3-none-any", "Build: 3local", "Root-Is-Purelib: true"} <= set(lines)


def test_programs_can_be_run(tmp_path):
    path = make_wheel(
        str(tmp_path), "a", "1", files={"a.sh": "", "b.py": ""}, executables=["a.sh"], data={"scripts/x": ""}
    )
    with zipfile.ZipFile(path) as archive:
        modes = {member.filename: stat.S_IMODE(member.external_attr >> 16) for member in archive.infolist()}
    assert (modes["a.sh"], modes["a-1.data/scripts/x"], modes["b.py"]) == (0o755, 0o755, 0o644)


def test_a_wheel_may_lie_about_its_members(tmp_path):
    def tamper(members):
        members["a.py"] = b"altered"
        del members["a-1.dist-info/WHEEL"]

    path = make_wheel(str(tmp_path), "a", "1", tamper=tamper)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("a.py") == b"altered"
        assert "a-1.dist-info/WHEEL," in archive.read("a-1.dist-info/RECORD").decode()
        assert "a-1.dist-info/WHEEL" not in archive.namelist()
