"""The worker as it is started: schedules fire, and events reach their endpoint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

from storage.base.clock import utc_now
from storage.base.ids import target_id
from storage.base.records import TargetEnd
from storage.events.schedules import ScheduleChange
from storage.events.webhooks import NewWebhook, Webhooks
from tests.control_api.gateways.receiver import running_receiver
from tests.control_api.services.scheduling import Scheduling
from tests.stores import Store


def test_a_slot_becomes_a_job_and_its_end_a_message(store: Store) -> None:
    scheduling = Scheduling(store)
    schedule = scheduling.add("0 0 1 1 *", since=utc_now())
    environment = {
        **os.environ,
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        "ALLOWED_NETWORKS": "127.0.0.1/32",
    }
    with running_receiver() as receiver:
        new = NewWebhook(
            organization_id=schedule.organization_id,
            project_id=schedule.project_id,
            url=receiver.url,
            events=("job.completed",),
            enabled=True,
            secret="whsec_" + "A" * 32,
        )
        due = ScheduleChange(next_run_at=utc_now() + timedelta(seconds=1))

        def work(session) -> None:
            Webhooks(store.database).insert(new, session)
            scheduling.schedules.update(schedule.id, due, session)

        store.transactions.run(work)
        worker = subprocess.Popen([sys.executable, "-m", "control_api.worker"], env=environment)
        try:
            end = time.monotonic() + 30
            while not scheduling.jobs_of(schedule):
                assert time.monotonic() < end, "no job was started"
                time.sleep(0.05)
            [job] = scheduling.jobs_of(schedule)
            done = TargetEnd(id=target_id(job.id, 0), job_id=job.id, token=1)
            store.settlement.commit([], [done])
            while not receiver.received:
                assert time.monotonic() < end, "no message came"
                time.sleep(0.05)
        finally:
            worker.terminate()
            assert worker.wait(20) == 0
    assert json.loads(receiver.received[0].body)["data"]["jobId"] == job.id
