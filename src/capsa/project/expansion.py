"""Lists of demands made flat: groups that include others, and extras of the project itself. PURE.

Follows PEP 735 for inclusions. A demand for ``app[test]`` in the project ``app`` stands for what its extra demands, as
the project itself is there already; in a group, which can be wanted without the project, for its dependencies too.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.markers import Marker

from capsa.errors import RequirementError
from capsa.model.requirement import Requirement
from capsa.project.demand_list import Inclusion, Listed, Lists, Problems
from capsa.value import replace, value

_Open = tuple[tuple[str, str], ...]


@value
class Expansion:
    """``name`` is that of the project; with ``is_partial`` an extra that is not listed may still be told later."""

    lists: Lists
    name: str | None
    is_partial: bool
    problems: Problems

    def requirements(self) -> tuple[Requirement, ...]:
        """Return the dependencies of the project."""
        return _unique(self._flat(self.lists.requirements, (("project", ""),)))

    def extras(self) -> dict[str, tuple[Requirement, ...]]:
        """Return what each extra demands beside the dependencies of the project."""
        return {
            name: _unique(self._flat(demands, (("project", ""), ("extra", name))))
            for name, demands in self.lists.extras.items()
        }

    def groups(self) -> dict[str, tuple[Requirement, ...]]:
        """Return what each group demands."""
        return {name: _unique(self._flat(listed, (("group", name),))) for name, listed in self.lists.groups.items()}

    def _flat(self, listed: tuple[Listed, ...], opened: _Open) -> Iterator[Requirement]:
        for item in listed:
            if isinstance(item, Inclusion):
                yield from self._included(item, opened)
            elif item.name == self.name and item.url is None:
                yield from self._own(item, opened)
            else:
                yield item

    def _included(self, item: Inclusion, opened: _Open) -> Iterator[Requirement]:
        step = ("group", item.group)
        if item.group not in self.lists.groups:
            self.problems.add(RequirementError(f"{item.origin}: includes the group `{item.group}`, and there is none"))
        elif step in opened:
            self._report_circle(item, tuple(name for _, name in opened[opened.index(step) :]))
        else:
            yield from self._flat(self.lists.groups[item.group], (*opened, step))

    def _report_circle(self, item: Inclusion, circle: tuple[str, ...]) -> None:
        """Report a circle once, not again from each group in it."""
        if circle[0] == min(circle):
            way = " -> ".join((*circle, circle[0]))
            self.problems.add(RequirementError(f"{item.origin}: groups include each other in a circle: {way}"))

    def _own(self, item: Requirement, opened: _Open) -> Iterator[Requirement]:
        """Return what a demand for the project itself stands for; what is being listed already adds nothing."""
        if ("project", "") not in opened:
            yield from _under(item.marker, self._flat(self.lists.requirements, (*opened, ("project", ""))))
        for extra in sorted(item.extras):
            step = ("extra", extra)
            if step in opened:
                continue
            if extra in self.lists.extras:
                wider = (*opened, ("project", ""), step)
                yield from _under(item.marker, self._flat(self.lists.extras[extra], wider))
            elif not self.is_partial:
                self.problems.add(
                    RequirementError(f"{item.origin}: `{item.text}` asks for the extra `{extra}`, and there is none")
                )


def _under(marker: Marker | None, demands: Iterator[Requirement]) -> Iterator[Requirement]:
    """Return demands that hold only where the marker of the demand that led to them holds too."""
    for demand in demands:
        if marker is None or demand.marker is None:
            yield replace(demand, marker=demand.marker or marker)
        else:
            yield replace(demand, marker=Marker(f"({demand.marker}) and ({marker})"))


def _unique(demands: Iterator[Requirement]) -> tuple[Requirement, ...]:
    """Return the demands without those that come a second time by another way."""
    found: dict[tuple[object, ...], Requirement] = {}
    for demand in demands:
        found.setdefault((demand.text, demand.origin, str(demand.marker)), demand)
    return tuple(found.values())
