"""Build backends called by their hooks: metadata, wheels, editable wheels (PEP 517, PEP 518, PEP 643, PEP 660).

Each hook runs in a process of its own, with the Python of the environment that `Isolation` gives, inside the source
tree; what it prints goes into a log. Never installs anything, and never decides whether a build is allowed. The only
module that knows pyproject_hooks: its errors end here.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from capsa.builder.cause import hint_of, last_lines, read_output
from capsa.builder.isolation import BuildEnvironment, Isolation
from capsa.builder.sandbox.none import Bounds, confined
from capsa.builder.static import project_metadata, static_metadata
from capsa.builder.system import BuildSystem, read_build_system, read_file, read_pyproject
from capsa.builder.wheel import hold, made_wheel, wheel_metadata
from capsa.disk.atomic import append, make_folder, make_folders, remove_tree, rename, temporary_sibling
from capsa.errors import BuildError, DiskError, IntegrityError, RequirementError, ResolutionError, quoted
from capsa.model.event import Event, Reporter
from capsa.model.metadata import Metadata, parse_metadata
from capsa.process.run import StartError, run_logged
from capsa.value import value

_INFO = "PKG-INFO"
# What would lead the backend's Python, or what it starts, to other packages than those of its environment.
_MISLEADING = frozenset({"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"})
_SINCE = {"setuptools": "setuptools>=64", "flit_core": "flit_core>=3.4", "poetry": "poetry-core>=1.0.8"}


@value
class BuildOrder:
    """What is to be built, and how.

    ``tree`` is the absolute root of the source; ``title`` names the package in messages; ``config`` are the config
    settings as pairs, a key may come twice; ``variables`` are the environment variables of the caller; ``log`` is the
    absolute path of the file that the backends' output is added to. ``project`` and ``version`` are what must come out,
    "" for any; ``patience`` is how many seconds one hook may take, None for ever; ``scratch`` is the absolute folder
    (made when needed) for what is kept from one hook to the next, "" for one beside the log.
    """

    tree: str
    title: str
    config: tuple[tuple[str, str], ...] = ()
    variables: Mapping[str, str]
    log: str
    project: str = ""
    version: str = ""
    patience: float | None = None
    scratch: str = ""


class FailedBuildError(BuildError):
    """A backend that failed: ``title`` is the package, ``hook`` what was asked, ``code`` the exit code or None."""

    def __init__(self, message: str, *, call: _Call, hints: tuple[str, ...] = (), code: int | None = None) -> None:
        output = read_output(call.order.log, call.start)
        more = (f"read everything that it printed in {call.order.log}",)
        super().__init__(
            message, hints=(*(hints or hint_of(output)), *more), lines=last_lines(output), log=call.order.log
        )
        self.title = call.order.title
        self.hook = call.hook
        self.code = code


class MissingHookError(BuildError):
    """A backend without a hook that it need not have; ``hook`` names it."""

    def __init__(self, *, title: str, backend: str, hook: str) -> None:
        super().__init__(f"{title} can't be built: its backend {backend} has no {hook} hook")
        self.hook = hook


class Builder:
    """Builds one source tree. A context manager: what it keeps between two hooks is removed at its end.

    ``isolation`` makes the environments, ``reporter`` is told of each hook, as a detail. One builder is for one thread.
    All of it raises BuildError for what the source or its backend can't do, DiskError, and what ``isolation`` raises.
    """

    __slots__ = ("_built", "_info", "_isolation", "_order", "_ready", "_reporter", "_scratch", "_system")

    def __init__(self, order: BuildOrder, isolation: Isolation, reporter: Reporter) -> None:
        self._order = order
        self._isolation = isolation
        self._reporter = reporter
        self._system: BuildSystem | None = None
        self._ready: dict[str, BuildEnvironment] = {}
        self._scratch = ""
        self._info: str | None = None  # the .dist-info that was prepared, and that the wheel must agree with
        self._built = ""  # a wheel that had to be built for its metadata, and waits for `wheel`

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was kept beside the log. May be called twice."""
        if self._scratch:
            remove_tree(self._scratch)
        self._scratch, self._info, self._built = "", None, ""

    @property
    def has_wheel(self) -> bool:
        """Whether a wheel had to be built for the metadata, so that `wheel` has it at once."""
        return bool(self._built)

    def metadata(self) -> Metadata:
        """Return the core metadata: read where it is static, else asked of the backend, else read out of a wheel."""
        metadata = self._static() or self._asked()
        hold(metadata.name, metadata.version, (self._order.project, self._order.version), self._order.title)
        return metadata

    def wheel(self, folder: str) -> str:
        """Build a wheel in ``folder`` (made when missing) and return its absolute path."""
        if self._built:
            built, self._built = self._built, ""
            path = os.path.join(folder, os.path.basename(built))
            make_folders(folder)
            try:
                rename(built, path)
            except DiskError:
                # Another disk than that of the log: it is built once more, into the right place.
                return self._make("wheel", folder)
            return path
        return self._make("wheel", folder)

    def editable(self, folder: str) -> str:
        """Build a wheel that leads to the source tree (PEP 660) in ``folder`` and return its absolute path."""
        try:
            return self._make("editable", folder)
        except MissingHookError as error:
            backend = self._build_system().backend
            wanted = _SINCE.get(backend.partition(".")[0])
            hint = f"require `{wanted}` in build-system.requires" if wanted else "install it without `-e`"
            message = f"{self._order.title} can't be installed editable: its backend {backend} has no {error.hook} hook"
            raise BuildError(message, hints=(hint,)) from error

    def _static(self) -> Metadata | None:
        order = self._order
        content = read_pyproject(order.tree)
        found = project_metadata(content, order.title, order.version) if content else None
        if found is None:
            content = read_file(os.path.join(order.tree, _INFO))
            found = static_metadata(content, order.title) if content else None
        return found

    def _asked(self) -> Metadata:
        environment = self._environment("wheel")
        folder = self._kept("metadata")
        make_folders(folder)
        try:
            answer = self._ask(
                "prepare_metadata_for_build_wheel", environment, folder, self._config(), _allow_fallback=False
            )
        except MissingHookError:
            self._built = self._make("wheel", self._kept("wheel"))
            return wheel_metadata(self._built, self._order.title)
        title = self._order.title
        if not isinstance(answer, str) or answer != os.path.basename(answer):
            raise BuildError(
                f"the backend of {title} says that it put the metadata into {quoted(str(answer))}, which is no name"
            )
        content = read_file(os.path.join(folder, answer, "METADATA"))
        if content is None:
            raise BuildError(f"the backend of {title} made no {answer}/METADATA")
        self._info = os.path.join(folder, answer)
        try:
            return parse_metadata(content, f"the METADATA that was made of {title}")
        except IntegrityError as error:
            raise BuildError(str(error)) from error

    def _make(self, kind: str, folder: str) -> str:
        """Build in a folder of its own inside ``folder``, so that whatever else the backend leaves goes with it."""
        order = self._order
        environment = self._environment(kind)
        make_folders(folder)
        inside = temporary_sibling(os.path.join(folder, kind))
        make_folder(inside)
        try:
            info = self._info if kind == "wheel" else None
            answer = self._ask(f"build_{kind}", environment, inside, self._config(), info)
            name = made_wheel(inside, answer, (order.project, order.version), order.title)
            rename(os.path.join(inside, name), os.path.join(folder, name))
        finally:
            remove_tree(inside)
        return os.path.join(folder, name)

    def _environment(self, kind: str) -> BuildEnvironment:
        """Return the environment for "wheel" or "editable", filled with what the backend itself asks for."""
        if kind not in self._ready:
            system = self._build_system()
            environment = self._isolated(system.requires)
            hook = f"get_requires_for_build_{kind}"
            more = self._ask(hook, environment, self._config())
            if not isinstance(more, list) or not all(isinstance(text, str) for text in more):
                title = self._order.title
                raise BuildError(f"{title} can't be built: its backend {system.backend} answers {hook} with no list")
            more = [text for text in more if text not in system.requires]
            self._ready[kind] = self._isolated((*system.requires, *more)) if more else environment
        return self._ready[kind]

    def _isolated(self, requirements: tuple[str, ...]) -> BuildEnvironment:
        try:
            return self._isolation.environment_for(requirements)
        except (RequirementError, ResolutionError) as error:
            raise BuildError(
                f"{self._order.title} can't be built, as what its build requires can't be had: {error}",
                hints=error.hints,
            ) from error

    def _build_system(self) -> BuildSystem:
        if self._system is None:
            self._system = read_build_system(self._order.tree, self._order.title)
        return self._system

    def _kept(self, name: str) -> str:
        if not self._scratch:
            self._scratch = self._order.scratch or temporary_sibling(self._order.log)
        return os.path.join(self._scratch, name)

    def _config(self) -> dict[str, str | list[str]] | None:
        """Return the config settings as the hooks take them: a key that was given more than once has a list."""
        found: dict[str, list[str]] = {}
        for key, text in self._order.config:
            found.setdefault(key, []).append(text)
        return {key: values[0] if len(values) == 1 else values for key, values in found.items()} or None

    def _ask(self, hook: str, environment: BuildEnvironment, *words: object, **options: object) -> Any:
        """Call a hook and return its answer, whatever it is."""
        import pyproject_hooks  # noqa: PLC0415 - see docs/adr: what is never built should not pay for it

        # Warnings of a backend are for who maintains it. This category is this library's alone.
        warnings.simplefilter("ignore", getattr(pyproject_hooks, "BuildBackendWarning", BytesWarning))
        system, title = self._build_system(), self._order.title
        self._reporter.event(Event(kind="detail", text=f"{title}: {hook} of {system.backend}"))
        call = _Call(self._order, system.backend, hook, environment)
        try:
            caller = pyproject_hooks.BuildBackendHookCaller(
                self._order.tree,
                system.backend,
                backend_path=list(system.backend_path) or None,
                runner=call,
                python_executable=environment.python,
            )
            return getattr(caller, hook)(*words, **options)
        except pyproject_hooks.HookMissing as error:
            raise MissingHookError(title=title, backend=system.backend, hook=error.hook_name) from error
        except pyproject_hooks.BackendUnavailable as error:
            call.note(f"{error}\n" if error.traceback in str(error) else f"{error}\n{error.traceback}")
            message = f"{title} can't be built: its backend {system.backend} can't be imported"
            raise FailedBuildError(message, call=call) from error
        except pyproject_hooks.UnsupportedOperation as error:
            message = f"{title} can't be built: its backend {system.backend} says that it can't do {hook}"
            raise FailedBuildError(message, call=call) from error
        except (OSError, ValueError, KeyError) as error:
            message = f"{title} can't be built: its backend {system.backend} ended without an answer to {hook}"
            raise FailedBuildError(message, call=call) from error


