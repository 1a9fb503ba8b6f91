"""`python -m control_api.worker`"""

from __future__ import annotations

import logging
import signal
import sys
from threading import Event
from types import FrameType

from control_api.worker.bootstrap import make_loops
from settings.config import ConfigError, current_config

STOP_SECONDS = 10.0


def main() -> int:
    try:
        config = current_config()
    except ConfigError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(
        level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    loops = make_loops(config, stop)
    for loop in loops:
        loop.start()
    stop.wait()
    for loop in loops:
        loop.join(STOP_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
