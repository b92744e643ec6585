"""SIGKILL at each step of a commit and of the recovery: the box is the old one or the new one, and no third."""

import errno
import os
import signal

import pytest

from capsa.commit.recovery import recover
from capsa.disk.exchange import Exchanger
from crash.child import Calls, kill, run_in_child
from crash.scenario import CHANGES, Scenario
from crash.world import Events, read_tree

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
KILLED = -signal.SIGKILL


@pytest.fixture(params=sorted(CHANGES))
def scenario(request, tmp_path):
    return Scenario(tmp_path, request.param)


def chosen(rng, count, size):
    """All numbers below a count in a long run, else a sample of a size."""
    return range(count) if LONG else sorted(rng.sample(range(count), min(size, count)))


def steps_of(scenario):
    """The events of the change when nothing goes wrong."""
    events = Events()
    scenario.change(scenario.copy("counted"), reporter=events)
    return events.seen


def check(scenario, world, *, is_new=None):
    """Recover, and hold the box against the two that it may be."""
    recover(world.root, Events())
    found = world.everything()
    assert found in (scenario.before, scenario.after)
    if is_new is not None:
        assert found == (scenario.after if is_new else scenario.before)
    assert world.leftovers() == []
    assert world.store_hash() == scenario.store
    assert recover(world.root, Events()) is None


def test_a_kill_at_each_step_of_the_commit_leaves_old_or_new(scenario):
    steps = steps_of(scenario)
    for number, step in enumerate(steps):
        world = scenario.copy("killed")
        assert run_in_child(lambda: scenario.change(world, reporter=Events(number, kill))) == KILLED  # noqa: B023 - the child runs at once
        check(scenario, world, is_new=step.kind == "sweep")


def test_a_kill_at_each_step_of_the_recovery_leaves_old_or_new_as_well(scenario, rng):
    steps = steps_of(scenario)
    for number in chosen(rng, len(steps), 8):
        # A recovery has at most a step a move and a few; one that is not killed is the end of the row.
        for second in range(len(steps) + 5) if LONG else rng.sample(range(len(steps)), 3):
            world = scenario.copy("killed")
            assert run_in_child(lambda: scenario.change(world, reporter=Events(number, kill))) == KILLED  # noqa: B023 - at once
            end = run_in_child(lambda: recover(world.root, Events(second, kill)))  # noqa: B023 - at once
            check(scenario, world, is_new=steps[number].kind == "sweep")
            if end != KILLED:
                assert end == 0
                break


@pytest.mark.parametrize("is_one_step", [True, False])
def test_a_kill_between_any_two_calls_of_the_system_leaves_old_or_new(scenario, rng, is_one_step):
    def change(world, calls):
        with calls.watching():
            scenario.change(world, exchanger=Exchanger(is_one_step=is_one_step))

    counted = Calls()
    change(scenario.copy("counted"), counted)
    for number in chosen(rng, counted.count, 25):
        world = scenario.copy("killed")
        assert run_in_child(lambda: change(world, Calls(number, kill))) == KILLED  # noqa: B023 - the child runs at once
        end = run_in_child(lambda: recover_killed(world, Calls(rng.randrange(60), kill)))  # noqa: B023 - the same
        assert end in (KILLED, 0)
        check(scenario, world)


def test_a_seal_that_could_not_be_flushed_does_not_count(tmp_path, monkeypatch):
    scenario = Scenario(tmp_path, "upgrade")
    world = scenario.copy("killed")

    def refuse(_descriptor):
        journal = read_tree(f"{world.root}/.capsa").get("journal", "")
        if journal.endswith('"sealed"\n'):
            raise OSError(errno.EIO, "a fault of the disk")

    class KilledOnTheWayBack(Events):
        def event(self, event):
            super().event(event)
            if len([text for text in self.texts("move") if text.startswith("back:")]) == 5:
                kill()

    monkeypatch.setattr(os, "fsync", refuse)
    assert run_in_child(lambda: scenario.change(world, reporter=KilledOnTheWayBack())) == KILLED
    check(scenario, world, is_new=False)


def recover_killed(world, calls):
    with calls.watching():
        recover(world.root, Events())


def test_the_next_change_recovers_and_goes_on(scenario, rng):
    steps = steps_of(scenario)
    for number in chosen(rng, len(steps), 6):
        if steps[number].kind == "sweep":
            continue
        world = scenario.copy("killed")
        assert run_in_child(lambda: scenario.change(world, reporter=Events(number, kill))) == KILLED  # noqa: B023 - at once

        scenario.change(world)

        assert world.everything() == scenario.after
        assert world.leftovers() == []
