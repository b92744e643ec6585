"""What a look at the files of a box found, as values: one finding for each file that is worth a word. PURE."""

from __future__ import annotations

from typing import Literal

from capsa.value import value

Kind = Literal["missing", "altered", "extra", "collision", "launcher", "record", "edited"]

DAMAGE = frozenset({"missing", "altered", "launcher", "record"})
"""The kinds by which a box is not what it should be; the others are told, and are nobody's fault."""


@value
class Finding:
    """One file that is not as it was put in, or that is nobody's, or that several packages list.

    ``package`` is the normalized name of the package that it belongs to, "" where it is nobody's; ``path`` is relative
    to the box's root; ``text`` goes on where the path ends ("is missing"). ``shared_with`` are the absolute roots of
    the other boxes that hold the very same file.
    """

    package: str
    path: str
    kind: Kind
    text: str = ""
    shared_with: tuple[str, ...] = ()

    @property
    def is_damage(self) -> bool:
        """Whether a box with this is damaged."""
        return self.kind in DAMAGE


@value
class VerifyOutcome:
    """What ``verify`` found in a box, by package and path; ``is_full`` tells that contents were read too.

    ``withdrawn`` are absolute paths of files of the store that were damaged as well, and were taken out of it.
    """

    environment: str
    findings: tuple[Finding, ...]
    package_count: int
    file_count: int
    is_full: bool = False
    withdrawn: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not any(finding.is_damage for finding in self.findings)


@value
class RepairOutcome:
    """What ``repair`` mended, or would mend; ``left`` is what stays as it is, by package and path.

    What is left of damage can't be mended, and its text says why; ``hints`` are sentences for it. ``boxes`` are the
    absolute roots of other boxes that share what was damaged.
    """

    environment: str
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...] = ()
    boxes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    package_count: int = 0
    is_dry_run: bool = False
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether nothing damaged is left."""
        return not any(finding.is_damage for finding in self.left)


@value
class PatchRow:
    """A package whose files are this box's own: their number, and the absolute paths to find them at.

    ``is_new`` tells that they became so now.
    """

    name: str
    version: str
    file_count: int
    places: tuple[str, ...]
    is_new: bool = True


@value
class PatchOutcome:
    """The packages that ``edit`` gave to a box, to be patched there."""

    environment: str
    packages: tuple[PatchRow, ...]
