from capsa.environment.compiled import beside
from capsa.model.installation import Installation, WrittenFile
from capsa.model.receipt import ReceiptEntry

SITE = "lib/python3.11/site-packages"


def package(name, *modules, written=()):
    entry = ReceiptEntry(name=name, version="1", filename="", sha256="", url="", info="")
    links = tuple((module, f"{SITE}/{module}") for module in modules)
    files = tuple(WrittenFile(path=path, content=b"") for path in written)
    return Installation(entry=entry, source="/store/tree", links=links, written=files)


def test_bytecode_goes_where_python_looks_for_it():
    stored = {"lamp": {"lamp/bulb.py": "/s/lamp/__pycache__/bulb.x.pyc", "wick.py": "/s/__pycache__/wick.x.pyc"}}
    assert beside((package("lamp", "lamp/bulb.py", "lamp/data.txt", "wick.py"),), stored) == {
        "lamp": (
            ("/s/lamp/__pycache__/bulb.x.pyc", f"{SITE}/lamp/__pycache__/bulb.x.pyc"),
            ("/s/__pycache__/wick.x.pyc", f"{SITE}/__pycache__/wick.x.pyc"),
        )
    }


def test_a_module_that_is_not_linked_gets_none():
    """It was left out, or written for this box: then it has another size or time."""
    assert beside((package("lamp", "a.py"),), {"lamp": {"b.py": "/s/b.pyc"}}) == {"lamp": ()}
    assert beside((package("lamp", "a.py"),), {}) == {}


def test_a_module_that_two_packages_bring_gets_none():
    first, second = package("a", "shared.py", "a.py"), package("b", "shared.py")
    stored = {"a": {"shared.py": "/s/shared.pyc", "a.py": "/s/a.pyc"}}
    assert beside((first, second), stored) == {"a": (("/s/a.pyc", f"{SITE}/__pycache__/a.pyc"),)}
    third = package("c", written=[f"{SITE}/a.py"])
    assert beside((first, third), {"a": {"a.py": "/s/a.pyc"}}) == {"a": ()}
