"""`python -m tests.control_api.services.monitors.observer_process`: an observer to be killed and stopped,
with short leases."""

from __future__ import annotations

import time
from threading import Event

from control_api.wiring.loops import observing
from control_api.wiring.stores import Stores
from control_api.worker.observer import Observer
from settings.config import current_config

LEASE_SECONDS = 0.6


def main() -> None:
    stores = Stores.of_loops(current_config())
    observer = Observer(
        stores.receipts,
        stores.feeds,
        observing(stores),
        stop=Event(),
        lease_seconds=LEASE_SECONDS,
        spare_seconds=0.1,
    )
    print("ready", flush=True)
    while True:
        time.sleep(min(observer.step(), 0.05))


if __name__ == "__main__":
    main()
