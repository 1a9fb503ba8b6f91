"""W8: whatever becomes of a page, its target ends with the reason, and the outcomes add up.

One crawl of the real pool crawler on a little store where each product has a fate of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.base.records import Job, NewTarget, Target
from storage.queue.seed_queue import QueueDepth
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.frontier import troubled_spider as troubles
from tests.spiders.little_store import LittleStore, Page, running_store
from tests.stores import SPIDER, Store, rows_by_hand

SUCCESS = "success"


def cut_product(coding: str) -> Page:
    return pages.cut_stream(coding, pages.product_html(f"B00CUT{coding}"))


# The fate of each product: its page, and how its target has to end.
FATES: dict[str, tuple[Page, str]] = {
    "B00GOOD000": (pages.product("B00GOOD000"), SUCCESS),
    "B00AGAIN00": (pages.at_the_second_try(pages.product("B00AGAIN00")), SUCCESS),
    "B00MOVED00": (pages.redirect("/dp/B00GOOD000"), "WRONG_PRODUCT"),
    "B00WRONG00": (pages.product("B00OTHER00"), "WRONG_PRODUCT"),
    "B00AWAY000": (pages.redirect("https://example.com/"), "ADDRESS_REFUSED"),
    "B00INSIDE0": (pages.redirect("http://127.0.0.1:1/"), "ADDRESS_REFUSED"),
    "B00CIRCLE0": (pages.redirect("/dp/B00CIRCLE0"), "NETWORK_ERROR"),
    "B00SIGNIN0": (pages.redirect("https://www.amazon.com/ap/signin"), "BLOCKED_SIGNIN"),
    "B00GONE000": (pages.status(404), "NOT_FOUND"),
    "B00BUSY000": (pages.status(503), "BLOCKED_THROTTLED"),
    "B00FORBID0": (pages.status(403), "FORBIDDEN"),
    "B00BROKEN0": (pages.status(500), "SERVER_ERROR"),
    "B00EMPTY00": (pages.empty, "EMPTY_PAGE"),
    "B00SLOW000": (pages.slow(5.0), "TIMEOUT"),
    "B00HANGUP0": (pages.hang_up, "NETWORK_ERROR"),
    "B00ZIPPED0": (pages.broken_gzip, "PARSE_ERROR"),
    "B00CUTGZIP": (cut_product("gzip"), "TRUNCATED_PAGE"),
    "B00CUTFLAT": (cut_product("deflate"), "TRUNCATED_PAGE"),
    "B00CUTBROT": (cut_product("br"), "TRUNCATED_PAGE"),
    "B00CUTZSTD": (cut_product("zstd"), "TRUNCATED_PAGE"),
    "B00SHORT00": (pages.short_body(pages.product_html("B00SHORT00")), "TRUNCATED_PAGE"),
    "B00CHUNKS0": (pages.endless_chunks(pages.product_html("B00CHUNKS0")), "TRUNCATED_PAGE"),
    "B00HALF000": (pages.cut_html(pages.product_html("B00HALF000")), "TRUNCATED_PAGE"),
    "B00MENDS00": (
        pages.whole_at_the_second_try("B00MENDS00"),
        SUCCESS,
    ),
    "B00PICTURE": (pages.not_html, "PARSE_ERROR"),
    "B00ROBOTS0": (pages.product("B00ROBOTS0"), "ROBOTS_DENIED"),
    "B00LONGURL": (pages.product("B00LONGURL"), SUCCESS),
    "B00NOURL00": (pages.product("B00NOURL00"), "ADDRESS_REFUSED"),
    troubles.RAISES: (pages.product(troubles.RAISES), "PARSE_ERROR"),
    troubles.RAISES_LATE: (pages.product(troubles.RAISES_LATE), "PARSE_ERROR"),
    troubles.DROPPED: (pages.product(troubles.DROPPED), "PARSE_ERROR"),
    troubles.BREAKS: (pages.product(troubles.BREAKS), "PARSE_ERROR"),
}
ADDRESSES = {
    "B00LONGURL": "https://www.amazon.com/dp/B00LONGURL?x=" + "x" * 3000,
    "B00NOURL00": "no address at all",
}


def robots(visit: pages.Visit) -> None:
    visit.send(body=b"User-agent: *\nDisallow: /dp/B00ROBOTS0\n", Content_Type="text/plain")


@dataclass(frozen=True)
class Crawl:
    job: Job
    targets: dict[str, Target]
    rows: list[str]
    shop: LittleStore
    left: QueueDepth
    by_hand: int
    efforts: dict[str, dict[str, int]]
    exit_code: int | None


@pytest.fixture(scope="module")
def shop() -> Iterator[LittleStore]:
    answers = {f"/dp/{asin}": page for asin, (page, _) in FATES.items()}
    with running_store({**answers, "/robots.txt": robots}) as shop:
        yield shop


def target_of(asin: str) -> NewTarget:
    url = ADDRESSES.get(asin, f"https://www.amazon.com/dp/{asin}")
    return NewTarget(asin, url, "US", {"asin": asin})


@pytest.fixture
def crawl(store: Store, shop: LittleStore, tmp_path: Path) -> Crawl:
    job = store.add_job([target_of(asin) for asin in FATES])
    for message in ("https://www.amazon.com/dp/B00GOOD000", '{"url": "x", "meta": {"n": 0x10}}'):
        store.redis.rpush(f"{SPIDER}:start_urls", message)
    store.queue.push(SPIDER, store.seeds(job))
    log = tmp_path / "crawler.log"
    variables = {
        "AMAZON_ORIGIN": shop.url,
        "OBEY_ROBOTS": "true",
        "PAGE_ATTEMPTS": "2",
        "RETRY_DELAY_SECONDS": "0.05",
        "REQUEST_TIMEOUT_SECONDS": "2",
    }
    modules = "SPIDER_MODULES=tests.spiders.frontier.troubled_spider"
    with pool_crawler(store.config, SPIDER, "-s", modules, log=log, **variables) as child:
        wait_until(
            lambda: not store.job(job.id).is_open and store.queue.depth(SPIDER).leased == 0,
            lambda: f"open: {open_targets(store, job)}; {log.read_text()[-3000:]}",
        )
    return Crawl(
        job=store.job(job.id),
        targets={target.value: target for target in store.targets.values(job.id)},
        rows=[row.data["asin"] for row in store.results.iterate(job.id)],
        shop=shop,
        left=store.queue.depth(SPIDER),
        by_hand=len(rows_by_hand(store.database)),
        efforts={
            target["value"]: target["effort"]
            for target in store.database["targets"].find({"jobId": job.id})
        },
        exit_code=child.returncode,
    )


def open_targets(store: Store, job: Job) -> list[str]:
    targets = store.targets.values(job.id)
    return [t.value for t in targets if t.status.value in ("pending", "running")]


def ending(target: Target) -> str:
    return target.failure.code if target.failure else target.status.value


def test_every_fate_ends_its_target_with_its_reason_and_the_outcomes_add_up(crawl: Crawl) -> None:
    ended = {asin: ending(target) for asin, target in crawl.targets.items()}
    assert ended == {asin: fate for asin, (_, fate) in FATES.items()}
    counts = crawl.job.counts
    succeeded = [asin for asin, (_, fate) in FATES.items() if fate == SUCCESS]
    assert (counts.success, counts.failed) == (len(succeeded), len(FATES) - len(succeeded))
    assert counts.total == counts.success + counts.failed
    assert crawl.job.outcome == "partial"
    # What was good before the callback broke stays; nothing else of a failed target is stored.
    assert sorted(crawl.rows) == sorted([*succeeded, troubles.RAISES_LATE])
    assert crawl.left == QueueDepth(ready=0, suspects=0, leased=0)
    assert crawl.by_hand == 1
    assert crawl.exit_code == 0
    assert crawl.shop.visits["/dp/B00BUSY000"] == 2, "PAGE_ATTEMPTS is 2"
    assert crawl.shop.visits["/dp/B00GONE000"] == 1, "asking again cannot help"
    assert crawl.shop.visits["/dp/B00ROBOTS0"] == 0
    assert crawl.shop.hosts == {"www.amazon.com"}
    took = {
        asin: (one["requests"], one["answers"], one["blocked"])
        for asin, one in crawl.efforts.items()
    }
    assert took["B00GOOD000"] == (1, 1, 0)
    assert took["B00AGAIN00"] == (2, 2, 1)
    assert took["B00BUSY000"] == (2, 2, 2)
    assert took["B00GONE000"] == (1, 1, 0)
    assert took["B00HANGUP0"] == (2, 0, 0)
    assert took["B00ROBOTS0"] == (0, 0, 0)
    assert crawl.efforts["B00GOOD000"]["bytes"] == len(pages.product_html("B00GOOD000"))
    assert "the callback broke" in (crawl.targets[troubles.RAISES].failure or "").message
