"""A followed crawl of a local site by the pool, against the same crawl by plain Scrapy with its memory
scheduler, in one run: pages a second, and CPU milliseconds of the crawlers a page, those of their reader
processes among them. What readers cost shows beside a crawler that reads in its event loop.

python -m bench.site_crawl --pages 5000 --crawlers 1,2,4 --rounds 3
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.crash.farm import Farm, running_farm  # noqa: E402
from tests.services import running_mongod, running_redis  # noqa: E402
from tests.site_crawl.running import (  # noqa: E402
    LOOPBACK,
    SELECTORS,
    page_job,
    page_list_job,
    running_site,
)

TICKS = os.sysconf("SC_CLK_TCK")
CONCURRENCY = 16
PLAIN = str(ROOT / "bench" / "plain_site.py")
IN_READERS, IN_LOOP = "settings.pool", "bench.site_in_loop"
HOSTS = 8
LATENCY_SECONDS = 0.2


def cpu_seconds(pid: int) -> float:
    """Of the process, of its children that have ended, and of those that run."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / TICKS + sum(cpu_seconds(int(one)) for one in children)


def crawl_plain(site: str, pages: int, folder: Path) -> tuple[float, float]:
    """(pages a second, CPU ms a page). Start-up is not counted: the clock starts at the first hit."""
    output = folder / "plain.jsonl"
    output.unlink(missing_ok=True)
    arguments = [f"{site}/", json.dumps(SELECTORS), str(output), str(CONCURRENCY)]
    child = subprocess.Popen([sys.executable, PLAIN, *arguments])
    while not output.exists():
        time.sleep(0.005)
    started, used = time.monotonic(), cpu_seconds(child.pid)
    while child.poll() is None:
        # Read before the process is gone; it ends right after its last page.
        try:
            ended, total = time.monotonic(), cpu_seconds(child.pid)
        except (OSError, IndexError):
            break
        time.sleep(0.02)
    rows = len(output.read_text().splitlines())
    # It reads the start page twice: its dupe filter does not know of start URLs.
    assert pages <= rows <= pages + 1, f"plain Scrapy found {rows} of {pages} pages"
    return pages / (ended - started), 1000 * (total - used) / pages


@contextmanager
def pool(
    folder: Path,
    crawlers: int,
    per_host: int,
    mongodb_uri: str,
    *,
    settings: str = IN_READERS,
    has_shares: bool = True,
) -> Iterator[Farm]:
    """`has_shares` False: the worker feeds one organization as if the crawlers held leases without end."""
    more = {
        "ALLOWED_NETWORKS": LOOPBACK,
        "SITE_REQUESTS_PER_HOST": str(per_host),
        "LOG_LEVEL": "WARNING",
        "HEARTBEAT_SECONDS": "5",
        "LEASE_SECONDS": "15",
        "RECONCILE_SECONDS": "5",
    }
    with (
        running_redis() as redis_url,
        running_farm(
            folder, mongodb_uri=mongodb_uri, redis_url=redis_url, sandbox_url="", **more
        ) as farm,
    ):
        farm.environ["SCRAPY_SETTINGS_MODULE"] = settings
        farm.environ.pop("SCRAPY_PROJECT")
        if not has_shares:
            farm.environ["CRAWLER_CONCURRENCY"] = "100000"
        farm.start_worker()
        farm.environ.pop("CRAWLER_CONCURRENCY", None)
        for number in range(crawlers):
            farm.start_crawler(f"crawler-{number}", "site")
        farm.wait_for(lambda: farm.redis.hlen("crawlers") == crawlers, what="crawlers beat")
        yield farm


def crawl_pooled(
    site: str,
    pages: int,
    folder: Path,
    *,
    crawlers: int,
    mongodb_uri: str,
    per_host: int,
    settings: str = IN_READERS,
) -> tuple[float, float]:
    """(pages a second, CPU ms a page of all crawlers together)."""
    with pool(folder, crawlers, per_host, mongodb_uri, settings=settings) as farm:
        pids = [farm.processes[f"crawler-{number}"].pid for number in range(crawlers)]
        # Warm: what a process loads at its first page is not the crawl's.
        for number in range(2 * crawlers):
            farm.wait_for_end(farm.submit_job(page_job(f"{site}/p/{number}")))
        used = sum(cpu_seconds(pid) for pid in pids)
        started = time.monotonic()
        job = page_job(f"{site}/", followLinks=True, maxPages=pages)
        job_id = farm.submit_job(job)
        ended_job = farm.wait_for_end(job_id, seconds=600)
        ended = time.monotonic()
        total = sum(cpu_seconds(pid) for pid in pids)
        ends = Counter(target.failure for target in farm.targets.values(job_id))
        assert ended_job.result_count == ended_job.counts.success == pages, ends
        farm.database.client.drop_database(farm.database.name)
    return pages / (ended - started), 1000 * (total - used) / pages


