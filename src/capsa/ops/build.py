"""Sources to wheels, each once: what is known of a source is read, not built; what was built is in the archives.

    CACHE/metadata-v1/<sha256 or key>   core metadata of sources, beside that of wheels
    CACHE/built-v1/<key>                the wheel that a source made, with these settings, on this Python: name and hash

A user's folder is built in place and never remembered: it may hold something else a moment later. Builds run one at a
time. PEP 517, PEP 643, PEP 660; the backends are run by `capsa.builder`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import RLock

from packaging.tags import parse_tag

from capsa.builder.hook import Builder, BuildOrder
from capsa.builder.isolation import Isolation
from capsa.builder.source import read_pkg_info
from capsa.builder.static import project_metadata, static_metadata
from capsa.builder.system import read_pyproject
from capsa.builder.wheel import hold
from capsa.cache.page import Pages
from capsa.disk.atomic import make_folder, make_folders, remove_file, remove_tree
from capsa.environment.open import is_environment
from capsa.environment.site import scan
from capsa.errors import BuildError, CacheError, DiskError
from capsa.index.metadata import document_of, metadata_in
from capsa.model.address import without_userinfo
from capsa.model.build import BuildRules
from capsa.model.digest import digest
from capsa.model.distribution import Distribution, parse_filename
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.manifest import Manifest
from capsa.model.metadata import Metadata
from capsa.model.name import normalize
from capsa.model.solution import Chosen
from capsa.model.target import target_of
from capsa.ops.furnish import identity_of
from capsa.ops.isolate import Furnished, OwnIsolation, StoreIsolation
from capsa.ops.source import Sources, source_of, title_of
from capsa.ops.stamp import folder_of, stamp_of
from capsa.ops.supply import Supply

__all__ = ["Builds", "folder_of", "stamp_of"]

_FORMAT = 1  # of what a key means: another number, and everything is built anew
_PURE = ("py3-none-any", "py2.py3-none-any")


class _Run:
    """What builds that need each other share: the sources, the boxes, what was learnt, and whose turn it is."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.turn = RLock()
        self.furnished: Furnished = {}
        self.known: dict[str, Metadata] = {}
        # Those that were asked for metadata and will perhaps build: what they prepared is in the temporary folder.
        self.builders: dict[str, tuple[Builder, str]] = {}


