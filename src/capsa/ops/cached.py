"""A box of the store for demands: what ``run --with`` and scripts run in. `capsa.ops.furnish` makes the box itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from capsa.model.environment import Environment
from capsa.model.interpreter import Interpreter
from capsa.ops.build import Builds
from capsa.ops.demands import Demands
from capsa.ops.furnish import Furnishing, furnish
from capsa.ops.supply import Supply
from capsa.ops.wiring import build_rules
from capsa.resolution.request import Policy

_NOTHING: Mapping[str, str] = {}


def cached_environment(
    supply: Supply,
    interpreter: Interpreter,
    demands: Demands,
    *,
    base_site: str = "",
    preferences: Mapping[str, str] = _NOTHING,
) -> Environment:
    """Return a box that meets the demands on this Python, made if there is none: content-addressed, never changed.

    ``base_site`` is the absolute site-packages folder of another box, whose packages are seen behind its own;
    ``preferences`` are versions to be taken where the demands admit them, by normalized name. Raises what solving,
    fetching and building raise.
    """
    settings = supply.session.settings
    rules = build_rules(settings)
    furnishing = Furnishing(
        demands=demands,
        preferences=preferences,
        rules=rules,
        prereleases=cast("Policy", settings.prerelease),
        base_site=base_site,
    )
    return furnish(supply, interpreter, furnishing, Builds(supply, interpreter, rules))
