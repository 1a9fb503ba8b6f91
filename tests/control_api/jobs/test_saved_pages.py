"""Pages of each type of job are kept while they are crawled, and read again as their rows were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from sandbox.goods.asins import AsinCode
from sandbox.goods.catalogue import SELLERS, seller_id
from settings.config import Config
from spiders.types.registry import TYPE_OF_NAME
from tests.control_api.conftest import Tenant
from tests.crash.farm import running_sandbox
from tests.spiders.crawling import pool_crawler, wait_until
from tests.stores import Store

CODE = AsinCode(1)
ASIN, UNKNOWN = CODE.asin(0), CODE.asin(10**9)
# By type: targets, settings, and how many pages that makes.
CRAWLS: dict[str, tuple[list[str], dict[str, Any], int]] = {
    "details": ([ASIN, UNKNOWN], {}, 2),
    "search": (["wireless earbuds"], {"maxPages": 2}, 2),
    "offers": ([ASIN], {"maxOffers": 12}, 2),
    "bestsellers": (["electronics"], {}, 2),
    "suggestions": (["usb c"], {}, 1),
    "seller": ([seller_id(SELLERS[0])], {}, 1),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as url:
        yield url


@pytest.mark.parametrize("kind", CRAWLS)
def test_its_pages_are_read_again_as_they_were(
    tenant: Tenant,
    config: Config,
    database: Database,
    redis_client: Redis,
    shop: str,
    tmp_path: Path,
    kind: str,
) -> None:
    targets, wanted, page_count = CRAWLS[kind]
    settings = {"marketplace": "sandbox", **wanted}
    job_id = tenant.make_job(type=kind, targets=targets, config=settings)["id"]
    store = Store(config, database, redis_client)
    job, spider = store.job(job_id), TYPE_OF_NAME[kind].spider
    assert spider is not None
    store.queue.push(spider, store.seeds(job))
    log = tmp_path / "crawler.log"
    with pool_crawler(config, spider, log=log, SANDBOX_URL=shop, KEEP_PAGES="all"):
        wait_until(lambda: not store.job(job_id).is_open, lambda: log.read_text()[-3000:])
    pages = tenant.get(f"/jobs/{job_id}/pages").json["data"]
    assert len(pages) == page_count
    assert sum(page["rowCount"] for page in pages) == store.job(job_id).result_count > 0
    for page in pages:
        path = f"/jobs/{job_id}/targets/{page['target']}/page/replay?number={page['number']}"
        replay = tenant.get(path).json["data"]
        assert replay["isSame"] is True, (page, replay["rows"][:2])
        assert replay["counts"]["same"] == page["rowCount"]
        # The target that fails does so today as well.
        assert (replay["failure"] is None) == (page["failure"] is None)
