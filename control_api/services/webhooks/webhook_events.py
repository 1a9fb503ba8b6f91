"""From a job's end to deliveries: each event goes once to each webhook that waits for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from control_api.services.one_by_one import OneByOne
from spiders.items.formats.json_text import number_from_decimal
from storage.accounts.projects import Projects
from storage.base.transactions import Session, Transactions
from storage.events.deliveries import Deliveries, NewDelivery
from storage.events.webhooks import Webhook, Webhooks
from storage.jobs.outbox import Event, Outbox
from storage.jobs.targets import Targets

TEST_EVENT = "webhook.test"

MAX_EVENTS_AT_ONCE = 200


def body_of_event(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Metadata only: rows are fetched over the API."""
    return orjson.dumps(
        {"type": kind, "timestamp": at, "data": data},
        default=_plain,
        option=orjson.OPT_PASSTHROUGH_DATETIME,
    ).decode()


class EventFanOut:
    def __init__(
        self,
        outbox: Outbox,
        webhooks: Webhooks,
        deliveries: Deliveries,
        *,
        projects: Projects,
        targets: Targets,
        transactions: Transactions,
    ) -> None:
        self._outbox = outbox
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._projects = projects
        self._targets = targets
        self._transactions = transactions

    def fan_out(self) -> int:
        """Turn waiting events into deliveries; how many events there were."""
        events = self._outbox.list_to_dispatch(limit=MAX_EVENTS_AT_ONCE)
        if not events:
            return 0
        waiting = self._webhooks_by_project(events)
        unwanted = []
        each = OneByOne()
        for event in events:
            receivers = [hook for hook in waiting[event.project_id] if _wants(hook, event)]
            if receivers:
                with each.apart(f"event {event.id}"):
                    self._hand_on(event, receivers)
            else:
                unwanted.append(event.id)
        if unwanted:
            self._outbox.close(unwanted)
        each.raise_first()
        return len(events)

    def _webhooks_by_project(self, events: list[Event]) -> defaultdict[str, list[Webhook]]:
        found: defaultdict[str, list[Webhook]] = defaultdict(list)
        for webhook in self._webhooks.list_enabled(event.project_id for event in events):
            found[webhook.project_id].append(webhook)
        return found

    def _hand_on(self, event: Event, receivers: list[Webhook]) -> None:
        project = self._projects.find(event.project_id, event.organization_id)
        data = {
            **event.data,
            "organizationId": event.organization_id,
            "projectName": project.name if project else None,
        }
        if event.job_id is not None:
            # The job has ended: these change no more.
            data["failures"] = [
                {"code": failure.code, "count": failure.count}
                for failure in self._targets.count_failures(event.job_id)
            ]
        body = body_of_event(event.type, event.created_at, data)

        def work(session: Session) -> None:
            if not self._outbox.claim(event.id, session):
                return
            for webhook in receivers:
                self._deliveries.insert(
                    NewDelivery(
                        organization_id=event.organization_id,
                        webhook_id=webhook.id,
                        event_id=event.id,
                        event_type=event.type,
                        body=body,
                        job_id=event.job_id,
                    ),
                    session,
                )

        self._transactions.run(work)


def _wants(webhook: Webhook, event: Event) -> bool:
    if event.type not in webhook.events:
        return False
    is_chosen = not webhook.monitor_ids or event.monitor_id in webhook.monitor_ids
    return event.monitor_id is None or is_chosen


def _plain(value: Any) -> str | int | float | None:
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return number_from_decimal(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
