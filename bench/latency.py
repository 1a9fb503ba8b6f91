"""From POST to the first readable row, with warm crawlers; beside it, scrapyd's schedule.json of a
stock scrapy-redis spider, from the call to its first stored item. Same machine, same store, one run.

python -m bench.latency [--jobs 50] [--stock-runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import redis

from bench.stack import new_project, running_stack, signed_in, wait_for_end
from deploy.embedded.children import stop_child
from deploy.embedded.ports import free_port

POLL_SECONDS = 0.005
STOCK_PROJECT = Path(__file__).with_name("stock_scrapy_redis")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--stock-runs", type=int, default=5)
    options = parser.parse_args()
    with running_stack() as stack:
        client = signed_in(stack)
        asins = some_asins(client, options.jobs + 5)
        project = new_project(client, "bench latency")
        for asin in asins[options.jobs :]:
            seconds_to_first_row(client, project, asin)
        ours = [seconds_to_first_row(client, project, asin) for asin in asins[: options.jobs]]
        stock = list(stock_seconds(stack, asins[: options.stock_runs]))
    print(row("azscraper: POST → first row over the API", ours))
    print(row("stock scrapy-redis: schedule.json → first stored item", stock))
    ratio = statistics.median(stock) / statistics.median(ours)
    print(f"ratio of medians: {ratio:.1f}")
    return 0


def some_asins(client: httpx.Client, count: int) -> list[str]:
    """ASINs of the practice marketplace, by a search job (which also warms the crawlers up)."""
    project = new_project(client, "bench warm-up")
    body = {
        "type": "search",
        "targets": ["desk lamp", "usb hub", "kettle", "cat fountain"],
        "config": {"marketplace": "sandbox", "maxPages": 4},
    }
    job = create_job(client, project, body)
    wait_for_end(client, job, seconds=60)
    rows = client.get(f"/jobs/{job}/results", params={"limit": 1000}).json()["data"]
    asins = list(dict.fromkeys(found["asin"] for found in rows))
    if len(asins) < count:
        sys.exit(f"the search gave {len(asins)} ASINs, {count} are needed")
    return asins[:count]


def seconds_to_first_row(client: httpx.Client, project: str, asin: str) -> float:
    body = {"type": "details", "targets": [asin], "config": {"marketplace": "sandbox"}}
    started = time.perf_counter()
    job = create_job(client, project, body)
    while client.get(f"/jobs/{job}/results").json()["meta"]["total"] == 0:
        if time.perf_counter() - started > 30:
            sys.exit(f"no row of {asin} within 30 s")
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - started


def create_job(client: httpx.Client, project: str, body: dict[str, Any]) -> str:
    answer = client.post(f"/projects/{project}/jobs", json=body)
    if answer.status_code != 201:
        sys.exit(f"POST jobs answered {answer.status_code}: {answer.text}")
    return str(answer.json()["data"]["id"])


def stock_seconds(stack: dict[str, Any], asins: list[str]) -> Iterator[float]:
    server = redis.Redis.from_url(stack["redisUrl"])
    with stock_scrapyd(stack) as url:
        for asin in asins:
            server.delete("stock_detail:items", "stock_detail:dupefilter")
            seed = {"url": f"{stack['sandboxUrl']}/dp/{asin}"}
            started = time.perf_counter()
            server.rpush("stock_detail:start_urls", json.dumps(seed))
            data = {"project": "stock", "spider": "stock_detail"}
            answer = httpx.post(f"{url}/schedule.json", data=data, trust_env=False).json()
            if "jobid" not in answer:
                sys.exit(f"schedule.json answered {answer}")
            job = answer["jobid"]
            while server.llen("stock_detail:items") == 0:
                if time.perf_counter() - started > 60:
                    sys.exit("the stock spider stored nothing within 60 s")
                time.sleep(POLL_SECONDS)
            yield time.perf_counter() - started
            httpx.post(f"{url}/cancel.json", data={"project": "stock", "job": job}, trust_env=False)


@contextmanager
def stock_scrapyd(stack: dict[str, Any]) -> Iterator[str]:
    """A scrapyd of its own, with the same poll interval as ours."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "scrapyd.conf"
        config.write_text(
            f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n"
            f"eggs_dir = {folder}/eggs\nlogs_dir = {folder}/logs\ndbs_dir = {folder}/dbs\n"
            "[settings]\nstock = stock.settings\n"
        )
        environ = {
            **os.environ,
            "REDIS_URL": stack["redisUrl"],
            "PYTHONPATH": str(STOCK_PROJECT),
            "SCRAPY_SETTINGS_MODULE": "stock.settings",
        }
        twistd = str(Path(sys.executable).with_name("scrapyd"))
        child = subprocess.Popen(
            [twistd, "--pidfile="],
            cwd=folder,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            stop_child(child)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/daemonstatus.json", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{url} did not start within 20 s")


def row(name: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    return f"{name}: n {len(ordered)}, median {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
