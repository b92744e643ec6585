"""When there is colour, when there is a changing line, and how paths and foreign text are shown."""

import pytest

from capsa.model.surroundings import Surroundings
from capsa.terminal.sentence import short_path
from capsa.terminal.style import Style, is_live, style_of
from capsa.terminal.visible import visible


def surroundings(*, is_terminal=True, **variables):
    return Surroundings(variables=variables, folder="/desk", home="/srv/me", interpreter="/py", is_terminal=is_terminal)


@pytest.mark.parametrize(
    ("variables", "is_terminal", "is_colored"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_color_follows_the_stream_and_the_variables(variables, is_terminal, is_colored):
    assert style_of(surroundings(**variables), is_terminal=is_terminal).is_colored is is_colored


def test_the_flag_against_colors_beats_everything():
    assert not style_of(surroundings(FORCE_COLOR="1"), is_terminal=True, has_no_color=True).is_colored


def test_a_changing_line_needs_a_terminal_that_somebody_watches():
    assert is_live(surroundings(CI="false"))
    assert not is_live(surroundings(CI="true"))
    assert not is_live(surroundings(TERM="dumb"))
    assert not is_live(surroundings(is_terminal=False))
    assert not is_live(surroundings(), has_no_progress=True)
    assert not is_live(surroundings(), is_quiet=True)


def test_paint_dresses_text_only_where_there_is_color():
    assert Style(is_colored=True).paint("x", "red") == "\x1b[31mx\x1b[0m"
    assert Style(is_colored=True).paint("", "red") == ""
    assert Style().paint("x", "red") == "x"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/desk", "."),
        ("/desk/.venv", ".venv"),
        ("/desktop/x", "/desktop/x"),
        ("/srv/me/x", "~/x"),
        ("/desk/a\nb", "a\\nb"),
    ],
)
def test_paths_are_shown_as_people_type_them(path, shown):
    assert short_path(path, "/desk", "/srv/me") == shown


def test_paths_of_windows_are_shortened_too():
    assert short_path(r"C:\work\.venv", r"C:\work", r"C:\Users\me") == ".venv"


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("plain é 漢 👩‍💻", "plain é 漢 👩‍💻"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\tc\nd", "a\\rb\\tc\\nd"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202etxt", "abc\\u202etxt"),
        ("bad\udcff", "bad\\udcff"),
    ],
)
def test_what_could_steer_the_terminal_is_escaped(outside, shown):
    assert visible(outside) == shown


def test_line_ends_stay_where_they_are_wanted():
    assert visible("a\nb\x00", keeps_lines=True) == "a\nb\\x00"
