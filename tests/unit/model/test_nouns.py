"""The small nouns: environment, event, installation, installed, interpreter, surroundings."""

import marshal

import pytest

from capsa.model.event import Event
from capsa.model.installation import Departure, Installation, WrittenFile
from capsa.model.installed import Installed
from capsa.model.interpreter import Interpreter
from capsa.model.metadata import Metadata
from capsa.model.receipt import ReceiptEntry
from capsa.model.surroundings import Surroundings
from support.box import box, interpreter


def test_an_interpreters_facts_survive_marshal():
    facts = interpreter().facts()
    assert Interpreter(marshal.loads(marshal.dumps(facts))).facts() == facts


def test_an_interpreter_without_a_fact_is_probed_anew():
    facts = interpreter().facts()
    del facts["soabi"]
    with pytest.raises(KeyError, match="soabi"):
        Interpreter(facts)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "CPython 3.11.7"),
        ({"implementation": "pypy", "version": "3.9.19"}, "PyPy 3.9.19"),
        ({"is_free_threaded": True, "is_debug": True}, "CPython 3.11.7 free-threaded debug"),
        ({"implementation": "other"}, "other 3.11.7"),
    ],
)
def test_an_interpreter_has_a_title_for_people(changes, title):
    assert interpreter(**changes).title == title


def test_an_interpreter_knows_whether_it_lives_in_an_environment():
    assert not interpreter().is_environment
    assert interpreter(prefix="/box").is_environment
    assert interpreter().minor == "3.11"


def test_an_environment_is_its_root_its_layout_and_its_python():
    environment = box("/boxes/one")
    assert (environment.root, environment.interpreter.minor) == ("/boxes/one", "3.11")
    assert environment.layout.path(environment.layout.python) == "/boxes/one/bin/python"


@pytest.mark.parametrize(
    ("direct_url", "is_editable"),
    [
        (None, False),
        ({"url": "file:///a", "archive_info": {}}, False),
        ({"url": "file:///a", "dir_info": {}}, False),
        ({"url": "file:///a", "dir_info": {"editable": True}}, True),
        ({"url": "file:///a", "dir_info": "nonsense"}, False),
    ],
)
def test_what_is_installed_knows_whether_it_is_editable(direct_url, is_editable):
    installed = Installed(metadata=Metadata(name="Foo_Bar", version="01.0"), info="x", direct_url=direct_url)
    assert installed.is_editable is is_editable
    assert (installed.name, installed.version) == ("foo-bar", "01.0")


def test_an_installation_tells_every_destination():
    entry = ReceiptEntry(name="a", version="1", filename="", sha256="", url="", info="")
    landed = Installation(
        entry=entry,
        source="/store/tree",
        links=(("a.py", "lib/a.py", 3, 0, 0o444),),
        written=(WrittenFile(path="bin/a", content=b"", mode=0o755),),
    )
    assert (landed.name, landed.paths) == ("a", ("lib/a.py", "bin/a"))
    assert Departure(name="a", paths=landed.paths).paths == landed.paths


def test_an_event_has_a_kind_a_text_and_perhaps_counts():
    event = Event(kind="fetch", text="six", done=1, total=2)
    assert (event.kind, event.text, event.done, event.total) == ("fetch", "six", 1, 2)
    assert Event(kind="note", text="x").total is None


def test_surroundings_know_windows_by_its_platform():
    facts = {"variables": {}, "folder": "/w", "home": "/h", "interpreter": "/p"}
    assert not Surroundings(**facts).is_windows
    assert Surroundings(**facts, platform="win32").is_windows
