"""``show``: what the metadata of named packages says, who demands them, and on request their files."""

from __future__ import annotations

import os

from capsa.environment.site import departure, scan
from capsa.errors import Failure
from capsa.model.closure import demands_of
from capsa.model.environment import Environment
from capsa.model.installed import Installed
from capsa.model.outcome import PackageDetails, ShowOutcome
from capsa.model.target import target_of


def show(environment: Environment, names: tuple[str, ...], *, has_files: bool = False) -> ShowOutcome:
    """Return the details of the packages with these normalized names; raises Failure that names those not there."""
    installed = scan(environment).installed
    present = {distribution.name: distribution for distribution in installed}
    missing = [name for name in names if name not in present]
    if missing:
        names_them = ", ".join(f"`{name}`" for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        raise Failure(
            f"{names_them} {verb} not installed in {environment.root}", hints=("see what is there: `capsa list`",)
        )
    return ShowOutcome(
        packages=tuple(_details(environment, present[name], installed, has_files=has_files) for name in names)
    )


def _details(
    environment: Environment, distribution: Installed, installed: tuple[Installed, ...], *, has_files: bool
) -> PackageDetails:
    markers = target_of(environment.interpreter).markers
    told = distribution.metadata.details
    location = environment.layout.site
    return PackageDetails(
        name=distribution.metadata.name,
        version=distribution.version,
        summary=told.get("summary", ""),
        home_page=told.get("home-page", ""),
        author=told.get("author", "") or told.get("author-email", ""),
        license=told.get("license-expression", "") or told.get("license", ""),
        location=location,
        requires=tuple(sorted({demand.name for demand in demands_of(distribution, frozenset(), markers)})),
        required_by=tuple(
            other.metadata.name
            for other in installed
            if any(demand.name == distribution.name for demand in demands_of(other, frozenset(), markers))
        ),
        installer=distribution.installer.strip(),
        files=_files(environment, distribution, location) if has_files else None,
    )


def _files(environment: Environment, distribution: Installed, location: str) -> tuple[str, ...]:
    paths = departure(environment, distribution).paths
    return tuple(sorted(os.path.relpath(environment.layout.path(path), location) for path in paths))
