"""Spider jobs on real scrapyd nodes: one process each, which claims, beats and has the last word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded.layout import PROJECT_ROOT
from storage.base.records import JobStatus
from storage.runs.logs import RunLogs
from storage.runs.nodes import Nodes
from storage.runs.runs import INTERRUPTED, RunOutcome, RunState
from tests.nodes.conftest import Jobs
from tests.nodes.making import Dispatch, MakeNode
from tests.nodes.scrapyd_node import is_running, wait_until
from tests.spiders.little_store import Page, running_store


def test_a_job_runs_once_with_its_arguments_items_and_log(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config)
    job_id = jobs.add("counting", count="450")
    job = jobs.wait_for_end(job_id)
    assert job.status is JobStatus.COMPLETED
    assert jobs.numbers(job_id) == list(range(450))
    assert job.result_count == 450
    run = jobs.run(job_id)
    wait_until(lambda: jobs.run(job_id).state is RunState.CLOSED, "the run is closed")
    assert run.outcome is not None
    assert run.outcome.reason == "finished"
    assert run.stats["item_scraped_count"] == 450
    log = RunLogs(jobs.store.database).read(job_id, offset=0, limit=1_000)
    assert any("Run 1 ended" in line for line in log.lines), log.lines[-3:]
    assert log.total == len(log.lines)


def test_no_items_is_a_success_and_the_log_holds_no_password(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    secret = "a-secret-of-redis"
    uri = jobs.store.config.redis_url.replace("redis://", f"redis://:{secret}@")
    node = make_node(is_started=False)
    node.start(REDIS_URL=uri)
    dispatch(node.config)
    job_id = jobs.add("empty")
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    log = RunLogs(jobs.store.database).read(job_id, offset=0, limit=1_000)
    (line,) = [line for line in log.lines if "nothing here" in line]
    assert ":***@" in line
    assert secret not in "\n".join(log.lines)


def test_a_spider_that_cannot_be_made_is_an_error_at_once(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config)
    job = jobs.wait_for_end(jobs.add("broken"))
    run = jobs.run(job.id)
    assert job.status is JobStatus.FAILED
    assert run.attempt == 1
    assert run.outcome is not None
    assert run.outcome.code == "SPIDER_ERROR"


def test_a_job_of_which_no_request_got_a_page_has_failed_with_the_reason(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    pages: dict[str, Page] = {
        "/robots.txt": lambda visit: visit.send(200, b"User-agent: *\nDisallow: /denied\n"),
        "/empty": lambda visit: visit.send(200, b"<html>nothing</html>"),
    }
    with running_store(pages) as site:
        dispatch(make_node(ALLOWED_NETWORKS="127.0.0.0/8").config)
        asked = {
            # Most requests that failed were of the second kind.
            f"{site.url}/missing {site.url}/denied {site.url}/denied/2": "ROBOTS_DENIED",
            "http://10.0.0.1/": "ADDRESS_REFUSED",
            f"{site.url}/missing {site.url}/empty": None,
        }
        settings = {"ROBOTSTXT_OBEY": True}
        ids = {urls: jobs.add("asking", settings, urls=urls) for urls in asked}
        for urls, code in asked.items():
            job = jobs.wait_for_end(ids[urls])
            outcome = jobs.run(job.id).outcome
            assert outcome is not None
            assert (outcome.code, outcome.reason) == (code, "finished"), urls
            assert job.status is (JobStatus.FAILED if code else JobStatus.COMPLETED), urls
            if code:
                assert "no request got a page" in (outcome.message or ""), urls


def test_a_wrong_argument_value_is_an_error_that_names_it(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config)
    job = jobs.wait_for_end(jobs.add("amazon_search", keywords="usb hub", max_pages="many"))
    run = jobs.run(job.id)
    assert job.status is JobStatus.FAILED
    assert run.outcome is not None
    assert run.outcome.code == "BAD_ARGUMENT"
    assert "max_pages" in (run.outcome.message or "")


def test_a_spider_that_dies_without_a_word_is_run_again_and_then_fails(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config)
    job = jobs.wait_for_end(jobs.add("suicide"), seconds=60)
    run = jobs.run(job.id)
    assert job.status is JobStatus.FAILED
    assert run.outcome is not None
    assert run.outcome.code == "CRASHED"
    assert [loss.code for loss in run.losses] == ["CRASHED"] * 3
    assert jobs.numbers(job.id) == []
    assert job.result_count == 0


def test_a_second_start_of_the_same_id_closes_itself(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    node = make_node()
    dispatch(node.config)
    job_id = jobs.add("counting", count="30", delay="0.1")
    jobs.wait_for_items(job_id)
    again = subprocess.run(
        [
            *(sys.executable, "-m", "scrapy", "crawl", "counting"),
            *("-a", f"job_id={job_id}", "-a", f"_job={jobs.run(job_id).dispatch_id}"),
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, **node._environ, "SCRAPY_PROJECT": "azscraper"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert again.returncode == 2
    assert "not waiting for this process" in again.stderr
    jobs.wait_for_end(job_id)
    rows = [row.data for row in jobs.store.results.iterate(job_id)]
    assert [row["number"] for row in rows] == list(range(30))
    assert len({row["pid"] for row in rows}) == 1


def test_a_stubborn_spider_with_a_child_is_gone_before_its_job_is_cancelled(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch, tmp_path: Path
) -> None:
    dispatch(make_node().config)
    pids_file = tmp_path / "pids"
    job_id = jobs.add("stubborn", pids_file=str(pids_file))
    jobs.wait_for_items(job_id)
    pids = [int(pid) for pid in pids_file.read_text().split()]
    assert jobs.runs.request_cancel(job_id) is not None

    def ended_or_alive() -> bool:
        is_open = jobs.job(job_id).is_open
        # Looked at in this order: what is cancelled by now must be gone by now.
        assert is_open or not any(is_running(pid) for pid in pids), "cancelled, and still runs"
        return not is_open

    wait_until(ended_or_alive, "the cancelled job", seconds=25)
    assert jobs.job(job_id).status is JobStatus.CANCELLED
    assert not any(is_running(pid) for pid in pids)


def test_nothing_is_written_after_the_fence(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config)
    job_id = jobs.add("counting", count="100000", delay="0.001")
    jobs.wait_for_items(job_id, 50)
    jobs.runs.request_cancel(job_id)
    count = jobs.store.results.count(job_id)
    job = jobs.wait_for_end(job_id)
    assert job.status is JobStatus.CANCELLED
    assert job.result_count == jobs.store.results.count(job_id) == count


def test_a_run_that_is_killed_begins_anew_elsewhere(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node().config, make_node().config)
    job_id = jobs.add("counting", count="60", delay="0.05")
    jobs.wait_for_items(job_id, 5)
    (first,) = jobs.store.results.list_page(job_id, limit=1)
    before = jobs.run(job_id).node
    os.kill(first.data["pid"], signal.SIGKILL)
    assert jobs.wait_for_end(job_id).status is JobStatus.COMPLETED
    assert jobs.numbers(job_id) == list(range(60))
    run = jobs.run(job_id)
    assert run.attempt == 2
    assert run.node != before


@pytest.mark.chaos
def test_a_run_tells_how_busy_its_node_is(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    node = make_node()
    dispatch(node.config)
    nodes = Nodes(jobs.store.database)

    def load() -> object:
        return next((entry.health.get("load") for entry in nodes.list_all()), None)

    job_id = jobs.add("counting", count="10000", delay="0.1")

    def is_known() -> bool:
        told = jobs.run(job_id).load
        return told is not None and load() == told

    wait_until(is_known, "the load is known", seconds=40)
    jobs.runs.request_cancel(job_id)
    jobs.wait_for_end(job_id)
    wait_until(lambda: load() is None, "nobody tells it any more")


def test_a_cancel_between_an_interruption_and_the_next_attempt_holds(jobs: Jobs) -> None:
    """No dispatcher at work here: the moment would last half a second."""
    job_id = jobs.add("counting")
    run = jobs.runs.dispatch(jobs.run(job_id), "a-node")
    assert run is not None
    assert jobs.runs.end(run, RunOutcome(is_well=False, reason="shutdown", code=INTERRUPTED))
    cancelled = jobs.runs.request_cancel(job_id)
    assert cancelled is not None
    assert jobs.runs.take_back_interrupted(cancelled) is None
    assert jobs.runs.request_cancel(job_id) is None


def test_a_run_with_its_last_word_is_not_cancelled(jobs: Jobs) -> None:
    job_id = jobs.add("counting")
    run = jobs.runs.dispatch(jobs.run(job_id), "a-node")
    assert run is not None
    assert jobs.runs.end(run, RunOutcome(is_well=True, reason="finished"))
    assert jobs.runs.request_cancel(job_id) is None
