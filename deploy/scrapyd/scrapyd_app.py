"""scrapyd with our configuration read last: no scrapyd.conf elsewhere on the machine changes it.

It runs in the project's folder, so that scrapyd and the crawlers find scrapy.cfg, and keeps its files
in the data folder. When it starts, the node makes its spiders known to the service.
"""

import os
from pathlib import Path

from scrapyd import get_application
from scrapyd.config import Config
from twisted.internet import reactor

from deploy.scrapyd.eggs import eggs_folder, takes_eggs
from deploy.scrapyd.registration import list_spiders, register_spiders

_files = ["scrapyd.conf", *(["takes-eggs.conf"] if takes_eggs(os.environ) else [])]
_config = Config(extra_sources=[str(Path(__file__).with_name(name)) for name in _files])
_folder = Path(os.environ["STACK_DATA"]) / "scrapyd"
for _name in ("dbs", "logs"):
    _config.cp.set("scrapyd", f"{_name}_dir", str(_folder / _name))
_config.cp.set("scrapyd", "eggs_dir", str(eggs_folder(os.environ)))

reactor.callWhenRunning(register_spiders)
reactor.callWhenRunning(list_spiders)
application = get_application(_config)
