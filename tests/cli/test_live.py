"""What moves on a real terminal while an index keeps capsa waiting, and what is left of it."""

import sys
import threading

import pytest

from capsa.testing.wheel import make_wheel
from support.loopback import LoopbackIndex, serve
from support.pty import OnTerminal
from support.run import Capsa
from support.terminal import Terminal


class Waiting(LoopbackIndex):
    """Answers about the project `ink` only when it may."""

    def __init__(self, folder):
        super().__init__(folder)
        self.may_answer = threading.Event()

    def answer(self, path):
        if path == "/simple/ink/":
            assert self.may_answer.wait(timeout=120)
        return super().answer(path)


@pytest.fixture
def index(tmp_path):
    folder = str(tmp_path / "wheels")
    make_wheel(folder, "parchment", "1.0", requires=["ink"])
    make_wheel(folder, "ink", "1.0")
    with serve(Waiting(tmp_path / "wheels")) as served:
        yield served
        served.may_answer.set()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def capsa(tmp_path, index, store):
    made = Capsa(tmp_path, index=index.url)
    made.variables["CAPSA_CACHE_DIR"] = str(store)
    made.done("create", "--no-pip", "-q")
    return made


def start(capsa, *arguments, size=(80, 24), **variables):
    return OnTerminal(
        capsa.command("install", "parchment", *arguments),
        folder=capsa.folder,
        variables=capsa.variables | variables,
        size=size,
    )


def is_moving(written):
    return "parchment 1.0\x1b[J" in written.replace("\x1b[0m", "")


def test_what_goes_on_is_shown_and_then_gone(capsa, index):
    process = start(capsa)
    written = process.until(is_moving)
    assert Terminal().feed(written).text == "resolving 1: parchment 1.0"
    assert "\x1b[1mresolving" in written
    index.may_answer.set()
    assert process.finish() == 0
    lines = Terminal().feed(process.written).text.splitlines()
    assert lines[:2] == ["+ ink 1.0", "+ parchment 1.0"]
    assert lines[2].startswith("installed 2 packages in ")
    assert len(lines) == 3
    assert "\x1b[?25l" not in process.written  # the cursor is never hidden


def test_ctrl_c_leaves_one_word_and_a_sane_terminal(capsa):
    process = start(capsa)
    process.until(is_moving)
    process.type("\x03")
    assert process.finish() == 130
    assert Terminal().feed(process.written).text == "interrupted"


def test_a_killed_process_leaves_the_cursor_seen(capsa):
    process = start(capsa)
    process.until(is_moving)
    process.process.kill()
    process.finish()
    assert "\x1b[?25" not in process.written


def test_without_colours_it_moves_all_the_same(capsa, index):
    process = start(capsa, NO_COLOR="1")
    process.until(is_moving)
    index.may_answer.set()
    assert process.finish() == 0
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[3"):
        assert code not in process.written


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_nothing_moves_where_nobody_sees_it(capsa, index, variables):
    process = start(capsa, **variables)
    index.may_answer.set()
    assert process.finish() == 0
    assert "resolving" not in process.written
    assert "\x1b[J" not in process.written


def test_a_quick_verb_never_imports_rich(capsa):
    script = "import sys; from capsa.cli.main import main; main(sys.argv[1:]); sys.exit('rich' in sys.modules)"
    process = OnTerminal(
        [sys.executable, "-c", script, "list"], folder=capsa.folder, variables=capsa.variables, size=(80, 24)
    )
    assert process.finish() == 0
    assert Terminal().feed(process.written).text == "nothing is installed in .venv"
