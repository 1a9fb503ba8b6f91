"""Exports of many rows over HTTP, from one API process: rows a second, first byte, growth of memory;
and a page deep in the rows beside the first one.

python -m bench.export [--rows 1000000] [--formats json,csv,jsonl,jsonl.gz,csv.gz]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.ports import free_port
from deploy.embedded.servers.mongod import (
    mongod_binary,
    mongod_command,
    mongod_uri,
    wait_for_primary,
)
from deploy.embedded.servers.redis_server import (
    redis_binary,
    redis_config,
    redis_url,
    wait_for_redis,
)
from settings.config import load_config
from storage.base.connections import MongoDatabase, connect_mongo, open_database
from storage.base.ids import row_id, target_id
from storage.base.indexes import create_indexes

ROOT = Path(__file__).resolve().parents[1]
ROWS_A_TARGET = 100
INSERT_BATCH = 5_000
PAGE_ROWS = 100
PAGE_CALLS = 50


@dataclass(frozen=True)
class Measured:
    name: str
    rows: int
    megabytes: float
    seconds: float
    first_byte_ms: float
    growth_mb: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="json,csv,jsonl,jsonl.gz,csv.gz")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="azscraper-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = stack.enter_context(running_stores(folder))
        client, api = stack.enter_context(running_api(folder, environment))
        job_id = make_job(client)
        with connect_mongo(load_config(environment)) as mongo:
            fill(open_database(mongo, load_config(environment)), job_id, options.rows)
        print(f"{options.rows:,} rows of one search job, one API process")
        print(
            f"{'format':10} {'rows/s':>9} {'MB':>7} {'MB/s':>6} {'first byte':>11} {'RSS growth':>11}"
        )
        for name in options.formats.split(","):
            show(export(client, api, job_id, name=name, rows=options.rows))
        show_pages(client, job_id, options.rows)
    return 0


@contextmanager
def running_stores(folder: Path) -> Iterator[dict[str, str]]:
    """An own mongod and Redis; the environment that points at them."""
    mongo_port, redis_port = free_port(), free_port()
    (folder / "mongod").mkdir()
    command = mongod_command(mongod_binary(), port=mongo_port, data=folder / "mongod", cache_gb=0.5)
    config = folder / "redis.conf"
    config.write_text(redis_config(port=redis_port, data=folder, password=None, is_durable=False))
    children = [
        start_child(command, log=folder / "mongod.log"),
        start_child([str(redis_binary()), str(config)], log=folder / "redis.log"),
    ]
    try:
        wait_for_primary(mongo_port)
        wait_for_redis(redis_url(redis_port))
        yield {"MONGODB_URI": mongod_uri(mongo_port), "REDIS_URL": redis_url(redis_port)}
    finally:
        for child in children:
            stop_child(child)


@contextmanager
def running_api(
    folder: Path, stores: dict[str, str], *, workers: int = 1
) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    port = free_port()
    environment = {
        **os.environ,
        **stores,
        "JWT_SECRET": "bench-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DEFAULT_PLAN": "unlimited",
        "LOG_LEVEL": "WARNING",
    }
    with connect_mongo(load_config(stores)) as mongo:
        create_indexes(open_database(mongo, load_config(stores)))
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "control_api.asgi:app",
    ]  # fmt: skip
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False
        ) as client:
            wait_until_live(client)
            body = {"email": "bench@example.com", "password": "correct horse"}
            token = client.post("/auth/register", json=body).json()["data"]["accessToken"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client, process
    finally:
        process.terminate()
        process.wait(20)


def wait_until_live(client: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The API did not come up")


def make_job(client: httpx.Client) -> str:
    project = client.post("/projects", json={"name": "bench"}).json()["data"]["id"]
    body = {"type": "search", "targets": ["usb hub"]}
    made = client.post(f"/projects/{project}/jobs", json=body)
    made.raise_for_status()
    return str(made.json()["data"]["id"])


def fill(database: MongoDatabase, job_id: str, count: int) -> None:
    """Rows as a crawler writes them, straight into the collection."""
    results = database["results"]
    for first in range(0, count, INSERT_BATCH):
        numbers = range(first, min(count, first + INSERT_BATCH))
        results.insert_many([document(job_id, number) for number in numbers], ordered=False)
    database["jobs"].update_one({"_id": job_id}, {"$set": {"resultCount": count}})


def document(job_id: str, number: int) -> dict[str, Any]:
    target = target_id(job_id, number // ROWS_A_TARGET)
    position = number % ROWS_A_TARGET + 1
    return {"_id": row_id(target, 1, position), "jobId": job_id, "row": row(number, position)}


def row(number: int, position: int) -> dict[str, Any]:
    asin = f"B{number:09d}"
    return {
        "asin": asin,
        "title": f'A "fine" product, number {number}, with a title of usual length; black, 2 m',
        "price": {"amount": Decimal(number % 9_999) / 100, "currency": "USD", "raw": "$12.34"},
        "rank": position,
        "keyword": "usb hub",
        "page": 1,
        "position": position,
        "organicPosition": position,
        "sponsored": False,
        "url": f"https://www.amazon.com/dp/{asin}",
        "brand": "Example",
        "imageUrl": f"https://m.media-amazon.com/images/I/{asin}.jpg",
        "listPrice": None,
        "rating": 4.5,
        "ratingsCount": 1_234,
        "badges": ["Best Seller", "Small Business"],
        "isPrime": True,
        "delivery": ["FREE delivery Tue, Nov 24"],
        "marketplace": "US",
        "lang": "en-US",
        "sourceUrl": "https://www.amazon.com/s?k=usb+hub",
        "scrapedAt": "2026-01-01T00:00:00.000Z",
        "parserVersion": "1",
        "warnings": [],
    }


def export(
    client: httpx.Client, api: subprocess.Popen[bytes], job_id: str, *, name: str, rows: int
) -> Measured:
    file_format, _, packed = name.partition(".")
    params = {"format": file_format, **({"gzip": "1"} if packed else {})}
    with watched_memory(api.pid) as peak:
        start = time.perf_counter()
        size, first = 0, 0.0
        with client.stream("GET", f"/jobs/{job_id}/export", params=params) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_raw():
                first = first or time.perf_counter() - start
                size += len(chunk)
        seconds = time.perf_counter() - start
    return Measured(name, rows, size / 1e6, seconds, first * 1000, peak[-1] - peak[0])


@contextmanager
def watched_memory(pid: int) -> Iterator[list[float]]:
    """[at the start, the highest until the end] in MB, of the process and its children."""
    seen = [memory_mb(pid)]
    highest = [seen[0]]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.1):
            highest.append(memory_mb(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()
        seen.append(max(highest))


def memory_mb(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(
        memory_mb(int(child)) for child in children
    )


def show(one: Measured) -> None:
    print(
        f"{one.name:10} {one.rows / one.seconds:9,.0f} {one.megabytes:7.0f}"
        f" {one.megabytes / one.seconds:6.1f} {one.first_byte_ms:8.0f} ms {one.growth_mb:8.1f} MB",
        flush=True,
    )


def show_pages(client: httpx.Client, job_id: str, rows: int) -> None:
    deep = rows * 9 // 10
    at = client.get(f"/jobs/{job_id}/results", params={"offset": deep - 1, "limit": 1})
    cursor = at.json()["meta"]["nextCursor"]
    cases: dict[str, dict[str, Any]] = {
        "first page": {},
        f"page at {deep:,} by cursor": {"cursor": cursor},
    }
    for name, where in cases.items():
        times = []
        for _ in range(PAGE_CALLS):
            start = time.perf_counter()
            params = {"limit": PAGE_ROWS, **where}
            client.get(f"/jobs/{job_id}/results", params=params).raise_for_status()
            times.append((time.perf_counter() - start) * 1000)
        print(f"{name:30} median {statistics.median(times):6.1f} ms  worst {max(times):6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
