"""The foot of a terminal, byte for byte and as it looks."""

import io
import threading

import pytest

from capsa.terminal.screen import Screen
from support.terminal import Terminal


def screen():
    stream = io.StringIO()
    return Screen(stream), stream


def seen(stream, width=80, height=24):
    return Terminal(width, height).feed(stream.getvalue())


def test_the_cursor_waits_on_the_first_character_of_the_foot():
    made, stream = screen()
    made.show("one\ntwo")
    assert stream.getvalue() == "\rone\x1b[K\ntwo\x1b[J\r\x1b[1A"
    shown = seen(stream)
    assert (shown.text, shown.row, shown.column) == ("one\ntwo", 0, 0)


def test_lines_that_stay_stand_above_the_foot():
    made, stream = screen()
    made.say("before\n")
    made.show("one\ntwo\nthree")
    made.say("a note\nof two lines\n")
    assert seen(stream).text == "before\na note\nof two lines\none\ntwo\nthree"
    made.show("one")
    made.say("another\n")
    assert seen(stream).text == "before\na note\nof two lines\nanother\none"


def test_nothing_of_the_foot_stays_behind():
    made, stream = screen()
    made.say("before\n")
    made.show("one\ntwo")
    made.show("")
    assert seen(stream).text == "before"
    made.show("one\ntwo")
    made.close()
    made.close()
    made.show("late")
    made.say("after\n")
    assert seen(stream).text == "before\nafter"


def test_it_rests_while_somebody_else_writes_and_then_goes_on():
    made, stream = screen()
    made.show("one")
    with made.resting():
        assert seen(stream).text == ""
        late = threading.Thread(target=made.show, args=("one",))
        late.start()
        stream.write("go on? [y/N] y\n")
        assert seen(stream).text == "go on? [y/N] y"
    late.join()
    assert seen(stream).text == "go on? [y/N] y\none"


def test_at_the_foot_of_a_full_terminal_it_scrolls_and_still_goes():
    made, stream = screen()
    made.say("line\n" * 9)
    made.show("1\n2\n3\n4")
    made.show("5\n6\n7\n8")
    made.close()
    made.say("after\n")
    assert seen(stream, 80, 5).text == "line\n" * 9 + "after"


def test_the_same_again_is_not_written_again():
    made, stream = screen()
    made.show("one")
    before = stream.getvalue()
    made.show("one")
    assert stream.getvalue() == before


class Gone(io.StringIO):
    def write(self, _text):
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [Gone(), io.StringIO()])
def test_a_stream_that_nobody_reads_stops_nothing(stream):
    if not isinstance(stream, Gone):
        stream.close()
    made = Screen(stream)
    made.show("foot")
    made.say("unheard\n")
    made.close()


def test_threads_do_not_mix_their_lines():
    made, stream = screen()

    def talk():
        for number in range(200):
            made.say("a whole line\n")
            made.show(f"foot {number}")

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.close()
    assert seen(stream).text == "\n".join(["a whole line"] * 800)
