import os

import pytest

from capsa.errors import InterpreterError
from capsa.interpreter.discover import Discovery, discover
from capsa.model.surroundings import Surroundings
from support.box import interpreter


class Machine:
    """Pythons that are files with a name and an invented answer; PATH is the folders in ``path``."""

    def __init__(self, base):
        self.base = base
        self.path = []
        self.answers = {}
        self.asked = []
        self.variables = {}
        self.running = str(self.python("capsa/bin/python3", "3.11.7", is_on_path=False))

    def python(self, place, version, *, is_on_path=True, **facts):
        path = self.base / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!python")
        path.chmod(0o755)
        release = [int(part) for part in version.rstrip("abrct+").split("rc")[0].split(".")]
        self.answers[str(path)] = interpreter(
            **{
                "executable": str(path),
                "base_executable": str(path),
                "version": version,
                "version_info": release,
                "markers": {},
            }
            | facts
        )
        if is_on_path and str(path.parent) not in self.path:
            self.path.append(str(path.parent))
        return path

    def broken(self, place):
        path = self.python(place, "3.12.0")
        self.answers[str(path)] = None
        return path

    def ask(self, path):
        self.asked.append(path)
        if self.answers.get(path) is None:
            message = f"{path} does not answer as a Python"
            raise InterpreterError(message)
        return self.answers[path]

    @property
    def surroundings(self):
        return Surroundings(
            variables={"PATH": ":".join(self.path), **self.variables},
            folder=str(self.base),
            home=str(self.base / "home"),
            interpreter=self.running,
        )

    def choose(self, wanted="", **more):
        return discover(self.surroundings, self.ask, wanted=wanted, **more)

    def place(self, wanted="", **more):
        return os.path.relpath(self.choose(wanted, **more).interpreter.executable, self.base)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    # The usual folders of the real machine are out of sight.
    monkeypatch.setattr("capsa.interpreter.candidate._USUAL", ())
    return Machine(tmp_path)


def test_the_first_python_on_path_is_taken_and_no_other_asked(machine):
    first = machine.python("a/python3", "3.9.1")
    machine.python("b/python3", "3.12.0")
    choice = machine.choose()
    assert choice.interpreter.executable == str(first)
    assert choice.reason == "it is the first on PATH"
    assert machine.asked == [str(first)]


def test_python3_comes_before_python_in_one_folder_but_folders_come_first(machine):
    machine.python("a/python", "3.9.1")
    machine.python("b/python3", "3.12.0")
    assert machine.place() == "a/python"
    machine.python("a/python3", "3.10.0")
    assert machine.place() == "a/python3"


def test_requires_python_passes_over_what_does_not_fit(machine):
    machine.python("a/python3", "3.9.1")
    machine.python("b/python3", "3.12.0")
    choice = machine.choose(requires_python=">=3.10")
    assert choice.interpreter.version == "3.12.0"
    assert choice.reason == "it is the first on PATH that fits requires-python >=3.10"


def test_else_the_newest_that_is_known(machine):
    machine.python("a/python3", "3.9.1")
    machine.python("a/python3.11", "3.11.0")
    machine.python("home/.pyenv/versions/3.13.0/bin/python3", "3.13.0", is_on_path=False)
    machine.python("home/.pyenv/versions/3.14.0rc1/bin/python3", "3.14.0rc1", is_on_path=False)
    machine.python("a/pypy3", "3.11.0", implementation="pypy")
    choice = machine.choose(requires_python=">=3.10")
    assert choice.interpreter.version == "3.13.0"
    assert choice.reason == "it is the newest here that fits requires-python >=3.10"


def test_the_one_that_runs_capsa_comes_last(machine):
    choice = machine.choose()
    assert choice.interpreter.executable == machine.running
    assert choice.reason == "it is the one that runs capsa"


def test_nothing_fits(machine):
    machine.python("a/python3", "3.9.1")
    broken = machine.broken("b/python3")
    with pytest.raises(InterpreterError) as caught:
        machine.choose(requires_python=">=3.14")
    assert str(caught.value) == (
        "no Python fits requires-python >=3.14; this machine has CPython 3.11.7, CPython 3.9.1"
    )
    assert caught.value.hints == (
        f"{broken} does not answer as a Python",
        "install a Python that fits, or change `requires-python` where it is written",
    )


def test_a_broken_one_is_passed_over_and_told(machine):
    broken = machine.broken("a/python3")
    good = machine.python("b/python3", "3.12.0")
    choice = machine.choose()
    assert choice.interpreter.executable == str(good)
    assert choice.skipped == (f"{broken} does not answer as a Python",)


