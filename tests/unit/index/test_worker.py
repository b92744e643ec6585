import threading

import pytest

from capsa.index.worker import Task, Workers


def test_a_task_is_run_once_however_many_ask():
    calls = []
    task = Task(lambda: calls.append(1) or len(calls))
    threads = [threading.Thread(target=task.result) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert task.result() == 1


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_what_a_task_raises_is_raised_for_each_who_asks(error):
    def fail():
        raise error

    task = Task(fail)
    task.run()
    for _ in range(2):
        with pytest.raises(type(error)):
            task.result()


def test_workers_run_what_is_submitted_on_no_more_threads_than_allowed():
    barrier = threading.Barrier(3)
    names = set()

    def call():
        names.add(threading.current_thread().name)
        barrier.wait(5)
        return threading.get_ident()

    with Workers(3) as workers:
        tasks = [Task(call) for _ in range(9)]
        for task in tasks:
            workers.submit(task)
        for task in tasks:
            task._done.wait(5)
        assert len({task.result() for task in tasks}) <= 3
    assert names == {"capsa-prefetch"}


def test_no_thread_is_started_without_work():
    before = threading.active_count()
    with Workers(24):
        assert threading.active_count() == before


def test_who_asks_first_does_the_work_himself():
    begun, go_on = threading.Event(), threading.Event()

    def stuck():
        begun.set()
        go_on.wait(5)

    with Workers(1) as workers:
        workers.submit(Task(stuck))
        assert begun.wait(5)
        task = Task(threading.get_ident)
        workers.submit(task)
        assert task.result() == threading.get_ident()
        go_on.set()


def test_closing_forgets_what_has_not_begun_and_ends_the_threads():
    begun, go_on, ran = threading.Event(), threading.Event(), []

    def stuck():
        begun.set()
        go_on.wait(5)

    workers = Workers(1)
    workers.submit(Task(stuck))
    assert begun.wait(5)
    late = Task(lambda: ran.append(1))
    workers.submit(late)
    workers.close()
    go_on.set()
    workers.submit(Task(lambda: ran.append(2)))
    for thread in threading.enumerate():
        if thread.name == "capsa-prefetch":
            thread.join(5)
            assert not thread.is_alive()
    assert ran == []
    late.result()
    assert ran == [1]
