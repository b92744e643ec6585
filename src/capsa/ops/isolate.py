"""Where builds run: in a box of the store that holds what they require, or, if the user wants it so, in the user's own.

Implements `capsa.builder.isolation.Isolation`. The boxes are shared between builds of equal requirements (`furnish`).
"""

from __future__ import annotations

from collections.abc import Callable

from capsa.builder.isolation import BuildEnvironment
from capsa.environment.site import scan
from capsa.errors import BuildError, Failure
from capsa.model.build import BuildRules
from capsa.model.closure import is_met
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.requirement import Origin, Requirement, parse_requirement
from capsa.model.target import target_of
from capsa.ops.demands import Demands
from capsa.ops.furnish import Furnishing, furnish
from capsa.ops.supply import SourceBuilds, Supply

Furnished = dict[tuple[str, ...], BuildEnvironment]


class StoreIsolation:
    """Makes boxes for one build, of ``title``.

    ``builds`` makes wheels of required packages that are only there as sources, by ``rules``; ``furnished`` keeps the
    boxes of this run by what was required, so that the same question is solved once.
    """

    def __init__(
        self,
        supply: Supply,
        interpreter: Interpreter,
        title: str,
        *,
        builds: SourceBuilds,
        rules: BuildRules,
        furnished: Furnished,
    ) -> None:
        self._supply = supply
        self._interpreter = interpreter
        self._title = title
        self._builds = builds
        self._rules = rules
        self._furnished = furnished

    def environment_for(self, requirements: tuple[str, ...]) -> BuildEnvironment:
        """Return a box that holds these PEP 508 texts and what they demand."""
        wanted = _parsed(requirements, self._title, self._interpreter)
        key = tuple(sorted({requirement.text for requirement in wanted}))
        if key not in self._furnished:
            self._furnished[key] = _opened(self._furnish(wanted))
            # What the box was made of has been told; from here on it is the build that goes on.
            self._supply.session.report(Event(kind="build", text=self._title, done=0, total=1))
        return self._furnished[key]

    def _furnish(self, wanted: tuple[Requirement, ...]) -> Environment:
        furnishing = Furnishing(demands=Demands(requirements=wanted), rules=self._rules)
        try:
            return furnish(self._supply, self._interpreter, furnishing, self._builds)
        except BuildError as error:
            error.message = f"{error.message} (it is needed to build {self._title})"
            raise


class OwnIsolation:
    """Lets a build run in the box that is being changed (``--no-build-isolation``), as it is."""

    def __init__(self, environment: Environment | None, title: str, report: Callable[[Event], None]) -> None:
        self._environment = environment
        self._title = title
        self._report = report

    def environment_for(self, requirements: tuple[str, ...]) -> BuildEnvironment:
        """Return the user's own box, after saying what of the requirements it lacks."""
        environment = self._environment
        if environment is None:
            raise BuildError(
                f"{self._title} can't be built: --no-build-isolation takes what the box holds, and there is no box",
                hints=("make one first: `capsa create`", "or leave `--no-build-isolation` out"),
            )
        present = {distribution.name: distribution for distribution in scan(environment).installed}
        wanted = _parsed(requirements, self._title, environment.interpreter)
        lacking = [demand.demand for demand in wanted if not is_met(demand, present.get(demand.name))]
        if lacking:
            text = f"{environment.root} lacks what {self._title} needs to be built: {', '.join(lacking)}"
            self._report(Event(kind="warning", text=text))
        return _opened(environment)


def _parsed(texts: tuple[str, ...], title: str, interpreter: Interpreter) -> tuple[Requirement, ...]:
    markers = target_of(interpreter).markers
    origin = Origin(place=f"the build requirements of {title}")
    try:
        parsed = [parse_requirement(text, origin) for text in texts]
    except Failure as error:
        raise BuildError(error.message, hints=error.hints) from error
    return tuple(requirement for requirement in parsed if requirement.is_wanted(markers))


def _opened(environment: Environment) -> BuildEnvironment:
    layout = environment.layout
    return BuildEnvironment(python=layout.path(layout.python), scripts=layout.path(layout.scripts))
