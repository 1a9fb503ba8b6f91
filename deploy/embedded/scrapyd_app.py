"""scrapyd with our configuration read last: no scrapyd.conf elsewhere on the machine changes it.

It runs in the project's folder, so that scrapyd and the crawlers find scrapy.cfg, and keeps its files
in the data folder. When it starts, the node makes its spiders known to the service.
"""

import os
import sys
from pathlib import Path

from scrapyd import get_application
from scrapyd.config import Config
from twisted.internet import reactor
from twisted.internet.utils import getProcessOutputAndValue

_folder = Path(os.environ["STACK_DATA"]) / "scrapyd"
_config = Config(extra_sources=[str(Path(__file__).with_name("scrapyd.conf"))])
for _name in ("eggs", "dbs", "logs"):
    _config.cp.set("scrapyd", f"{_name}_dir", str(_folder / _name))


def _register_spiders() -> None:
    """In a process of its own, which waits for MongoDB: the start order does not matter."""
    command = ["-m", "deploy.embedded.runner", "register"]
    environ = {**os.environ, "SCRAPY_PROJECT": "azscraper"}
    getProcessOutputAndValue(sys.executable, command, env=environ)


reactor.callWhenRunning(_register_spiders)
application = get_application(_config)
