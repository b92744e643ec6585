"""What the verbs around shells and trust answer, as text and as documents.

Returns lines and documents, writes nothing. What a shell or a hook reads is not made safe to show: it is no text for
people.
"""

from __future__ import annotations

from capsa.model.stepping import (
    ActivateOutcome,
    DeactivateOutcome,
    FactsOutcome,
    ScriptOutcome,
    TrustListOutcome,
    TrustOutcome,
)
from capsa.terminal.sentence import facts
from capsa.terminal.style import Style
from capsa.terminal.table import aligned
from capsa.terminal.visible import visible

_STATES = {
    "trusted": "trusted",
    "other": "its box is not the one that was trusted",
    "gone": "it has no box now",
}


def activate_text(outcome: ActivateOutcome, _style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    return [visible(outcome.line)]


def activate_document(outcome: ActivateOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "environment": outcome.environment,
        "activate": outcome.line,
        "scripts": outcome.scripts,
        "prompt": outcome.prompt,
    }


def facts_text(outcome: FactsOutcome, _style: Style, _width: int | None) -> list[str]:
    """Return the lines for a hook."""
    return [facts(outcome.environment, outcome.scripts, outcome.prompt)]


def facts_document(outcome: FactsOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"environment": outcome.environment, "scripts": outcome.scripts, "prompt": outcome.prompt}


def deactivate_text(outcome: DeactivateOutcome, _style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    return [visible(outcome.line)]


def deactivate_document(outcome: DeactivateOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"environment": outcome.environment, "deactivate": outcome.line}


def script_text(outcome: ScriptOutcome, _style: Style, _width: int | None) -> list[str]:
    """Return the lines for a shell."""
    return [outcome.text.removesuffix("\n")]


def script_document(outcome: ScriptOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"shell": outcome.shell, "text": outcome.text}


def trust_text(outcome: TrustOutcome, style: Style, _width: int | None) -> list[str]:
    """Return the lines for people."""
    # A project is called by its path also from inside.
    place = Style(home=style.home).path(outcome.folder)
    sentences = {
        "trust": f"{place} is trusted now: `cd` steps into its box, whose programs come first on PATH",
        "renew": f"the box that {place} has now is trusted: `cd` steps into it",
        "untrust": f"{place} is not trusted any more",
        "none": f"nothing to do: {place} is {'trusted already' if outcome.is_trusted else 'not trusted'}",
    }
    return [sentences[outcome.action]]


def trust_document(outcome: TrustOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {"folder": outcome.folder, "action": outcome.action, "trusted": outcome.is_trusted}


def trust_list_text(outcome: TrustListOutcome, style: Style, width: int | None) -> list[str]:
    """Return the lines for people."""
    if not outcome.projects:
        return ["no project is trusted"]
    home = Style(home=style.home)
    rows = [[home.path(row.folder), visible(row.prompt), _STATES[row.state]] for row in outcome.projects]
    head, *lines = aligned([["project", "prompt", "state"], *rows], width)
    return [style.paint(head, "bold"), *lines]


def trust_list_document(outcome: TrustListOutcome) -> dict[str, object]:
    """Return the content for programs."""
    return {
        "projects": [
            {"folder": row.folder, "prompt": row.prompt, "id": row.id, "state": row.state} for row in outcome.projects
        ]
    }
