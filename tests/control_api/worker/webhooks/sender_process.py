"""`python -m tests.control_api.worker.webhooks.sender_process`: a webhook sender to be killed, with short leases."""

from __future__ import annotations

import time
from threading import Event

from control_api.gateways.outbound import Outbound
from control_api.services.webhooks.webhook_events import EventFanOut
from control_api.worker.webhook_sender import Lanes, WebhookSender
from settings.config import current_config
from storage.accounts.projects import Projects
from storage.base.connections import connect_mongo, open_database
from storage.base.transactions import Transactions
from storage.events.deliveries import Deliveries
from storage.events.webhooks import Webhooks
from storage.jobs.outbox import Outbox
from storage.jobs.targets import Targets

LEASE_SECONDS = 1.0


def main() -> None:
    config = current_config()
    database = open_database(connect_mongo(config), config)
    webhooks, deliveries = Webhooks(database), Deliveries(database)
    sender = WebhookSender(
        EventFanOut(
            Outbox(database),
            webhooks,
            deliveries,
            projects=Projects(database),
            targets=Targets(database),
            transactions=Transactions(database.client),
        ),
        webhooks,
        deliveries,
        Outbound(config.allowed_networks, exchange_seconds=0.8),
        stop=Event(),
        lanes=Lanes(per_webhook=4),
        lease_seconds=LEASE_SECONDS,
    )
    while True:
        time.sleep(sender.step())


if __name__ == "__main__":
    main()
