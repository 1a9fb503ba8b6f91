"""The console with much in it: 10,000 jobs, one of them with 1,000,000 rows, and 1,000 schedules; its lists alone and
beside 50 open tabs that ask for news, and the API beside those.

python -m bench.console [--jobs 10000] [--rows 1000000] [--schedules 1000] [--tabs 50] [--calls 40] [--seconds 30]

Two processes of the API, as `make up` starts them; client and servers share the machine. Ends with 1 where a budget
does not hold.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from bench.export import ROWS_A_TARGET, fill, make_job, running_api, running_stores
from settings.config import load_config
from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase, connect_mongo, open_database
from storage.base.ids import new_id, target_id

WORKERS = 2
PROJECTS = 20
INSERT_BATCH = 5_000
PAGE_ROWS = 100
POLL_SECONDS = 2.0
# Of the API's requests beside the tabs: so many clients, each with a pause between two requests.
CLIENTS, PAUSE_SECONDS = 4, 0.1
MAX_LIST_MS, MAX_API_MS, MAX_HTML_BYTES = 150, 100, 40_000
_STATES = ("completed", "completed", "completed", "failed", "cancelled")


@dataclass(frozen=True)
class Scene:
    """`big`: the job with the rows; `moving`: jobs that tabs are open on."""

    api: httpx.Client
    browser: httpx.Client
    database: MongoDatabase
    big: str
    moving: list[str]
    rows: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--tabs", type=int, default=50)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="azscraper-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = stack.enter_context(running_stores(folder))
        api, _ = stack.enter_context(running_api(folder, environment, workers=WORKERS))
        config = load_config(environment)
        database = open_database(stack.enter_context(connect_mongo(config)), config)
        browser = stack.enter_context(signed_in(api))
        scene = filled(api, browser, database, options)
        print(
            f"{options.jobs:,} jobs, one of {options.rows:,} rows, {options.schedules:,} schedules,"
            f" {PROJECTS} projects; {WORKERS} processes of the API"
        )
        fails = lists(scene, options.calls)
        with tabs(scene, options.tabs) as seen:
            fails += lists(scene, options.calls, beside=f"beside {options.tabs} tabs")
            fails += api_beside(scene, options.seconds)
        print(
            f"the tabs: {show(seen)}, {len(seen) / (seen_seconds(seen) or 1):.0f} requests a second"
        )
    for fail in fails:
        print(f"NOT within its budget: {fail}")
    return 1 if fails else 0


@contextmanager
def signed_in(api: httpx.Client) -> Iterator[httpx.Client]:
    """A client with the cookie of a session, as a browser sends it."""
    form = {"email": "bench@example.com", "password": "correct horse"}
    answer = httpx.post(
        f"{api.base_url}/console/login", data=form, headers={"Sec-Fetch-Site": "same-origin"},
        trust_env=False,
    )  # fmt: skip
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    with httpx.Client(
        base_url=api.base_url, headers={"Cookie": cookie}, timeout=60, trust_env=False,
        limits=httpx.Limits(max_connections=100),
    ) as client:  # fmt: skip
        yield client


def filled(
    api: httpx.Client, browser: httpx.Client, database: MongoDatabase, options: argparse.Namespace
) -> Scene:
    """One of each by the API, the others as copies of it."""
    big = make_job(api)
    database["users"].update_many({}, {"$set": {"isAdmin": True}})
    projects = [
        api.post("/projects", json={"name": f"project {n}"}).json()["data"]["id"]
        for n in range(PROJECTS)
    ]
    crawl = {"type": "search", "targets": ["usb hub", "desk lamp"]}
    for path, body in (
        ("schedules", {"name": "daily", "cron": "0 6 * * *", "crawlConfig": crawl}),
        ("webhooks", {"url": "https://receiver.example.com/hook", "events": ["job.completed"]}),
        ("monitors", {"name": "prices", "type": "details", "config": {"marketplace": "US"}}),
    ):
        api.post(f"/projects/{projects[0]}/{path}", json=body).raise_for_status()
    copy_schedules(database, projects, options.schedules)
    moving = copy_jobs(database, big, projects, options.jobs, moving=options.tabs)
    database["targets"].delete_many({"jobId": big})
    targets = options.rows // ROWS_A_TARGET
    insert(database, "targets", (target_of(big, n, "success") for n in range(targets)))
    fill(database, big, options.rows)
    counts = {"total": targets, "pending": 0, "running": 0, "success": targets, "failed": 0}
    end = {
        "status": "completed", "outcome": "succeeded", "completedAt": utc_now(), "feedable": False,
        "counts": {**counts, "cancelled": 0}, "targetLimit": targets,
    }  # fmt: skip
    database["jobs"].update_one({"_id": big}, {"$set": end})
    return Scene(api, browser, database, big, moving, options.rows)


def copy_schedules(database: MongoDatabase, projects: list[str], count: int) -> None:
    (first,) = database["schedules"].find()
    copies = (
        {**first, "_id": new_id(), "projectId": projects[n % PROJECTS], "name": f"schedule {n}"}
        for n in range(count - 1)
    )
    insert(database, "schedules", copies)


def copy_jobs(
    database: MongoDatabase, model: str, projects: list[str], count: int, *, moving: int
) -> list[str]:
    """Ended ones, and the newest of them running: their ids."""
    first = database["jobs"].find_one({"_id": model})
    assert first is not None
    now, running = utc_now(), []
    jobs, targets = [], []
    for number in range(count - 1):
        is_running = number >= count - 1 - moving
        state = "running" if is_running else _STATES[number % len(_STATES)]
        made = now - timedelta(minutes=count - number)
        outcome = None if is_running else {"completed": "succeeded"}.get(state, state)
        job = {
            **first, "_id": new_id(), "projectId": projects[number % PROJECTS], "status": state,
            "head": [f"keyword {number}"], "createdAt": made, "updatedAt": now, "startedAt": made,
            "completedAt": None if is_running else made, "outcome": outcome, "feedable": False,
        }  # fmt: skip
        jobs.append(job)
        targets.append(target_of(job["_id"], 0, "pending" if is_running else "success"))
        if is_running:
            running.append(job["_id"])
    insert(database, "jobs", iter(jobs))
    insert(database, "targets", iter(targets))
    for job_id in running:
        fill(database, job_id, PAGE_ROWS)
    return running


def target_of(job_id: str, index: int, status: str) -> dict[str, Any]:
    return {
        "_id": target_id(job_id, index), "jobId": job_id, "value": f"keyword {index}",
        "url": "https://www.amazon.com/s?k=usb+hub", "marketplace": "US", "seed": {},
        "status": status, "token": 1, "rowCount": ROWS_A_TARGET,
    }  # fmt: skip


def insert(database: MongoDatabase, name: str, documents: Iterator[dict[str, Any]]) -> None:
    batch = []
    for document in documents:
        batch.append(document)
        if len(batch) == INSERT_BATCH:
            database[name].insert_many(batch, ordered=False)
            batch = []
    if batch:
        database[name].insert_many(batch, ordered=False)


def pages_of(scene: Scene) -> Mapping[str, str]:
    """By name; what a person opens from a list or from the menu."""
    big = f"/console/jobs/{scene.big}"
    first = scene.browser.get(big).text
    (cursor,) = re.findall(r'href="([^"]+)">Next 100<', first)
    deep = scene.api.get(
        f"/jobs/{scene.big}/results", params={"offset": scene.rows - PAGE_ROWS - 1, "limit": 1}
    ).json()["meta"]["nextCursor"]
    jobs = scene.browser.get("/console/jobs").text
    (older,) = re.findall(r'href="([^"]+)">Older<', jobs)
    return {
        "home": "/console",
        "jobs": "/console/jobs",
        "jobs, the next page": unescape(older),
        "jobs that failed": "/console/jobs?status=failed",
        "jobs by a text of targets": "/console/jobs?q=keyword+77",
        "rows": big,
        "rows, page 2": unescape(cursor),
        "rows, the last page": f"{big}?cursor={deep}&shown={scene.rows - PAGE_ROWS}",
        "targets": f"{big}/targets",
        "a target": f"{big}/targets/0",
        "schedules": "/console/schedules",
        "monitors": "/console/monitors",
        "webhooks": "/console/webhooks",
        "projects": "/console/projects",
        "keys": "/console/keys",
        "audit": "/console/audit",
        "usage": "/console/usage",
        "operator": "/console/operator",
    }


def lists(scene: Scene, calls: int, *, beside: str = "alone") -> list[str]:
    print(f"\n{'page, ' + beside:32} {'p50':>9} {'p95':>9} {'HTML gz':>9}")
    fails = []
    for name, path in pages_of(scene).items():
        times = []
        for _ in range(calls):
            began = time.perf_counter()
            answer = scene.browser.get(path)
            times.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
        size = len(gzip.compress(answer.content))
        p95 = quantile(times)
        print(f"{name:32} {statistics.median(times):6.1f} ms {p95:6.1f} ms {size / 1000:6.1f} kB")
        if p95 >= MAX_LIST_MS:
            fails.append(f"{name}, {beside}: p95 {p95:.0f} ms")
        if size > MAX_HTML_BYTES:
            fails.append(f"{name}: {size / 1000:.0f} kB of HTML")
    return fails


@contextmanager
def tabs(scene: Scene, count: int) -> Iterator[list[tuple[float, float]]]:
    """Pages of running jobs that ask for news as the console's script does, of which every fifth moves.
    Filled with (moment, milliseconds) of each request."""
    stop = threading.Event()
    seen: list[tuple[float, float]] = []
    with ThreadPoolExecutor(count + 1) as pool:
        running = [
            pool.submit(tab, scene, job, number * POLL_SECONDS / count, seen, stop)
            for number, job in enumerate(scene.moving[:count])
        ]
        running.append(pool.submit(move, scene, scene.moving[:count:5], stop))
        try:
            yield seen
        finally:
            stop.set()
        for one in running:
            one.result()


def tab(
    scene: Scene, job: str, wait: float, seen: list[tuple[float, float]], stop: threading.Event
) -> None:
    path = f"/console/jobs/{job}"
    page = scene.browser.get(path).text
    stop.wait(wait)
    while not stop.wait(POLL_SECONDS):
        found = re.search(r'hx-get="([^"]+)"', page)
        assert found, "the tab asks no more"
        began = time.perf_counter()
        answer = scene.browser.get(unescape(found[1]), headers={"HX-Request": "true"})
        seen.append((began, (time.perf_counter() - began) * 1000))
        answer.raise_for_status()
        if answer.status_code == 200:
            page = answer.text


def move(scene: Scene, jobs: list[str], stop: threading.Event) -> None:
    while not stop.wait(1.0):
        change = {"$set": {"updatedAt": utc_now()}, "$inc": {"resultCount": 1}}
        scene.database["jobs"].update_many({"_id": {"$in": jobs}}, change)


def api_beside(scene: Scene, seconds: float) -> list[str]:
    """Requests of programs: a job, a page of its rows, a list, a new job."""
    until = time.perf_counter() + seconds
    times: list[tuple[float, float]] = []
    project = scene.api.get(f"/jobs/{scene.big}").json()["data"]["projectId"]
    body = {"type": "search", "targets": ["usb hub"]}

    def ask(client: int) -> None:
        number = client
        while time.perf_counter() < until:
            began = time.perf_counter()
            if number % 4 == 0:
                answer = scene.api.get(f"/jobs/{scene.big}")
            elif number % 4 == 1:
                answer = scene.api.get(f"/jobs/{scene.big}/results", params={"limit": PAGE_ROWS})
            elif number % 4 == 2:
                answer = scene.api.get("/jobs", params={"limit": 50})
            else:
                answer = scene.api.post(f"/projects/{project}/jobs", json=body)
            times.append((began, (time.perf_counter() - began) * 1000))
            answer.raise_for_status()
            number += 1
            time.sleep(PAUSE_SECONDS)

    with ThreadPoolExecutor(CLIENTS) as pool:
        # A request that failed ends the bench.
        list(pool.map(ask, range(CLIENTS)))
    print(f"\nthe API beside the tabs, {CLIENTS} clients: {show(times)}")
    p95 = quantile([one for _, one in times])
    return [f"the API beside the tabs: p95 {p95:.0f} ms"] if p95 >= MAX_API_MS else []


def show(times: list[tuple[float, float]]) -> str:
    values = [one for _, one in times]
    return f"{len(values):,} requests, p50 {statistics.median(values):.1f} ms, p95 {quantile(values):.1f} ms"


def quantile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def seen_seconds(times: list[tuple[float, float]]) -> float:
    return times[-1][0] - times[0][0]


if __name__ == "__main__":
    raise SystemExit(main())
