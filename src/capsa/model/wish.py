"""Which extras and groups a command line asks for, before it is known which there are. PURE."""

from __future__ import annotations

from collections.abc import Iterable

from capsa.model.selection import Selection
from capsa.value import value

DEV = "dev"


@value
class SelectionWish:
    """The options ``--group --no-group --extra --all-extras --all-groups --no-dev``; names are normalized."""

    groups: tuple[str, ...] = ()
    no_groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    has_all_extras: bool = False
    has_all_groups: bool = False
    has_no_dev: bool = False

    def selection(self, *, extras: Iterable[str], groups: Iterable[str], default_groups: Iterable[str]) -> Selection:
        """Return what is wanted of a project or lock that has these extras and groups.

        A name that it does not have stays in the answer: whoever reads the lock refuses it. What is named is wanted,
        and what is left out by name is not.
        """
        named = set(default_groups) | set(self.groups) | (set(groups) if self.has_all_groups else set())
        if self.has_no_dev and DEV not in self.groups:
            named.discard(DEV)
        return Selection(
            extras=frozenset(self.extras) | frozenset(extras if self.has_all_extras else ()),
            groups=frozenset(named - set(self.no_groups)),
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The wish as words for the seal of a box: equal wishes have equal words."""
        flags = (("all-extras", self.has_all_extras), ("all-groups", self.has_all_groups), ("no-dev", self.has_no_dev))
        return (
            *(f"+{name}" for name in sorted(self.groups)),
            *(f"-{name}" for name in sorted(self.no_groups)),
            *(f"extra:{name}" for name in sorted(self.extras)),
            *(name for name, is_given in flags if is_given),
        )
