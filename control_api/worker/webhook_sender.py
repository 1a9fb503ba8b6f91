"""Sends deliveries. Any number of workers may; each takes what is due under a lease.

A hanging endpoint delays nobody: an endpoint and an organization hold a few of the threads at most,
and endpoints that failed last time share half of them.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from control_api.gateways.outbound import Outbound, OutboundAnswer, OutboundError
from control_api.services.webhooks.webhook_events import EventFanOut
from control_api.services.webhooks.webhook_retries import Verdict, verdict_on_try
from control_api.services.webhooks.webhook_signature import signature_headers
from storage.base.away import StorageAway
from storage.base.clock import utc_now
from storage.events.deliveries import Attempt, Deliveries, Delivery, DeliveryStatus
from storage.events.webhooks import Webhook, Webhooks
from storage.queue.defects import CountDefect

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.05
# Well above the time of one exchange: a delivery comes again only when its sender died.
LEASE_SECONDS = 60.0
USER_AGENT = "azscraper-webhooks/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """How many sends may run at the same time."""

    threads: int = 32
    per_webhook: int = 2
    per_organization: int = 8

    @property
    def for_failing(self) -> int:
        return self.threads // 2


@dataclass(slots=True)
class _Traffic:
    """What runs in this worker; `failing`: webhooks whose last try here failed."""

    webhooks: Counter[str] = field(default_factory=Counter)
    organizations: Counter[str] = field(default_factory=Counter)
    failing: set[str] = field(default_factory=set)

    def begin(self, delivery: Delivery) -> None:
        self.webhooks[delivery.webhook_id] += 1
        self.organizations[delivery.organization_id] += 1

    def end(self, delivery: Delivery) -> None:
        for counter, key in (
            (self.webhooks, delivery.webhook_id),
            (self.organizations, delivery.organization_id),
        ):
            counter[key] -= 1
            if counter[key] <= 0:
                del counter[key]


class WebhookSender:
    def __init__(
        self,
        fan_out: EventFanOut,
        webhooks: Webhooks,
        deliveries: Deliveries,
        outbound: Outbound,
        *,
        stop: Event,
        lanes: Lanes | None = None,
        lease_seconds: float = LEASE_SECONDS,
        count_defect: CountDefect | None = None,
    ) -> None:
        self._count_defect = count_defect
        self._fan_out = fan_out
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._outbound = outbound
        self._stop = stop
        self._lanes = lanes or Lanes()
        self._lease_seconds = lease_seconds
        self._pool = ThreadPoolExecutor(self._lanes.threads, thread_name_prefix="webhook")
        self._traffic = _Traffic()
        self._lock = Lock()

    def step(self) -> float:
        """Hand new events on, and begin to send what is due and has a lane."""
        events = self._fan_out.fan_out()
        begun = 0
        while not self._stop.is_set() and self._begin_one():
            begun += 1
        # While something runs, what is due may only be waiting for its lane.
        is_busy = events or begun or self._traffic.webhooks
        return BUSY_SECONDS if is_busy else IDLE_SECONDS

    def close(self) -> None:
        """Wait for what runs; what is not begun stays due."""
        self._pool.shutdown(wait=True)

    def _begin_one(self) -> bool:
        with self._lock:
            if self._traffic.webhooks.total() >= self._lanes.threads:
                return False
            full_webhooks, full_organizations = self._full_lanes()
        delivery = self._deliveries.claim(
            utc_now(),
            lease_seconds=self._lease_seconds,
            without_webhooks=full_webhooks,
            without_organizations=full_organizations,
        )
        if delivery is None:
            return False
        with self._lock:
            self._traffic.begin(delivery)
        self._pool.submit(self._send, delivery)
        return True

    def _full_lanes(self) -> tuple[set[str], set[str]]:
        traffic, lanes = self._traffic, self._lanes
        webhooks = {key for key, count in traffic.webhooks.items() if count >= lanes.per_webhook}
        if sum(traffic.webhooks[key] for key in traffic.failing) >= lanes.for_failing:
            webhooks |= traffic.failing
        organizations = {
            key for key, count in traffic.organizations.items() if count >= lanes.per_organization
        }
        return webhooks, organizations

    def _send(self, delivery: Delivery) -> None:
        try:
            webhook = self._webhooks.find(delivery.webhook_id)
            if webhook is None or not webhook.enabled:
                self._deliveries.give_up(delivery)
                return
            self._try(delivery, webhook)
        except StorageAway as error:
            # The lease ends, and the event is sent again under the same id.
            logger.warning("delivery %s: %s", delivery.id, error)
        except Exception:
            logger.exception("delivery %s broke", delivery.id)
            if self._count_defect is not None:
                self._count_defect("webhooks")
        finally:
            with self._lock:
                self._traffic.end(delivery)

    def _try(self, delivery: Delivery, webhook: Webhook) -> None:
        at, start = utc_now(), time.monotonic()
        answer, trouble = self._exchange(delivery, webhook, at)
        verdict = verdict_on_try(
            answer.status if answer else None,
            tries=delivery.tries + 1,
            now=utc_now(),
            retry_after=answer.headers.get("retry-after") if answer else None,
        )
        attempt = Attempt(
            at=at,
            duration_ms=round((time.monotonic() - start) * 1000),
            status=answer.status if answer else None,
            error=trouble,
        )
        self._note_health(webhook, verdict)
        if verdict.is_gone:
            self._webhooks.disable(webhook.id, reason="The endpoint answered 410 Gone")
        self._deliveries.record(
            delivery, attempt, status=_status(verdict), next_attempt_at=verdict.retry_at
        )

    def _exchange(
        self, delivery: Delivery, webhook: Webhook, at: datetime
    ) -> tuple[OutboundAnswer | None, str | None]:
        headers = signature_headers(
            webhook.secrets, message_id=delivery.message_id, at=at, body=delivery.body
        )
        headers |= {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        try:
            return self._outbound.post(webhook.url, delivery.body.encode(), headers), None
        except OutboundError as error:
            return None, str(error)

    def _note_health(self, webhook: Webhook, verdict: Verdict) -> None:
        with self._lock:
            if verdict.is_delivered:
                self._traffic.failing.discard(webhook.id)
            else:
                self._traffic.failing.add(webhook.id)


def _status(verdict: Verdict) -> DeliveryStatus:
    if verdict.is_delivered:
        return DeliveryStatus.DELIVERED
    return DeliveryStatus.PENDING if verdict.retry_at else DeliveryStatus.FAILED