def test_one_file_under_two_names_is_asked_once(machine):
    machine.python("a/python3.9", "3.9.1")
    for name in ("python3", "python"):
        (machine.base / "a" / name).symlink_to("python3.9")
        machine.answers[str(machine.base / "a" / name)] = machine.answers[str(machine.base / "a" / "python3.9")]
    machine.python("b/python3", "3.12.0")
    assert machine.place(requires_python=">=3.10") == "b/python3"
    assert len(machine.asked) == 2


def test_links_of_a_switch_are_asked_one_by_one(machine):
    # mise and volta: every name leads to one program, which looks at the name it was called by.
    switch = machine.python("a/switch", "3.9.1")
    for name, version in (("python3", "3.9.1"), ("python", "3.12.0")):
        (machine.base / "a" / name).symlink_to(switch)
        machine.answers[str(machine.base / "a" / name)] = interpreter(version=version, markers={})
    assert machine.choose(requires_python=">=3.10").interpreter.version == "3.12.0"


def test_the_python_of_a_box_means_its_base(machine):
    base = machine.python("base/python3.12", "3.12.0", is_on_path=False)
    machine.python("box/bin/python3", "3.12.0", prefix="/box", base_executable=str(base))
    assert machine.place() == "base/python3.12"
    assert machine.place("3.12") == "base/python3.12"
    assert machine.place("./box") == "base/python3.12"
    assert machine.place("./box/bin/python3") == "base/python3.12"


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("3.12", "a/python3.12"),
        ("3.9", "a/python3"),
        ("3", "a/python3"),
        (">=3.10", "home/.pyenv/versions/3.13.0/bin/python3"),
        ("pypy", "b/pypy3"),
        ("pypy@3.10", "b/pypy3"),
        ("python3.12", "a/python3.12"),
        ("3.8", "home/.pyenv/versions/3.8.18/bin/python3"),
        ("3.13t", "home/.pyenv/versions/3.13.0t/bin/python3"),
        ("3.13", "home/.pyenv/versions/3.13.0/bin/python3"),
        ("3.11", "capsa/bin/python3"),
        ("mypython", "b/mypython"),
    ],
)
def test_what_is_asked_for_is_found(machine, wanted, place):
    machine.python("a/python3", "3.9.1")
    machine.python("a/python3.12", "3.12.0")
    machine.python("b/pypy3", "3.10.14", implementation="pypy")
    machine.python("b/mypython", "3.10.0")
    for version in ("3.8.18", "3.13.0"):
        machine.python(f"home/.pyenv/versions/{version}/bin/python3", version, is_on_path=False)
    machine.python("home/.pyenv/versions/3.13.0t/bin/python3", "3.13.0", is_on_path=False, is_free_threaded=True)
    assert machine.place(wanted) == place


def test_says_who_asked(machine):
    machine.python("a/python3", "3.9.1")
    assert machine.choose("3.9").reason == "-p asks for 3.9"
    machine.variables["CAPSA_PYTHON"] = "3.9"
    assert machine.choose().reason == "CAPSA_PYTHON asks for 3.9"
    assert machine.choose("3.11").reason == "-p asks for 3.11"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("3.15", "-p asks for 3.15, and no such Python is here; this machine has CPython 3.11.7, CPython 3.9.1"),
        ("3.7", "-p asks for 3.7, and boxes need Python 3.8 or newer; this machine has "),
        ("banana", "-p asks for banana, and no program of that name is on PATH; this machine has "),
        ("./gone", "there is no file or folder {base}/gone; this machine has "),
        ("./empty", "there is no Python in {base}/empty; this machine has "),
        ("./b/python3", "{base}/b/python3 does not answer as a Python; this machine has "),
    ],
)
def test_what_is_not_here_is_answered_with_what_is(machine, wanted, sentence):
    machine.python("a/python3", "3.9.1")
    machine.broken("b/python3")
    (machine.base / "empty").mkdir()
    with pytest.raises(InterpreterError) as caught:
        machine.choose(wanted)
    assert str(caught.value).startswith(sentence.format(base=machine.base))
    assert caught.value.hints[-1] == "ask for one that is here: `-p 3.11`"


def test_without_any_python_the_hint_says_how_to_go_on(machine):
    machine.answers.clear()
    with pytest.raises(InterpreterError) as caught:
        machine.choose()
    assert caught.value.hints[-1] == "install Python 3.8 or newer, or give its path: `-p PATH`"


