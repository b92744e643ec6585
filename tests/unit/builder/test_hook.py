import os
import sys
import zipfile

import pytest

from capsa.builder.hook import Builder, BuildOrder, FailedBuildError
from capsa.builder.isolation import BuildEnvironment
from capsa.errors import BuildError, ResolutionError
from capsa.testing.reporter import RememberingReporter

BACKEND = """
import json, os, sys, zipfile

METADATA = "Metadata-Version: 2.1\\nName: a\\nVersion: 1.0\\nRequires-Dist: b\\n"

def _wheel(folder, name="a-1.0-py3-none-any.whl", text="x"):
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("a.py", text)
        wheel.writestr("a-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("a-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    return name

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("calls", "a") as calls:
        calls.write("wheel ")
    return _wheel(wheel_directory)
"""
PREPARE = """
def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    os.mkdir(os.path.join(metadata_directory, "a-1.0.dist-info"))
    with open(os.path.join(metadata_directory, "a-1.0.dist-info", "METADATA"), "w") as metadata:
        metadata.write(METADATA)
    return "a-1.0.dist-info"
"""
EDITABLE = """
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, text="editable")
"""
TELL = """
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    facts = [config_settings, os.getcwd(), dict(os.environ), sys.executable, metadata_directory]
    return _wheel(wheel_directory, text=json.dumps(facts))
"""


class Here:
    """An isolation whose environment is the Python of the tests; remembers what it was asked for."""

    def __init__(self, failure=None):
        self.asked = []
        self.failure = failure

    def environment_for(self, requirements, /):
        self.asked.append(requirements)
        if self.failure and len(requirements) > 1:
            raise self.failure
        return BuildEnvironment(python=sys.executable, scripts="/the/scripts")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


class World:
    def __init__(self, folder):
        self.folder = folder
        self.tree = folder / "tree"
        self.tree.mkdir()
        self.out = str(folder / "out")
        self.log = folder / "logs" / "build.log"
        self.isolation = Here()
        self.reporter = RememberingReporter()

    def builder(self, backend="", *, pyproject="", name="backend", **more):
        system = f'[build-system]\nrequires = ["b>=1"]\nbuild-backend = "{name}"\nbackend-path = ["."]\n'
        (self.tree / "pyproject.toml").write_text(system + pyproject)
        (self.tree / "backend.py").write_text(BACKEND + backend)
        more.setdefault("variables", {"PATH": os.environ["PATH"]})
        order = BuildOrder(tree=str(self.tree), title="a 1.0", log=str(self.log), **more)
        return Builder(order, self.isolation, self.reporter)

    def calls(self):
        path = self.tree / "calls"
        return path.read_text().split() if path.exists() else []


def test_a_wheel_is_made_in_the_folder_and_nothing_else_stays(world):
    path = world.builder().wheel(world.out)
    assert path == os.path.join(world.out, "a-1.0-py3-none-any.whl")
    assert os.listdir(world.out) == ["a-1.0-py3-none-any.whl"]
    assert os.listdir(world.log.parent) == ["build.log"]
    assert world.isolation.asked == [("b>=1",)]
    hooks = ("get_requires_for_build_wheel", "build_wheel")
    assert world.reporter.texts("detail") == [f"a 1.0: {hook} of backend" for hook in hooks]


def test_what_the_backend_asks_for_in_addition_is_there_when_it_builds(world):
    more = "def get_requires_for_build_wheel(config_settings=None):\n    return ['b>=1', 'c']\n"
    world.builder(more).wheel(world.out)
    assert world.isolation.asked == [("b>=1",), ("b>=1", "c")]


def test_what_the_backend_asks_for_and_nobody_has_names_the_package(world):
    world.isolation = Here(ResolutionError("nobody has `c`", hints=("try `d`",)))
    more = "def get_requires_for_build_wheel(config_settings=None):\n    return ['c']\n"
    with pytest.raises(BuildError) as caught:
        world.builder(more).wheel(world.out)
    assert str(caught.value) == "a 1.0 can't be built, as what its build requires can't be had: nobody has `c`"
    assert caught.value.hints == ("try `d`",)


