"""The modules of the fast path in one file, so that one reading takes the place of fifty searches. Hot.

    capsa/__pycache__/hot.<python>.bundle    marshal: (mark, {module: Entry})

Like bytecode it lies beside the sources, is believed only while each source has its size and time, and is made again
by the first run that finds it missing or behind. Where it can't be written, or Python was told to write no bytecode,
modules come as they always do. docs/adr/0017-bundle.md.
"""

import marshal
import os
import sys
from _collections_abc import Callable
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER
from _imp import _fix_co_filename  # type: ignore[attr-defined] # typeshed leaves it out

HOT = True  # the fast path: see docs/adr

Entry = tuple[bool, str, int, int, bytes, tuple[str, ...]]
"""Of one module: whether it is a package, its source (from the package capsa on), size and time of that, its code, and
the modules that are loaded before it, each after those that it needs."""

_MARK = (3, MAGIC_NUMBER)
_Module = type(sys)
_FUTURE = "__future__"  # which nearly every module of ours asks for
_PARTS = ("hot_box", "hot_create", "hot_seed", "hot_hook", "hot_project")  # what loads the rest of the fast path


class Bundle:
    """Finds and loads modules out of the bundle of the ``package`` capsa: a finder and loader of `importlib`."""

    __slots__ = ("_entries", "_folder", "is_behind", "path")

    def __init__(self, package: ModuleSpec | None) -> None:
        level = sys.flags.optimize
        name = f"hot.{sys.implementation.cache_tag}{f'.opt-{level}' if level else ''}.bundle"
        self._folder = package.submodule_search_locations[0] if package and package.submodule_search_locations else ""
        self.path = f"{self._folder}/__pycache__/{name}"
        self._entries = _read(self.path)
        self.is_behind = not self._entries

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return how a module is loaded from the bundle; None where its source is not what it was, or it is not here.

        The ways of `importlib` that follow answer then. What the module imports is loaded here, in its order and past
        `importlib`, whose locks and searches take longer than running the modules.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        for needed in entry[5]:
            if needed not in sys.modules:
                self._load(needed)
        return self._spec(name, entry)

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave the making of the module to `importlib`."""

    def exec_module(self, module) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - `types` is too dear here
        """Run the module's code."""
        code = marshal.loads(self._entries[module.__name__][4])  # noqa: S302 - what import does
        if code.co_filename != module.__spec__.origin:
            _fix_co_filename(code, module.__spec__.origin)  # the package was moved
        exec(code, module.__dict__)  # noqa: S102 - what import does

    def _load(self, name: str) -> None:
        spec = self._spec(name, self._entries[name])
        if spec is None:
            return  # it is looked for when somebody imports it
        module = _Module(name)
        module.__spec__ = spec
        module.__loader__ = self  # type: ignore[assignment] # a loader by what it does
        module.__package__ = spec.parent
        module.__file__ = spec.origin
        if spec.submodule_search_locations is not None:
            module.__path__ = spec.submodule_search_locations
        sys.modules[name] = module
        try:
            self.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)

    def _spec(self, name: str, entry: Entry) -> ModuleSpec | None:
        source = os.path.join(self._folder, entry[1])
        try:
            status = os.stat(source)
        except OSError:
            status = None
        if status is None or (status.st_size, status.st_mtime_ns) != (entry[2], entry[3]):
            self.is_behind = True
            return None
        spec = ModuleSpec(name, self, origin=source, is_package=entry[0])  # type: ignore[arg-type] # not by name
        spec.has_location = True
        if entry[0]:
            spec.submodule_search_locations = [os.path.dirname(source)]
        return spec

    def get_data(self, path: str) -> bytes:
        """Return the content of a file of the package, as every loader of files does."""
        with open(path, "rb") as stream:
            return stream.read()

    def keep(self, write: Callable[[str, bytes], None]) -> None:
        """``write`` the bundle, for which the whole fast path is loaded, where that may be. Raises what it raises."""
        if not os.access(os.path.dirname(self.path), os.W_OK):
            return  # looked at first: making it takes longer than a whole run
        for part in _PARTS:
            __import__(f"capsa.cli.{part}")
        write(self.path, marshal.dumps((_MARK, self._loaded())))

    def _loaded(self) -> dict[str, Entry]:
        """Return the entries of all modules of the fast path that are loaded now."""
        codes = {}
        for name, module in list(sys.modules.items()):
            spec = module.__spec__ if name.startswith(("capsa.", _FUTURE)) else None
            if spec is not None and (hasattr(module, "HOT") or spec.submodule_search_locations or name == _FUTURE):
                codes[name] = _compiled(spec)
        entries = {}
        for name, (source, status, code) in codes.items():
            needed = _closure(name, {other: row[2].co_names for other, row in codes.items()}, set())[:-1]
            is_package = os.path.basename(source) == "__init__.py"
            place = source.removeprefix(f"{self._folder}/")
            facts = (is_package, place, status.st_size, status.st_mtime_ns, marshal.dumps(code))
            entries[name] = (*facts, tuple(needed))
        return entries


def _compiled(spec: ModuleSpec):  # type: ignore[no-untyped-def] # noqa: ANN202 - `types` is too dear here
    """Return the source of a module, what the disk says of it, and its code without docstrings and assertions."""
    # The size and time before the code: a change between the two is noticed the next time.
    source = spec.origin or ""
    status = os.stat(source)
    with open(source, "rb") as stream:
        code = compile(stream.read(), source, "exec", dont_inherit=True, optimize=2)
    return source, status, code


def _closure(name: str, imports: dict[str, tuple[str, ...]], met: set[str]) -> list[str]:
    """Return a module after all that it imports at its top, by the names in its code, and packages before their parts.

    A name may also be that of something else: then a module comes that was not needed, or is ``met`` already.
    """
    if name in met or name not in imports:
        return []
    met.add(name)
    package = name.rpartition(".")[0]
    found = _closure(package, imports, met)
    for word in imports[name]:
        found += _closure(word, imports, met) + _closure(f"{package}.{word}", imports, met)
    return [*found, name]


def _read(path: str) -> dict[str, Entry]:
    try:
        with open(path, "rb") as stream:
            mark, entries = marshal.loads(stream.read())  # noqa: S302 - as trustworthy as the bytecode beside it
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return entries if mark == _MARK else {}
