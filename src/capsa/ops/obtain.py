"""Get archives into the store: those that are missing are fetched and unpacked, several at once, largest first."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from capsa.disk.atomic import remove_file
from capsa.index.worker import Task, Workers
from capsa.model.distribution import Distribution
from capsa.model.event import Event
from capsa.model.manifest import Manifest
from capsa.ops.supply import Supply

_FETCHERS = 7  # beside the thread that asks: more connections to one host win nothing


def obtain_archives(supply: Supply, distributions: tuple[Distribution, ...]) -> dict[str, Manifest]:
    """Return the manifest of each distribution, by normalized project name, fetching what the store lacks.

    Raises FetchError or IntegrityError of the first that fails; nothing half-fetched stays behind.
    """
    manifests: dict[str, Manifest] = {}
    missing = []
    for distribution in distributions:
        manifest = supply.archives.sound(distribution.sha256) if distribution.sha256 else None
        if manifest is None or (manifest.project, manifest.release) != (distribution.project, distribution.version):
            missing.append(distribution)
        else:
            manifests[distribution.project] = manifest
    missing.sort(key=lambda distribution: distribution.size or 0, reverse=True)
    tasks = [(distribution.project, Task(partial(obtain_archive, supply, distribution))) for distribution in missing]
    with Workers(_FETCHERS) as workers:
        for _, task in tasks[1:]:
            workers.submit(task)
        for project, task in tasks:
            manifests[project] = task.result()
    return manifests


def obtain_archive(supply: Supply, distribution: Distribution) -> Manifest:
    """Fetch one distribution and put it into the store; return its manifest."""
    path = supply.session.store.temporary(".whl")
    try:
        supply.index.fetch(distribution, path, _listener(supply, distribution))
        return supply.archives.add(
            path,
            filename=distribution.filename,
            sha256=distribution.sha256,
            size=distribution.size,
            origin=distribution.url,
        )
    finally:
        if os.path.lexists(path):
            remove_file(path)


def _listener(supply: Supply, distribution: Distribution) -> Callable[[int], None]:
    done = 0

    def listen(count: int) -> None:
        nonlocal done
        done += count
        supply.session.report(Event(kind="fetch", text=distribution.filename, done=done, total=distribution.size))

    return listen
