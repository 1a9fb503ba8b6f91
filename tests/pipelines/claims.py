"""A run whose process has begun."""

from __future__ import annotations

from typing import Any

from spiders.types.spider import SPIDER
from storage.base.records import NewJob, NewTarget
from storage.base.sessions import open_session
from storage.runs.run_claims import Claim, RunClaims
from storage.runs.runs import Runs
from tests.stores import Store


def claimed_run(store: Store) -> Claim:
    """Of a job that was dispatched, and whose process has begun."""
    new = NewJob(
        organization_id="an-organization",
        project_id="a-project",
        kind=SPIDER.name,
        is_pooled=False,
        spider="mine",
        config={"arguments": {}, "settings": {}},
        targets=[NewTarget("mine", "spider:mine", SPIDER.name)],
    )
    runs = Runs(store.database)

    def write(session: Any) -> str:
        job = store.jobs.insert(new, session)
        store.targets.insert(job.id, new.targets, session)
        runs.insert(job, session)
        return job.id

    job_id = store.transactions.run(write)
    waiting = runs.find(job_id)
    assert waiting is not None
    dispatched = runs.dispatch(waiting, "a-node")
    assert dispatched is not None
    client = store.database.client
    claims = RunClaims(client, store.database, open_session(client))
    claimed = claims.claim(
        job_id, dispatched.dispatch_id or "", claimant="a-process", version="a-version"
    )
    assert claimed is not None
    return claimed.claim
