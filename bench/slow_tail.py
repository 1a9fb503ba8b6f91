"""One page in sixteen is slow (3 s): pages a second of a pool crawler (leases, MongoDB) beside plain
Scrapy, which is our direct mode: same spider, same targets, same concurrency, memory scheduler, no store.

python -m bench.slow_tail [--targets 400] [--rounds 2]
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bench.latency import create_job, some_asins
from bench.stack import ROOT, new_project, running_stack, signed_in, wait_for_end

SLOW_SHARE = 1 / 16
ELAPSED = re.compile(rb"'elapsed_time_seconds': ([\d.]+)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    pool, plain = [], []
    with running_stack() as stack:
        client = signed_in(stack)
        asins = some_asins(client, options.targets)
        set_faults(stack, {"slow": SLOW_SHARE})
        try:
            for _ in range(options.rounds):
                pool.append(len(asins) / pool_seconds(client, asins))
                plain.append(len(asins) / plain_seconds(stack, asins))
        finally:
            set_faults(stack, {})
    print(f"pool crawler with leases and MongoDB: {statistics.median(pool):.1f} pages/s")
    print(f"plain Scrapy (direct mode):           {statistics.median(plain):.1f} pages/s")
    print(f"ratio: {statistics.median(a / b for a, b in zip(pool, plain, strict=True)):.2f}")
    return 0


def set_faults(stack: dict[str, Any], rates: dict[str, float]) -> None:
    url = f"{stack['sandboxUrl']}/__faults"
    httpx.post(url, json=rates, trust_env=False).raise_for_status()


def pool_seconds(client: httpx.Client, asins: list[str]) -> float:
    project = new_project(client, "bench slow tail")
    body = {"type": "details", "targets": asins, "config": {"marketplace": "sandbox"}}
    job = wait_for_end(client, create_job(client, project, body), seconds=300)
    started, ended = (datetime.fromisoformat(job[name]) for name in ("createdAt", "completedAt"))
    return (ended - started).total_seconds()


def plain_seconds(stack: dict[str, Any], asins: list[str]) -> float:
    """As Scrapy's own stats say: without the start of the process."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "amazon_detail"),
                *("-a", "marketplace=sandbox", "-a", f"targets={','.join(asins)}"),
                *("-O", str(Path(folder) / "rows.jsonl"), "-s", "LOG_LEVEL=INFO"),
            ],
            cwd=ROOT,
            env={**os.environ, "SANDBOX_URL": stack["sandboxUrl"]},
            stderr=subprocess.PIPE,
            check=True,
        )
    found = ELAPSED.search(done.stderr)
    if found is None:
        sys.exit("scrapy crawl printed no elapsed time")
    return float(found[1])


if __name__ == "__main__":
    sys.exit(main())
