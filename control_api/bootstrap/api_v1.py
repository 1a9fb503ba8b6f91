from __future__ import annotations

from control_api.bootstrap.foundation import Foundation
from control_api.bootstrap.stores import Stores
from control_api.services.accounts.request_limit import RequestLimit
from control_api.services.jobs.v1_jobs import V1Jobs
from control_api.v1.auth import auth
from control_api.v1.jobs import jobs
from settings.config import Config

VIEWS = (auth, jobs)


class ApiV1Services:
    """What ScrapeMaster and ScrapeThis share: the kind of a job decides which of them answers."""

    def __init__(self, config: Config, stores: Stores, foundation: Foundation) -> None:
        self.v1_jobs = V1Jobs(stores.job.jobs, foundation.jobs)
        self.request_limit = RequestLimit(stores.rates, config.api_v1_rate_limit)
