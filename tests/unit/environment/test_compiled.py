from capsa.environment.compiled import beside
from capsa.model.installation import Installation, WrittenFile
from capsa.model.receipt import ReceiptEntry

SITE = "lib/python3.11/site-packages"
MTIME = 1_000_000_000


def stored_at(path, size=7):
    """Bytecode in the store."""
    return path, size, MTIME, 0o444


def package(name, *modules, written=()):
    entry = ReceiptEntry(name=name, version="1", filename="", sha256="", url="", info="")
    links = tuple((module, f"{SITE}/{module}", 1, MTIME, 0o444) for module in modules)
    files = tuple(WrittenFile(path=path, content=b"") for path in written)
    return Installation(entry=entry, source="/store/tree", links=links, written=files)


def test_bytecode_goes_where_python_looks_for_it():
    bulb, wick = stored_at("/s/lamp/__pycache__/bulb.x.pyc"), stored_at("/s/__pycache__/wick.x.pyc", 8)
    stored = {"lamp": {"lamp/bulb.py": bulb, "wick.py": wick}}
    assert beside((package("lamp", "lamp/bulb.py", "lamp/data.txt", "wick.py"),), stored) == {
        "lamp": (
            ("/s/lamp/__pycache__/bulb.x.pyc", f"{SITE}/lamp/__pycache__/bulb.x.pyc", 7, MTIME, 0o444),
            ("/s/__pycache__/wick.x.pyc", f"{SITE}/__pycache__/wick.x.pyc", 8, MTIME, 0o444),
        )
    }


def test_a_module_that_is_not_linked_gets_none():
    """It was left out, or written for this box: then it has another size or time."""
    assert beside((package("lamp", "a.py"),), {"lamp": {"b.py": stored_at("/s/b.pyc")}}) == {"lamp": ()}
    assert beside((package("lamp", "a.py"),), {}) == {}


def test_a_module_that_two_packages_bring_gets_none():
    first, second = package("a", "shared.py", "a.py"), package("b", "shared.py")
    stored = {"a": {"shared.py": stored_at("/s/shared.pyc"), "a.py": stored_at("/s/a.pyc")}}
    assert beside((first, second), stored) == {"a": (("/s/a.pyc", f"{SITE}/__pycache__/a.pyc", 7, MTIME, 0o444),)}
    third = package("c", written=[f"{SITE}/a.py"])
    assert beside((first, third), {"a": {"a.py": stored_at("/s/a.pyc")}}) == {"a": ()}
