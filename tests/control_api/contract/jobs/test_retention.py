"""The contract, retention: "`RETENTION_DAYS` (off by default) removes old jobs with all that belongs
to them."
"""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database

from control_api.services.jobs.removal import Remover
from control_api.worker.retention import Retention
from settings.config import Config, load_config
from spiders.types.registry import POOL_SPIDERS
from storage.base.clock import utc_now
from storage.base.connections import connect_redis
from storage.base.transactions import Transactions
from storage.jobs.jobs import Jobs
from storage.jobs.removals import Removals
from storage.jobs.settlement import Settlement
from storage.pages.saved_pages import SavedPages
from storage.queue.seed_queue import SeedQueue
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target
from tests.spiders.saved.pages import page_of


def test_old_jobs_go_with_all_that_belongs_to_them(
    tenant: Tenant, settlement: Settlement, database: Database, config: Config
) -> None:
    assert Config().retention_days == 0
    assert load_config({"RETENTION_DAYS": "7"}).retention_days == 7
    old, young = tenant.make_job(), tenant.make_job()
    for job in (old, young):
        end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
        SavedPages(database).keep([page_of(job["id"])])
    long_ago = utc_now() - timedelta(days=8)
    database["jobs"].update_one({"_id": old["id"]}, {"$set": {"completedAt": long_ago}})
    with connect_redis(config) as redis:
        remover = Remover(
            Removals(database),
            Jobs(database),
            settlement,
            seeds=SeedQueue(redis, POOL_SPIDERS),
            transactions=Transactions(database.client),
        )
        Retention(remover, days=7).run()
    assert tenant.get(f"/jobs/{old['id']}").status_code == 404
    for name in ("targets", "results", "outbox", "saved_pages"):
        assert {one["jobId"] for one in database[name].find()} == {young["id"]}
