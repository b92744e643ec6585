"""A reporter that remembers, for tests of whatever reports events."""

from __future__ import annotations

from capsa.model.event import Event


class RememberingReporter:
    """Keeps every event in ``events``, in order of arrival. Safe to call from several threads (list.append is)."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def event(self, event: Event, /) -> None:
        """Keep the event."""
        self.events.append(event)

    def texts(self, kind: str) -> list[str]:
        """Return the texts of all events of one kind."""
        return [event.text for event in self.events if event.kind == kind]
