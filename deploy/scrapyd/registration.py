"""Makes the node's spiders known to the service."""

import os
import sys

from scrapyd.exceptions import RunnerError
from scrapyd.webservice import spider_list
from twisted.internet.utils import getProcessOutputAndValue
from twisted.logger import Logger

PROJECT = "azscraper"
RUNNER = "deploy.scrapyd.runner"

_log = Logger()


def register_spiders() -> None:
    """In a process of its own, which waits for MongoDB: the start order does not matter."""
    command = ["-m", RUNNER, "register"]
    environ = {**os.environ, "SCRAPY_PROJECT": PROJECT}
    getProcessOutputAndValue(sys.executable, command, env=environ).addCallback(_tell)


def list_spiders() -> None:
    """scrapyd answers nobody for a second or more when it is first asked to start a spider: it lists them
    all. It is better done before anyone waits."""
    try:
        spider_list.get(PROJECT, None, runner=RUNNER)
    except RunnerError as error:
        last = str(error).strip().rpartition("\n")[2]
        _log.warn("The spiders cannot be listed yet: {last}", last=last)


def _tell(ended: tuple[bytes, bytes, int]) -> None:
    _, errors, code = ended
    if code != 0:
        last = errors.decode(errors="replace").strip().rpartition("\n")[2]
        _log.warn(
            "The spiders were not registered (exit code {code}): {last}", code=code, last=last
        )
