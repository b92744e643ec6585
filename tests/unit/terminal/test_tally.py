"""What is going on, added up from events."""

import threading

import pytest

from capsa.model.event import Event
from capsa.terminal.tally import Build, Fetch, State, Tally


def fetch(name, done, total=None):
    return Event(kind="fetch", text=name, done=done, total=total)


def tally(*events, now=0.0):
    made = Tally()
    for event in events:
        made.take(event, now)
    return made


def test_nothing_goes_on_at_first():
    assert Tally().state(7.0) == State(step_seconds=7.0)


def test_files_in_flight_are_told_largest_first_and_all_of_them_are_added_up():
    state = tally(fetch("a", 10, 100), fetch("b", 200, 900), fetch("c", 50, 50), fetch("d", 5)).state(0)
    assert state.fetches == (
        Fetch(name="b", done=200, total=900),
        Fetch(name="a", done=10, total=100),
        Fetch(name="d", done=5, total=None),
    )
    assert (state.file_count, state.finished_count) == (4, 1)
    assert (state.fetched, state.expected, state.is_expected) == (265, 1055, False)


def test_a_file_of_unknown_size_is_there_when_it_is_unpacked():
    made = tally(fetch("a", 10), Event(kind="unpack", text="a", total=10), Event(kind="unpack", text="local"))
    state = made.state(0)
    assert state.fetches == ()
    assert state.is_expected
    assert (state.finished_count, state.unpacked_count) == (1, 2)


def test_a_file_that_is_fetched_again_is_in_flight_again():
    assert len(tally(fetch("a", 10, 10), fetch("a", 1, 10)).state(0).fetches) == 1


def test_the_rate_is_that_of_the_last_seconds():
    made = Tally()
    assert made.state(-60.0).rate is None  # waiting does not count
    for second in range(11):
        made.take(fetch("a", 1000 * min(second, 5) + 1, 10_000), second)
        rate = made.state(second).rate
        assert rate == (None if second in {0, 10} else 1000.0 if second <= 5 else rate)
    made.take(fetch("a", 5011, 10_000), 11)
    assert made.state(11.0).rate == 2.0


def test_the_time_between_two_files_is_not_counted_into_the_rate():
    made = Tally()
    for second in range(4):
        made.take(fetch("a", 1000 * (second + 1), 4000), second)
        made.state(second)
    assert made.state(4.0).rate is None  # nothing comes: there is no rate to tell
    for second in range(10, 13):
        made.take(fetch("b", 2000 * (second - 9), 9000), second)
        rate = made.state(second).rate
    assert rate == 2000.0


def test_a_step_counts_its_seconds_until_another_begins():
    made = Tally()
    made.take(Event(kind="resolve", text="a", done=1), 10)
    made.take(Event(kind="resolve", text="b", done=2), 12)
    assert (made.state(15).step.text, made.state(15).step_seconds) == ("b", 5)
    made.take(Event(kind="stage", text="a"), 16)
    assert (made.state(17).step.kind, made.state(17).step_seconds) == ("stage", 1)


def test_resolving_is_over_when_files_come():
    assert tally(Event(kind="resolve", text="a", done=1), fetch("a", 1, 2)).state(0).step is None


def test_builds_go_on_until_their_end_is_told():
    made = tally(Event(kind="build", text="a"), Event(kind="build", text="b"), now=3)
    made.take(Event(kind="build", text="a"), 5)
    assert made.state(7).builds == (Build(name="a", seconds=4), Build(name="b", seconds=4))
    made.take(Event(kind="build", text="a", done=1, total=1), 8)
    made.take(Event(kind="build", text="never begun", done=1, total=1), 8)
    assert [build.name for build in made.state(9).builds] == ["b"]


@pytest.mark.parametrize("kind", ["resolve", "unpack", "stage", "sweep"])
def test_what_led_to_a_build_is_over_when_the_build_begins_or_goes_on(kind):
    build, step = Event(kind="build", text="b"), Event(kind=kind, text="a")
    assert tally(step, build).state(0).step is None
    assert tally(build, step).state(0).step is step
    state = tally(build, step, build).state(0)
    assert (state.step, [build.name for build in state.builds]) == (None, ["b"])


def test_the_end_of_a_build_is_not_the_end_of_a_step():
    step = Event(kind="stage", text="a")
    assert tally(step, Event(kind="build", text="b", done=1, total=1)).state(0).step is step


def test_unpacking_goes_on_beside_fetching_and_nothing_else_does():
    unpacking = Event(kind="unpack", text="a")
    assert tally(unpacking, fetch("b", 1, 2)).state(0).step is unpacking
    assert tally(Event(kind="sweep", text="a"), fetch("b", 1, 2)).state(0).step is None


def test_a_file_of_unknown_size_is_there_when_its_end_is_told():
    assert tally(fetch("a", 10)).state(0).finished_count == 0
    assert tally(fetch("a", 10), fetch("a", 10, 10)).state(0).finished_count == 1
    assert tally(fetch("a", 0, 90), fetch("a", 0, 0)).state(0).finished_count == 1


def test_threads_may_tell_at_once():
    made = Tally()

    def work(name):
        for count in range(500):
            made.take(fetch(name, count, 500), count)
            made.take(Event(kind="unpack", text=""), count)
            made.state(count)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = made.state(500)
    assert (state.file_count, state.fetched, state.unpacked_count) == (4, 4 * 499, 2000)
