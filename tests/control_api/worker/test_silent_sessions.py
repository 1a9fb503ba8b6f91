"""A crawler that is killed inside a transaction must not hold up the others for a minute."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import pytest

from control_api.worker.reconciler import Reconciler
from storage.base.connections import connect_mongo, open_database
from storage.base.records import TargetEnd
from storage.base.sessions import open_session, session_name
from storage.jobs.settlement import Settlement
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS
from tests.stores import Store


@pytest.mark.timeout(40)
def test_the_open_transaction_of_a_silent_crawler_is_ended(
    store: Store, reconciler: Reconciler
) -> None:
    job = store.add_job(2)
    with connect_mongo(store.config) as client:
        session = open_session(client)
        session.start_transaction()
        database = open_database(client, store.config)
        # What a commit does first; then its process is gone, without a word to the server.
        database["jobs"].update_one({"_id": job.id}, {"$inc": {"resultCount": 0}}, session=session)
        beats_no_more(store, session_name(session))
        reconciler.end_silent_sessions()
        started = time.monotonic()
        settle_the_first(store, job.id)
        assert time.monotonic() - started < 5


def beats_no_more(store: Store, session: str) -> None:
    crawler = Crawler("dead", "amazon_detail", "node", 1, 1.0, "1", session)
    store.redis.hset(CRAWLERS, "dead", json.dumps(asdict(crawler)))
    store.redis.zadd(CRAWLER_BEATS, {"dead": time.time() - 60})
    assert CrawlerRegistry(store.redis).silent(for_seconds=1) == [crawler]


def settle_the_first(store: Store, job_id: str) -> None:
    settlement = Settlement(store.database.client, store.database)
    end = TargetEnd(id=f"{job_id}:000000", job_id=job_id, token=1)
    assert settlement.commit([], [end]).settled == [end.id]
