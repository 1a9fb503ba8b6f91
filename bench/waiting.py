"""The API's times with and without clients that wait for their job (`Prefer: wait`): one API process,
rounds of each kind in turn, so that the machine's other work falls on both.

python -m bench.waiting [--waiters 50] [--rounds 4] [--requests 300]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from bench.export import make_job, running_api, running_stores

CLIENTS = 4
# Longer than a round.
WAIT_SECONDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiters", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="azscraper-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = stack.enter_context(running_stores(folder))
        client, _ = stack.enter_context(running_api(folder, environment))
        # Nobody crawls here: the jobs stay open.
        jobs = [make_job(client) for _ in range(options.waiters)]
        times(client, jobs[0], options.requests)
        alone: list[float] = []
        beside: list[float] = []
        for _ in range(options.rounds):
            alone += times(client, jobs[0], options.requests)
            with waiting(client, jobs):
                beside += times(client, jobs[0], options.requests)
    print(f"{CLIENTS} clients, {len(alone)} requests each (GET a job, POST a job, GET a list)")
    print(row("nobody waits", alone))
    print(row(f"{options.waiters} wait", beside))
    return 0


def times(client: httpx.Client, job: str, requests: int) -> list[float]:
    """Milliseconds of each request, from CLIENTS clients at once."""
    project = client.get(f"/jobs/{job}").json()["data"]["projectId"]
    body = {"type": "search", "targets": ["usb hub"]}

    def ask(number: int) -> float:
        began = time.perf_counter()
        if number % 3 == 0:
            answer = client.get(f"/jobs/{job}")
        elif number % 3 == 1:
            answer = client.post(f"/projects/{project}/jobs", json=body)
        else:
            answer = client.get(f"/projects/{project}/jobs")
        answer.raise_for_status()
        return (time.perf_counter() - began) * 1000

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(ask, range(requests)))


@contextmanager
def waiting(client: httpx.Client, jobs: list[str]) -> Iterator[None]:
    """One client for each of the jobs, each in a wait of its own."""
    with (
        httpx.Client(
            base_url=client.base_url, headers=client.headers, timeout=WAIT_SECONDS + 10,
            trust_env=False, limits=httpx.Limits(max_connections=len(jobs)),
        ) as waiters,
        ThreadPoolExecutor(len(jobs)) as pool,
    ):  # fmt: skip
        headers = {"Prefer": f"wait={WAIT_SECONDS}"}
        held = [pool.submit(waiters.get, f"/jobs/{job}", headers=headers) for job in jobs]
        time.sleep(1.5)
        if any(one.done() for one in held):
            sys.exit("a request that should wait was answered")
        yield
        if any(one.done() for one in held):
            sys.exit("a round took longer than the wait; ask for fewer requests")
        for job in jobs:
            client.post(f"/jobs/{job}/cancel").raise_for_status()
        for one in held:
            assert one.result().headers["Preference-Applied"]
    jobs[:] = [make_job(client) for _ in jobs]


def row(name: str, values: list[float]) -> str:
    p95 = statistics.quantiles(values, n=20)[-1]
    return f"{name:14} p50 {statistics.median(values):6.1f} ms   p95 {p95:6.1f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
