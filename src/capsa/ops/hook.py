"""``hook``: the integration for a shell, made for this capsa and this user's trust list."""

from __future__ import annotations

from capsa.model.event import Event
from capsa.model.stepping import ScriptOutcome
from capsa.ops.integrate import integrate
from capsa.ops.session import Session
from capsa.shell.hook import HOOKS


def hook(session: Session, shell: str) -> ScriptOutcome:
    """Return the text that a shell reads when it starts; raises UsageError for a shell that has no hook.

    To somebody who looks at it on a terminal it is said where it belongs.
    """
    text = integrate(shell, session.surroundings.program, session.settings.data_dir)
    if session.surroundings.is_output_terminal:
        row = HOOKS[shell]
        session.report(Event(kind="note", text=f"{shell} is to read this: put into {row.file}: {row.line}"))
    return ScriptOutcome(shell=shell, text=text)