class _Call:
    """One call of a hook; pyproject_hooks calls it to start the process. ``start`` is where its output begins."""

    __slots__ = ("_backend", "_environment", "hook", "order", "start")

    def __init__(self, order: BuildOrder, backend: str, hook: str, environment: BuildEnvironment) -> None:
        self.order = order
        self.hook = hook
        self._backend = backend
        self._environment = environment
        make_folders(os.path.dirname(order.log))
        append(order.log, f"# {hook} of {backend}, with {environment.python}\n".encode())
        self.start = os.stat(order.log).st_size

    def __call__(
        self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        """Run the command of pyproject_hooks; raises FailedBuildError when it does not end well."""
        order = self.order
        tree = cwd or order.tree
        try:
            code = run_logged(
                confined([*cmd], Bounds(writable=(tree, cmd[-1]))),
                variables=_variables(order.variables, self._environment) | dict(extra_environ or {}),
                folder=tree,
                log=lambda piece: append(order.log, piece),
                timeout=order.patience,
            )
        except StartError as error:
            raise FailedBuildError(f"{order.title} can't be built: {error}", call=self, hints=error.hints) from error
        if code:
            how = f"exit code {code}" if code > 0 else f"signal {-code}"
            message = f"{order.title} can't be built: {self._backend} failed in {self.hook} with {how}"
            raise FailedBuildError(message, call=self, code=code)

    def note(self, text: str) -> None:
        """Add to the log what the backend said by another way than printing it."""
        append(self.order.log, text.encode("utf-8", "replace"))


def _variables(given: Mapping[str, str], environment: BuildEnvironment) -> dict[str, str]:
    """Return the variables of a backend: those of the caller, with the environment's programs first on PATH."""
    found = {name: value for name, value in given.items() if name not in _MISLEADING}
    path = found.get("PATH", os.defpath)
    found["PATH"] = f"{environment.scripts}{os.pathsep}{path}" if path else environment.scripts
    # What the backend and the compilers that it starts print shall stand in the log in the order of events.
    found["PYTHONUNBUFFERED"] = "1"
    return found
