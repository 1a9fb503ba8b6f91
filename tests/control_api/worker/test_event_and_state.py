"""Promise H2: event and state change are one write, whenever the process that writes is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

import pytest

from tests.stores import Store, count_events

ROUNDS = 3
JOBS = 60
ENDED = {"completed", "cancelled"}


def start(store: Store, jobs: list[str]) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
    }
    command = [sys.executable, "-m", "tests.control_api.worker.ending_process", *jobs]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_process_leaves_no_state_without_its_event(store: Store, seed: int) -> None:
    dice = random.Random(seed)
    killed_between = 0
    for _ in range(ROUNDS):
        jobs = [store.add_job(1).id for _ in range(JOBS)]
        process = start(store, jobs)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.02, 0.3))
        process.kill()
        process.wait()
        process.stdout.close()
        # A commit that was on its way lands.
        time.sleep(0.3)
        statuses = {job_id: store.job(job_id).status.value for job_id in jobs}
        events = {job_id: count_events(store.database, job_id) for job_id in jobs}
        ended = {job_id for job_id, status in statuses.items() if status in ENDED}
        assert events == {job_id: int(job_id in ended) for job_id in jobs}
        killed_between += 0 < len(ended) < JOBS
    assert killed_between
