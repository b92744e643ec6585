"""The modules of the fast path in one file, so that one reading takes the place of fifty searches. Hot.

    capsa/__pycache__/hot.<python>.bundle    marshal: (mark, {module: (is_package, source, size, mtime_ns, code)})

Like bytecode it lies beside the sources, is believed only while each source has its size and time, and is made again
by the first run that finds it missing or behind. Where it can't be written, or Python was told to write no bytecode,
modules come as they always do. docs/adr/0017-bundle.md.
"""

import marshal
import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from _imp import _fix_co_filename  # type: ignore[attr-defined] # typeshed leaves it out

HOT = True  # the fast path: see docs/adr

Entry = tuple[bool, str, int, int, bytes]
"""Of one module: whether it is a package, its source (from the package capsa on), size and time of that, its code."""

_MARK = (2, MAGIC_NUMBER)
_FUTURE = "__future__"  # which nearly every module of ours asks for
_PARTS = ("hot_box", "hot_create", "hot_seed", "hot_hook", "hot_project")  # what loads the rest of the fast path


class Bundle:
    """Finds and loads modules out of the bundle of the ``package`` capsa: a finder and loader of `importlib`."""

    __slots__ = ("_entries", "_folder", "_is_behind", "path")

    def __init__(self, package: ModuleSpec | None) -> None:
        level = sys.flags.optimize
        name = f"hot.{sys.implementation.cache_tag}{f'.opt-{level}' if level else ''}.bundle"
        self._folder = package.submodule_search_locations[0] if package and package.submodule_search_locations else ""
        self.path = f"{self._folder}/__pycache__/{name}"
        self._entries = _read(self.path)
        self._is_behind = not self._entries

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return how a module is loaded from the bundle; None where its source is not what it was, or it is not here.

        The ways of `importlib` that follow answer then.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        is_package, place, size, mtime_ns, _ = entry
        source = os.path.join(self._folder, place)
        try:
            status = os.stat(source)
        except OSError:
            status = None
        if status is None or (status.st_size, status.st_mtime_ns) != (size, mtime_ns):
            self._is_behind = True
            return None
        spec = ModuleSpec(name, self, origin=source, is_package=is_package)  # type: ignore[arg-type] # not by name
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(source)]
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave the making of the module to `importlib`."""

    def exec_module(self, module) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - `types` is too dear here
        """Run the module's code."""
        code = marshal.loads(self._entries[module.__name__][4])  # noqa: S302 - what import does
        if code.co_filename != module.__spec__.origin:
            _fix_co_filename(code, module.__spec__.origin)  # the package was moved
        exec(code, module.__dict__)  # noqa: S102 - what import does

    def get_data(self, path: str) -> bytes:
        """Return the content of a file of the package, as every loader of files does."""
        with open(path, "rb") as stream:
            return stream.read()

    def keep(self) -> None:
        """Write the bundle if it is missing or behind; the modules of the whole fast path are loaded for that."""
        if not self._is_behind or sys.dont_write_bytecode:
            return
        for part in _PARTS:
            __import__(f"capsa.cli.{part}")
        # They come out of the bundle themselves.
        from capsa.disk.atomic import write_atomic  # noqa: PLC0415 - see above
        from capsa.errors import DiskError  # noqa: PLC0415 - see above

        try:
            write_atomic(self.path, marshal.dumps((_MARK, self._loaded())))
        except (DiskError, OSError):
            return  # capsa is installed where this user may not write, or is being replaced: then without

    def _loaded(self) -> dict[str, Entry]:
        entries = {}
        for name, module in list(sys.modules.items()):
            if not name.startswith(("capsa.", _FUTURE)):
                continue
            spec = module.__spec__
            if spec is not None and (hasattr(module, "HOT") or spec.submodule_search_locations or spec.name == _FUTURE):
                loader: object = spec.loader
                if isinstance(loader, SourceFileLoader):
                    entries[name] = self._entry(name, loader)
                elif isinstance(loader, Bundle):
                    entries[name] = self._entries[name]
        return entries

    def _entry(self, name: str, loader: SourceFileLoader) -> Entry:
        # The size and time before the code: a change between the two is noticed the next time.
        source = loader.get_filename(name)
        status = os.stat(source)
        # Without docstrings and assertions, which nobody asks for there.
        code = marshal.dumps(loader.source_to_code(loader.get_data(source), source, _optimize=2))
        place = source.removeprefix(f"{self._folder}/")
        return loader.is_package(name), place, status.st_size, status.st_mtime_ns, code


def _read(path: str) -> dict[str, Entry]:
    try:
        with open(path, "rb") as stream:
            mark, entries = marshal.load(stream)  # noqa: S302 - as trustworthy as the bytecode beside it
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return entries if mark == _MARK else {}
