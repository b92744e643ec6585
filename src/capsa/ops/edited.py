"""What becomes of the patches in a package that `capsa edit` gave to a box, when it gives way: that is said."""

from __future__ import annotations

from collections.abc import Collection

from capsa.model.event import Event
from capsa.model.plan import Plan
from capsa.model.receipt import Receipt
from capsa.ops.session import Session


def tell_patches(session: Session, receipt: Receipt, plan: Plan, kept: Collection[str], way: str = "undo") -> None:
    """Warn of every patched package of a ``receipt`` that left with a plan; those named in ``kept`` are patched yet.

    ``way`` is the verb that brings them back.
    """
    patched = {entry.name: entry for entry in receipt.entries if entry.is_edited}
    for change in plan.changes:
        entry = patched.get(change.name) if change.leaving is not None and change.name not in kept else None
        if entry is not None:
            text = f"{entry.name} {entry.version} was edited in this box, and its edits left with it"
            session.report(Event(kind="warning", text=f"{text}: `capsa {way}` brings them back"))
