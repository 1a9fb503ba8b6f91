from __future__ import annotations

from control_api.bootstrap.foundation import Foundation
from control_api.bootstrap.stores import Stores
from control_api.services.jobs.spider_jobs import SpiderJobs
from control_api.services.schedules.spider_schedules import SpiderSchedules
from control_api.v1.api_keys import api_keys
from control_api.v1.runs import runs
from control_api.v1.schedules import schedules
from control_api.v1.spiders import spiders
from storage.runs.logs import RunLogs

VIEWS = (spiders, runs, schedules, api_keys)


class ScrapeThisServices:
    """Spiders, and the jobs that run one."""

    def __init__(self, stores: Stores, foundation: Foundation) -> None:
        self.spiders = foundation.spiders
        self.spider_jobs = SpiderJobs(
            foundation.jobs,
            foundation.projects,
            self.spiders,
            runs=stores.runs,
            results=stores.results,
            logs=RunLogs(stores.database),
        )
        self.spider_schedules = SpiderSchedules(
            foundation.schedules, foundation.projects, self.spiders
        )