def show_throughput(
    options: argparse.Namespace, folder: Path, mongodb_uri: str
) -> dict[int, float]:
    """As fast as the machine can: crawlers, stores and the site share its cores. CPU ms a page, by how
    many crawlers there are."""
    found = {}
    with running_site(folder, f"--pages={options.pages}", "--plain") as site:
        plain, cpu = crawl_plain(site, options.pages, folder)
        print(f"full speed: plain Scrapy  {plain:6.0f} pages/s  {cpu:5.2f} ms CPU a page")
        for crawlers in options.crawlers:
            rate, found[crawlers] = crawl_pooled(
                site,
                options.pages,
                folder,
                crawlers=crawlers,
                mongodb_uri=mongodb_uri,
                per_host=CONCURRENCY,
            )
            print(
                f"full speed: {crawlers} crawler(s)  {rate:6.0f} pages/s"
                f"  {found[crawlers]:5.2f} ms CPU a page  {rate / plain:4.2f} of plain Scrapy",
                flush=True,
            )
    return found


def show_readers(options: argparse.Namespace, folder: Path, mongodb_uri: str) -> None:
    """Each round, one crawler that reads pages in its event loop and one that has readers."""
    where = {"in the loop": IN_LOOP, "in readers": IN_READERS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in where}
    filling = f"--filling={options.filling}"
    with running_site(folder, f"--pages={options.pages}", "--plain", filling) as site:
        for number in range(options.rounds):
            # What the machine does beside it falls on both alike.
            for name in sorted(where, reverse=bool(number % 2)):
                measured = crawl_pooled(
                    site,
                    options.pages,
                    folder,
                    crawlers=1,
                    mongodb_uri=mongodb_uri,
                    per_host=CONCURRENCY,
                    settings=where[name],
                )
                found[name].append(measured)
                rate, cpu = measured
                print(
                    f"readers: {name:12}{rate:6.0f} pages/s  {cpu:5.2f} ms CPU a page", flush=True
                )
    pairs = list(zip(found["in the loop"], found["in readers"], strict=True))
    cost = median(readers[1] / loop[1] for loop, readers in pairs)
    pace = median(readers[0] / loop[0] for loop, readers in pairs)
    print(
        f"readers, {options.filling} bytes more a page, median of {len(pairs)}: {100 * (cost - 1):+4.0f} % CPU a page"
        f"  {100 * (pace - 1):+4.0f} % pages/s"
    )


def crawl_list(site: str, pages: int, folder: Path, mongodb_uri: str, *, has_shares: bool) -> float:
    """Pages a second of one organization's job that names each of its pages, by one crawler."""
    with pool(folder, 1, CONCURRENCY, mongodb_uri, has_shares=has_shares) as farm:
        farm.wait_for_end(farm.submit_job(page_job(f"{site}/p/0")))
        # Of one host alone the feeder keeps less in Redis than a share is.
        sites = [site.replace("127.0.0.1", f"127.0.0.{number}") for number in range(1, HOSTS + 1)]
        urls = [f"{sites[number % HOSTS]}/p/{number}" for number in range(pages)]
        started = time.monotonic()
        job = farm.wait_for_end(farm.submit_job(page_list_job(urls)), seconds=600)
        assert job.counts.success == pages, job.counts
        farm.database.client.drop_database(farm.database.name)
        return pages / (time.monotonic() - started)


def show_shares(options: argparse.Namespace, folder: Path, mongodb_uri: str) -> None:
    """What it costs an organization that is alone to hold no more than its share of the leases."""
    ratios = []
    site_options = (f"--pages={options.pages}", "--plain", f"--addresses={HOSTS}")
    with running_site(folder, *site_options) as site:
        for number in range(options.rounds):
            rates = {
                has_shares: crawl_list(
                    site, options.pages, folder, mongodb_uri, has_shares=has_shares
                )
                for has_shares in ((True, False) if number % 2 else (False, True))
            }
            ratios.append(rates[True] / rates[False])
            print(
                f"shares: with {rates[True]:6.0f} pages/s  without {rates[False]:6.0f} pages/s"
                f"  {ratios[-1]:4.2f}",
                flush=True,
            )
    print(f"shares, median of {len(ratios)}: {median(ratios):4.2f}")


