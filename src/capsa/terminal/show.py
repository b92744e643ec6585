"""One result as text for people or as a document for programs: the same value, two faces.

Returns text and documents, writes nothing; what is said stands in the modules beside. The documents are fixed by
CONTRACT, "Outputs", and described in docs/reference/json.md: adding is free, changing is not. A command that ran has no
face here: it has said itself what there was to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from capsa.model import outcome as made
from capsa.model import stepping
from capsa.model.finding import PatchOutcome, RepairOutcome, VerifyOutcome
from capsa.model.store import AuditOutcome, CacheOutcome, PruneOutcome
from capsa.terminal import box, change, damage, history, machine, package, project, shell, store
from capsa.terminal.style import Style

VERSION = 1

Shown = (
    stepping.ActivateOutcome
    | AuditOutcome
    | CacheOutcome
    | made.ChangesOutcome
    | made.CheckOutcome
    | made.CreateOutcome
    | made.DiffOutcome
    | stepping.DeactivateOutcome
    | made.EditOutcome
    | stepping.FactsOutcome
    | made.FreezeOutcome
    | made.HistoryOutcome
    | made.InitOutcome
    | made.ListOutcome
    | made.LockOutcome
    | PatchOutcome
    | PruneOutcome
    | RepairOutcome
    | stepping.ScriptOutcome
    | made.SettingsOutcome
    | made.ShowOutcome
    | made.TravelOutcome
    | stepping.TrustListOutcome
    | stepping.TrustOutcome
    | VerifyOutcome
)


def text(outcome: Shown, style: Style, width: int | None = None) -> str:
    """Return a result for people, every line ended, "" for nothing; ``width`` is the terminal's, None for a pipe."""
    lines: Iterable[str] = _FACES[type(outcome)][0](outcome, style, width)
    return "".join(f"{line}\n" for line in lines)


def document(outcome: Shown) -> dict[str, object]:
    """Return a result for programs."""
    content: dict[str, object] = _FACES[type(outcome)][1](outcome)
    return {"version": VERSION, **content}


def json_text(document: dict[str, object]) -> str:
    """Return a document as one line of JSON, ended."""
    return json.dumps(document, ensure_ascii=True) + "\n"


# Any: each function takes the one kind of outcome that it stands beside.
_FACES: dict[type, tuple[Callable[[Any, Style, int | None], list[str]], Callable[[Any], dict[str, object]]]] = {
    stepping.ActivateOutcome: (shell.activate_text, shell.activate_document),
    AuditOutcome: (store.audit_text, store.audit_document),
    CacheOutcome: (store.cache_text, store.cache_document),
    made.ChangesOutcome: (change.changes_text, change.changes_document),
    made.CheckOutcome: (package.check_text, package.check_document),
    made.CreateOutcome: (box.create_text, box.create_document),
    made.DiffOutcome: (history.diff_text, history.diff_document),
    stepping.DeactivateOutcome: (shell.deactivate_text, shell.deactivate_document),
    stepping.FactsOutcome: (shell.facts_text, shell.facts_document),
    stepping.ScriptOutcome: (shell.script_text, shell.script_document),
    stepping.TrustListOutcome: (shell.trust_list_text, shell.trust_list_document),
    stepping.TrustOutcome: (shell.trust_text, shell.trust_document),
    made.EditOutcome: (project.edit_text, project.edit_document),
    made.FreezeOutcome: (package.freeze_text, package.freeze_document),
    made.HistoryOutcome: (history.history_text, history.history_document),
    made.InitOutcome: (project.init_text, project.init_document),
    made.ListOutcome: (package.list_text, package.list_document),
    made.LockOutcome: (project.lock_text, project.lock_document),
    PatchOutcome: (damage.patch_text, damage.patch_document),
    PruneOutcome: (store.prune_text, store.prune_document),
    RepairOutcome: (damage.repair_text, damage.repair_document),
    made.SettingsOutcome: (machine.settings_text, machine.settings_document),
    made.ShowOutcome: (package.show_text, package.show_document),
    made.TravelOutcome: (history.travel_text, history.travel_document),
    VerifyOutcome: (damage.verify_text, damage.verify_document),
}
