"""Ask the solver, and the indexes once more before a refusal: what the cache said may be old (CONTRACT, Freshness)."""

from __future__ import annotations

from collections.abc import Callable

from capsa.errors import ResolutionError
from capsa.model.solution import Solution
from capsa.ops.supply import SourceBuilds, Supply
from capsa.resolution.catalog import Catalog
from capsa.resolution.request import ResolutionRequest
from capsa.resolution.solver import resolve
from capsa.settings.layer import Settings

Overlay = Callable[[Catalog], Catalog]


def solve(
    supply: Supply, request: ResolutionRequest, overlay: Overlay | None = None, builds: SourceBuilds | None = None
) -> Solution:
    """Return the exact files that meet a request; ``overlay`` may lay what is installed over the indexes.

    ``builds`` tells the metadata of sources, which the request must not allow without it. Raises ResolutionError only
    after every page that came out of the cache unasked was asked for anew.
    """
    with supply.catalog(request, builds) as catalog:
        offered: Catalog = overlay(catalog) if overlay else catalog
        try:
            return resolve(request, offered)
        except ResolutionError as error:
            if not catalog.renew():
                raise _hinted(error, supply.session.settings) from error.__cause__
        try:
            return resolve(request, offered)
        except ResolutionError as error:
            raise _hinted(error, supply.session.settings) from error.__cause__


def _hinted(error: ResolutionError, settings: Settings) -> ResolutionError:
    """Add what a user of pip would not expect: that the first index which has a project is the only one asked."""
    if settings.index_strategy == "first-index" and settings.extra_index_url and not settings.no_index:
        origin = settings.origin("extra-index-url")
        hint = (
            f"extra indexes come first, and the first that has a project is the only one asked ({origin}); "
            "to compare them all: CAPSA_INDEX_STRATEGY=version-priority"
        )
        error.hints = (*error.hints, hint)
    return error
