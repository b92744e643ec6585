"""What is seen of the work, byte for byte."""

import io
import threading

import pytest

from capsa.model.event import Event
from capsa.terminal.progress import Loudness, Progress
from capsa.terminal.stream import write
from capsa.terminal.style import Style

ERASE = "\r\x1b[K"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def progress(*, clock=None, width=80, style=None, **loudness):
    stream = io.StringIO()
    loud = Loudness(**loudness)
    return Progress(stream, style=style or Style(), loudness=loud, width=width, clock=clock or Clock()), stream


def test_a_pipe_shows_notes_and_warnings_only():
    shown, stream = progress()
    for kind in ("note", "detail", "warning", "fetch", "unpack", "move"):
        shown.event(Event(kind=kind, text=f"a {kind}"))
    shown.close()
    assert stream.getvalue() == "a note\nwarning: a warning\n"


def test_verbose_shows_details_and_quiet_hides_notes():
    shown, stream = progress(is_verbose=True, is_quiet=True)
    for kind in ("note", "detail", "warning"):
        shown.event(Event(kind=kind, text=f"a {kind}\x1b"))
    assert stream.getvalue() == "a detail\\x1b\nwarning: a warning\\x1b\n"


def test_the_line_changes_ten_times_a_second_and_is_erased_at_the_end():
    clock = Clock()
    shown, stream = progress(clock=clock, is_live=True)
    with shown:
        for step in range(100):
            clock.now = step * 0.01
            shown.event(Event(kind="unpack", text="six.whl", done=step, total=99))
    states = stream.getvalue().split(ERASE)
    assert 8 <= len(states) - 1 <= 10
    assert states[0] == "unpacking 10 of 99: six.whl"
    assert states[-1] == ""


def test_what_is_quick_shows_no_line_at_all():
    shown, stream = progress(is_live=True)
    with shown:
        shown.event(Event(kind="resolve", text="six"))
    assert stream.getvalue() == ""


def test_a_note_stands_above_the_line():
    clock = Clock()
    shown, stream = progress(clock=clock, is_live=True)
    clock.now = 1
    shown.event(Event(kind="resolve", text="six", done=3))
    shown.event(Event(kind="note", text="a note"))
    clock.now = 2
    shown.event(Event(kind="stage", text=""))
    shown.close()
    shown.close()
    assert stream.getvalue() == f"resolving 3: six{ERASE}a note\nstaging{ERASE}"


def test_fetches_are_added_up():
    clock = Clock()
    shown, stream = progress(clock=clock, is_live=True)
    shown.event(Event(kind="fetch", text="a.whl", done=1_000_000, total=3_000_000))
    clock.now = 1
    shown.event(Event(kind="fetch", text="b.whl", done=500_000))
    assert stream.getvalue() == "fetching 1.5 MB of 3.5 MB: b.whl"


def test_the_line_never_reaches_the_edge():
    clock = Clock()
    shown, stream = progress(clock=clock, width=20, is_live=True)
    clock.now = 1
    shown.event(Event(kind="resolve", text="漢" * 40))
    assert stream.getvalue() == "resolving: 漢漢漢…"


class Gone(io.StringIO):
    def write(self, _text):
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [Gone(), io.StringIO()])
def test_a_stream_that_nobody_reads_stops_nothing(stream):
    if not isinstance(stream, Gone):
        stream.close()
    shown = Progress(stream, style=Style(), loudness=Loudness())
    shown.event(Event(kind="note", text="unheard"))
    shown.event(Event(kind="warning", text="unheard"))


def test_threads_do_not_mix_their_lines():
    shown, stream = progress()
    threads = [
        threading.Thread(target=lambda: [shown.event(Event(kind="note", text="a whole line")) for _ in range(200)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stream.getvalue() == "a whole line\n" * 800


def test_characters_that_a_stream_lacks_are_escaped():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(stream, "caf\xe9 \udcff\n")
    assert raw.getvalue() == b"caf\\xe9 \\udcff\n"
