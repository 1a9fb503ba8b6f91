"""Issue 4, point 6: sender killed at random: every event arrives, same id."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from standardwebhooks import Webhook as Verifier

from control_api.services.webhooks.webhook_signature import new_secret
from storage.events.deliveries import Deliveries
from storage.events.webhooks import NewWebhook, Webhooks
from tests.control_api.gateways.receiver import running_receiver
from tests.stores import Store, success

EVENTS = 60
KILLS = 8


def start_sender(store: Store) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        "ALLOWED_NETWORKS": "127.0.0.1/32",
    }
    command = [sys.executable, "-m", "tests.control_api.worker.webhooks.sender_process"]
    return subprocess.Popen(command, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_event_arrives_although_senders_are_killed(store: Store, seed: int) -> None:
    """H2: event and state change are one write; at least once, same id on each try."""
    dice = random.Random(seed)
    secret = new_secret()
    with running_receiver(delay_seconds=0.05) as receiver:
        new = NewWebhook(
            organization_id="an-organization",
            project_id="a-project",
            url=receiver.url,
            events=("job.completed",),
            enabled=True,
            secret=secret,
        )
        webhook = store.transactions.run(
            lambda session: Webhooks(store.database).insert(new, session)
        )
        jobs = [store.add_job(1).id for _ in range(EVENTS)]
        senders = [start_sender(store) for _ in range(2)]
        try:
            for number, job_id in enumerate(jobs):
                store.settlement.commit([], [success(store.job(job_id), 0)])
                if number % (EVENTS // KILLS) == 0:
                    time.sleep(dice.uniform(0.3, 1.2))
                    victim = dice.randrange(2)
                    senders[victim].kill()
                    senders[victim].wait()
                    senders[victim] = start_sender(store)
            deliveries = Deliveries(store.database)
            end = time.monotonic() + 40
            while True:
                found, total = deliveries.list_page(webhook.id, status=None, limit=200, offset=0)
                if total == EVENTS and all(one.status == "delivered" for one in found):
                    break
                assert time.monotonic() < end, [one.status for one in found]
                time.sleep(0.1)
        finally:
            for sender in senders:
                sender.kill()
                sender.wait()
    ids_of_job: dict[str, set[str]] = defaultdict(set)
    for received in receiver.received:
        Verifier(secret).verify(received.body, dict(received.headers))
        ids_of_job[json.loads(received.body)["data"]["jobId"]].add(received.headers["webhook-id"])
    assert set(ids_of_job) == set(jobs)
    assert {len(ids) for ids in ids_of_job.values()} == {1}
    assert len(set.union(*ids_of_job.values())) == EVENTS
