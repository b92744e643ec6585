"""When there is drawing, and when there is none; without a wait that a clock decides."""

import io
import threading

from capsa.model.event import Event
from capsa.terminal.live import Easel, Live
from capsa.terminal.screen import Screen
from capsa.terminal.tally import Tally
from support.terminal import Terminal


class Painter:
    def __init__(self):
        self.drawn = threading.Semaphore(0)
        self.sizes = []

    def paint(self, state, width, height, /):
        self.sizes.append((width, height))
        self.drawn.release()
        return f"{state.step.text} at {state.step_seconds:g}"


def live(delay, *, size=(80, 24)):
    stream, painter, asked = io.StringIO(), Painter(), []

    def make():
        asked.append(True)
        return painter

    tally = Tally()
    tally.take(Event(kind="stage", text="six"), 3.0)
    screen = Screen(stream)
    easel = Easel(painter=make, size=lambda: size, clock=lambda: 5.0, delay=delay, interval=0.001)
    return Live(screen, tally, easel), screen, stream, painter, asked


def test_what_is_going_on_is_drawn_until_it_is_stopped():
    drawing, screen, stream, painter, _ = live(0)
    drawing.start()
    for _ in range(3):
        assert painter.drawn.acquire(timeout=60)
    shown = Terminal().feed(stream.getvalue()).text
    drawing.stop()
    screen.close()
    assert shown == "six at 2"
    assert Terminal().feed(stream.getvalue()).text == ""


def test_the_painter_is_made_once_and_told_the_size_of_now():
    drawing, _, _, painter, asked = live(0, size=(31, 7))
    drawing.start()
    drawing.start()
    assert painter.drawn.acquire(timeout=60)
    drawing.stop()
    assert asked == [True]
    assert set(painter.sizes) == {(31, 7)}


def test_what_is_over_before_the_delay_never_makes_a_painter():
    drawing, _, stream, _, asked = live(3600)
    before = threading.active_count()
    drawing.start()
    drawing.stop()
    for thread in threading.enumerate():
        if thread.name == "capsa-live":
            thread.join(timeout=60)
    assert threading.active_count() <= before
    assert asked == []
    assert stream.getvalue() == ""


def test_nobody_waits_for_a_painter_that_takes_long():
    drawing, screen, stream, painter, _ = live(0)
    entered, leave = threading.Event(), threading.Event()

    def paint(*_):
        entered.set()
        assert leave.wait(timeout=60)
        painter.drawn.release()
        return "late"

    painter.paint = paint
    drawing.start()
    assert entered.wait(timeout=60)
    drawing.stop()
    screen.close()
    leave.set()
    assert painter.drawn.acquire(timeout=60)
    assert stream.getvalue() == ""
