"""What `make status` shows: one line a service, the crawlers, the jobs, and what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from deploy.embedded.crawlers import Crawlers
from deploy.embedded.layout import Layout
from deploy.embedded.logs import last_lines
from deploy.embedded.marked import Marked, marked_processes
from deploy.embedded.plan import Plan
from deploy.embedded.startup import PROCESSES
from settings.config import Config
from settings.secret_texts import without_secrets
from spiders.types.registry import POOL_SPIDERS
from storage.base.connections import connect_mongo, connect_redis, open_database
from storage.queue.defects import Defects
from storage.queue.pace import PaceRates
from storage.queue.seed_queue import SeedQueue
from storage.queue.visitors import VisitorCounts
from storage.reports.gauges import Gauges

_KEEPER = "-m deploy.embedded.keeper"
_DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    name: str
    state: str
    since: datetime | None
    address: str

    def text(self) -> str:
        since = f"{self.since:%Y-%m-%d %H:%M:%S}Z" if self.since else "-"
        return f"{self.name:<9} {self.state:<9} {since:<21} {self.address}".rstrip()


def service_lines(plan: Plan) -> list[ServiceLine]:
    processes = marked_processes(plan.layout.mark)
    addresses = _addresses(plan)
    return [_line(name, plan, processes, addresses.get(name, "")) for name in PROCESSES]


def crawl_lines(plan: Plan, config: Config) -> tuple[list[str], list[str]]:
    """(what there is to say about crawlers and jobs, what is wrong)."""
    lines: list[str] = []
    wrong: list[str] = []
    try:
        with connect_redis(config) as redis:
            crawlers = Crawlers(redis, config)
            counts = crawlers.counts()
            lines.append(_crawlers(counts))
            trouble = crawlers.trouble()
            missing = [name for name, (alive, wanted) in counts.items() if wanted and not alive]
            if missing:
                wrong.append(trouble or f"no {', '.join(missing)} crawler lives yet")
            elif trouble:
                wrong.append(trouble)
            with connect_mongo(config) as client:
                gauges = Gauges(
                    open_database(client, config),
                    SeedQueue(redis, POOL_SPIDERS),
                    crawlers.registry,
                    pace=PaceRates(redis),
                    visitors=VisitorCounts(redis),
                    defects=Defects(redis),
                )
                lines.append(_jobs(gauges))
    except (PyMongoError, RedisError) as error:
        wrong.append(without_secrets(f"{type(error).__name__}: {str(error)[:200]}"))
    return lines, wrong


def dead_services(lines: list[ServiceLine], layout: Layout) -> Iterator[str]:
    for line in lines:
        if line.state == _DOWN:
            last = last_lines(layout.logs / f"{line.name}.log", 1)
            yield without_secrets(f"{line.name} does not run: {last or 'it has no log'}")


def _line(name: str, plan: Plan, processes: list[Marked], address: str) -> ServiceLine:
    if name in plan.external:
        return ServiceLine(name, "external", None, address)
    keeper = next((p for p in processes if f"{_KEEPER} {name} " in p.command), None)
    child = next((p for p in processes if keeper and p.parent == keeper.pid), None)
    if child is None:
        return ServiceLine(name, _DOWN, None, address)
    return ServiceLine(name, "up", child.started_at.astimezone(UTC), address)


def _addresses(plan: Plan) -> Mapping[str, str]:
    return {
        "mongod": without_secrets(plan.mongodb_uri),
        "redis": without_secrets(plan.redis_url),
        "sandbox": plan.sandbox_url,
        "scrapyd": without_secrets(", ".join(plan.scrapyd_nodes)),
        "api": plan.api_url,
    }


def _crawlers(counts: Mapping[str, tuple[int, int]]) -> str:
    parts = [f"{spider} {alive}" for spider, (alive, wanted) in counts.items() if wanted or alive]
    alive = sum(alive for alive, _ in counts.values())
    return f"crawlers  {alive} alive" + (f": {', '.join(parts)}" if parts else " (none is wanted)")


def _jobs(gauges: Gauges) -> str:
    queues = gauges.queues().values()
    open_jobs = sum(gauges.open_jobs().values())
    waiting = sum(queue.waiting for queue in queues)
    text = f"jobs      {open_jobs} open, {waiting} targets waiting"
    if waiting:
        oldest = max(queue.oldest_seconds for queue in queues)
        text += f", the oldest for {oldest:.0f} s"
    return text
