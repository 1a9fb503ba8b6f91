"""Makes the node's spiders known to the service."""

import os
import sys

from twisted.internet.utils import getProcessOutputAndValue
from twisted.logger import Logger

PROJECT = "azscraper"

_log = Logger()


def register_spiders() -> None:
    """In a process of its own, which waits for MongoDB: the start order does not matter."""
    command = ["-m", "deploy.scrapyd.runner", "register"]
    environ = {**os.environ, "SCRAPY_PROJECT": PROJECT}
    getProcessOutputAndValue(sys.executable, command, env=environ).addCallback(_tell)


def _tell(ended: tuple[bytes, bytes, int]) -> None:
    _, errors, code = ended
    if code != 0:
        last = errors.decode(errors="replace").strip().rpartition("\n")[2]
        _log.warn(
            "The spiders were not registered (exit code {code}): {last}", code=code, last=last
        )
