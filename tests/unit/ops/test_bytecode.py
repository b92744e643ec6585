import pytest

from capsa.cache.backlog import Backlog
from capsa.cache.bytecode import Bytecode, kind_of
from capsa.errors import DiskError
from capsa.model.installation import Installation
from capsa.model.receipt import ReceiptEntry
from capsa.ops.bytecode import BoxBytecode, custom
from capsa.testing.wheel import make_wheel
from support.box import interpreter
from support.session import make_supply, this_python

FILES = {"lamp/__init__.py": "light = 1\n", "lamp/old.py": "print 'light'\n"}


@pytest.fixture
def started(monkeypatch):
    """What would have been started in the background."""
    calls = []

    def detach(work, **_):
        calls.append(work)
        return True

    monkeypatch.setattr("capsa.ops.bytecode.detach", detach)
    return calls


def prepared(tmp_path, setting, **variables):
    """Return a session whose store has one wheel, and the installation of that."""
    supply = make_supply(tmp_path, compile_bytecode=setting)
    supply.session.surroundings.variables.update(variables)
    path = make_wheel(str(tmp_path / "wheels"), "lamp", "1.0", files=FILES)
    name = path.rpartition("/")[2]
    manifest = supply.archives.add(path, filename=name, sha256=None, size=None, origin="a test")
    entry = ReceiptEntry(
        name="lamp", version="1.0", filename=manifest.filename, sha256=manifest.sha256, url="", info=manifest.info
    )
    links = tuple((path, f"site/{path}", *facts) for path, *facts, _ in manifest.files)
    return supply.session, Installation(entry=entry, source=supply.archives.tree(manifest.sha256), links=links)


@pytest.mark.parametrize(
    ("setting", "variables", "expected"),
    [
        ("later", {}, "later"),
        ("later", {"CI": "true"}, "link"),
        ("later", {"PYTHONDONTWRITEBYTECODE": "1"}, "never"),
        ("later", {"PYTHONDONTWRITEBYTECODE": ""}, "later"),
        ("now", {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}, "now"),
        ("never", {}, "never"),
    ],
)
def test_what_was_asked_for_by_name_counts_and_the_default_gives_way(setting, variables, expected):
    assert custom(setting, variables) == expected


def test_later_wishes_for_what_lacks_and_starts_one_process(tmp_path, started):
    session, package = prepared(tmp_path, "later")
    bytecode = BoxBytecode(session, this_python())
    assert bytecode.added((package,)) == (package,)
    assert not started, "not before the box is as it should be"
    bytecode.follow_up()
    kind = kind_of(this_python())
    assert started == [("capsa.ops.compile", "work", (session.store.root, kind))]
    wish = Backlog(session.store, kind).take()
    assert (wish.python, wish.archives) == (this_python().base_executable, (package.entry.sha256,))


@pytest.mark.parametrize(("setting", "variables"), [("never", {}), ("later", {"CI": "1"})])
def test_nothing_is_wished_for_where_nothing_may_run(tmp_path, started, setting, variables):
    session, package = prepared(tmp_path, setting, **variables)
    bytecode = BoxBytecode(session, this_python())
    assert bytecode.added((package,)) == (package,)
    bytecode.follow_up()
    assert not started
    assert not Bytecode(session.store, kind_of(this_python()), session.reporter).has_any


def test_now_the_box_at_hand_gets_it_and_nothing_is_left_to_do(tmp_path, started):
    session, package = prepared(tmp_path, "now")
    bytecode = BoxBytecode(session, this_python())
    (added,) = bytecode.added((package,))
    tag = this_python().cache_tag
    assert [target for _, target, *_ in added.compiled] == [f"site/lamp/__pycache__/__init__.{tag}.pyc"]
    assert set(added.paths) >= {target for _, target, *_ in added.compiled}
    bytecode.follow_up()
    assert not started


def test_a_python_that_can_not_compile_costs_a_warning_and_no_box(tmp_path):
    session, package = prepared(tmp_path, "now")
    bytecode = BoxBytecode(session, interpreter(base_executable="/nowhere/python"))
    assert bytecode.added((package,)) == (package,)
    (warning,) = session.reporter.texts("warning")
    assert warning.startswith("modules stay uncompiled: can't start /nowhere/python: there is no such program")


def test_a_python_whose_bytecode_is_not_kept_is_left_alone(tmp_path, started):
    session, package = prepared(tmp_path, "now")
    bytecode = BoxBytecode(session, interpreter(implementation="graalpy"))
    assert bytecode.added((package,)) == (package,)
    bytecode.follow_up()
    assert not started


def test_a_store_that_can_not_be_written_is_no_failure(tmp_path, started, monkeypatch):
    session, package = prepared(tmp_path, "later")

    def refuse(*_):
        raise DiskError("can't write")

    monkeypatch.setattr(Backlog, "add", refuse)
    bytecode = BoxBytecode(session, this_python())
    bytecode.added((package,))
    bytecode.follow_up()
    assert not started
    assert session.reporter.texts("detail") == ["no bytecode is made for the next box: can't write"]
