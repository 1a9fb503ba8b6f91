"""A job's progress: live bars on a terminal, a plain line at each change elsewhere."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.embedded.errors import StackError

Job = dict[str, Any]
_OPEN = ("queued", "running")
_LOOK_SECONDS = 0.2


class JobView(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def show(self, job: Job) -> None: ...


def follow_job(
    look: Callable[[], Job], *, title: str, console: Console, timeout_seconds: float
) -> Job:
    """Show the job until it ends, and return it as it ended."""
    deadline = time.monotonic() + timeout_seconds
    with view_for(console, title) as view:
        while True:
            job = look()
            view.show(job)
            if job["status"] not in _OPEN:
                return job
            if time.monotonic() > deadline:
                raise StackError(
                    f"{title}: not finished after {timeout_seconds:.0f} s, {line_from_job(job)}"
                )
            time.sleep(_LOOK_SECONDS)


def view_for(console: Console, title: str) -> JobView:
    return LiveView(console, title) if console.is_terminal else PlainView(console, title)


def settled(job: Job) -> int:
    counts = job["counts"]
    return int(counts["success"] + counts["failed"] + counts["cancelled"])


def line_from_job(job: Job) -> str:
    total = job["counts"]["total"]
    return f"{job['status']}: {settled(job)}/{total} targets, {job['resultCount']} rows"


class LiveView:
    def __init__(self, console: Console, title: str) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TextColumn("targets  {task.fields[rows]} rows"),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._progress.add_task(title, total=None, rows=0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, job: Job) -> None:
        self._progress.update(
            self._task,
            total=job["counts"]["total"],
            completed=settled(job),
            rows=job["resultCount"],
        )


class PlainView:
    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def show(self, job: Job) -> None:
        line = line_from_job(job)
        if line != self._last:
            self._last = line
            self._console.print(f"{self._title}: {line}", markup=False, highlight=False)
