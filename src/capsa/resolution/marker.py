"""Which demands hold in an environment: the one place where markers are evaluated. PURE. Follows PEP 508, PEP 685."""

from __future__ import annotations

import re

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from capsa.model.name import normalize

# A marker that is a conjunction with `extra == "name"` in it can only hold for that extra.
_EXTRA = re.compile(r"\bextra\s*==\s*(?:\"([^\"]*)\"|'([^']*)')")

_OR = re.compile(r"\bor\b")


class UnreadableDemandError(ValueError):
    """A demand in the metadata of a file does not follow PEP 508; the text says what is wrong."""


class Circumstances:
    """The one place where markers are evaluated, for one PEP 508 environment; each marker once for each extra."""

    __slots__ = ("_environment", "_known")

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._known: dict[tuple[str | Marker, str], bool] = {}

    def admit(self, marker: str | Marker | None, extra: str = "") -> bool:
        """Whether a marker holds; raises UnreadableDemandError for one that can't be evaluated."""
        if marker is None:
            return True
        key = (marker, extra)
        if key not in self._known:
            self._known[key] = self._evaluate(marker, extra)
        return self._known[key]

    def _evaluate(self, marker: str | Marker, extra: str) -> bool:
        try:
            parsed = Marker(marker) if isinstance(marker, str) else marker
            return parsed.evaluate({**self._environment, "extra": extra})
        except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
            raise UnreadableDemandError(f"the marker `{marker}` can't be read: {str(error).splitlines()[0]}") from error


def sole_extra(text: str) -> str | None:
    """Return the one extra under which a Requires-Dist text can apply, or None where that takes a look at its marker.

    Most of the demands of a package with many extras are set aside by this without being parsed.
    """
    if "extra" not in text:
        return None
    marker = text.partition(";")[2]
    found = _EXTRA.search(marker)
    if found is None or _OR.search(marker):
        return None
    name = found.group(1) or found.group(2)
    return normalize(name) if name else None