def test_python_version_file_is_obeyed_upward(machine):
    machine.python("a/python3", "3.9.1")
    machine.python("a/python3.12", "3.12.0")
    (machine.base / "p" / "q").mkdir(parents=True)
    pin = machine.base / "p" / ".python-version"
    pin.write_text("3.12\n")
    choice = machine.choose(folder=str(machine.base / "p" / "q"))
    assert choice.interpreter.version == "3.12.0"
    assert choice.reason == f"{pin} asks for 3.12"
    assert machine.choose("3.9", folder=str(machine.base / "p")).interpreter.version == "3.9.1"


def test_requires_python_rules_over_the_file(machine):
    machine.python("a/python3", "3.12.0")
    machine.python("b/python3", "3.9.1")
    (machine.base / ".python-version").write_text("3.9\n")
    choice = machine.choose(requires_python=">=3.10")
    assert choice.interpreter.version == "3.12.0"
    assert "which requires-python (>=3.10) rules out" in choice.skipped[0]


def test_a_file_that_says_system_or_an_unknown_name_leaves_the_choice_to_path(machine):
    machine.python("a/python3", "3.12.0")
    (machine.base / ".python-version").write_text("system\n")
    assert machine.place() == "a/python3"
    (machine.base / ".python-version").write_text("my-project\n")
    choice = machine.choose()
    assert choice.interpreter.version == "3.12.0"
    assert "names my-project, which is no Python that is here" in choice.skipped[0]


def test_a_name_of_pyenv_in_the_file_is_its_environment(machine):
    machine.python("a/python3", "3.12.0")
    machine.python("home/.pyenv/versions/my-project/bin/python", "3.10.0", is_on_path=False)
    (machine.base / ".python-version").write_text("my-project\n")
    assert machine.place() == "home/.pyenv/versions/my-project/bin/python"


def test_a_version_in_the_file_that_is_not_here_is_named_with_the_file(machine):
    (machine.base / ".python-version").write_text("3.15\n")
    with pytest.raises(InterpreterError, match=r"\.python-version asks for 3\.15, and no such Python is here"):
        machine.choose()


def pyenv(machine, chosen):
    root = machine.base / "home" / ".pyenv"
    machine.python("home/.pyenv/shims/python3", "3.0.0")
    machine.answers.pop(str(root / "shims" / "python3"))
    machine.python("home/.pyenv/versions/3.10.13/bin/python3", "3.10.13", is_on_path=False)
    (root / "version").write_text(f"{chosen}\n")
    return root


def test_a_shim_on_path_is_seen_through(machine):
    root = pyenv(machine, "3.10.13")
    choice = machine.choose()
    assert choice.interpreter.executable == str(root / "versions/3.10.13/bin/python3")
    assert machine.place(str(root / "shims" / "python3")) == "home/.pyenv/versions/3.10.13/bin/python3"
    assert str(root / "shims" / "python3") not in machine.asked


def test_a_shim_that_means_the_system_gives_way(machine):
    root = pyenv(machine, "system")
    machine.python("usr/python3", "3.11.2")
    assert machine.place() == "usr/python3"
    with pytest.raises(InterpreterError, match="is a shim of pyenv, and the version chosen here has no such program"):
        machine.choose(str(root / "shims" / "python3"))


def test_current_folders_on_path_are_not_looked_into(machine):
    machine.python("python3", "3.12.0", is_on_path=False)
    machine.path += ["", ".", "relative"]
    assert machine.place() == "capsa/bin/python3"


def test_all_that_are_known_are_listed_newest_first_each_once(machine):
    machine.python("a/python3", "3.9.1")
    machine.python("b/pypy3", "3.11.1", implementation="pypy")
    machine.python("home/.pyenv/versions/3.13.0/bin/python3", "3.13.0", is_on_path=False)
    machine.python("home/.pyenv/versions/3.7.1/bin/python3", "3.7.1", is_on_path=False)
    machine.broken("c/python3")
    titles = [python.title for python in Discovery(machine.surroundings, machine.ask).known()]
    assert titles == ["CPython 3.13.0", "CPython 3.11.7", "CPython 3.9.1", "PyPy 3.11.1"]


def test_windows_names_are_looked_for_on_windows(machine):
    machine.python("py/python.exe", "3.12.0")
    here = machine.surroundings
    here.platform = "win32"
    here.variables["PATH"] = here.variables["PATH"].replace(":", ";")
    assert discover(here, machine.ask).interpreter.version == "3.12.0"
