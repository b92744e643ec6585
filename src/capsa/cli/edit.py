"""What ``add`` and ``remove`` have in common on the command line: which list is meant, and what follows the edit."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.project import box_choice, upgrades
from capsa.errors import UsageError
from capsa.model.name import normalize
from capsa.model.wish import DEV, SelectionWish
from capsa.ops.amend import AmendOrder
from capsa.project.edit import Place, is_name

_PLACES = ("group", "dev", "optional", "script")


def place_of(call: Call) -> Place:
    """Return the list that is meant: the project's own, unless an option says another one."""
    given = [key for key in _PLACES if call.has(key)]
    if len(given) > 1:
        raise UsageError(
            f"--{given[0]} and --{given[1]} name two places, and one command works on one",
            hints=("leave one of them out",),
        )
    if not given:
        return Place()
    key = given[0]
    if key == "script":
        return Place(kind="script")
    name = DEV if key == "dev" else call.text(key) or ""
    if not is_name(name):
        raise UsageError(
            f"`{name}` is not a name for {'an extra' if key == 'optional' else 'a group'}: letters, digits, `-`, `_` "
            "and `.` make one, with a letter or digit at both ends"
        )
    return Place(kind="extra" if key == "optional" else "group", name=normalize(name))


def amend_order(call: Call, place: Place, *, is_exact: bool = False) -> AmendOrder:
    """Return what is to follow the edit; the box is to hold the extra or group that is edited too."""
    if call.has("locked"):
        raise UsageError(
            "--locked refuses a lock that is out of date, and this verb makes it so",
            hints=("write the file only, and leave the lock as it is: `--frozen`",),
        )
    return AmendOrder(
        box=box_choice(call),
        upgrades=upgrades(call),
        wish=SelectionWish(
            groups=(place.name,) if place.kind == "group" else (),
            extras=(place.name,) if place.kind == "extra" else (),
        ),
        is_frozen=call.has("frozen"),
        is_lock_only=call.has("no-sync"),
        is_exact=is_exact,
        is_dry_run=call.has("dry-run"),
    )
