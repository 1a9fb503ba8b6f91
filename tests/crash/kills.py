"""kill -9 of crawlers, at moments that a seed tells."""

import random
import time
from collections.abc import Sequence

from tests.crash.farm import Farm


def kill_at_random(
    farm: Farm, job_ids: Sequence[str], crawlers: Sequence[str], *, seed: int, kills: int
) -> list[float]:
    """Kill a random crawler each time another share of the jobs is done, and start a new one.

    Returns the times (`time.time`).
    """
    chance = random.Random(seed)
    names = list(crawlers)
    total = sum(farm.job(job_id).counts.total for job_id in job_ids)
    marks = sorted(chance.sample(range(total // 10, total * 9 // 10), kills))
    times = []
    for number, mark in enumerate(marks):
        farm.wait_for(
            lambda mark=mark: _is_reached(farm, job_ids, mark),
            seconds=120,
            what=f"{mark} targets done",
        )
        victim = chance.choice(names)
        times.append(time.time())
        farm.kill(victim)
        names.remove(victim)
        names.append(f"{victim.partition('+')[0]}+{number}")
        farm.start_crawler(names[-1])
    return times


def _is_reached(farm: Farm, job_ids: Sequence[str], mark: int) -> bool:
    jobs = [farm.job(job_id) for job_id in job_ids]
    return sum(job.counts.success for job in jobs) >= mark or not any(job.is_open for job in jobs)
