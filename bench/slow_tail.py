"""One page in sixteen takes ten times as long (3 s instead of 0.3 s): pages a second of a pool crawler
(leases, MongoDB) beside plain Scrapy, which is our direct mode: same spider, same targets, same
concurrency, memory scheduler, no store.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.goods.asins import AsinCode
from tests.crash.farm import Farm, running_farm, running_sandbox
from tests.services import running_mongod, running_redis

ROOT = Path(__file__).resolve().parents[1]
CONCURRENCY = 16
# The same targets are the slow ones, whoever asks and however often.
SHOP = ("--delay", "300", "--slow-ms", "2700", "--fault", "slow=0.0625", "--fault-by", "target")
ELAPSED = re.compile(rb"'elapsed_time_seconds': ([\d.]+)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    code = AsinCode(seed=1)
    asins = [code.asin(number) for number in range(0, 20 * options.targets, 20)]
    pool, plain = [], []
    with tempfile.TemporaryDirectory() as name, running_sandbox(Path(name), *SHOP) as shop:
        with pool_of_one(Path(name), shop) as farm:
            # Warm: what a process loads at its first page is not the crawl's.
            pool_seconds(farm, asins[:1])
            for _ in range(options.rounds):
                pool.append(len(asins) / pool_seconds(farm, asins))
        plain += [len(asins) / plain_seconds(shop, asins) for _ in range(options.rounds)]
    print(f"pool crawler with leases and MongoDB: {statistics.median(pool):.1f} pages/s")
    print(f"plain Scrapy (direct mode):           {statistics.median(plain):.1f} pages/s")
    print(f"ratio: {statistics.median(pool) / statistics.median(plain):.2f}")
    return 0


@contextmanager
def pool_of_one(folder: Path, shop: str) -> Iterator[Farm]:
    with (
        running_mongod() as mongodb_uri,
        running_redis() as redis_url,
        running_farm(
            folder,
            mongodb_uri=mongodb_uri,
            redis_url=redis_url,
            sandbox_url=shop,
            CRAWLER_CONCURRENCY=str(CONCURRENCY),
            HEARTBEAT_SECONDS="5",
            LEASE_SECONDS="15",
            RECONCILE_SECONDS="5",
            LOG_LEVEL="WARNING",
        ) as farm,
    ):
        farm.start_worker()
        farm.start_crawler("crawler", "amazon_detail")
        farm.wait_for(lambda: farm.redis.hlen("crawlers") == 1, what="the crawler beats")
        yield farm


def pool_seconds(farm: Farm, asins: list[str]) -> float:
    """From the job's submission to its end."""
    job = farm.wait_for_end(farm.submit(asins), seconds=300)
    if job.counts.success != len(asins) or job.completed_at is None:
        sys.exit(f"not every page was read: {job.counts}")
    return (job.completed_at - job.created_at).total_seconds()


def plain_seconds(shop: str, asins: list[str]) -> float:
    """As Scrapy's own stats say: without the start of the process."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "amazon_detail"),
                *("-a", "marketplace=sandbox", "-a", f"targets={','.join(asins)}"),
                *("-O", str(Path(folder) / "rows.jsonl"), "-s", "LOG_LEVEL=INFO"),
                *("-s", f"CONCURRENT_REQUESTS={CONCURRENCY}"),
                *("-s", f"CONCURRENT_REQUESTS_PER_DOMAIN={CONCURRENCY}"),
            ],
            cwd=ROOT,
            env={**os.environ, "SANDBOX_URL": shop},
            stderr=subprocess.PIPE,
            check=True,
        )
    found = ELAPSED.search(done.stderr)
    if found is None:
        sys.exit("scrapy crawl printed no elapsed time")
    return float(found[1])


if __name__ == "__main__":
    sys.exit(main())
