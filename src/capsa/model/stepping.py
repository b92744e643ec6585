"""What the verbs around shells and trust answer, as values: see `capsa.model.outcome`. PURE.

Paths are absolute. Texts for programs (`ScriptOutcome`, `FactsOutcome`) are printed as they are.
"""

from __future__ import annotations

from typing import Literal

from capsa.value import value


@value
class ActivateOutcome:
    """The line to type into the calling shell; its ``scripts`` folder and the text that its prompt shows."""

    environment: str
    line: str
    scripts: str
    prompt: str


@value
class FactsOutcome:
    """What a hook has to know of a box to step into it."""

    environment: str
    scripts: str
    prompt: str


@value
class DeactivateOutcome:
    """The line that steps out of the active box."""

    environment: str
    line: str


@value
class ScriptOutcome:
    """A text for a shell to read."""

    shell: str
    text: str


@value
class TrustOutcome:
    """What became of the trust in the project at ``folder``; ``action`` is "none" where all was so already."""

    folder: str
    action: Literal["trust", "renew", "untrust", "none"]
    is_trusted: bool


@value
class TrustRow:
    """One trusted project: ``state`` tells whether its box is the one that was trusted, "other", or "gone"."""

    folder: str
    prompt: str
    id: str
    state: Literal["trusted", "other", "gone"]


@value
class TrustListOutcome:
    """The trusted projects, by folder."""

    projects: tuple[TrustRow, ...]
