"""What a killed process was writing in .capsa is swept; what a living one is writing is not."""

import os

import pytest

from capsa.commit.stray import sweep_strays
from capsa.commit.transaction import hold_turn
from capsa.disk.atomic import temporary_sibling
from crash.child import run_in_child
from crash.world import Events, World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def leave(root):
    """Be killed while papers are written."""
    for path in ("seal", "history/pending", "history/kept/aa"):
        os.makedirs(os.path.dirname(f"{root}/.capsa/{path}"), exist_ok=True)
        with open(temporary_sibling(f"{root}/.capsa/{path}"), "w") as file:
            file.write("half")
    os.makedirs(f"{temporary_sibling(f'{root}/.capsa/history/kept/bb')}/tree")


def strays(root):
    return sorted(name for _, folders, names in os.walk(f"{root}/.capsa") for name in (*folders, *names) if "-" in name)


def test_the_next_writer_sweeps_what_a_dead_process_left(world):
    assert run_in_child(lambda: leave(world.root)) == 0
    assert len(strays(world.root)) == 4
    with hold_turn(world.root, Events()):
        assert strays(world.root) == []


def test_what_a_living_process_writes_stays(world):
    leave(world.root)
    world.put(".capsa/.capsa-notes-of-mine", "mine")
    before = strays(world.root)
    sweep_strays(world.root, Events())
    assert strays(world.root) == before
    assert len(before) == 5


def test_what_can_not_be_removed_is_no_failure(world, monkeypatch):
    assert run_in_child(lambda: leave(world.root)) == 0

    def refuse(*_, **__):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "unlink", refuse)
    events = Events()
    sweep_strays(world.root, events)
    assert len(events.texts("detail")) == 3