def test_the_backend_runs_in_the_tree_with_its_environment_in_front_and_nothing_misleading(world):
    variables = {
        "PATH": "/usr/bin", "VIRTUAL_ENV": "/box", "PYTHONPATH": "/lib", "PYTHONHOME": "/", "SOURCE_DATE_EPOCH": "5",
    }  # fmt: skip
    config = (("one", "1"), ("two", "2"), ("two", "3"))
    path = world.builder(TELL, variables=variables, config=config).wheel(world.out)
    facts = told(path)
    assert facts[0] == {"one": "1", "two": ["2", "3"]}
    assert facts[1] == os.path.realpath(world.tree)
    assert facts[2]["PATH"] == f"/the/scripts{os.pathsep}/usr/bin"
    assert facts[2]["SOURCE_DATE_EPOCH"] == "5"
    assert not {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"} & set(facts[2])
    assert facts[3] == sys.executable


def test_without_settings_and_dates_there_are_none(world):
    facts = told(world.builder(TELL, variables={}).wheel(world.out))
    assert facts[0] is None
    assert "SOURCE_DATE_EPOCH" not in facts[2]


def told(path):
    import json  # noqa: PLC0415 - of two tests

    with zipfile.ZipFile(path) as wheel:
        return json.loads(wheel.read("a.py"))


def test_static_metadata_is_read_and_no_backend_started(world):
    builder = world.builder("raise SystemExit(1)", pyproject='[project]\nname = "a"\nversion = "1.0"\n')
    assert builder.metadata().version == "1.0"
    assert world.isolation.asked == []


def test_static_pkg_info_is_read_and_no_backend_started(world):
    builder = world.builder("raise SystemExit(1)")
    (world.tree / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: a\nVersion: 1.0\nRequires-Dist: c\n")
    assert builder.metadata().requires == ("c",)
    assert world.isolation.asked == []


def test_metadata_is_prepared_and_handed_back_to_the_build(world):
    with world.builder(PREPARE + TELL) as builder:
        assert builder.metadata().requires == ("b",)
        assert told(builder.wheel(world.out))[4].endswith("a-1.0.dist-info")
    assert os.listdir(world.log.parent) == ["build.log"]
    assert len(world.isolation.asked) == 1


def test_without_a_hook_for_metadata_a_wheel_is_built_once_for_both(world):
    with world.builder() as builder:
        assert builder.metadata().requires == ("b",)
        path = builder.wheel(world.out)
        assert os.path.isfile(path)
        assert world.calls() == ["wheel"]
        builder.wheel(world.out)
        assert world.calls() == ["wheel", "wheel"]
    assert os.listdir(world.log.parent) == ["build.log"]


def test_an_editable_wheel_is_made(world):
    path = world.builder(EDITABLE).editable(world.out)
    with zipfile.ZipFile(path) as wheel:
        assert wheel.read("a.py") == b"editable"


def test_a_backend_that_makes_no_editables_is_a_sentence(world):
    with pytest.raises(BuildError) as caught:
        world.builder().editable(world.out)
    assert str(caught.value) == "a 1.0 can't be installed editable: its backend backend has no build_editable hook"
    assert caught.value.hints == ("install it without `-e`",)


def test_a_backend_that_makes_no_editables_yet_is_told_by_version(world):
    builder = world.builder(name="setuptools")
    (world.tree / "setuptools.py").write_text(BACKEND)
    with pytest.raises(BuildError) as caught:
        builder.editable(world.out)
    assert caught.value.hints == ("require `setuptools>=64` in build-system.requires",)


FAIL = """
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    for number in range(50):
        print(f"line {number}")
    print("10%\\r20%\\r100%")
    print("\\x1b[31mred\\x1b[0m", file=sys.stderr)
    os.system("echo from a compiler")
    sys.exit(7)
"""


def test_a_backend_that_fails_shows_its_last_lines_as_they_are(world):
    with pytest.raises(FailedBuildError) as caught:
        world.builder(FAIL).wheel(world.out)
    failure = caught.value
    assert str(failure) == "a 1.0 can't be built: backend failed in build_wheel with exit code 7"
    assert (failure.title, failure.hook, failure.code, failure.log) == ("a 1.0", "build_wheel", 7, str(world.log))
    assert failure.lines[-4:] == ("line 49", "100%", "\x1b[31mred\x1b[0m", "from a compiler")
    assert len(failure.lines) == 20
    assert failure.hints == (f"read everything that it printed in {world.log}",)
    assert os.listdir(world.out) == []


def test_the_log_has_all_output_of_all_hooks(world):
    say = "def get_requires_for_build_wheel(config_settings=None):\n    print('asked')\n    return []\n"
    with pytest.raises(FailedBuildError) as caught:
        world.builder(say + FAIL).wheel(world.out)
    lines = world.log.read_text().splitlines()
    assert lines[:3] == [
        f"# get_requires_for_build_wheel of backend, with {sys.executable}",
        "asked",
        f"# build_wheel of backend, with {sys.executable}",
    ]
    assert "line 0" in lines
    assert "asked" not in caught.value.lines


def test_a_backend_that_is_killed_is_told_by_signal(world):
    more = "def build_wheel(*words):\n    os.kill(os.getpid(), 9)\n"
    with pytest.raises(FailedBuildError, match="backend failed in build_wheel with signal 9"):
        world.builder(more).wheel(world.out)


def test_a_backend_that_takes_too_long_is_ended(world):
    more = "import time\ndef build_wheel(*words):\n    print('begun', flush=True)\n    time.sleep(60)\n"
    with pytest.raises(FailedBuildError, match="did not end within 1 seconds") as caught:
        world.builder(more, patience=1.0).wheel(world.out)
    assert caught.value.lines == ("begun",)


def test_a_backend_that_leaves_without_an_answer_is_a_sentence(world):
    with pytest.raises(FailedBuildError) as caught:
        world.builder("def build_wheel(*words):\n    os._exit(0)\n").wheel(world.out)
    assert str(caught.value) == "a 1.0 can't be built: its backend backend ended without an answer to build_wheel"


def test_a_backend_that_needs_a_module_that_is_not_there_is_a_sentence(world):
    with pytest.raises(FailedBuildError) as caught:
        world.builder("import missing_module").wheel(world.out)
    failure = caught.value
    assert str(failure) == "a 1.0 can't be built: its backend backend can't be imported"
    assert failure.lines[-1] == "ModuleNotFoundError: No module named 'missing_module'"
    assert failure.hints[0].startswith("tell its authors that the build needs `missing_module`; until then ")


def test_a_backend_that_is_not_in_its_folder_is_a_sentence(world):
    with pytest.raises(FailedBuildError, match=r"^a 1\.0 can't be built: its backend gone can't be imported$"):
        world.builder(name="gone").wheel(world.out)


def test_a_python_that_can_not_be_started_is_a_sentence(world):
    builder = world.builder()
    builder._ready["wheel"] = BuildEnvironment(python="/gone/python", scripts="/gone")
    with pytest.raises(FailedBuildError, match=r"^a 1\.0 can't be built: can't start /gone/python: there is no such"):
        builder.wheel(world.out)


def test_warnings_of_a_backend_are_not_ours(world):
    more = "import warnings\nwarnings.warn('old')\n"
    assert world.builder(more).wheel(world.out)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return 'a-1.0-py3-none-any.whl'", "the build of a 1.0 ended well and made no wheel"),
        ("open(wheel_directory + '/x', 'w')\n    return _wheel(wheel_directory)",
         "the build of a 1.0 made a-1.0-py3-none-any.whl, x, where one wheel is wanted"),
        ("_wheel(wheel_directory)\n    return 'b-1.0-py3-none-any.whl'",
         "the build of a 1.0 made a-1.0-py3-none-any.whl, and says that it made b-1.0-py3-none-any.whl"),
        ("return _wheel(wheel_directory, 'a-1.0.zip')",
         "the build of a 1.0 made a-1.0.zip, which is not the name of a wheel"),
        ("return _wheel(wheel_directory, 'b-1.0-py3-none-any.whl')", "a 1.0 is the source of b, not of a"),
        ("return _wheel(wheel_directory, 'a-1.1-py3-none-any.whl')",
         "a 1.0 is the source of version 1.1, not of 1.0"),
    ],
)  # fmt: skip
def test_what_was_built_is_held_against_what_was_asked(world, body, sentence):
    more = f"def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n    {body}\n"
    with pytest.raises(BuildError) as caught:
        world.builder(more, project="a", version="1.0").wheel(world.out)
    assert str(caught.value) == sentence
    assert os.listdir(world.out) == []


