"""The receipt of a box: what capsa put in, from where, as JSON text that people can read too. PURE."""

from __future__ import annotations

import json
from collections.abc import Mapping

from capsa.errors import EnvironmentDamagedError
from capsa.value import facts, replace, value

VERSION = 1


@value
class ReceiptEntry:
    """One package that capsa put in.

    ``name`` is normalized; ``sha256`` is of the wheel, and so the archive's name in the store; ``url`` is where it came
    from, without secrets; ``info`` is its dist-info folder relative to the box's root; ``stamp`` is what the source of
    a folder looked like when it was built (see `capsa.ops.build`), "" for everything else. ``is_requested``
    and ``direct_url`` tell which REQUESTED and direct_url.json it was given; ``is_edited`` that this box has its own
    copy of its files, to be patched.
    """

    name: str
    version: str
    filename: str
    sha256: str
    url: str
    info: str
    stamp: str = ""
    is_requested: bool = False
    direct_url: Mapping[str, object] | None = None
    is_edited: bool = False


@value
class Receipt:
    """All entries, by name; ``state`` is the number of the state in the box's history that they are, 0 for none."""

    entries: tuple[ReceiptEntry, ...] = ()
    state: int = 0

    def changed(self, *, incoming: tuple[ReceiptEntry, ...], leaving: frozenset[str]) -> Receipt:
        """Return the receipt after a commit: without the names in ``leaving``, with ``incoming`` in their place."""
        gone = leaving | {entry.name for entry in incoming}
        kept = [entry for entry in self.entries if entry.name not in gone]
        return replace(self, entries=tuple(sorted([*kept, *incoming], key=lambda entry: entry.name)))


def parse_receipt(text: str, place: str) -> Receipt:
    """Return the receipt in a text; raises EnvironmentDamagedError that names ``place`` when it can't be read."""
    try:
        document = json.loads(text)
        entries = tuple(ReceiptEntry(**entry) for entry in document["packages"])
        state = int(document.get("state", 0))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EnvironmentDamagedError(
            f"{place} is damaged: it is no receipt of capsa", hints=("make the box anew: `capsa create --clear PATH`",)
        ) from error
    return Receipt(entries=entries, state=state)


def format_receipt(receipt: Receipt) -> str:
    """Return the JSON text of a receipt: one package a line, sorted, so that a diff of two is readable."""
    rows = ",\n".join(f"  {json.dumps(entry_facts(entry), sort_keys=True)}" for entry in receipt.entries)
    state = f' "state": {receipt.state},' if receipt.state else ""
    return f'{{"version": {VERSION},{state} "packages": [\n{rows}\n]}}\n'


def entry_facts(entry: ReceiptEntry) -> dict[str, object]:
    """Return an entry as JSON knows it; what is as usual is left out."""
    return {key: value for key, value in facts(entry).items() if value or key not in _OPTIONAL}


_OPTIONAL = frozenset({"stamp", "is_requested", "direct_url", "is_edited"})
