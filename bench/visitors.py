"""What visitors cost: one crawler of product pages on the practice store, in one run with the visitor
middlewares left out, with them and no place asked, and with a place whose visitors end after 100 pages.
Then the same place by each engine: pages a minute, and memory of the crawler with its browser.

python -m bench.visitors [--pages 2000] [--rounds 5] [--engine-pages 300]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.site_crawl import cpu_seconds  # noqa: E402
from sandbox.goods.catalogue import Catalogue  # noqa: E402
from spiders.sites.marketplaces import locale_for  # noqa: E402
from spiders.sites.places import place_from_asked  # noqa: E402
from spiders.sites.urls import product_url  # noqa: E402
from storage.base.records import NewJob, NewTarget  # noqa: E402
from tests.crash.farm import ORGANIZATION, running_farm, running_sandbox  # noqa: E402
from tests.services import running_mongod, running_redis  # noqa: E402

PRODUCTS = 100_000
PAGES_A_VISITOR = 100
PLACE = "60601"
WAYS = ("left out", "no place", "a place")
WARM_PAGES = 64


def details_job(first: int, count: int, *, place: str | None, engine: str | None = None) -> NewJob:
    locale = locale_for(lang="en-US", marketplace="sandbox")
    params: dict[str, Any] = {"lang": locale.lang, "language": locale.language}
    if place is not None:
        params["deliverTo"] = place_from_asked(
            place, marketplace=locale.marketplace, language=locale.language
        ).to_params()
    if engine is not None:
        params["engine"] = engine
    catalogue = Catalogue(seed=1, products=PRODUCTS)
    asins = [catalogue.asin(number) for number in range(first, first + count)]
    return NewJob(
        organization_id=ORGANIZATION,
        project_id="a-project",
        kind="details",
        spider="amazon_detail",
        config={},
        credits_per_target=0,
        credits_reserved=0,
        targets=[
            NewTarget(
                asin,
                product_url(locale.marketplace, asin, language=locale.language),
                "sandbox",
                {**params, "asin": asin},
            )
            for asin in asins
        ],
    )


def crawl(way: str, pages: int, folder: Path, *, sandbox: str, mongodb: str) -> tuple[float, float]:
    """(pages a second, CPU ms of the crawler a page)."""
    more: dict[str, Any] = {
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "LOG_LEVEL": "WARNING",
        "HEARTBEAT_SECONDS": "5",
        "LEASE_SECONDS": "15",
        "RECONCILE_SECONDS": "5",
        "VISITOR_MAX_PAGES": str(PAGES_A_VISITOR),
    }
    place = PLACE if way == "a place" else None
    with (
        running_redis() as redis_url,
        running_farm(
            folder, mongodb_uri=mongodb, redis_url=redis_url, sandbox_url=sandbox, **more
        ) as farm,
    ):
        if way == "left out":
            farm.environ["SCRAPY_SETTINGS_MODULE"] = "bench.without_visitors"
            farm.environ.pop("SCRAPY_PROJECT")
        farm.start_worker()
        crawler = farm.start_crawler("crawler")
        farm.wait_for(lambda: farm.redis.hlen("crawlers") == 1, what="the crawler beats")
        # What a process loads at its first pages is not the crawl's.
        farm.wait_for_end(farm.submit_job(details_job(pages, WARM_PAGES, place=place)))
        used, started = cpu_seconds(crawler.pid), time.monotonic()
        job = farm.wait_for_end(farm.submit_job(details_job(0, pages, place=place)), seconds=600)
        seconds, total = time.monotonic() - started, cpu_seconds(crawler.pid)
        assert job.counts.success == pages, farm.failures(job.id)
        row = next(iter(farm.results.iterate(job.id))).data
        assert (row["deliverToAsked"] is not None) == (place is not None), row["deliverToAsked"]
        farm.database.client.drop_database(farm.database.name)
    return pages / seconds, 1000 * (total - used) / pages


def megabytes(pid: int) -> float:
    """Of the process and all below it; what they share is counted once."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        # It has just ended.
        return 0.0
    pss = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return pss / 1024 + sum(megabytes(int(child)) for child in children)


def show_engine(engine: str, pages: int, folder: Path, *, sandbox: str, mongodb: str) -> None:
    more: dict[str, Any] = {"ALLOWED_NETWORKS": "127.0.0.0/8", "LOG_LEVEL": "WARNING"}
    with (
        running_redis() as redis_url,
        running_farm(
            folder, mongodb_uri=mongodb, redis_url=redis_url, sandbox_url=sandbox, **more
        ) as farm,
    ):
        farm.start_worker()
        crawler = farm.start_crawler("crawler")
        farm.wait_for(lambda: farm.redis.hlen("crawlers") == 1, what="the crawler beats")
        # The browser starts, and its visitor is let in.
        warm = details_job(pages, 8, place=PLACE, engine=engine)
        farm.wait_for_end(farm.submit_job(warm), seconds=120)
        job_id = farm.submit_job(details_job(0, pages, place=PLACE, engine=engine))
        started, most = time.monotonic(), 0.0
        while farm.job(job_id).is_open:
            most = max(most, megabytes(crawler.pid))
            time.sleep(0.5)
        seconds = time.monotonic() - started
        assert farm.job(job_id).counts.success == pages, farm.failures(job_id)
        farm.database.client.drop_database(farm.database.name)
    print(f"engine {engine:8} {60 * pages / seconds:7.0f} pages/min  {most:5.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine-pages", type=int, default=300)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with TemporaryDirectory() as name, running_mongod() as mongodb:
        sandbox_options = ("--products", str(PRODUCTS), "--seed", "1")
        with running_sandbox(Path(name), *sandbox_options) as sandbox:
            for number in range(options.rounds):
                # What the machine does beside it falls on all alike.
                for way in WAYS if number % 2 else reversed(WAYS):
                    with TemporaryDirectory() as folder:
                        measured = crawl(
                            way, options.pages, Path(folder), sandbox=sandbox, mongodb=mongodb
                        )
                    found[way].append(measured)
                    print(
                        f"{way:9} {measured[0]:6.0f} pages/s  {measured[1]:5.2f} ms CPU a page",
                        flush=True,
                    )
            for engine in ("http", "browser"):
                with TemporaryDirectory() as folder:
                    show_engine(
                        engine,
                        options.engine_pages,
                        Path(folder),
                        sandbox=sandbox,
                        mongodb=mongodb,
                    )
    for way, other in (("no place", "left out"), ("a place", "no place")):
        pairs = list(zip(found[way], found[other], strict=True))
        rate = median(one[0] / two[0] for one, two in pairs)
        cpu = median(one[1] / two[1] for one, two in pairs)
        print(
            f"{way} beside {other}, median of {len(pairs)}: {rate:4.2f} of its pages/s"
            f"  {cpu:4.2f} of its CPU a page"
        )


if __name__ == "__main__":
    main()
