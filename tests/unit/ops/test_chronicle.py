"""What a history says of a box before and after a change, whoever changed it."""

import shutil

import pytest

from capsa.environment.site import scan
from capsa.model.history import History, StatePackage
from capsa.model.plan import removal, unchanged
from capsa.model.receipt import Receipt
from capsa.ops.chronicle import Chronicle
from capsa.value import replace
from support.box import SITE, box
from support.landing import put_by
from support.session import make_supply


class World:
    """A box with what lies in it, and the chronicle of one moment after another."""

    def __init__(self, folder):
        (folder / "box").mkdir()
        self.folder = folder
        self.root = folder / "box"
        self.environment = box(self.root)
        self.session = make_supply(folder).session
        self.session.command = "capsa install x"
        self.receipt = Receipt()

    def put(self, tool, name, content=b"light = 1\n"):
        entry = put_by(tool, self.environment, self.folder, {f"{name}.py": content}, name=name)
        if tool == "capsa":
            self.receipt = self.receipt.changed(incoming=(entry,), leaving=frozenset())

    def remove(self, name):
        shutil.rmtree(self.root / SITE / f"{name}-1.0.dist-info")
        (self.root / SITE / f"{name}.py").unlink()

    def look(self):
        installed = scan(self.environment).installed
        return Chronicle(self.session, self.environment, self.receipt, installed)

    def write(self, chronicle, after):
        for path, content in chronicle.papers(after).items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            if content is not None:
                place.write_bytes(content)
        self.receipt = replace(self.receipt, state=after.current)

    def record(self, plan=None):
        """Note the box as it is, as a verb does that changes nothing or takes something away."""
        chronicle = self.look()
        plan = plan or unchanged(())
        chronicle.keep_all(plan)
        after = chronicle.recorded(plan, (), ())
        self.write(chronicle, after)
        return after

    def leaving(self, name):
        return removal(tuple(found for found in scan(self.environment).installed if found.name == name))

    def notes(self):
        return [event.text for event in self.session.reporter.events if event.kind == "note"]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def told(history):
    return [(state.number, state.kind, [(row.action, row.name) for row in state.changes]) for state in history.states]


def packages(history, number):
    return {package.name: package for package in history.state(number).packages}


def test_before_the_first_change_the_box_is_recorded_as_it_was(world):
    world.put("capsa", "a")
    after = world.record(world.leaving("a"))
    assert told(after) == [(1, "first", []), (2, "command", [("remove", "a")])]
    assert [*packages(after, 1)] == ["a"]
    assert not packages(after, 2)
    assert after.present.why == "capsa install x"


def test_what_other_programs_did_becomes_a_state_of_its_own_and_is_kept(world):
    world.record()
    world.put("pip", "a")
    after = world.record()
    assert told(after)[2:] == [(3, "others", [("install", "a")]), (4, "command", [])]
    assert packages(after, 3)["a"].installer == "pip"
    assert packages(after, 3)["a"].kept
    assert packages(after, 3)["a"] == packages(after, 4)["a"]


def test_a_look_changes_nothing(world):
    world.put("pip", "a")
    assert world.look().history.current == 1
    assert not (world.root / ".capsa").exists()


def test_what_pip_puts_in_the_place_of_a_package_of_ours_is_noticed(world):
    world.put("capsa", "a")
    world.record()
    world.remove("a")
    world.put("pip", "a")
    after = world.record()
    assert told(after)[2] == (3, "others", [("replace", "a")])
    assert packages(after, 2)["a"].entry is not None
    assert packages(after, 3)["a"].entry is None


def test_what_pip_takes_away_was_kept_before(world):
    world.put("pip", "a")
    key = packages(world.record(), 1)["a"].kept
    world.remove("a")
    after = world.record()
    assert told(after)[2] == (3, "others", [("remove", "a")])
    assert packages(after, 2)["a"].kept == key
    assert (world.root / ".capsa/history/kept" / key / "manifest").exists()


def patched(world, name):
    entries = tuple(replace(entry, is_edited=True) if entry.name == name else entry for entry in world.receipt.entries)
    world.receipt = replace(world.receipt, entries=entries)


def test_what_was_patched_is_kept_when_it_leaves_and_earlier_states_know(world):
    world.put("capsa", "a")
    patched(world, "a")
    assert not packages(world.record(), 2)["a"].kept
    (world.root / SITE / "a.py").unlink()
    (world.root / SITE / "a.py").write_text("patched = 1\n")
    after = world.record(world.leaving("a"))
    (key,) = {packages(after, number)["a"].kept for number in (1, 2)}
    assert (world.root / f".capsa/history/kept/{key}/tree/{SITE}/a.py").read_text() == "patched = 1\n"


def test_what_was_patched_and_pip_took_away_is_lost_and_says_so(world):
    world.put("capsa", "a")
    patched(world, "a")
    world.record()
    world.remove("a")
    after = world.record()
    assert "another program took it away" in packages(after, 2)["a"].lost


def test_what_leaves_and_the_store_has_lost_is_kept(world):
    world.put("capsa", "a")
    assert packages(world.record(world.leaving("a")), 1)["a"].kept


def test_what_can_not_be_kept_is_marked(world):
    world.put("pip", "a")
    (world.root / SITE / "a-1.0.dist-info/RECORD").unlink()
    assert "has no RECORD" in packages(world.record(), 1)["a"].lost


def test_what_no_state_needs_any_more_goes(world):
    world.put("pip", "a")
    after = world.record()
    chronicle = world.look()
    chronicle.tidy(after)
    assert len([*(world.root / ".capsa/history/kept").iterdir()]) == 1
    chronicle.tidy(History())
    assert not [*(world.root / ".capsa/history/kept").iterdir()]


def test_after_going_back_a_new_change_drops_what_was_undone(world):
    for name in ("a", "b"):
        world.put("capsa", name)
        world.record()
    world.remove("b")
    world.receipt = replace(
        world.receipt, state=2, entries=tuple(entry for entry in world.receipt.entries if entry.name != "b")
    )
    after = world.record()
    assert (after.current, after.unread) == (3, (1,))
    assert sorted(path.name for path in (world.root / ".capsa/history").iterdir()) == ["1", "2", "3"]


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_damaged_history_begins_anew_with_a_note(world, text):
    world.record()
    (world.root / ".capsa/history/2").write_text(text)
    after = world.record()
    assert told(after) == [(1, "first", []), (2, "command", [])]
    assert any(note.startswith("the history of the box begins anew: ") for note in world.notes())


def test_states_are_read_when_they_are_needed(world):
    world.put("capsa", "a")
    patched(world, "a")
    for _ in range(3):
        world.record()
    assert world.look().history.unread == (1, 2, 3)
    after = world.record(world.leaving("a"))
    assert not after.unread
    assert len({packages(after, number)["a"].kept for number in (1, 2, 3, 4)} - {""}) == 1


def test_two_versions_at_once_are_no_state_to_go_to(world):
    world.put("pip", "a")
    shutil.copytree(world.root / SITE / "a-1.0.dist-info", world.root / SITE / "a-0.9.dist-info")
    lost = [package.lost for package in world.record().state(1).packages]
    assert lost == ["the box holds two versions of it at once"] * 2


def test_what_lies_in_a_box_is_told_apart_by_its_list_of_files(world):
    world.put("pip", "a")
    first = world.look().present
    world.remove("a")
    world.put("pip", "a", b"other = 1\n")
    (second,) = world.look().present
    assert isinstance(second, StatePackage)
    assert not second.is_same(first[0])
