"""States as lines, each asserted whole; nothing from outside steers the terminal or is taken for markup."""

import io

import pytest

from capsa.model.event import Event
from capsa.terminal.picture import Picture
from capsa.terminal.table import columns
from capsa.terminal.tally import Build, Fetch, State

FETCHES = (
    Fetch(name="torch-2.3.0-cp312-cp312-manylinux_2_28_x86_64.whl", done=300_000_000, total=755_500_000),
    Fetch(name="numpy-2.0.1.whl", done=18_000_000, total=18_000_001),
    Fetch(name="of-unknown-size.whl", done=1_500),
)
STATE = State(
    fetches=FETCHES,
    file_count=34,
    finished_count=12,
    fetched=1_100_000_000,
    expected=2_000_000_000,
    rate=45_000_000.0,
    builds=(Build(name="pyyaml 6.0.1", seconds=72.9), Build(name="cffi 1.16", seconds=3)),
    step=Event(kind="unpack", text="six-1.17.0-py3-none-any.whl", total=11_000),
    unpacked_count=11,
)


def paint(state, width=80, height=24, *, is_colored=False, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    picture = Picture(stream, is_colored=is_colored)
    shown = picture.paint(state, width, height)
    assert stream.buffer.getvalue() == b""
    return [line.rstrip() for line in shown.split("\n")]


def test_everything_at_once_in_80_columns():
    assert paint(STATE) == [
        "fetching 1.1 GB of 2.0 GB, 0:20 left, 45.0 MB/s, 12 of 34 files",
        "  torch-2.3.0-cp312-cp312-ma…  ━━━━━━━━━╸                300.0 MB of 755.5 MB",
        "  numpy-2.0.1.whl              ━━━━━━━━━━━━━━━━━━━━━━━╸    18.0 MB of 18.0 MB",
        "  of-unknown-size.whl                                                  1.5 kB",
        "building pyyaml 6.0.1, 1:12",
        "building cffi 1.16, 0:03",
        "unpacking 11 of 34: six-1.17.0-py3-none-any.whl",
    ]


def test_in_40_columns_the_least_important_is_left_out():
    assert paint(STATE, 40) == [
        "fetching 1.1 GB of 2.0 GB, 0:20 left",
        "  torch-2.3.0-cp…  ━━━       300.0 MB",
        "  numpy-2.0.1.whl  ━━━━━━━╸   18.0 MB",
        "  of-unknown-siz…              1.5 kB",
        "building pyyaml 6.0.1, 1:12",
        "building cffi 1.16, 0:03",
        "unpacking 11 of 34: six-1.17.0-py3-non…",
    ]


@pytest.mark.parametrize("width", [*range(1, 60), 200, 1000])
def test_no_line_ever_reaches_the_edge(width):
    wide = State(fetches=(Fetch(name="漢" * 60, done=5, total=9),), step=Event(kind="resolve", text="漢" * 60, done=3))
    for state in (STATE, wide):
        assert all(columns(line) < max(width, 2) for line in paint(state, width))


def test_a_low_terminal_shows_the_first_lines():
    assert len(paint(STATE, 80, 4)) == 3
    assert len(paint(STATE, 80, 1)) == 1


def test_many_files_and_builds_are_summed_up():
    fetches = tuple(Fetch(name=f"{number}.whl", done=1, total=2000) for number in range(9))
    builds = tuple(Build(name=f"p{number} 1.0", seconds=0) for number in range(5))
    lines = paint(State(fetches=fetches, file_count=9, fetched=9, expected=18_000, builds=builds))
    assert lines[0] == "fetching 9 B of 18.0 kB, 0 of 9 files"
    assert [line.split()[0] for line in lines[1:5]] == ["0.whl", "1.whl", "2.whl", "3.whl"]
    assert lines[5:] == ["building p0 1.0, 0:00", "building p1 1.0, 0:00", "building p2 1.0, 0:00", "building 2 more"]


def test_wheels_that_were_built_are_unpacked_too():
    step = Event(kind="unpack", text="six.whl")
    assert paint(State(step=step, file_count=2, finished_count=2, unpacked_count=3)) == ["unpacking 3 of 3: six.whl"]


def test_nothing_going_on_is_no_picture():
    assert paint(State()) == [""]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event(kind="resolve", text="resolving"), "resolving, 0:07"),
        (Event(kind="resolve", text=""), "resolving, 0:07"),
        (Event(kind="resolve", text="urllib3 2.2.1", done=42), "resolving 42: urllib3 2.2.1, 0:07"),
        (Event(kind="unpack", text="six.whl"), "unpacking 0: six.whl"),
        (Event(kind="stage", text="six", done=3, total=12), "installing 3 of 12: six"),
        (Event(kind="journal", text="staged", done=0, total=2), "changing the box"),
        (Event(kind="move", text="lib/six.py", done=3, total=377), "changing the box 3 of 377"),
        (Event(kind="seal", text="sealed", done=0, total=1), "changing the box"),
        (Event(kind="sweep", text="old", done=1, total=3), "tidying up"),
    ],
)
def test_each_step_in_words(event, line):
    assert paint(State(step=event, step_seconds=7.5)) == [line]


