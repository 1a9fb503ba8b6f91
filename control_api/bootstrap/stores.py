from __future__ import annotations

from control_api.services.jobs.jobs import JobStores
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.accounts.api_keys import ApiKeys
from storage.accounts.credits import Credits
from storage.accounts.invitations import Invitations
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.accounts.organizations import Organizations
from storage.accounts.projects import Projects
from storage.accounts.referrals import Referrals
from storage.accounts.usage import UsageCounters
from storage.accounts.users import Users
from storage.base.connections import Patience, connect_mongo, connect_redis, open_database
from storage.base.server_watch import ServerWatch
from storage.base.transactions import Transactions
from storage.jobs.idempotency import IdempotencyKeys
from storage.jobs.jobs import Jobs
from storage.jobs.results import Results
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.crawlers import CrawlerRegistry
from storage.queue.rate_limits import RateLimits
from storage.queue.seed_queue import SeedQueue
from storage.runs.nodes import Nodes
from storage.runs.runs import Runs


class Stores:
    """The connections, and the repositories that more than one service reads."""

    def __init__(self, config: Config, patience: Patience) -> None:
        self.client = connect_mongo(config, patience)
        self.redis = connect_redis(config, patience)
        self.watch = ServerWatch(self.client)
        self.database = database = open_database(self.client, config)
        self.transactions = Transactions(self.client, watch=self.watch)
        self.job = JobStores(
            jobs=Jobs(database),
            targets=Targets(database),
            projects=Projects(database),
            idempotency=IdempotencyKeys(database),
            settlement=Settlement(self.client, database, watch=self.watch),
            seeds=SeedQueue(self.redis, POOL_SPIDERS),
            results=Results(database),
        )
        self.users = Users(database)
        self.organizations = Organizations(database)
        self.results = Results(database)
        self.credits = Credits(database)
        self.usage = UsageCounters(database)
        self.keys = ApiKeys(database)
        self.invitations = Invitations(database)
        self.referrals = Referrals(database)
        self.settings = OperatorSettingsStore(database)
        self.runs = Runs(database)
        self.nodes = Nodes(database)
        self.registry = CrawlerRegistry(self.redis)
        self.rates = RateLimits(self.redis)

    def close(self) -> None:
        self.client.close()
        self.redis.close()
