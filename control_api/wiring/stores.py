from __future__ import annotations

from control_api.services.node_directory import NodeDirectory
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.accounts.api_keys import ApiKeys
from storage.accounts.audit import Audit
from storage.accounts.console_sessions import ConsoleSessions
from storage.accounts.credits import Credits
from storage.accounts.handoffs import Handoffs
from storage.accounts.invitations import Invitations
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.accounts.organizations import Organizations
from storage.accounts.projects import Projects
from storage.accounts.proxies import Proxies
from storage.accounts.referrals import Referrals
from storage.accounts.usage import UsageCounters
from storage.accounts.users import Users
from storage.base.connections import (
    LOOPS,
    REQUESTS,
    MongoDatabase,
    Patience,
    connect_mongo,
    connect_redis,
    open_database,
)
from storage.base.reachability import Reachability
from storage.base.server_watch import ServerWatch
from storage.base.transactions import Transactions
from storage.events.deliveries import Deliveries
from storage.events.schedules import Schedules
from storage.events.slots import Slots
from storage.events.webhooks import Webhooks
from storage.jobs.categories import Categories
from storage.jobs.idempotency import IdempotencyKeys
from storage.jobs.jobs import Jobs
from storage.jobs.outbox import Outbox
from storage.jobs.removals import Removals
from storage.jobs.results import Results
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.monitors.alerts import Alerts, Firings
from storage.monitors.changes import Changes
from storage.monitors.chunks import Chunks
from storage.monitors.feeds import Feeds
from storage.monitors.monitors import Monitors
from storage.monitors.observation_counts import ObservationCounts
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watches
from storage.pages.saved_pages import SavedPages
from storage.queue.crawlers import CrawlerRegistry
from storage.queue.defects import Defects
from storage.queue.fleet import FleetMemory
from storage.queue.fleet_state import FleetState
from storage.queue.pace import PaceRates
from storage.queue.proxy_states import ProxyStates
from storage.queue.rate_limits import RateLimits
from storage.queue.seed_queue import SeedQueue
from storage.queue.visitors import VisitorCounts
from storage.reports.gauges import Gauges
from storage.reports.job_facts import JobFactsReader
from storage.reports.job_progress import JobProgress
from storage.runs.logs import RunLogs
from storage.runs.loop_marks import LoopMarks
from storage.runs.nodes import Nodes
from storage.runs.runs import Runs
from storage.runs.spiders import Spiders


class Stores:
    """The connections of a process, and every repository, each made once from the configuration.

    It connects lazily: MongoDB and Redis may start later.
    `gives_up`: a transaction fails as soon as MongoDB is known to be away. Otherwise it waits for
    up to two minutes, as a loop may and a request may not.
    """

    def __init__(self, config: Config, patience: Patience, *, gives_up: bool) -> None:
        self.config = config
        self.client = connect_mongo(config, patience)
        self.redis = connect_redis(config, patience)
        self.database = open_database(self.client, config)
        self.watch = ServerWatch(self.client)
        watch = self.watch if gives_up else None
        self.transactions = Transactions(self.client, watch=watch)
        self.settlement = Settlement(self.client, self.database, watch=watch)
        self.reachability = Reachability(self.client, self.database, self.redis, watch=self.watch)
        self._open_collections()
        self._open_redis()
        self.gauges = Gauges(
            self.database,
            self.seeds,
            self.registry,
            pace=self.pace_rates,
            visitors=VisitorCounts(self.redis),
            defects=self.defects,
        )
        self.node_directory = NodeDirectory(
            self.nodes, config.scrapyd_nodes, default_slots=config.spider_slots
        )

    @classmethod
    def of_requests(cls, config: Config, patience: Patience = REQUESTS) -> Stores:
        return cls(config, patience, gives_up=True)

    @classmethod
    def of_loops(cls, config: Config) -> Stores:
        return cls(config, LOOPS, gives_up=False)

    def _open_collections(self) -> None:
        database = self.database
        self.users = Users(database)
        self.organizations = Organizations(database)
        self.projects = Projects(database)
        self.keys = ApiKeys(database)
        self.handoffs = Handoffs(database)
        self.console_sessions = ConsoleSessions(database)
        self.invitations = Invitations(database)
        self.referrals = Referrals(database)
        self.usage = UsageCounters(database)
        self.credits = Credits(database)
        self.audit = Audit(database)
        self.settings = OperatorSettingsStore(database)
        self.proxies = Proxies(database)
        self.jobs = Jobs(database)
        self.targets = Targets(database)
        self.results = Results(database)
        self.saved_pages = SavedPages(database)
        self.categories = Categories(database)
        self.idempotency = IdempotencyKeys(database)
        self.job_facts = JobFactsReader(database)
        self.job_progress = JobProgress(database)
        self.removals = Removals(database)
        self.outbox = Outbox(database)
        self.schedules = Schedules(database)
        self.slots = Slots(database)
        self.webhooks = Webhooks(database)
        self.deliveries = Deliveries(database)
        self.runs = Runs(database)
        self.run_logs = RunLogs(database)
        self.spiders = Spiders(database)
        self.nodes = Nodes(database)
        self.loop_marks = LoopMarks(database)
        self._open_monitors(database)

    def _open_monitors(self, database: MongoDatabase) -> None:
        self.monitors = Monitors(database)
        self.watches = Watches(database)
        self.chunks = Chunks(database)
        self.receipts = Receipts(database)
        self.feeds = Feeds(database)
        self.changes = Changes(database)
        self.rounds = Rounds(database)
        self.observation_counts = ObservationCounts(database)
        self.alerts = Alerts(database)
        self.firings = Firings(database)

    def _open_redis(self) -> None:
        self.seeds = SeedQueue(self.redis, POOL_SPIDERS)
        self.registry = CrawlerRegistry(self.redis)
        self.rates = RateLimits(self.redis)
        self.pace_rates = PaceRates(self.redis)
        self.proxy_states = ProxyStates(self.redis)
        self.fleet_memory = FleetMemory(self.redis)
        self.fleet_state = FleetState(self.redis)
        self.defects = Defects(self.redis)

    def close(self) -> None:
        self.node_directory.close()
        self.client.close()
        self.redis.close()
