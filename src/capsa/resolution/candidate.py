"""Which file of a release may be chosen for an environment, and why not: the best wheel, else what one is built from.

Follows PEP 425 and PEP 427 (tags, build tags), PEP 440 (pre-releases), PEP 503 (requires-python), PEP 592 (yanked).
PURE; looks at the files of those versions only that are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from capsa.model.build import BuildRules
from capsa.model.distribution import Distribution
from capsa.model.target import Target
from capsa.resolution.reason import NoFile, NoWheel, Reason, SourceOnly, WheelOnly, WrongHash, WrongPython, Yanked
from capsa.value import replace, value

_FREE = BuildRules()


@value
class HashRule:
    """The sha256 hashes of which a file must have one, and who says so."""

    sha256s: frozenset[str]
    origin: str


class Judge:
    """Tells for one environment, and what may be built, which file of a release is the best, or why none will do."""

    __slots__ = ("_builds", "_pythons", "_ranks", "_tags", "target")

    def __init__(self, target: Target, builds: BuildRules = _FREE) -> None:
        self.target = target
        self._builds = builds
        # As texts: most file names have tags that were seen before, and making Tag objects of them is slow.
        self._ranks = {str(tag): rank for tag, rank in target.ranks.items()}
        self._tags: dict[str, int | None] = {}
        self._pythons: dict[str, bool] = {}

    def fits_python(self, requires_python: str | None) -> bool:
        """Whether a requires-python admits the environment; one that can't be read admits all."""
        if not requires_python:
            return True
        known = self._pythons.get(requires_python)
        if known is None:
            known = self._pythons[requires_python] = self._compare(requires_python)
        return known

    def _compare(self, requires_python: str) -> bool:
        try:
            wanted = SpecifierSet(requires_python)
        except InvalidSpecifier:
            return True
        # "3.12.0+" is the version of an untagged build
        return wanted.contains(self.target.python.removesuffix("+"), prereleases=True)

    def rank(self, tags: str) -> int | None:
        """Return the place of a compressed tag set among the tags accepted here, 0 the best; None if it has none."""
        if tags not in self._tags:
            ranks = (self._ranks.get("-".join(tag)) for tag in product(*(part.split(".") for part in tags.split("-"))))
            self._tags[tags] = min((rank for rank in ranks if rank is not None), default=None)
        return self._tags[tags]

    def choose(
        self,
        files: Iterable[Distribution],
        *,
        is_pinned: bool = False,
        is_given: bool = False,
        hashes: HashRule | None = None,
    ) -> Distribution | Reason:
        """Return the best file of one release, or why none will do; yanked files only where they are pinned.

        ``is_given``: the user names the file itself, so that the rules of builds, which are about choices, don't count.
        """
        offered = tuple(files)
        if not offered:
            return NoFile()
        builds = _FREE if is_given else self._builds
        kept = tuple(file for file in offered if file.yanked is None)
        verdict = self._choose(kept, builds, hashes) if kept else Yanked(reason=offered[0].yanked or "")
        if is_pinned and len(kept) < len(offered) and not isinstance(verdict, Distribution):
            return self._choose(offered, builds, hashes)
        return verdict

    def _choose(
        self, files: tuple[Distribution, ...], builds: BuildRules, hashes: HashRule | None
    ) -> Distribution | Reason:
        fitting = tuple(file for file in files if self.fits_python(file.requires_python))
        if not fitting:
            return WrongPython(wanted=files[0].requires_python or "", python=self.target.python)
        project = files[0].project
        wheels = [
            (rank, file) for file in fitting if file.tags is not None and (rank := self.rank(file.tags)) is not None
        ]
        if not builds.may_take_wheel(project):
            # what is installed has no address: it is there, whoever built it
            wheels = [(rank, file) for rank, file in wheels if not file.url]
        sources = [file for file in fitting if file.tags is None] if builds.may_build(project) else []
        if not wheels and not sources:
            return self._lack(fitting, builds)
        if hashes is not None:
            wheels = [(rank, known) for rank, file in wheels if (known := _proven(file, hashes)) is not None]
            sources = [known for file in sources if (known := _proven(file, hashes)) is not None]
            if not wheels and not sources:
                return WrongHash(origin=hashes.origin)
        if not wheels:
            return _best_source(sources)
        # the smallest rank, and of equals the greatest build tag
        best = min(rank for rank, _ in wheels)
        return max((file for rank, file in wheels if rank == best), key=lambda file: file.build)

    def _lack(self, files: tuple[Distribution, ...], builds: BuildRules) -> Reason:
        """Why none of the files may be taken, of which every one admits this Python."""
        project = files[0].project
        tags = tuple(dict.fromkeys(file.tags for file in files if file.tags is not None))
        ban = f"--only-binary {project}" if project in builds.no_build else "--no-build"
        if not tags:
            return SourceOnly(rule=ban)
        if any(self.rank(tag) is not None for tag in tags):
            return WheelOnly(rule=f"--no-binary {project if project in builds.no_binary else ':all:'}")
        return NoWheel(title=self.target.title, tags=tags, rule=ban if any(not file.is_wheel for file in files) else "")


def _best_source(sources: list[Distribution]) -> Distribution:
    """The one of the form that PEP 625 asks for, if there is one: a release of old may have a .zip too."""
    return next((file for file in sources if file.filename.endswith(".tar.gz")), sources[0])


def _proven(file: Distribution, hashes: HashRule) -> Distribution | None:
    """The file if its hash is among those that are admitted; one without a hash gets the hash if there is but one."""
    if file.sha256 is None and len(hashes.sha256s) == 1:
        return replace(file, sha256=next(iter(hashes.sha256s)))
    return file if file.sha256 in hashes.sha256s else None
