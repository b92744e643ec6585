"""What is said and what is drawn, and where neither is."""

import io
import threading

import pytest

from capsa.model.event import Event
from capsa.terminal.live import Easel
from capsa.terminal.progress import Loudness, Progress
from capsa.terminal.stream import write
from capsa.terminal.style import Style
from support.terminal import Terminal

STEPS = ("resolve", "fetch", "build", "unpack", "stage", "journal", "move", "seal", "sweep")


class Painter:
    def __init__(self):
        self.drawn = threading.Semaphore(0)

    def paint(self, state, _width, _height, /):
        self.drawn.release()
        return state.step.text if state.step else ""


def progress(**loudness):
    stream = io.StringIO()
    return Progress(stream, style=Style(), loudness=Loudness(**loudness)), stream


def moving(painter, delay=0.0):
    easel = Easel(painter=lambda: painter, size=lambda: (80, 24), clock=lambda: 0.0, delay=delay, interval=0.001)
    stream = io.StringIO()
    return Progress(stream, style=Style(), loudness=Loudness(), easel=easel), stream


def test_where_nothing_may_move_only_notes_and_warnings_are_seen():
    shown, stream = progress()
    for kind in ("note", "detail", "warning", *STEPS):
        shown.event(Event(kind=kind, text=f"a {kind}"))
    shown.close()
    assert stream.getvalue() == "a note\nwarning: a warning\n"


def test_verbose_shows_details_and_quiet_hides_notes():
    shown, stream = progress(is_verbose=True, is_quiet=True)
    for kind in ("note", "detail", "warning"):
        shown.event(Event(kind=kind, text=f"a {kind}\x1b"))
    assert stream.getvalue() == "a detail\\x1b\nwarning: a warning\\x1b\n"


def test_what_goes_on_is_drawn_below_the_notes_and_leaves_nothing():
    painter = Painter()
    shown, stream = moving(painter)
    with shown:
        shown.event(Event(kind="stage", text="six"))
        for _ in range(2):
            assert painter.drawn.acquire(timeout=60)
        shown.event(Event(kind="note", text="a note"))
        assert Terminal().feed(stream.getvalue()).text == "a note\nsix"
    assert Terminal().feed(stream.getvalue()).text == "a note"


def test_what_is_quick_shows_nothing_that_moves():
    shown, stream = moving(Painter(), delay=3600)
    with shown:
        for kind in STEPS:
            shown.event(Event(kind=kind, text="six"))
    assert stream.getvalue() == ""


def test_a_verb_without_steps_starts_no_thread():
    before = threading.active_count()
    shown, _ = moving(Painter(), delay=3600)
    shown.event(Event(kind="note", text="a note"))
    assert threading.active_count() == before
    shown.close()


def test_an_interruption_erases_what_moved():
    painter = Painter()
    shown, stream = moving(painter)

    def work():
        with shown:
            shown.event(Event(kind="stage", text="six"))
            for _ in range(2):
                assert painter.drawn.acquire(timeout=60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert Terminal().feed(stream.getvalue()).text == ""


def test_characters_that_a_stream_lacks_are_escaped():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(stream, "caf\xe9 \udcff\n")
    assert raw.getvalue() == b"caf\\xe9 \\udcff\n"