def test_a_local_version_may_be_added(world):
    more = "def build_wheel(folder, *words):\n    return _wheel(folder, 'a-1.0+cpu-py3-none-any.whl')\n"
    assert world.builder(more, project="A", version="1").wheel(world.out).endswith("a-1.0+cpu-py3-none-any.whl")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return 'gone.dist-info'", "the backend of a 1.0 made no gone.dist-info/METADATA"),
        ("return '../x'", "the backend of a 1.0 says that it put the metadata into `../x`, which is no name"),
        ("return None", "the backend of a 1.0 says that it put the metadata into `None`, which is no name"),
    ],
)
def test_metadata_that_was_not_made_is_a_sentence(world, body, sentence):
    more = f"def prepare_metadata_for_build_wheel(folder, config_settings=None):\n    {body}\n"
    with world.builder(more) as builder, pytest.raises(BuildError) as caught:
        builder.metadata()
    assert str(caught.value) == sentence


def test_metadata_of_another_version_is_refused(world):
    with world.builder(PREPARE, project="a", version="2.0") as builder, pytest.raises(BuildError) as caught:
        builder.metadata()
    assert str(caught.value) == "a 1.0 is the source of version 1.0, not of 2.0"


def test_requirements_that_are_no_list_are_a_sentence(world):
    more = "def get_requires_for_build_wheel(config_settings=None):\n    return 'c'\n"
    with pytest.raises(BuildError, match="its backend backend answers get_requires_for_build_wheel with no list"):
        world.builder(more).wheel(world.out)
