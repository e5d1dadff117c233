"""Running jobs side by side, each in a process of its own with one thread, and hearing how far they are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.queues import Queue
from typing import TypeVar

from threadpoolctl import threadpool_limits

Progress = Callable[[int, int], None]
"""Told how many steps are done and how many there are in all."""

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")
_Told = tuple[int, int, int]
"""Number of a job, its steps done, its steps in all."""

_POLL = 0.5


def run_side_by_side(
    work: Callable[[_Job, Progress], _Result], jobs: Sequence[_Job], progress: Progress = lambda *_: None
) -> list[_Result]:
    """Run the jobs, as many at a time as there are processors, and return their results in order.

    Args:
        work: a function of a module, which does one job and tells how far it is.
        jobs: what it is called with; they and the results are sent between processes.
        progress: told how far all jobs are together.

    Raises:
        Exception: whatever a job raises; the others are given up.
    """
    with _workers(min(len(jobs), multiprocessing.cpu_count())) as (pool, told):
        futures = [pool.submit(_run, work, number, job) for number, job in enumerate(jobs)]
        reached: dict[int, tuple[int, int]] = {}
        running: set[Future[_Result]] = set(futures)
        while running:
            finished, running = wait(running, timeout=_POLL)
            for future in finished:
                future.result()
            while not told.empty():
                number, done, total = told.get()
                reached[number] = (done, total)
            if reached:
                # A job that has not begun is taken to be as long as the others are on average.
                mean = sum(total for _, total in reached.values()) / len(reached)
                progress(sum(done for done, _ in reached.values()), round(mean * len(jobs)))
        return [future.result() for future in futures]


_told: Queue[_Told] | None = None
"""Where a worker process tells how far its job is."""


def _listen(told: Queue[_Told]) -> None:
    global _told
    _told = told
    # More threads would only get in each other's way, and with one, sums come out the same every time.
    threadpool_limits(1)


def _run(work: Callable[[_Job, Progress], _Result], number: int, job: _Job) -> _Result:
    def tell(done: int, total: int) -> None:
        if _told is not None:
            _told.put((number, done, total))

    return work(job, tell)


@contextmanager
def _workers(count: int) -> Iterator[tuple[ProcessPoolExecutor, Queue[_Told]]]:
    context = multiprocessing.get_context("spawn")
    told: Queue[_Told] = context.Queue()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_listen, initargs=(told,)) as pool:
        try:
            yield pool, told
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
