from __future__ import annotations

from control_api.services.jobs import JobStores
from settings.config import Config
from storage.api_keys import ApiKeys
from storage.connections import Patience, connect_mongo, connect_redis, open_database
from storage.crawlers import CrawlerRegistry
from storage.credits import Credits
from storage.idempotency import IdempotencyKeys
from storage.invitations import Invitations
from storage.jobs import Jobs
from storage.nodes import Nodes
from storage.operator_settings import OperatorSettingsStore
from storage.organizations import Organizations
from storage.projects import Projects
from storage.rate_limits import RateLimits
from storage.referrals import Referrals
from storage.results import Results
from storage.runs import Runs
from storage.seed_queue import SeedQueue
from storage.server_watch import ServerWatch
from storage.settlement import Settlement
from storage.targets import Targets
from storage.transactions import Transactions
from storage.usage import UsageCounters
from storage.users import Users


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
            seeds=SeedQueue(self.redis),
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
