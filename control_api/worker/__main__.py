"""`python -m control_api.worker`"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event
from types import FrameType

from control_api.logs import configure_logs
from control_api.wiring.loops import worker_loops
from control_api.wiring.stores import Stores
from control_api.worker.sign_of_life import EVERY_SECONDS, SignOfLife
from settings.config import ConfigError, current_config

STOP_SECONDS = 10.0


def main() -> int:
    stop = Event()
    try:
        config = current_config()
        configure_logs(config.log_level)
        loops = worker_loops(Stores.of_loops(config), stop)
    except ConfigError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 2

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    for loop in loops:
        loop.start()
    life = SignOfLife(Path(config.worker_alive_file) if config.worker_alive_file else None, loops)
    life.give()
    while not stop.wait(EVERY_SECONDS):
        life.give()
    for loop in loops:
        loop.join(STOP_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
