import io
from typing import Any

import pytest
from rich.console import Console

from deploy.embedded.demo.progress import follow_job
from deploy.embedded.errors import StackError


def job(status: str, *, success: int = 0, failed: int = 0, rows: int = 0) -> dict[str, Any]:
    counts = {"total": 3, "success": success, "failed": failed, "cancelled": 0}
    return {"status": status, "counts": counts, "resultCount": rows}


def followed(answers: list[dict[str, Any]], *, is_terminal: bool = False) -> str:
    text = io.StringIO()
    console = Console(file=text, width=120, force_terminal=is_terminal)
    ended = follow_job(
        iter(answers).__next__, title="search job", console=console, timeout_seconds=10
    )
    assert ended is answers[-1]
    return text.getvalue()


def test_a_pipe_gets_one_plain_line_for_each_change() -> None:
    steps = [job("queued"), job("queued"), job("running", success=1, rows=40)]
    text = followed([*steps, job("completed", success=2, failed=1, rows=81)])
    assert text.splitlines() == [
        "search job: queued: 0/3 targets, 0 rows",
        "search job: running: 1/3 targets, 40 rows",
        "search job: completed: 3/3 targets, 81 rows",
    ]


def test_a_terminal_gets_a_bar() -> None:
    text = followed([job("running"), job("completed", success=3, rows=81)], is_terminal=True)
    assert "3/3" in text
    assert "81 rows" in text
    assert "\x1b[" in text


def test_a_job_that_does_not_end_is_given_up_with_its_state() -> None:
    console = Console(file=io.StringIO())
    stuck = job("running", success=1, rows=40)
    with pytest.raises(StackError, match="not finished after 0 s, running: 1/3 targets, 40 rows"):
        follow_job(lambda: stuck, title="search job", console=console, timeout_seconds=0)