class Builds:
    """Builds for one Python, by rules.

    ``own`` is the box that is being changed, for builds without isolation. The rest is for builds that another build
    needs: what they share with it, and the titles of those that wait for them.
    """

    def __init__(
        self,
        supply: Supply,
        interpreter: Interpreter,
        rules: BuildRules,
        own: Environment | None = None,
        *,
        run: _Run | None = None,
        waiting: tuple[str, ...] = (),
    ) -> None:
        self.rules = rules
        self._supply = supply
        self._interpreter = interpreter
        self._own = own if own is not None and is_environment(own.root) else None  # one only planned holds nothing
        self._run = run or _Run(Sources(supply))
        self._waiting = waiting
        self._metadata_pages = Pages(f"{supply.session.store.root}/metadata-v1")
        self._built_pages = Pages(f"{supply.session.store.root}/built-v1")

    # -- what a source says of itself -------------------------------------------------------------------------------

    def metadata(self, distribution: Distribution) -> Metadata:
        """Return the core metadata of a source: kept, read where it is static, else asked of the backend.

        Where the ``version`` of the distribution is "" project and version are what is asked, and the caller compares.
        Raises BuildError, FetchError or IntegrityError.
        """
        self._refuse_forbidden(distribution, distribution.project)
        with self._run.turn:
            name = self._metadata_name(distribution)
            asked = f"{name}-{self._key()[:16]}"
            found = self._run.known.get(asked) or self._learn(distribution, name, asked)
            self._run.known[asked] = found
        self._refuse_forbidden(distribution, found.project)
        hold(found.name, found.version, _promised(distribution), title_of(distribution))
        return found

    def _learn(self, distribution: Distribution, name: str, asked: str) -> Metadata:
        """Return what nobody in this run knows yet.

        ``name`` keeps what is static, ``asked`` what a backend says: that may depend on the Python and on settings.
        """
        is_kept = folder_of(distribution) is None
        for document in (name, asked) if is_kept else ():
            found = metadata_in(self._metadata_pages.read(document))
            if found is not None and _is_promised(found, distribution):
                return found
        found = self._static(distribution)
        if found is None:
            found, name = self._ask(distribution), asked
        if is_kept:
            self._keep(self._metadata_pages, name, document_of(found))
        return found

    def _metadata_name(self, distribution: Distribution) -> str:
        """Return the name under which metadata is kept: the hash of an archive, as for wheels, or one of our own."""
        source = source_of(distribution)
        if source.kind != "archive":
            return f"{source.kind}-{digest(_encoded(without_userinfo(distribution.url)))}"
        sha256 = distribution.sha256 or self._run.sources.fetch(distribution).sha256
        return sha256 if not source.subdirectory else f"{sha256}-{digest(_encoded(source.subdirectory))[:16]}"

    def _static(self, distribution: Distribution) -> Metadata | None:
        """Return the metadata that stands in a source and that no build can change, or None."""
        source, title = source_of(distribution), title_of(distribution)
        if source.kind == "archive" and not source.subdirectory:
            content = read_pkg_info(self._run.sources.fetch(distribution).path, title)
            found = static_metadata(content, title) if content else None
            if found is not None:
                return found
        content = read_pyproject(self._run.sources.tree(distribution))
        return project_metadata(content, title, distribution.version) if content else None

    def _ask(self, distribution: Distribution) -> Metadata:
        with self._builder(distribution, is_kept=True) as builder:
            found = builder.metadata()
            if builder.has_wheel and folder_of(distribution) is None:
                # It had to be built to be asked: then it need not be built again, not even by another run.
                self._take(distribution, builder, is_editable=False)
        return found

    # -- the wheel of a source --------------------------------------------------------------------------------------

    def prepare(self, chosen: Chosen) -> Callable[[], object] | None:
        """Return what fetches the archive that a build will need; None where that or its wheel seems to be here."""
        distribution, sources = chosen.distribution, self._run.sources
        if source_of(distribution).kind != "archive" or sources.has_archive(distribution):
            return None
        if distribution.sha256 is not None and self._kept(distribution) is not None:
            return None
        return partial(sources.fetch, distribution)

    def manifest(self, chosen: Chosen) -> Manifest:
        """Return the wheel of a source, or the one that leads to an editable folder; it is in the archives then."""
        distribution = chosen.distribution
        self._refuse_forbidden(distribution, chosen.name)
        with self._run.turn:
            found = self._kept(distribution)
            if found is None:
                with self._builder(distribution) as builder:
                    found = self._take(distribution, builder, is_editable=chosen.is_editable)
        return found

    def _kept(self, distribution: Distribution) -> Manifest | None:
        """Return the wheel that was built of a source before, with these settings, if it fits this Python."""
        if folder_of(distribution) is not None:
            return None
        for key in self._wheel_keys(distribution):
            document = self._built_pages.read(key)
            sha256 = document.get("sha256") if isinstance(document, dict) else None
            manifest = self._supply.archives.manifest(sha256) if isinstance(sha256, str) else None
            if manifest is not None and not self._supply.archives.changed(manifest):
                return manifest
        return None

    def _take(self, distribution: Distribution, builder: Builder, *, is_editable: bool) -> Manifest:
        """Build the wheel, put it into the archives, and remember what it was built of."""
        title = title_of(distribution)
        folder = self._supply.session.store.temporary()
        make_folder(folder)
        try:
            path = builder.editable(folder) if is_editable else builder.wheel(folder)
            filename = os.path.basename(path)
            self._refuse_unfit(filename, distribution)
            manifest = self._supply.archives.add(path, filename=filename, sha256=None, size=None, origin=title)
        finally:
            remove_tree(folder)
        if folder_of(distribution) is None:
            shared, own = self._wheel_keys(distribution)
            is_shared = filename.removesuffix(".whl").endswith(_PURE) and self._static(distribution) is not None
            document = {"filename": filename, "sha256": manifest.sha256}
            self._keep(self._built_pages, shared if is_shared else own, document)
        return manifest

    def _wheel_keys(self, distribution: Distribution) -> tuple[str, str]:
        """Return the names of a wheel that any Python can use, and of one that was built for this one."""
        source = self._metadata_name(distribution)
        pure = digest(_encoded(f"{_FORMAT} {source} {self.rules.config} {self._surroundings()}"))
        return pure, digest(_encoded(f"{pure} {self._key()}"))

    def _key(self) -> str:
        facts = (_FORMAT, identity_of(self._interpreter), self.rules.config, self._surroundings())
        return digest(_encoded(repr(facts)))

    def _surroundings(self) -> str:
        """Return what else a build depends on: nothing in isolation, else all that the user's box holds."""
        if self.rules.has_isolation or self._own is None:
            return ""
        return " ".join(f"{present.name}=={present.version}" for present in scan(self._own).installed)

    # -- one build --------------------------------------------------------------------------------------------------

    @contextmanager
    def _builder(self, distribution: Distribution, *, is_kept: bool = False) -> Iterator[Builder]:
        """Have the backend of a source at hand, ``is_kept`` for the next time too. Its log stays where it failed."""
        session, title = self._supply.session, title_of(distribution)
        if title in self._waiting:
            raise _circle(title, self._waiting)
        key = f"{distribution.url} {distribution.sha256} {self._key()}"
        with session.sharing_store():
            known = self._run.builders.pop(key, None)
            builder, log = known if known is not None else self._opened(distribution)
            session.report(Event(kind="build", text=title, done=0, total=1))
            session.report(Event(kind="detail", text=f"building {title}; what it prints goes to {log}"))
            has_failed = False
            try:
                yield builder
                if is_kept:
                    self._run.builders[key] = builder, log
            except BuildError as error:
                has_failed = error.log == log
                raise
            finally:
                session.report(Event(kind="build", text=title, done=1, total=1))
                if key not in self._run.builders:
                    builder.close()
                if not has_failed:
                    remove_file(log)

    def _opened(self, distribution: Distribution) -> tuple[Builder, str]:
        session, title, log = self._supply.session, title_of(distribution), self._log(distribution)
        project, version = _promised(distribution)
        order = BuildOrder(
            tree=self._run.sources.tree(distribution),
            title=title,
            config=self.rules.config,
            variables=session.surroundings.variables,
            log=log,
            project=project,
            version=version,
            scratch=session.store.temporary(),
        )
        return Builder(order, self._isolation(title), session.reporter), log

    def _isolation(self, title: str) -> Isolation:
        if not self.rules.has_isolation:
            return OwnIsolation(self._own, title, self._supply.session.report)
        # What a build requires is nothing that the user asked for: his settings are not about it, his bans are.
        rules = BuildRules(no_build=self.rules.no_build)
        waiting = (*self._waiting, title)
        return StoreIsolation(
            self._supply,
            self._interpreter,
            title,
            builds=Builds(self._supply, self._interpreter, rules, run=self._run, waiting=waiting),
            rules=rules,
            furnished=self._run.furnished,
        )

    def _log(self, distribution: Distribution) -> str:
        store = self._supply.session.store
        store.prepare()
        stem = distribution.project or normalize(os.path.basename(source_of(distribution).url.rstrip("/")))
        parts = (stem, distribution.version, os.urandom(4).hex())
        path = store.log("-".join(part for part in parts if part))
        make_folders(os.path.dirname(path))
        return path

    def _keep(self, pages: Pages, name: str, document: Mapping[str, object]) -> None:
        try:
            pages.write(name, document)
        except (CacheError, DiskError) as error:
            # A store that is full or read-only costs the next run a build; this one has what it asked for.
            self._supply.session.report(Event(kind="detail", text=f"what was built was not noted: {error}"))

    def _refuse_forbidden(self, distribution: Distribution, project: str) -> None:
        if self.rules.may_build(project) or folder_of(distribution) is not None:
            return  # the user's own folder: there is no wheel of it to take instead
        rule = f"--only-binary {project}" if project in self.rules.no_build else "--no-build"
        raise BuildError(
            f"{title_of(distribution)} would have to be built from source, and {rule} forbids it",
            hints=(f"leave {rule} out, or give a wheel of it",),
        )

    def _refuse_unfit(self, filename: str, distribution: Distribution) -> None:
        """Raise BuildError for a wheel of another project or version than was promised, or for another Python."""
        title, target = title_of(distribution), target_of(self._interpreter)
        told = parse_filename(filename)
        if told is not None:
            hold(told.project, told.version, _promised(distribution), title)
        if told is None or told.tags is None or not parse_tag(told.tags) & set(target.tags):
            raise BuildError(f"the build of {title} made {filename}, which is not for {target.title}")


def _promised(distribution: Distribution) -> tuple[str, str]:
    """Return the project and version that must come out; whoever does not know the version only asks what is there."""
    return (distribution.project, distribution.version) if distribution.version else ("", "")


def _is_promised(metadata: Metadata, distribution: Distribution) -> bool:
    """Whether metadata that was kept is what is expected: a version may have been read out of another file's name."""
    try:
        hold(metadata.name, metadata.version, _promised(distribution), "")
    except BuildError:
        return False
    return True


def _circle(title: str, waiting: tuple[str, ...]) -> BuildError:
    first, *others = (*waiting[waiting.index(title) :], title)
    chain = ", which needs ".join(others)
    return BuildError(
        f"{first} can't be built: to be built it needs {chain}",
        hints=(f"ask for versions of which one is offered as a wheel: `--only-binary {first.partition(' ')[0]}`",),
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
