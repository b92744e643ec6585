"""Which installed packages are no longer what was put in, by a look at every file: a deleted module is seen.

What was found so before, also by its hash alone or through another box, stands in the mark of the box and counts too.
"""

from __future__ import annotations

from collections.abc import Iterable

from capsa.environment.mark import marked
from capsa.model.environment import Environment
from capsa.model.installed import Installed
from capsa.ops.inventory import Inventory
from capsa.ops.supply import Supply

MARKED = "it was found damaged"


def altered(supply: Supply, environment: Environment, distributions: Iterable[Installed]) -> dict[str, str]:
    """Return what is wrong, by normalized name: "lib/.../six.py is missing". Sound packages are not in it.

    Nor are those that `capsa edit` gave to this box.
    """
    inventory = Inventory(supply.archives, environment)
    noted = marked(environment.root)
    found = {}
    for distribution in distributions:
        subject = inventory.subject(distribution)
        if subject.is_edited:
            continue
        finding = next(inventory.findings(subject), None)
        if finding is not None:
            found[subject.name] = f"{finding.path} {finding.text}"
        elif subject.name in noted:
            found[subject.name] = MARKED
    return found
