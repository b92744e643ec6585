"""Which indexes are asked, in what order, and how old an answer may be: one value, made by the settings."""

from __future__ import annotations

from typing import Literal

from capsa.value import value

Strategy = Literal["first-index", "version-priority"]


@value
class IndexConfiguration:
    """Where distributions come from.

    ``index_url`` is the default index, None for ``--no-index``, under which ``extra_index_urls`` must be empty too;
    ``find_links`` are absolute folders, pages or single files, as paths or URLs. URLs may hold credentials.
    ``strategy`` "first-index" takes a project from the first index that has it, "version-priority" from all.
    ``max_age`` is in seconds, for pages that tell no lifetime; projects in ``refresh`` (normalized names), or all, are
    asked for anew; offline, whatever is in the cache is used.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    strategy: Strategy = "first-index"
    max_age: float = 600.0
    refresh: frozenset[str] = frozenset()
    is_refresh_all: bool = False
    is_offline: bool = False

    @property
    def indexes(self) -> tuple[str, ...]:
        """The URLs of the indexes in the order in which they are asked: the default one last."""
        return (*self.extra_index_urls, *((self.index_url,) if self.index_url else ()))
