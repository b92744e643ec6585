"""What is to be resolved: the demands, the environment, and the preferences among solutions. Values only."""

from __future__ import annotations

from typing import Literal

from capsa.model.build import BuildRules
from capsa.model.distribution import Distribution
from capsa.model.event import Reporter
from capsa.model.metadata import Metadata
from capsa.model.requirement import Requirement
from capsa.model.target import Target
from capsa.value import field, value

Policy = Literal["if-necessary-or-explicit", "allow", "disallow"]


@value
class Pinned:
    """A file that a demand names by its URL: its project is this file and no other.

    ``url`` is the reference exactly as the demand has it; ``metadata`` is what the file says of itself. A source under
    version control has the exact commit in the URL of its ``distribution``.
    """

    distribution: Distribution
    metadata: Metadata
    url: str
    is_editable: bool = False


@value
class ResolutionRequest:
    """One question to the solver.

    ``constraints`` narrow a project that something else brings in, and bring in nothing; ``pinned`` holds a file for
    every direct URL among the demands, by normalized name; ``preferences`` are versions to be kept where the demands
    admit them (installed or locked before), by normalized name; ``upgrades`` are names whose preference is ignored,
    ``is_upgrade`` ignores them all; ``is_shallow`` resolves the named projects alone, without what they demand.
    ``prereleases``: "if-necessary-or-explicit" admits those of a project when a demand on it names one, or when it
    offers nothing else; "allow" and "disallow" mean what they say.
    """

    requirements: tuple[Requirement, ...]
    target: Target
    constraints: tuple[Requirement, ...] = ()
    pinned: dict[str, Pinned] = field(default_factory=dict)
    preferences: dict[str, str] = field(default_factory=dict)
    upgrades: frozenset[str] = frozenset()
    is_upgrade: bool = False
    prereleases: Policy = "if-necessary-or-explicit"
    builds: BuildRules = field(default_factory=BuildRules)
    is_shallow: bool = False
    reporter: Reporter | None = None

    def preference(self, name: str) -> str | None:
        """The version of a project to be kept if it can be, or None."""
        if self.is_upgrade or name in self.upgrades:
            return None
        return self.preferences.get(name)