def show_medians(rounds: Sequence[Mapping[int, float]]) -> None:
    """One round says little: the same crawl differs by a fifth from one to the next."""
    medians = {number: median(found[number] for found in rounds) for number in rounds[0]}
    first = next(iter(medians.values()))
    for number, cpu in medians.items():
        print(
            f"full speed, median of {len(rounds)}: {number} crawler(s)  {cpu:5.2f} ms CPU a page"
            f"  {100 * (cpu / first - 1):+4.0f} %"
        )


def show_spreading(options: argparse.Namespace, folder: Path, mongodb_uri: str) -> None:
    """The same crawl at the same pace by more and more crawlers, which together ask the site for
    CONCURRENCY pages at a time: what spreading itself costs. Beside them as many copies of plain Scrapy,
    each with its share of the pages: what so many processes cost on this machine in any case."""
    latency = f"--latency={LATENCY_SECONDS}"
    with running_site(folder, f"--pages={options.pages}", "--plain", latency) as site:
        alone: dict[str, float] = {}
        for crawlers in options.crawlers:
            per_host = max(1, CONCURRENCY // crawlers)
            copies = spread_plain(site, options.pages, folder, copies=crawlers, per_host=per_host)
            pooled = crawl_pooled(
                site,
                options.pages,
                folder,
                crawlers=crawlers,
                mongodb_uri=mongodb_uri,
                per_host=per_host,
            )
            named = {"copies of plain Scrapy": copies, "crawler(s)": pooled}
            for name, (rate, cpu) in named.items():
                first = alone.setdefault(name, cpu)
                print(
                    f"same pace:  {crawlers} {name:22}  {rate:6.0f} pages/s"
                    f"  {cpu:5.2f} ms CPU a page  {100 * (cpu / first - 1):+4.0f} %",
                    flush=True,
                )


def spread_plain(
    site: str, pages: int, folder: Path, *, copies: int, per_host: int
) -> tuple[float, float]:
    """(pages a second, CPU ms a page of all copies together). Without the start, as in crawl_plain."""
    outputs = [folder / f"plain-{number}.jsonl" for number in range(copies)]
    children = []
    for output in outputs:
        output.unlink(missing_ok=True)
        arguments = [f"{site}/", json.dumps(SELECTORS), str(output), str(per_host)]
        children.append(subprocess.Popen([sys.executable, PLAIN, *arguments, str(pages // copies)]))
    while not all(output.exists() and output.stat().st_size for output in outputs):
        time.sleep(0.005)
    began, early = time.monotonic(), sum(count_rows(output) for output in outputs)
    used = {child.pid: cpu_seconds(child.pid) for child in children}
    latest = dict(used)
    while any(child.poll() is None for child in children):
        ended = time.monotonic()
        for child in children:
            # Read before the process is gone; it ends right after its last page.
            with suppress(OSError, IndexError):
                latest[child.pid] = cpu_seconds(child.pid)
        time.sleep(0.02)
    read = sum(count_rows(output) for output in outputs) - early
    total = sum(latest.values()) - sum(used.values())
    return read / (ended - began), 1000 * total / read


def count_rows(output: Path) -> int:
    return output.read_bytes().count(b"\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument(
        "--crawlers", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2, 4]
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filling", type=int, default=0, help="readers: bytes more in each page")
    parser.add_argument("--only", choices=("readers", "shares"), help="this part alone")
    options = parser.parse_args()
    # Each site writes where it listens into a log in a folder of its own.
    with running_mongod() as mongodb_uri:
        for part, show in {"readers": show_readers, "shares": show_shares}.items():
            if options.only in (None, part):
                with TemporaryDirectory() as name:
                    show(options, Path(name), mongodb_uri)
        if options.only:
            return
        rounds = []
        for _ in range(options.rounds):
            with TemporaryDirectory() as name:
                rounds.append(show_throughput(options, Path(name), mongodb_uri))
        show_medians(rounds)
        with TemporaryDirectory() as name:
            show_spreading(options, Path(name), mongodb_uri)


if __name__ == "__main__":
    main()
