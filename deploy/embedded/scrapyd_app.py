"""scrapyd with our configuration read last: no scrapyd.conf elsewhere on the machine changes it.

It runs in the project's folder, so that scrapyd and the crawlers find scrapy.cfg, and keeps its files
in the data folder.
"""

import os
from pathlib import Path

from scrapyd import get_application
from scrapyd.config import Config

_folder = Path(os.environ["STACK_DATA"]) / "scrapyd"
_config = Config(extra_sources=[str(Path(__file__).with_name("scrapyd.conf"))])
for _name in ("eggs", "dbs", "logs"):
    _config.cp.set("scrapyd", f"{_name}_dir", str(_folder / _name))

application = get_application(_config)
