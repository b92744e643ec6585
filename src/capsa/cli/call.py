"""One invocation as a command sees it: its values with their types, its session, the box it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from capsa.errors import EnvironmentMissingError
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.name import normalize
from capsa.ops.locate import Place, choose_box, locate_box
from capsa.ops.session import Session
from capsa.settings.place import absolute


class Call:
    """``values`` is what was given on the command line, by key (see `capsa.cli.parse.Invocation`)."""

    def __init__(self, values: dict[str, object], session: Session) -> None:
        self._values = values
        self.session = session

    @property
    def values(self) -> Mapping[str, object]:
        """Everything that was given, by key."""
        return self._values

    def has(self, key: str) -> bool:
        """Whether an option or word was given at all."""
        return key in self._values

    def text(self, key: str) -> str | None:
        """Return the value of an option or word, None where it was not given."""
        value = self._values.get(key)
        return None if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the values of what may be given several times; empty where it was not given."""
        value = self._values.get(key)
        return tuple(value) if isinstance(value, list) else ()

    def names(self, key: str) -> tuple[str, ...]:
        """Return the values as normalized project names."""
        return tuple(normalize(text) for text in self.texts(key))

    def selection(self, key: str) -> frozenset[str]:
        """Return the normalized names of an option whose name is optional: "*" where it stands alone."""
        if key not in self._values:
            return frozenset()
        return frozenset(self.names(key)) or frozenset({"*"})

    def path(self, text: str) -> str:
        """Return a path that the user wrote as an absolute one."""
        return absolute(self.session.surroundings, text)

    def box(self, word: str, *, is_path_first: bool = False) -> str:
        """Return the absolute path of the box that a word means, by name or path; say which one where that is open."""
        session = self.session
        place = choose_box(session.surroundings, session.settings.data_dir, word, is_path_first=is_path_first)
        if place.note:
            session.report(Event(kind="note", text=place.note))
        return place.root

    @property
    def folder(self) -> str:
        """The folder in which the verb works: ``--project``, else the current one."""
        named = self.text("project")
        return self.path(named) if named else self.session.surroundings.folder

    def environment(self, *, is_changed: bool = False, make: Maker | None = None) -> Environment:
        """Open the box that is meant, recovered if need be; say which one where that is not obvious.

        Where there is none ``make`` may make one: it returns its root and a line about it, or the box itself, or None.
        """
        named = self.text("env")
        root = self.box(named, is_path_first=True) if named else None
        place = locate_box(self.session.surroundings, root, self.folder)
        if place is None and make is not None:
            made = make(self)
            if isinstance(made, Environment):
                return made
            place = made
        if place is None:
            raise EnvironmentMissingError(
                f"there is no box in {self.folder} or above it", hints=("make one: `capsa create`",)
            )
        if place.note:
            self.session.report(Event(kind="note", text=place.note))
        return self.session.environment(place.root, is_changed=is_changed)


Maker = Callable[[Call], Place | Environment | None]
