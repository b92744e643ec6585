"""What would be said before a plan is carried out, said for ``--dry-run``, as far as the store has its archives."""

from __future__ import annotations

from capsa.environment.site import scan
from capsa.model.distribution import Distribution
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.manifest import Manifest
from capsa.model.plan import Plan
from capsa.ops.caution import cautions, tell
from capsa.ops.change import departures_of, installation_of
from capsa.ops.supply import Supply


def foretell(supply: Supply, environment: Environment, plan: Plan) -> None:
    """Say it; raises IntegrityError for what no package may bring. Of what is not in the store nothing is known."""
    session = supply.session
    known = ((package, _manifest(supply, package.distribution)) for package in plan.incoming)
    installations = tuple(
        installation_of(session, environment, package, manifest) for package, manifest in known if manifest is not None
    )
    departures, _ = departures_of(environment, plan, scan(environment).installed)
    found = cautions(environment, installations, departures)
    tell(session, found)
    if session.settings.startup_code == "deny" and any(caution.kind == "startup" for caution in found):
        origin = session.settings.origin("startup-code")
        session.report(Event(kind="warning", text=f"this would be refused, as `startup-code` is `deny` ({origin})"))


def _manifest(supply: Supply, distribution: Distribution) -> Manifest | None:
    if distribution.sha256 is not None:
        return supply.archives.manifest(distribution.sha256)
    # Folders of wheels tell no hashes; the name is enough for a forecast.
    archives = supply.archives.lookup(distribution.project)
    return next((manifest for manifest in archives if manifest.filename == distribution.filename), None)