def test_what_is_quick_tells_no_time():
    assert paint(State(step=Event(kind="resolve", text="six", done=1), step_seconds=2.9)) == ["resolving 1: six"]


def test_long_times_are_told_in_hours():
    slow = State(fetches=FETCHES[:1], file_count=1, fetched=0, expected=11_106_000, rate=1000.0)
    assert paint(slow)[0] == "fetching 0 B of 11.1 MB, 3:05:06 left, 1.0 kB/s"


def test_without_any_size_there_are_no_bars():
    lines = paint(State(fetches=FETCHES[2:], file_count=1, fetched=9, expected=9))
    assert lines[1] == "  of-unknown-size.whl  1.5 kB"


def test_without_every_size_no_time_is_promised():
    unknown = State(fetches=FETCHES[2:], file_count=1, fetched=9, expected=9, is_expected=False, rate=1.0)
    assert paint(unknown)[0] == "fetching 9 B, 1 B/s"
    partly = State(fetches=FETCHES, file_count=3, fetched=9, expected=90, is_expected=False, rate=1.0)
    assert paint(partly)[0] == "fetching 9 B of 90 B or more, 1 B/s, 0 of 3 files"


@pytest.mark.parametrize(
    "name", ["[red]six[/red]", "[bold]", ":smile:", "six\x1b[2J\r\n\x07\u202e", "https://x.example"]
)
def test_names_are_shown_as_they_are_and_steer_nothing(name):
    state = State(
        fetches=(Fetch(name=name, done=1, total=2),),
        builds=(Build(name=name, seconds=0),),
        step=Event(kind="stage", text=name),
    )
    shown = name.replace("\x1b", "\\x1b").replace("\r", "\\r").replace("\n", "\\n").replace("\x07", "\\x07")
    shown = shown.replace("\u202e", "\\u202e")
    lines = paint(state)
    assert lines[1].startswith(f"  {shown}  ")
    assert lines[2:] == [f"building {shown}, 0:00", f"installing: {shown}"]
    assert all(character.isprintable() for line in lines for character in line)


def test_colors_only_where_they_are_wanted():
    colored = paint(STATE, is_colored=True)
    assert colored[0].startswith("\x1b[1mfetching\x1b[0m ")
    assert "\x1b[32m━" in colored[1]
    assert not any("\x1b" in line for line in paint(STATE))


def test_a_stream_without_the_characters_gets_others():
    state = State(fetches=(Fetch(name="漢" * 9 + "-1.0.whl", done=5, total=10),), fetched=5, expected=10, file_count=1)
    lines = paint(state, encoding="ascii")
    assert "".join(lines).isascii()
    assert all(len(line) < 80 for line in lines)
    assert "\\u6f22" in lines[1]
    assert "------" in lines[1]
