"""Which box a word means: by name, by path, or by what lies around."""

import os

import pytest

from capsa.errors import EnvironmentMissingError
from capsa.ops.activate import activate, deactivate, facts, stepped_into
from capsa.ops.locate import Place, choose_box
from support.session import make_supply


@pytest.fixture
def session(tmp_path):
    return make_supply(tmp_path, data_dir=str(tmp_path / "data")).session


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def make_box(root):
    root.mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return str(root)


def choose(session, word, **options):
    return choose_box(session.surroundings, session.settings.data_dir, word, **options)


def notes(session):
    return [event.text for event in session.reporter.events if event.kind == "note"]


def test_a_word_is_a_name_where_there_is_such_a_box_and_else_a_path(session, work, tmp_path):
    assert choose(session, "data") == Place(root=f"{work}/data")
    named = make_box(tmp_path / "data/named/data")
    assert choose(session, "data") == Place(root=named)
    for path in ("./data", "data/", f"{work}/data", f"../{work.name}/data"):
        assert choose(session, path) == Place(root=f"{work}/data")
    assert choose(session, "~/data") == Place(root=f"{session.surroundings.home}/data")


def test_where_there_are_both_the_name_wins_and_it_is_said(session, work, tmp_path):
    named, here = make_box(tmp_path / "data/named/data"), make_box(work / "data")
    note = "using the named box data; the one in this folder is `./data`"
    assert choose(session, "data") == Place(root=named, note=note)
    assert stepped_into(session, "data", str(work)) == named
    assert notes(session) == [note]
    # An option has always meant a path: a name only counts where there is no such path.
    assert choose(session, "data", is_path_first=True) == Place(root=here)
    os.rename(here, f"{here}-away")
    assert choose(session, "data", is_path_first=True) == Place(root=named)


def test_without_a_word_it_is_the_nearest_one_upward(session, work):
    box = make_box(work / ".venv")
    assert stepped_into(session, None, f"{work}/src/deep") == box


def test_without_a_box_around_those_with_other_names_are_told(session, work, tmp_path):
    with pytest.raises(EnvironmentMissingError) as caught:
        stepped_into(session, None, str(work))
    assert caught.value.hints == ("make one: `capsa create`",)
    for root in (work / ".venv-3.12", work / ".venv 3.13", tmp_path / "data/named/data"):
        make_box(root)
    with pytest.raises(EnvironmentMissingError) as caught:
        stepped_into(session, None, str(work))
    assert caught.value.message == f"there is no box in {work} or above it"
    names = "`capsa activate '.venv 3.13'`, `capsa activate .venv-3.12`, `capsa activate data`"
    assert caught.value.hints == (f"name one: {names}",)


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("date", "there is no box named `date`, and none at {work}/date", "make it: `capsa create -n date`"),
        ("./date", "{work}/date is not a box", "make one: `capsa create {work}/date`"),
        ("file", "{work}/file is not a box", "make one: `capsa create {work}/file`"),
    ],
)
def test_what_is_no_box_is_told_with_the_way_to_one(session, work, word, message, hint):
    (work / "file").touch()
    with pytest.raises(EnvironmentMissingError) as caught:
        stepped_into(session, word, str(work))
    assert caught.value.message == message.format(work=work)
    assert caught.value.hints[0] == hint.format(work=work)


def test_a_path_that_is_more_than_a_line_is_not_stepped_into(session, work):
    make_box(work / "a\x1bb")
    with pytest.raises(EnvironmentMissingError, match="its path has a control character") as caught:
        stepped_into(session, "./a\x1bb", str(work))
    assert caught.value.message.isprintable()


def test_the_line_comes_with_what_else_is_known(session, work):
    box = make_box(work / ".venv")
    told, known = activate(session, box), facts(session.surroundings, box)
    assert told.line == ". .venv/bin/activate"
    assert (told.scripts, told.prompt) == (known.scripts, known.prompt) == (f"{box}/bin", "work")
    assert notes(session) == []


def test_there_is_something_to_leave_or_not(session):
    with pytest.raises(EnvironmentMissingError, match="no box is active"):
        deactivate(session.surroundings)
    session.surroundings.variables["VIRTUAL_ENV"] = "/srv/box"
    assert deactivate(session.surroundings).line == "deactivate"
