from __future__ import annotations

from control_api.bootstrap.foundation import Foundation
from control_api.bootstrap.stores import Stores
from control_api.services.jobs.monitoring import Monitoring
from control_api.services.jobs.page_jobs import PageJobs
from control_api.v1.monitoring import monitoring
from control_api.v1.page_results import results
from control_api.v1.webhooks import webhooks
from settings.config import Config

VIEWS = (results, webhooks, monitoring)


class ScrapeMasterServices:
    """Page jobs, and the numbers about them."""

    def __init__(self, config: Config, stores: Stores, foundation: Foundation) -> None:
        self.monitoring = Monitoring(stores.job.jobs)
        self.page_jobs = PageJobs(
            foundation.jobs,
            foundation.projects,
            stores.results,
            browsers=foundation.browsers,
            allowed_networks=config.allowed_networks,
        )
