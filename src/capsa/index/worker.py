"""Threads that do what will probably be asked for, and let go at once when the work ends.

Not ``concurrent.futures``: its threads are waited for at exit, so that an interrupted run would hang until the slowest
server answers, and it imports ``logging`` (8 ms). These are daemon threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Event, Lock, Thread
from typing import Generic, Self, TypeVar

Result = TypeVar("Result")


class Task(Generic[Result]):
    """One call, made once: by a worker, or by the first who asks for the result before a worker gets to it."""

    __slots__ = ("_call", "_done", "_error", "_is_taken", "_lock", "_value")

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._lock = Lock()
        self._done = Event()
        self._is_taken = False
        self._value: Result | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Make the call, unless somebody does or did; what it raises is kept for `result`."""
        with self._lock:
            if self._is_taken:
                return
            self._is_taken = True
        try:
            self._value = self._call()
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._error = error
        finally:
            self._done.set()

    def result(self) -> Result:
        """Return what the call returned, or raise what it raised; waits for a worker that is at it."""
        self.run()
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value] # a call that is done has its value


class Workers:
    """Up to ``count`` daemon threads, started as there is work. A context manager."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._tasks: deque[Task[object]] = deque()
        self._change = Condition()
        self._threads = 0
        self._idle = 0
        self._is_closed = False

    def submit(self, task: Task[Result]) -> None:
        """Have a task run by and by; after `close` it only runs when its result is asked for."""
        with self._change:
            if self._is_closed:
                return
            self._tasks.append(task)  # type: ignore[arg-type] # nobody puts a value into a task
            if self._idle >= len(self._tasks) or self._threads >= self._count:
                self._change.notify()
                return
            self._threads += 1
        Thread(target=self._work, name="capsa-prefetch", daemon=True).start()

    def close(self) -> None:
        """Forget what has not begun; what has begun ends by itself and is not waited for."""
        with self._change:
            self._is_closed = True
            self._tasks.clear()
            self._change.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        while True:
            with self._change:
                self._idle += 1
                while not self._tasks and not self._is_closed:
                    self._change.wait()
                self._idle -= 1
                if self._is_closed:
                    return
                task = self._tasks.popleft()
            task.run()
