"""The solver's packages: "celery" is a project, "celery[redis]" one of its extras; and facts about them. PURE."""

from __future__ import annotations

from capsa.resolution.demand import Demand
from capsa.resolution.versions import VersionSet
from capsa.value import value


@value
class Tie:
    """The fact that an extra has the version of its project: where ``name`` is ``version``, so is ``key``."""

    name: str
    key: str
    version: int


@value
class Cap:
    """The fact that a constraint admits only ``versions`` of the project ``name``, if it is used at all."""

    name: str
    versions: VersionSet
    demand: Demand


def project_of(key: str) -> str:
    """Return the project of a solver's package."""
    return key.partition("[")[0]


def extra_of(key: str) -> str:
    """Return the extra of a solver's package, "" for the project itself."""
    return key.partition("[")[2].removesuffix("]")
