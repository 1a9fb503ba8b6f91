"""Why does nothing move? Each cause that is found, in words, with what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from control_api.services.accounts.plans import PLANS
from control_api.services.errors import NotFound, StorageAway
from control_api.services.jobs.types.registry import SERVED
from control_api.services.node_directory import Node
from control_api.services.operator.crawl_health import CrawlHealth
from control_api.services.operator.operations import PACED_MARKETPLACES
from settings.secret_texts import without_secrets
from spiders.work.failures import BLOCKED_PREFIX
from storage.accounts.credits import Credits
from storage.accounts.organizations import Organization, Organizations
from storage.accounts.usage import UsageCounters
from storage.base.clock import utc_now
from storage.base.reachability import Reachability
from storage.events.schedules import Schedules
from storage.jobs.outcomes import SUCCESS
from storage.reports.gauges import Gauges

# Loops are marked, and crawlers beat, every five seconds.
LIVING_SECONDS = 20.0
# The rarest duty of a worker is done every 30 s.
STANDING_SECONDS = 60.0
# A page waits for its turn as a rule; this is more than a turn.
LONG_WAIT_SECONDS = 30.0
# Fewer ends say nothing of a block.
MIN_ENDS = 5
_BLOCK_SPAN = timedelta(hours=1)
_MAX_SCHEDULES = 100
_CHEAPEST = min(one.credits_per_target for one in SERVED if one.credits_per_target)


@dataclass(frozen=True, slots=True)
class Finding:
    """`stops`: nothing moves while it lasts; else it only explains. `subject`: what it is about."""

    code: str
    subject: str
    text: str
    remedy: str
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosis:
    findings: Sequence[Finding]
    waiting: int | None

    @property
    def can_move(self) -> bool:
        return not any(finding.stops for finding in self.findings)

    @property
    def summary(self) -> str:
        stops = [finding.text for finding in self.findings if finding.stops]
        if stops:
            return f"Nothing moves, or not all of it: {'; '.join(stops)}."
        if self.waiting == 0:
            return "No target waits: there is nothing to crawl."
        return "Nothing is in the way: targets wait and are crawled."


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisStores:
    organizations: Organizations
    credits: Credits
    usage: UsageCounters
    schedules: Schedules
    gauges: Gauges
    reachability: Reachability


class DiagnosisService:
    def __init__(
        self,
        stores: DiagnosisStores,
        health: CrawlHealth,
        *,
        list_nodes: Callable[[], list[Node]],
        get_rates: Callable[[], tuple[float, Mapping[str, float]]],
    ) -> None:
        self._stores = stores
        self._gauges = stores.gauges
        self._health = health
        self._list_nodes = list_nodes
        self._get_rates = get_rates

    def diagnose(self, organization_id: str | None = None) -> Diagnosis:
        """Of the installation, and of one organization where it is named.

        A store that is away is a finding; what only it knows is left out. Raises NotFound for an
        organization that is not there.
        """
        findings: list[Finding] = []
        for check in (self._of_stores, self._workers, self._nodes, self._crawlers, self._paces):
            findings += _readable(check)
        ended = _BLOCK_SPAN
        findings += _readable(
            lambda: _blocks(
                self._gauges.outcomes_since(utc_now() - ended), "all organizations", stops=False
            )
        )
        if organization_id is not None:
            findings += _readable(lambda: self._organization(organization_id))
        return Diagnosis(findings, self._waiting())

    def _waiting(self) -> int | None:
        try:
            return sum(queue.waiting for queue in self._gauges.queues().values())
        except StorageAway:
            return None

    def _of_stores(self) -> Iterator[Finding]:
        away = "Start it, or correct {}; what was accepted goes on by itself when it is back."
        if trouble := self._stores.reachability.mongo_trouble():
            text = f"MongoDB is {trouble}"
            yield Finding("mongodb_away", "MongoDB", text, away.format("MONGODB_URI"))
        if trouble := self._stores.reachability.redis_trouble():
            text = f"Redis is {trouble}"
            yield Finding("redis_away", "Redis", text, away.format("REDIS_URL"))

    def _workers(self) -> Iterator[Finding]:
        marks = self._gauges.loops()
        youngest: dict[str, float] = {}
        for mark in marks:
            youngest[mark.loop] = min(mark.age_seconds, youngest.get(mark.loop, mark.age_seconds))
        if not youngest or min(youngest.values()) > LIVING_SECONDS:
            since = f" for {min(youngest.values()):.0f} s" if youngest else ""
            text = f"no worker has lived{since}: nobody hands targets to crawlers"
            remedy = "Start one: python -m control_api.worker. Its log says why the last one ended."
            yield Finding("no_worker", "worker", text, remedy)
            return
        for loop, seconds in sorted(youngest.items()):
            if seconds > STANDING_SECONDS:
                text = f"the worker's loop {loop} has done no step for {seconds:.0f} s"
                remedy = "The worker's log names what holds it up; another worker may take over."
                yield Finding("loop_stands", loop, text, remedy, stops=loop == "feeder")

    def _nodes(self) -> Iterator[Finding]:
        nodes = self._list_nodes()
        if not nodes:
            text = "there is no crawl node"
            remedy = "Set SCRAPYD_NODES, or add one with POST /admin/nodes."
            yield Finding("no_node", "nodes", text, remedy)
        elif not any(_takes_work(node) for node in nodes):
            states = "; ".join(f"{node.name} {_state(node)}" for node in nodes)
            text = without_secrets(f"no crawl node takes work: {states}")
            remedy = "End the draining with PATCH /admin/nodes/NAME, or look at scrapyd there."
            yield Finding("no_node_takes_work", "nodes", text, remedy)

    def _crawlers(self) -> Iterator[Finding]:
        """Spiders whose targets wait without a crawler."""
        living = {
            beat.crawler.spider
            for beat in self._gauges.beats()
            if beat.age_seconds <= LIVING_SECONDS
        }
        # It also knows of what died at its start.
        trouble = self._health.trouble()
        for spider, queue in self._gauges.queues().items():
            # A crawler that is started on demand needs a few seconds.
            is_late = queue.oldest_seconds > LIVING_SECONDS
            if queue.waiting and is_late and spider not in living:
                text = f"{queue.waiting} targets wait for a crawler of {spider}, and none lives"
                why = f" ({trouble})" if trouble else ""
                remedy = "Crawlers start within seconds where a worker and a node live; /health has the reason of a death."
                yield Finding("no_crawler", spider, without_secrets(text + why), remedy)

    def _paces(self) -> Iterator[Finding]:
        """Marketplaces whose requests wait for long, since more are asked for than may be sent."""
        held = self._gauges.held_by_marketplace()
        waits = self._gauges.pace_waits(PACED_MARKETPLACES)
        _, rates = self._get_rates()
        for code, seconds in waits.items():
            if held.get(code) and seconds >= LONG_WAIT_SECONDS:
                text = (
                    f"the pace of {code} is used up: {rates[code]:g} requests a minute are allowed,"
                    f" and the next one waits {seconds:.0f} s"
                )
                remedy = "It goes on at this pace. PATCH /admin/settings with another crawlRate changes it; a faster one is blocked sooner."
                yield Finding("pace_used_up", code, text, remedy, stops=False)

    def _organization(self, organization_id: str) -> Iterator[Finding]:
        organization = self._stores.organizations.find(organization_id)
        if organization is None:
            raise NotFound("Organization not found")
        recent = self._gauges.ends_of_organization(organization_id, utc_now() - _BLOCK_SPAN)
        yield from _blocks(recent, organization.name, stops=True)
        yield from self._means(organization)
        yield from self._schedules(organization)

    def _means(self, organization: Organization) -> Iterator[Finding]:
        """Credits and the plan's months: without them no new job begins."""
        plan = PLANS[organization.plan]
        balance, _ = self._stores.credits.get_balance(organization.id)
        if plan.uses_credits and balance < _CHEAPEST:
            text = f"{organization.name} has {balance} credits left, and the cheapest target costs {_CHEAPEST}"
            remedy = "Give credits with POST /admin/organizations/ID/credits, or another plan."
            yield Finding("no_credits", organization.id, text, remedy)
        used = self._stores.usage.get_month(organization.id)
        for what, spent, limit in (
            ("jobs", used.jobs, plan.jobs_per_month),
            ("targets", used.targets, plan.targets_per_month),
        ):
            if limit is not None and spent >= limit:
                text = f"{organization.name} has used all {limit} {what} of this month's plan"
                remedy = "They begin anew on the first of the month (UTC), or with another plan."
                yield Finding("quota_reached", organization.id, text, remedy)

    def _schedules(self, organization: Organization) -> Iterator[Finding]:
        found = self._stores.schedules.list_of_organization(organization.id, limit=_MAX_SCHEDULES)
        for schedule in found:
            name = schedule.name or schedule.id
            if not schedule.enabled:
                text = f"the schedule {name} is disabled"
                remedy = "PATCH /schedules/ID with enabled=true starts it again."
                yield Finding("schedule_disabled", schedule.id, text, remedy, stops=False)
            elif schedule.last_outcome == "skipped":
                text = f"the schedule {name} was skipped the last time: {schedule.last_reason}"
                remedy = "GET /schedules/ID/slots lists each due time with its reason."
                yield Finding("schedule_skipped", schedule.id, text, remedy, stops=False)


def _readable(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What a store knows that is away cannot be told; that it is away is a finding of its own."""
    try:
        return list(check())
    except StorageAway:
        return []


def _blocks(ended: Mapping[str, int], whose: str, *, stops: bool) -> Iterator[Finding]:
    """`ended`: how targets ended within the last hour or so."""
    blocked = {code: n for code, n in ended.items() if code.startswith(BLOCKED_PREFIX)}
    number = sum(blocked.values())
    if number < MIN_ENDS or number < sum(ended.values()) or ended.get(SUCCESS):
        return
    commonest = max(blocked, key=lambda code: blocked[code])
    text = f"all {number} targets of {whose} that ended lately were blocked, most by {commonest}"
    remedy = "Wait, lower the crawlRate, or use other proxies: `manage probe` asks the store what it answers."
    yield Finding("blocked", commonest, text, remedy, stops=stops)


def _takes_work(node: Node) -> bool:
    return bool(node.health.get("takesWork")) and not node.is_draining


def _state(node: Node) -> str:
    if node.is_draining:
        return "drains"
    return str(node.health.get("error") or "has not answered yet")
